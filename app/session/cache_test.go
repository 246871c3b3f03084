package session_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/redis/redistest"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

// watch counts the queries that reach the database from here on.
func (w *world) watch() *counter {
	queries := new(counter)
	w.db = w.db.WithQueryHook(queries)
	return queries
}

// asks demands that value opens a session, at so many queries.
func (w world) asks(queries *counter, value string, want int64) {
	w.t.Helper()
	queries.n.Store(0)
	if !w.opens(value) || queries.n.Load() != want {
		w.t.Errorf("it took %d queries, not %d", queries.n.Load(), want)
	}
}

// dead demands that nothing opens with value any more, at the first try.
func (w world) dead(about, value string) {
	w.t.Helper()
	if w.opens(value) {
		w.t.Errorf("%s: it still opens the session", about)
	}
}

func TestCacheSparesQueries(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		value, row := w.signIn(w.user)
		server, queries := redistest.Open(t), w.watch()
		w.asks(queries, value, 1)
		w.asks(queries, value, 0)
		for name := range server.Everything(w.name) {
			if life := server.PTTL(t.Context(), name).Val(); life <= 20*time.Second || life > 30*time.Second {
				t.Errorf("%s is kept for %v", name, life)
			}
		}
		w.pass(30*time.Second - time.Microsecond)
		w.asks(queries, value, 0)
		w.pass(time.Microsecond) // by its own clock it is over, whatever Redis says
		w.asks(queries, value, 1)
		server.Flush(w.name)
		w.asks(queries, value, 1)
		w.asks(queries, value, 0)
		// What is due to be written down is read where it is written down.
		w.pass(25 * time.Second)
		server.Flush(w.name)
		w.asks(queries, value, 1)
		for name := range server.Everything(w.name) {
			if life := server.PTTL(t.Context(), name).Val(); life > 5*time.Second {
				t.Errorf("%s is kept for %v, past the next time its use is written down", name, life)
			}
		}
		w.pass(5 * time.Second)
		for range 3 {
			w.asks(queries, value, 1)
		}
		server.Flush(w.name)
		w.asks(queries, value, 1)
		w.touch(row)
		w.asks(queries, value, 1)
		w.asks(queries, value, 0)
	})
}

// Whatever ends or changes a session, or the account it is of, is known at the next request.
func TestCacheKnowsAtOnce(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		device := w.device(w.user)
		for about, end := range map[string]func(ctx context.Context, tx bun.Tx, row *db.Session) error{
			"revoked": func(ctx context.Context, tx bun.Tx, row *db.Session) error { return w.end(ctx, tx, row) },
			"all revoked": func(ctx context.Context, tx bun.Tx, _ *db.Session) error {
				return w.RevokeAll(ctx, tx, w.user.ID, uuid.Nil, "x")
			},
			"its device": func(ctx context.Context, tx bun.Tx, _ *db.Session) error {
				return w.RevokeFamily(ctx, tx, device, w.Now(), "x")
			},
			"disabled": func(ctx context.Context, tx bun.Tx, _ *db.Session) error {
				_, err := tx.NewRaw("UPDATE users SET disabled_at = ? WHERE id = ?", w.Now(), w.user.ID).Exec(ctx)
				return errors.Join(err, w.Changed(ctx, tx, w.user.ID))
			},
			"credentials": func(ctx context.Context, tx bun.Tx, _ *db.Session) error {
				_, err := tx.NewRaw("UPDATE users SET auth_version = auth_version + 1 WHERE id = ?", w.user.ID).Exec(ctx)
				return errors.Join(err, w.Changed(ctx, tx, w.user.ID))
			},
		} {
			w.user = w.account(about)
			device = w.device(w.user)
			stranger, _ := w.signIn(w.account("not " + about))
			value, row := w.signIn(w.user)
			w.run("UPDATE sessions SET remember_id = ? WHERE id = ?", device, row.ID)
			for range 2 {
				if !w.opens(value) || !w.opens(stranger) {
					t.Fatal(about, ": nobody is signed in")
				}
			}
			if err := again(t, w, func(ctx context.Context, tx bun.Tx) error { return end(ctx, tx, row) }); err != nil {
				t.Fatal(about, err)
			}
			w.dead(about, value)
			queries := w.watch()
			w.asks(queries, stranger, 0) // another's is not touched by it
		}
	})
}

// A sign-in that is written down on the account is seen by the sessions that it has already.
func TestCacheKnowsOfSignIns(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		w.Track = true
		value, _ := w.signIn(w.user)
		w.opens(value)
		row := &db.Session{Methods: db.Methods{}, AuthAt: w.Now()}
		if _, err := w.Insert(t.Context(), w.db, w.user, row); err != nil {
			t.Fatal(err)
		}
		var user db.User
		if err := w.Load(t.Context(), w.db, &user, value); err != nil || user.SignInCount != 1 {
			t.Errorf("%d sign-ins are counted (%v)", user.SignInCount, err)
		}
	})
}

// After a rotation the old id is judged by SQL, and the new one by what it is.
func TestCacheRotation(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		first, row := w.signIn(w.user)
		w.opens(first)
		second := w.rotate(row)
		queries := w.watch()
		w.asks(queries, first, 1)
		w.asks(queries, first, 1)
		w.asks(queries, second, 1)
		w.asks(queries, second, 0)
		redistest.Open(t).Flush(w.name)
		w.asks(queries, first, 1) // never kept: it opens for seconds only
		w.asks(queries, first, 1)
		w.pass(grace + time.Microsecond)
		w.dead("past the grace", first)
		w.revoke(row)
		w.dead("revoked", second)
	})
}

// Between the bar and the commit, and after a rollback, SQL is right.
func TestCacheBeforeTheCommit(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		value, row := w.signIn(w.user)
		w.opens(value)
		undone := errors.New("undone")
		for _, end := range []error{undone, nil} {
			err := again(t, w, func(ctx context.Context, tx bun.Tx) error {
				if _, err := w.Revoke(ctx, tx, row.ID, "x"); err != nil {
					return err
				}
				others := w // who read what is committed, and must not keep it
				queries := others.watch()
				for range 3 {
					others.asks(queries, value, 1)
				}
				return end
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
			if w.opens(value) != (end != nil) {
				t.Errorf("after %v it is wrong whether it opens", end)
			}
		}
		server := redistest.Open(t)
		for name, kept := range server.Everything(w.name) {
			if life := server.PTTL(t.Context(), name).Val(); kept != "-" || life < time.Minute || life > 2*time.Minute {
				t.Errorf("%s is %q for %v", name, kept, life)
			}
		}
	})
}

// Readers all the time, and an end in the middle: after it nobody gets in.
func TestCacheRacesAnEnd(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		server := redistest.Open(t)
		for range 10 {
			value, row := w.signIn(w.user)
			var ended atomic.Bool
			var all sync.WaitGroup
			for range 6 {
				all.Go(func() {
					for range 40 {
						late := ended.Load()
						var user db.User
						err := w.Load(t.Context(), w.db, &user, value)
						if err != nil && !errors.Is(err, session.ErrNone) {
							t.Error(err)
						}
						if late && err == nil {
							t.Error("it opened after it had ended")
						}
					}
				})
			}
			all.Go(func() {
				time.Sleep(3 * time.Millisecond)
				server.Flush(w.name) // so that readers are writing
				if err := again(t, w, func(ctx context.Context, tx bun.Tx) error { _, err := w.Revoke(ctx, tx, row.ID, "x"); return err }); err != nil {
					t.Error(err)
				}
				ended.Store(true)
			})
			all.Wait()
		}
	})
}

// The cache cannot say no: what has moved on in SQL since it was kept counts.
func TestCacheNeverRefuses(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		w.Idle = 20 * time.Second
		value, row := w.signIn(w.user)
		w.opens(value)
		w.pass(19 * time.Second)
		w.touch(row)
		w.pass(10 * time.Second) // idle by what the cache holds, and not by what SQL does
		if !w.opens(value) {
			t.Error("used ten seconds ago, and taken for idle")
		}
		w.pass(10 * time.Second)
		w.dead("idle", value)
	})
}

// What is kept is judged by the clock as what is stored.
func TestCacheJudges(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		for about, limit := range map[string]func(w *world){
			"idle":     func(w *world) { w.Idle = 10 * time.Second },
			"absolute": func(w *world) { w.Absolute = 10 * time.Second },
		} {
			w := w
			limit(&w)
			value, _ := w.signIn(w.user)
			w.opens(value)
			w.pass(10*time.Second - time.Microsecond)
			queries := w.watch()
			w.asks(queries, value, 0)
			w.pass(time.Microsecond)
			w.dead(about, value)
		}
	})
}

// What was never a session is not kept: it would be a way to fill the memory.
func TestCacheKeepsNoNothing(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		for range 20 {
			value, _ := session.NewValue()
			w.dead("made up", value)
		}
		value, row := w.signIn(w.user)
		w.run("UPDATE sessions SET expires_at = created_at WHERE id = ?", row.ID)
		w.dead("expired", value)
		if kept := redistest.Open(t).Everything(w.name); len(kept) != 0 {
			t.Errorf("%q", kept)
		}
		if !bytes.Equal(w.stored(row).Hash, session.Hash(value)) {
			t.Error("the row is another's")
		}
	})
}
