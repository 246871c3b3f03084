package limit_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/limit"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

var delay = limit.Delay{Free: 3, Within: 10 * time.Minute, First: time.Minute, Longest: 5 * time.Minute}

// Accounts under test, with the clock that they read.
type accounts struct {
	*testing.T
	limit.Accounts
	*clock
}

func each(t *testing.T, do func(a accounts)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		c := new(clock)
		do(accounts{t, limit.Accounts{DB: conn, Now: c.now}, c})
	})
}

// waits takes a try and demands that it has to wait for so long.
func (a accounts) waits(key string, want time.Duration) {
	a.Helper()
	wait, err := a.Take(a.Context(), []byte(key), "login", delay)
	if err != nil || wait != want {
		a.Fatalf("waits %v, not %v (%v)", wait, want, err)
	}
}

func (a accounts) kept() []db.Attempt {
	a.Helper()
	var rows []db.Attempt
	if err := a.DB.NewSelect().Model(&rows).Order("attempt_key").Scan(a.Context()); err != nil {
		a.Fatal(err)
	}
	return rows
}

func TestDelayGrows(t *testing.T) {
	each(t, func(a accounts) {
		a.waits("ann", 0)
		a.waits("ann", 0)
		for i, wait := range []time.Duration{1, 2, 4, 5, 5, 5} {
			wait *= time.Minute
			a.waits("ann", 0)
			for range 3 {
				a.waits("ann", wait)
			}
			a.pass(wait - time.Microsecond)
			a.waits("ann", time.Microsecond)
			a.pass(time.Microsecond)
			if row := a.kept()[0]; row.Failures != int64(i)+3 || row.Action != "login" || !row.FirstAt.Equal(start) {
				t.Errorf("%+v after %v", row, wait)
			}
		}
		a.waits("bob", 0) // another key is another
	})
}

func TestDelayLapses(t *testing.T) {
	each(t, func(a accounts) {
		for range 3 {
			a.waits("ann", 0)
			a.waits("ann", 0)
			a.pass(10 * time.Minute)
		}
		a.waits("ann", 0)
		a.waits("ann", 0)
		a.pass(10*time.Minute - time.Microsecond)
		a.waits("ann", 0)
		a.waits("ann", time.Minute)
		// From here on they are remembered for a day.
		a.pass(24*time.Hour - time.Microsecond)
		a.waits("ann", 0)
		a.waits("ann", 2*time.Minute)
		a.pass(24 * time.Hour)
		a.waits("ann", 0)
		a.waits("ann", 0)
		a.waits("ann", 0)
		a.waits("ann", time.Minute)
	})
}

func TestForgive(t *testing.T) {
	each(t, func(a accounts) {
		forgive := func(key string) {
			t.Helper()
			if err := a.Forgive(t.Context(), a.DB, []byte(key)); err != nil {
				t.Fatal(err)
			}
		}
		forgive("ann") // of nothing
		for range 3 {
			a.waits("ann", 0)
			a.waits("bob", 0)
		}
		forgive("ann")
		a.waits("bob", time.Minute)
		for range 3 {
			a.waits("ann", 0)
		}
		a.waits("ann", time.Minute)
	})
}

// A try that was not judged leaves no trace, not even the wait that it brought.
func TestGive(t *testing.T) {
	each(t, func(a accounts) {
		give := func() {
			t.Helper()
			if err := a.Give(t.Context(), []byte("ann")); err != nil {
				t.Fatal(err)
			}
		}
		give() // never taken
		a.waits("bob", 0)
		for range 10 {
			a.waits("ann", 0)
			give()
		}
		give() // once too often
		a.waits("ann", 0)
		a.waits("ann", 0)
		for range 10 {
			a.waits("ann", 0)
			give()
		}
		a.waits("ann", 0)
		a.waits("ann", time.Minute)
		a.pass(time.Minute)
		for range 10 {
			a.waits("ann", 0)
			give()
		}
		a.waits("ann", 0)
		a.waits("ann", 2*time.Minute)
	})
}

func TestDelayOfNothingIsNone(t *testing.T) {
	each(t, func(a accounts) {
		for range 100 {
			if wait, err := a.Take(t.Context(), []byte("ann"), "login", limit.Delay{}); wait != 0 || err != nil {
				t.Fatal(wait, err)
			}
		}
		if rows := a.kept(); len(rows) != 0 {
			t.Errorf("kept is %+v", rows)
		}
	})
}

// A delay stays within its bounds however often one has failed.
func TestDelayNeverOverflows(t *testing.T) {
	each(t, func(a accounts) {
		for range 4 {
			if _, err := a.Take(t.Context(), []byte("ann"), "login", delay); err != nil {
				t.Fatal(err)
			}
			a.pass(time.Hour)
		}
		for _, failures := range []int64{20, 62, 63, 64, 1 << 40, 1<<62 + 1} {
			if _, err := a.DB.NewUpdate().Table("attempts").Set("failures = ?", failures).Where("TRUE").Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
			a.waits("ann", 0)
			a.waits("ann", 5*time.Minute)
			a.pass(5 * time.Minute)
		}
	})
}

// A hundred at once are let through as often as one after the other.
func TestDelayAtOnce(t *testing.T) {
	each(t, func(a accounts) {
		var through, waiting atomic.Int64
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				switch wait, err := a.Take(context.Background(), []byte("ann"), "login", delay); {
				case err != nil:
					t.Error(err)
				case wait == 0:
					through.Add(1)
				case wait == time.Minute:
					waiting.Add(1)
				default:
					t.Errorf("waits %v", wait)
				}
			})
		}
		all.Wait()
		if through.Load() != 3 || waiting.Load() != 97 {
			t.Errorf("%d got through, %d wait", through.Load(), waiting.Load())
		}
	})
}

// Someone who signs in from several places at once is forgiven in the middle of their own tries.
func TestForgiveMeanwhile(t *testing.T) {
	each(t, func(a accounts) {
		wide := limit.Delay{Free: 1 << 40, Within: time.Hour, First: time.Minute, Longest: time.Hour}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 40 {
					if _, err := a.Take(context.Background(), []byte("ann"), "login", wide); err != nil {
						t.Error(err)
						return
					}
					if err := a.Forgive(context.Background(), a.DB, []byte("ann")); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
	})
}

// A try that cannot be counted must not be made.
func TestDelayWithoutDatabase(t *testing.T) {
	each(t, func(a accounts) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := a.Take(ctx, []byte("ann"), "login", delay); !errors.Is(err, context.Canceled) {
			t.Errorf("a request that is over: %v", err)
		}
		if err := a.Forgive(ctx, a.DB, []byte("ann")); !errors.Is(err, context.Canceled) {
			t.Errorf("a request that is over: %v", err)
		}
		if _, err := a.DB.ExecContext(t.Context(), "DROP TABLE attempts"); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Take(t.Context(), []byte("ann"), "login", delay); err == nil {
			t.Error("nobody knows, and it may be tried")
		}
	})
}
