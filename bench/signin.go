package main

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/argon2id"
)

// signInAs is the post of a form that signs somebody in.
func signInAs(person int) call {
	return post("/login", url.Values{"email": {address(person)}, "password": {secret}}.Encode())
}

// waiting is how many people stand in line for each slot: enough that none is ever free.
const waiting = 4

// measureSignIns has the kit sign people in, and the hash alone run in as many slots, in turns.
func measureSignIns(ctx context.Context, p plan, r *report, server *child, on string) error {
	var calls []call
	for person := range people {
		calls = append(calls, signInAs(person))
	}
	slots := runtime.GOMAXPROCS(0)
	// The kit's default cost; see password.Params.
	hash, err := argon2id.CreateHash(secret, &argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		return err
	}
	var kits, raw score
	for round := range p.rounds + 1 {
		alone, err := hashAlone(slots, hash, p.signIns)
		if err != nil {
			return err
		}
		var kit tally
		if kit, err = signIns(ctx, server, slots, p.signIns, calls); err != nil {
			return err
		}
		if round > 0 {
			kits.add(kit)
			raw.add(alone)
		}
	}
	r.signIns(on, slots, kits, raw)
	return nil
}

func signIns(ctx context.Context, server *child, slots int, span time.Duration, calls []call) (t tally, err error) {
	before, err := server.processorTime()
	if err != nil {
		return t, err
	}
	if t.answers, t.took, err = load(ctx, server.Addresses[theKit], waiting*slots, 303, span, calls...); err != nil {
		return t, err
	}
	after, err := server.processorTime()
	t.cpu = after - before
	return t, err
}

// hashAlone checks the password again and again in as many goroutines as there are slots, and
// returns how often it did. Meanwhile, this process does nothing else.
func hashAlone(slots int, hash string, span time.Duration) (t tally, err error) {
	before, err := processorTime()
	if err != nil {
		return t, err
	}
	var (
		checked atomic.Int64
		done    atomic.Bool
		failed  = make(chan error, slots)
		workers sync.WaitGroup
	)
	timer := time.AfterFunc(span, func() { done.Store(true) })
	defer timer.Stop()
	begun := time.Now()
	for range slots {
		workers.Go(func() {
			for !done.Load() {
				right, err := argon2id.ComparePasswordAndHash(secret, hash)
				if err == nil && !right {
					err = fmt.Errorf("the password does not match %s", hash)
				}
				if err != nil {
					failed <- err
					return
				}
				checked.Add(1)
			}
		})
	}
	workers.Wait()
	t.took = time.Since(begun)
	close(failed)
	if err := <-failed; err != nil {
		return t, err
	}
	after, err := processorTime()
	t.answers, t.cpu = int(checked.Load()), after-before
	return t, err
}
