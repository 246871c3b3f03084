package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A rush is what came of many people signing in at once.
type rush struct {
	// first counts the answers to everybody's first try by status.
	first map[int]int
	// in is how many were signed in at last, and took how long until the last of them was.
	in   int
	took time.Duration
	// idle and peak are the server's memory before and at its most.
	idle, peak int64
	// before and during are how long the sign-in page took for someone else.
	before, during []time.Duration
}

// crowd measures a rush on a server of its own, since memory once taken is not given back.
func crowd(ctx context.Context, p plan, r *report, database string) (err error) {
	server, err := startChild(ctx, setup{Database: database, People: p.crowd})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	address := server.Addresses[theKit]
	// One sign-in and some pages warm up what is made at first use.
	if _, _, err := load(ctx, address, 1, 303, time.Millisecond, signInAs(0)); err != nil {
		return err
	}
	var before, during []time.Duration
	if before, err = look(ctx, address, time.After(time.Second)); err != nil {
		return err
	}
	idle, err := resident(server.pid, "VmRSS")
	if err != nil {
		return err
	}
	people := make([]*line, p.crowd)
	for i := range people {
		if people[i], err = dial(ctx, address); err != nil {
			return err
		}
		defer people[i].conn.Close()
	}
	over := make(chan time.Time)
	seen := make(chan error, 1)
	go func() {
		var err error
		during, err = look(ctx, address, over)
		seen <- err
	}()
	result, err := storm(people, p.patience)
	close(over)
	if err := errors.Join(err, <-seen); err != nil {
		return err
	}
	result.idle, result.before, result.during = idle, before, during
	if result.peak, err = resident(server.pid, "VmHWM"); err != nil {
		return err
	}
	r.rush(p, result)
	return nil
}

// storm has everybody post the sign-in form at once. Who is told to come back later does, until
// they are in or run out of patience.
func storm(people []*line, patience time.Duration) (rush, error) {
	var (
		mu      sync.Mutex
		result  = rush{first: map[int]int{}}
		errs    []error
		clients sync.WaitGroup
		start   = make(chan struct{})
		begun   time.Time
	)
	for i, person := range people {
		clients.Go(func() {
			form := signInAs(i)
			<-start
			for try := 0; ; try++ {
				a, err := person.do(form)
				mu.Lock()
				if err != nil {
					errs = append(errs, fmt.Errorf("person %d: %w", i, err))
				}
				if try == 0 {
					result.first[a.status]++
				}
				if a.status == 303 {
					result.in++
					result.took = max(result.took, time.Since(begun))
				}
				mu.Unlock()
				if err != nil || a.status != 503 {
					return
				}
				// Browsers do not come back in step.
				pause := a.retryAfter + rand.N(a.retryAfter+time.Second)
				if time.Since(begun)+pause >= patience {
					return
				}
				time.Sleep(pause)
			}
		})
	}
	begun = time.Now()
	close(start)
	clients.Wait()
	return result, errors.Join(errs...)
}

// look asks for the sign-in page fifty times a second and writes down how long each took.
func look(ctx context.Context, address string, over <-chan time.Time) (took []time.Duration, err error) {
	visitor, err := dial(ctx, address)
	if err != nil {
		return nil, err
	}
	defer visitor.conn.Close()
	page := get("/login", "")
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return took, nil
		case <-tick.C:
			begun := time.Now()
			a, err := visitor.do(page)
			if err == nil && a.status != 200 {
				err = fmt.Errorf("the sign-in page answered %d", a.status)
			}
			if err != nil {
				return took, err
			}
			took = append(took, time.Since(begun))
		}
	}
}

// resident reads one of the kernel's figures about a process's memory, in bytes.
func resident(pid int, figure string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, is := strings.CutPrefix(line, figure+":"); is {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("the kernel does not tell %s of process %d", figure, pid)
}
