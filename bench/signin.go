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

// signInTurns is into how many turns a round is cut: fewer than for pages, since at the end of each
// the last hashes leave slots empty.
const signInTurns = 3

// measureSignIns has the kit sign people in, and the hash alone run in as many slots, in turns.
func measureSignIns(ctx context.Context, p plan, r *report, server *child, on string) (err error) {
	var calls []call
	for person := range people {
		calls = append(calls, signInAs(person))
	}
	slots := runtime.GOMAXPROCS(0)
	var kits, raw score
	for round := range p.rounds + 1 {
		var kit, alone tally
		for range signInTurns {
			var turn tally
			if err := server.order("hash "+(p.signIns/signInTurns).String(), &turn); err != nil {
				return err
			}
			alone.add(turn)
			if turn, err = signIns(ctx, server, slots, p.signIns/signInTurns, calls); err != nil {
				return err
			}
			kit.add(turn)
		}
		if round > 0 {
			kits.add(kit)
			raw.add(alone)
		}
	}
	r.signIns(on, slots, kits, raw)
	return explain(p, r, server, "Sign-ins on "+on, signInParts(), median(kits.cpu), func() error {
		_, err := signIns(ctx, server, slots, max(p.profile, p.signIns), calls)
		return err
	})
}

func signIns(ctx context.Context, server *child, slots int, span time.Duration, calls []call) (t tally, err error) {
	before, err := server.processorTime()
	if err != nil {
		return t, err
	}
	if t.Answers, t.Took, err = load(ctx, server.Addresses[theKit], waiting*slots, 303, span, calls...); err != nil {
		return t, err
	}
	after, err := server.processorTime()
	t.CPU = after - before
	return t, err
}

// hashAlone checks the password again and again in as many goroutines as there are slots, and
// returns how often it did. It runs in the process that serves the kit, which does nothing else
// meanwhile: how much memory a process has and collects is part of what a hash costs.
func hashAlone(span time.Duration) (t tally, err error) {
	slots := runtime.GOMAXPROCS(0)
	// The kit's default cost; see password.Params.
	hash, err := argon2id.CreateHash(secret, &argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		return t, err
	}
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
	t.Took = time.Since(begun)
	close(failed)
	if err := <-failed; err != nil {
		return t, err
	}
	after, err := processorTime()
	t.Answers, t.CPU = int(checked.Load()), after-before
	return t, err
}
