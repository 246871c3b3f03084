package session_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

// A slow request that saves its session after the person signed out must not sign them in again
// (CVE-2025-46336).
func TestTouchNeverRevives(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		value, row := w.signIn(w.user)
		w.revoke(row)
		before := w.stored(row)
		w.pass(time.Minute)
		w.touch(row)
		if after := w.stored(row); w.opens(value) || !after.LastSeenAt.Equal(before.LastSeenAt) || after.RevokedAt.IsZero() {
			t.Errorf("revoked: %+v", after)
		}

		value, row = w.signIn(w.user)
		w.pass(idle)
		w.touch(row) // written down late, when nobody is there any more
		if w.opens(value) {
			t.Error("an idle session came back")
		}

		value, row = w.signIn(w.user)
		w.pass(-time.Hour)
		w.touch(row) // by a machine whose clock is behind
		w.pass(time.Hour + idle - time.Second)
		if !w.opens(value) {
			t.Error("a clock that is behind shortened a session")
		}
		if err := w.Touch(t.Context(), w.db, db.NewID()); err != nil {
			t.Errorf("a session that is gone: %v", err)
		}
	})
}

func TestStale(t *testing.T) {
	t.Parallel()
	at := start
	s := session.Store{Now: func() time.Time { return at }}
	row := &db.Session{LastSeenAt: start}
	for d, want := range map[time.Duration]bool{0: false, time.Minute - 1: false, time.Minute: true, -time.Hour: false} {
		at = start.Add(d)
		if got := s.Stale(row); got != want {
			t.Errorf("after %v: %v", d, got)
		}
	}
}

// Between the gates and the session the account may have been closed, or its password changed.
func TestInsertRefusesAChangedAccount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for about, change := range map[string]string{
			"disabled":            "UPDATE users SET disabled_at = created_at WHERE id = ?",
			"credentials changed": "UPDATE users SET auth_version = auth_version + 1 WHERE id = ?",
			"deleted":             "DELETE FROM users WHERE id = ?",
		} {
			user := w.account(about)
			w.run(change, user.ID)
			value, err := w.Insert(t.Context(), w.db, user, &db.Session{Methods: db.Methods{}})
			if !errors.Is(err, session.ErrNone) || value != "" {
				t.Errorf("%s: %q, %v", about, value, err)
			}
			var n int
			if err := w.db.NewRaw("SELECT count(*) FROM sessions WHERE user_id = ?", user.ID).Scan(t.Context(), &n); err != nil || n != 0 {
				t.Errorf("%s: %d sessions, %v", about, n, err)
			}
		}
	})
}

// The change that is not committed yet counts too, in whichever order the two arrive: either the
// sign-in loses, or whoever changes the account finds the session and ends it.
func TestInsertRacesAChange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for round := range 12 {
			user := w.account("ann" + db.NewID().String())
			var value string
			var failed error
			begin := make(chan struct{})
			var both sync.WaitGroup
			both.Go(func() {
				<-begin
				failed = db.InTx(t.Context(), w.db, func(ctx context.Context, tx bun.Tx) (err error) {
					value, err = w.Insert(ctx, tx, user, &db.Session{Methods: db.Methods{}})
					time.Sleep(time.Duration(round%3) * time.Millisecond)
					return err
				})
			})
			both.Go(func() {
				<-begin
				time.Sleep(time.Duration(round%4) * time.Millisecond / 2)
				err := db.InTx(t.Context(), w.db, func(ctx context.Context, tx bun.Tx) error {
					_, err := tx.NewRaw("UPDATE users SET auth_version = auth_version + 1 WHERE id = ?", user.ID).Exec(ctx)
					if err != nil {
						return err
					}
					return w.RevokeAll(ctx, tx, user.ID, [16]byte{}, "password")
				})
				if err != nil {
					t.Error(err)
				}
			})
			close(begin)
			both.Wait()
			if failed != nil && !errors.Is(failed, session.ErrNone) {
				t.Fatal(failed)
			}
			if failed == nil && w.opens(value) {
				t.Fatal("signed in past a change of password")
			}
			var live int
			err := w.db.NewRaw("SELECT count(*) FROM sessions WHERE user_id = ? AND revoked_at IS NULL", user.ID).Scan(t.Context(), &live)
			if err != nil || live != 0 {
				t.Fatalf("%d sessions that nobody has ended, %v", live, err)
			}
		}
	})
}

// Logout against a slow request that touches and rotates: whatever the order, the session is dead.
func TestLogoutRacesASlowRequest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for range 8 {
			first, row := w.signIn(w.user)
			var second string
			var all sync.WaitGroup
			begin := make(chan struct{})
			all.Go(func() {
				<-begin
				if err := again(t, w, func(ctx context.Context, tx bun.Tx) error { return w.Touch(ctx, tx, row.ID) }); err != nil {
					t.Error(err)
				}
			})
			all.Go(func() {
				<-begin
				err := again(t, w, func(ctx context.Context, tx bun.Tx) (err error) {
					second, err = w.Rotate(ctx, tx, row)
					return err
				})
				if err != nil && !errors.Is(err, session.ErrNone) {
					t.Error(err)
				}
			})
			all.Go(func() {
				<-begin
				if err := again(t, w, func(ctx context.Context, tx bun.Tx) error { _, err := w.Revoke(ctx, tx, row.ID, "logout"); return err }); err != nil {
					t.Error(err)
				}
			})
			close(begin)
			all.Wait()
			if w.opens(first) || w.opens(second) {
				t.Fatal("signed out and still signed in")
			}
		}
	})
}

func again(t *testing.T, w world, do func(ctx context.Context, tx bun.Tx) error) error {
	t.Helper()
	return db.InTx(t.Context(), w.db, do)
}
