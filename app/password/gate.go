package password

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/semaphore"
)

// ErrBusy is the error behind every [Busy]: the waiting room is full, or the wait was too long.
// Answer it with 503 and a Retry-After header; it says nothing about the password.
var ErrBusy = errors.New("password: too many passwords are being hashed")

// A Busy is an [ErrBusy] that knows when to come back.
type Busy struct {
	// After is how long a crowd of this size takes to clear.
	After time.Duration
}

func (b *Busy) Error() string { return fmt.Sprintf("%v: try again in %v", ErrBusy, b.After) }

// Is makes errors.Is(err, [ErrBusy]) true.
func (b *Busy) Is(target error) bool { return target == ErrBusy }

// RetryAfter is the value for the Retry-After header (RFC 9110, section 10.2.3), never below one
// second.
func (b *Busy) RetryAfter() time.Duration { return max(b.After, time.Second) }

// A gate keeps the number of hashes computed at once, and with it memory, the same whatever the
// load. Two hundred unbounded sign-ins take gigabytes and finish later than two hundred in line.
type gate struct {
	room  *semaphore.Weighted // those being served and those waiting
	slots *semaphore.Weighted // those being served, first come first served
	wait  time.Duration
}

func newGate(slots, queue int, wait time.Duration) *gate {
	return &gate{
		room:  semaphore.NewWeighted(int64(slots + queue)),
		slots: semaphore.NewWeighted(int64(slots)),
		wait:  wait,
	}
}

// do runs work in a slot. A caller whose ctx ends while waiting leaves the line at once.
func (g *gate) do(ctx context.Context, work func() error) error {
	if !g.room.TryAcquire(1) {
		return &Busy{After: g.wait}
	}
	defer g.room.Release(1)

	waiting, cancel := context.WithTimeout(ctx, g.wait)
	defer cancel()
	if err := g.slots.Acquire(waiting, 1); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("password: in line: %w", ctx.Err())
		}
		return &Busy{After: g.wait}
	}
	defer g.slots.Release(1)
	return work()
}
