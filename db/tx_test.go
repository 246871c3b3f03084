package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"modernc.org/sqlite"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

func counters(t testing.TB, opened *bun.DB) {
	t.Helper()
	run(t, opened, "CREATE TABLE counters (id bigint NOT NULL PRIMARY KEY, n bigint NOT NULL)")
	run(t, opened, "INSERT INTO counters VALUES (1, 0), (2, 0)")
}

func increment(ctx context.Context, tx bun.Tx, id int) error {
	var n int
	if err := tx.NewRaw("SELECT n FROM counters WHERE id = ?", id).Scan(ctx, &n); err != nil {
		return err
	}
	_, err := tx.NewRaw("UPDATE counters SET n = ? WHERE id = ?", n+1, id).Exec(ctx)
	return err
}

// Thirty-two writers that each read, then write: none is refused and no change is lost.
func TestThirtyTwoWriters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		counters(t, opened)
		var done atomic.Int64
		var group sync.WaitGroup
		for range 32 {
			group.Go(func() {
				for range 5 {
					err := db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
						if isPostgres(opened) { // read and write as one, as SQLite does by itself
							if _, err := tx.ExecContext(ctx, "SELECT n FROM counters WHERE id = 1 FOR UPDATE"); err != nil {
								return err
							}
						}
						return increment(ctx, tx, 1)
					})
					if err != nil {
						t.Errorf("a writer: %v", err)
						continue
					}
					done.Add(1)
				}
			})
		}
		group.Wait()
		if got := count(t, opened, "counters WHERE id = 1 AND n = ?", done.Load()); got != 1 || done.Load() != 160 {
			t.Errorf("%d of 160 transactions, and the counter says otherwise: %d", done.Load(), got)
		}
	})
}

// Two serializable transactions that both read before either writes: Postgres refuses one.
func TestInTxRunsAgainAfterSerializationFailure(t *testing.T) {
	t.Parallel()
	opened := dbtest.Postgres(t)
	counters(t, opened)
	meet := newRendezvous()
	var runs atomic.Int64
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			first := true
			err := db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
				runs.Add(1)
				if _, err := tx.ExecContext(ctx, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"); err != nil {
					return err
				}
				var n int
				if err := tx.NewRaw("SELECT sum(n) FROM counters").Scan(ctx, &n); err != nil {
					return err
				}
				if first {
					first = false
					meet.wait()
				}
				return increment(ctx, tx, 1)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if runs.Load() < 3 {
		t.Errorf("%d runs: there was no failure to recover from", runs.Load())
	}
	if count(t, opened, "counters WHERE id = 1 AND n = 2") != 1 {
		t.Error("a change was lost")
	}
}

func TestInTxRunsAgainAfterDeadlock(t *testing.T) {
	t.Parallel()
	opened := dbtest.Postgres(t)
	counters(t, opened)
	meet := newRendezvous()
	var runs atomic.Int64
	var group sync.WaitGroup
	for _, order := range [][]int{{1, 2}, {2, 1}} {
		group.Go(func() {
			first := true
			err := db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
				runs.Add(1)
				if err := increment(ctx, tx, order[0]); err != nil {
					return err
				}
				if first {
					first = false
					meet.wait()
				}
				return increment(ctx, tx, order[1])
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if runs.Load() < 3 {
		t.Errorf("%d runs: there was no deadlock", runs.Load())
	}
}

// rendezvous lets two goroutines wait for each other, once.
type rendezvous struct{ group sync.WaitGroup }

func newRendezvous() *rendezvous {
	var r rendezvous
	r.group.Add(2)
	return &r
}

func (r *rendezvous) wait() {
	r.group.Done()
	r.group.Wait()
}

// A reader that becomes a writer is refused if another wrote since: the whole has to run again.
func TestInTxRunsAgainAfterBusySnapshot(t *testing.T) {
	t.Parallel()
	opened := dbtest.SQLite(t)
	counters(t, opened)
	runs := 0
	err := db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
		runs++
		if runs > 1 {
			return increment(ctx, tx, 1)
		}
		return staleWrite(t)
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

// staleWrite is the error of a write on a snapshot that is no longer the newest.
func staleWrite(t *testing.T) error {
	t.Helper()
	other := dbtest.SQLite(t)
	counters(t, other)
	conn, err := other.Conn(t.Context())
	must(t, err)
	defer conn.Close()
	run(t, conn, "BEGIN DEFERRED")
	count(t, conn, "counters")
	run(t, other, "UPDATE counters SET n = 9")
	_, stale := conn.ExecContext(t.Context(), "UPDATE counters SET n = 10")
	run(t, conn, "ROLLBACK")
	var code *sqlite.Error
	if !errors.As(stale, &code) || code.Code() != 517 {
		t.Fatalf("not SQLITE_BUSY_SNAPSHOT: %v", stale)
	}
	return fmt.Errorf("wrapped: %w", stale)
}

func TestInTxGivesUp(t *testing.T) {
	t.Parallel()
	opened := dbtest.SQLite(t)
	stale := staleWrite(t)
	runs := 0
	err := db.InTx(t.Context(), opened, func(context.Context, bun.Tx) error { runs++; return stale })
	if !errors.Is(err, stale) || runs != 11 || !db.IsUnavailable(err) {
		t.Errorf("%d runs, %v", runs, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	runs = 0
	err = db.InTx(ctx, opened, func(context.Context, bun.Tx) error { runs++; cancel(); return stale })
	if !errors.Is(err, stale) || runs != 1 {
		t.Errorf("after its context was done: %d runs, %v", runs, err)
	}
	runs = 0
	refused := errors.New("refused")
	err = db.InTx(t.Context(), opened, func(context.Context, bun.Tx) error { runs++; return refused })
	if !errors.Is(err, refused) || runs != 1 || db.IsUnavailable(err) {
		t.Errorf("an ordinary error: %d runs, %v", runs, err)
	}
}

func TestInTxRollsBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		counters(t, opened)
		opened.SetMaxOpenConns(1) // a transaction left open would be found out
		err := db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
			must(t, increment(ctx, tx, 1))
			return errors.New("refused")
		})
		if err == nil || err.Error() != "refused" {
			t.Errorf("the error of the work: %v", err)
		}
		func() {
			defer func() {
				if caught := recover(); caught != "broken" {
					t.Errorf("recovered %v", caught)
				}
			}()
			_ = db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
				must(t, increment(ctx, tx, 1))
				panic("broken")
			})
		}()
		if count(t, opened, "counters WHERE n > 0") != 0 {
			t.Error("a failed transaction changed something")
		}
		if !isPostgres(opened) {
			return
		}
		// Whoever swallows an error must not be told that all is written.
		err = db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
			must(t, increment(ctx, tx, 1))
			_, _ = tx.ExecContext(ctx, "INSERT INTO counters VALUES (1, 1)")
			return nil
		})
		if err == nil {
			t.Error("a lost transaction was committed")
		}
	})
}

func TestNewIDGrowsWithTime(t *testing.T) {
	t.Parallel()
	before := db.NewID()
	time.Sleep(2 * time.Millisecond)
	after := db.NewID()
	if before.Version() != 7 || strings.Compare(before.String(), after.String()) >= 0 {
		t.Errorf("%v, then %v", before, after)
	}
}
