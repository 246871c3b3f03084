package password_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/password"
)

// settle waits until the process has no more goroutines than it had, or fails.
func settle(t *testing.T, before int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestGateNeverServesMoreThanItsSlots(t *testing.T) {
	t.Parallel()
	do := password.NewGate(2, 200, time.Minute)
	var inside, peak, done atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if err := do(t.Context(), func() error {
				now := inside.Add(1)
				defer inside.Add(-1)
				for old := peak.Load(); now > old && !peak.CompareAndSwap(old, now); old = peak.Load() {
				}
				time.Sleep(100 * time.Microsecond)
				done.Add(1)
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if peak.Load() != 2 || done.Load() != 200 {
		t.Errorf("peak %d, done %d; want 2 and 200", peak.Load(), done.Load())
	}
}

// occupied is a gate whose only slot is taken until release is called.
func occupied(t *testing.T, queue int, wait time.Duration) (do func(context.Context, func() error) error, release func()) {
	t.Helper()
	do = password.NewGate(1, queue, wait)
	taken, free := make(chan struct{}), make(chan struct{})
	var holder sync.WaitGroup
	holder.Go(func() {
		if err := do(context.Background(), func() error { close(taken); <-free; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-taken
	return do, sync.OnceFunc(func() { close(free); holder.Wait() })
}

func nothing() error { return nil }

func TestGateRefusesWhenTheRoomIsFull(t *testing.T) {
	t.Parallel()
	do, release := occupied(t, 3, time.Minute)
	answers := make(chan error, 10)
	for range 10 {
		go func() { answers <- do(context.Background(), nothing) }()
	}
	for range 7 { // three wait, the others hear at once
		err := <-answers
		var busy *password.Busy
		if !errors.Is(err, password.ErrBusy) || !errors.As(err, &busy) || busy.RetryAfter() != time.Minute {
			t.Errorf("got %v, want ErrBusy with a minute to wait", err)
		}
	}
	release()
	for range 3 {
		if err := <-answers; err != nil {
			t.Errorf("one who waited: %v", err)
		}
	}
}

func TestGateServesInOrder(t *testing.T) {
	t.Parallel()
	do, release := occupied(t, 5, time.Minute)
	served := make(chan int, 5)
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			if err := do(context.Background(), func() error { served <- i; return nil }); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(20 * time.Millisecond) // until it stands in line
	}
	release()
	all.Wait()
	for want := range 5 {
		if got := <-served; got != want {
			t.Errorf("served %d, want %d", got, want)
		}
	}
}

func TestGateRefusesAfterTheWait(t *testing.T) {
	t.Parallel()
	do, release := occupied(t, 3, 10*time.Millisecond)
	defer release()
	err := do(t.Context(), func() error { t.Error("ran without a slot"); return nil })
	var busy *password.Busy
	if !errors.As(err, &busy) || busy.RetryAfter() != time.Second {
		t.Errorf("got %v, want Busy and no less than a second", err)
	}
}

func TestGateLetsTheCancelledGo(t *testing.T) { // not parallel: it counts goroutines
	before := runtime.NumGoroutine()
	do, release := occupied(t, 50, time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	answers := make(chan error, 50)
	for range 50 {
		go func() { answers <- do(ctx, func() error { t.Error("ran though cancelled"); return nil }) }()
	}
	time.Sleep(20 * time.Millisecond)
	cancel()
	for range 50 {
		if err := <-answers; !errors.Is(err, context.Canceled) || errors.Is(err, password.ErrBusy) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	}
	waiting := make(chan error, 50) // their places are free again, while the slot is still taken
	for range 50 {
		go func() { waiting <- do(context.Background(), nothing) }()
	}
	select {
	case err := <-waiting:
		t.Errorf("a place was lost: %v", err)
	case <-time.After(30 * time.Millisecond):
	}
	release()
	for range 50 {
		if err := <-waiting; err != nil {
			t.Error(err)
		}
	}
	settle(t, before)
}

func TestGateRefusesADeadContextThoughFree(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := password.NewGate(1, 1, time.Minute)(ctx, func() error { t.Error("ran"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestGateSurvivesAPanic(t *testing.T) {
	t.Parallel()
	do := password.NewGate(1, 1, 10*time.Millisecond)
	func() {
		defer func() { _ = recover() }()
		_ = do(t.Context(), func() error { panic("in the slot") })
	}()
	if err := do(t.Context(), nothing); err != nil {
		t.Errorf("the slot was lost: %v", err)
	}
}

func TestSlotsFollowMemory(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		memory uint32
		limit  int64
		cores  int
		want   int
	}{
		{"no limit: the cores", 19456, math.MaxInt64, 8, 8},
		{"a limit above need", 19456, 4 << 30, 8, 8},
		{"half of 256 MiB holds three times twice 19 MiB", 19456, 256 << 20, 8, 3},
		{"never none", 128 << 10, 64 << 20, 8, 1},
	} {
		if got := password.Slots(tt.memory, tt.limit, tt.cores); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}
