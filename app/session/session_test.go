package session_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

func TestLoadJudges(t *testing.T) {
	t.Parallel()
	const tick = time.Microsecond
	each(t, func(t *testing.T, w world) {
		for _, c := range []struct {
			about string
			do    func(w world, row *db.Session)
			live  bool
		}{
			{"at once", func(world, *db.Session) {}, true},
			{"almost idle", func(w world, _ *db.Session) { w.pass(idle - tick) }, true},
			{"idle", func(w world, _ *db.Session) { w.pass(idle) }, false},
			{"used in between", func(w world, row *db.Session) { w.pass(idle - tick); w.touch(row); w.pass(idle - tick) }, true},
			{"idle after use", func(w world, row *db.Session) { w.pass(idle - tick); w.touch(row); w.pass(idle) }, false},
			{"almost at its end", func(w world, row *db.Session) { w.use(row, absolute-tick) }, true},
			{"at its end, however much used", func(w world, row *db.Session) { w.use(row, absolute) }, false},
			{"clock stepped back", func(w world, _ *db.Session) { w.pass(-2 * time.Hour) }, true},
			{"revoked", func(w world, row *db.Session) { w.revoke(row) }, false},
			{"revoked, then used", func(w world, row *db.Session) { w.revoke(row); w.pass(time.Minute); w.touch(row) }, false},
			{"account disabled", func(w world, _ *db.Session) {
				w.run("UPDATE users SET disabled_at = ? WHERE id = ?", w.Now(), w.user.ID)
			}, false},
			{"credentials changed", func(w world, _ *db.Session) {
				w.run("UPDATE users SET auth_version = auth_version + 1 WHERE id = ?", w.user.ID)
			}, false},
			{"credentials of an older day", func(w world, _ *db.Session) {
				w.run("UPDATE users SET auth_version = auth_version - 1 WHERE id = ?", w.user.ID)
			}, false},
			{"account deleted", func(w world, _ *db.Session) { w.run("DELETE FROM users WHERE id = ?", w.user.ID) }, false},
			{"another's session revoked", func(w world, _ *db.Session) {
				_, row := w.signIn(w.account("eve" + db.NewID().String()))
				w.revoke(row)
			}, true},
		} {
			w.t, w.since = t, new(atomic.Int64)
			since := w.since
			w.Now = func() time.Time { return start.Add(time.Duration(since.Load())) }
			w.user = w.account("ann" + db.NewID().String())
			value, row := w.signIn(w.user)
			c.do(w, row)
			if got := w.opens(value); got != c.live {
				t.Errorf("%s: live %v", c.about, got)
			}
		}
	})
}

func (w world) touch(row *db.Session) {
	w.t.Helper()
	if err := w.Touch(w.t.Context(), w.db, row.ID); err != nil {
		w.t.Fatal(err)
	}
}

// use keeps a session busy for as long as d.
func (w world) use(row *db.Session, d time.Duration) {
	w.t.Helper()
	for ; d > idle/2; d -= idle / 2 {
		w.pass(idle / 2)
		w.touch(row)
	}
	w.pass(d)
}

func (w world) revoke(row *db.Session) {
	w.t.Helper()
	if _, err := w.Revoke(w.t.Context(), w.db, row.ID, "logout"); err != nil {
		w.t.Fatal(err)
	}
}

func TestLoadFillsTheAccount(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		value, row := w.signIn(w.user)
		queries := new(counter)
		w.db = w.db.WithQueryHook(queries)
		var user db.User
		if err := w.Load(t.Context(), w.db, &user, value); err != nil {
			t.Fatal(err)
		}
		if user.ID != w.user.ID || user.Username != "ann" || user.Session.ID != row.ID || user.Session.Methods == nil {
			t.Errorf("got %+v with %+v", user, user.Session)
		}
		if n := queries.n.Load(); n != 1 {
			t.Errorf("%d queries", n)
		}
	})
}

type counter struct{ n atomic.Int64 }

func (*counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (c *counter) AfterQuery(context.Context, *bun.QueryEvent)                      { c.n.Add(1) }

// A broken database is an error, and not the same as being signed out.
func TestLoadTellsTroubleFromNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		value, row := w.signIn(w.user)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Load(gone, w.db, &db.User{}, value); err == nil || errors.Is(err, session.ErrNone) || !errors.Is(err, context.Canceled) {
			t.Errorf("load: %v", err)
		}
		if _, err := w.Rotate(gone, w.db, row); err == nil || errors.Is(err, session.ErrNone) {
			t.Errorf("rotate: %v", err)
		}
		if _, err := w.Insert(gone, w.db, w.user, &db.Session{}); err == nil || errors.Is(err, session.ErrNone) {
			t.Errorf("insert: %v", err)
		}
		if err := errors.Join(w.end(gone, w.db, row), w.Touch(gone, w.db, row.ID)); err == nil {
			t.Error("revoke and touch say that they are done")
		}
	})
}

func TestRotationGrace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		first, row := w.signIn(w.user)
		stranger, _ := w.signIn(w.account("eve"))
		w.pass(time.Minute)
		second := w.rotate(row)
		if second == first || !w.opens(first) || !w.opens(second) {
			t.Fatal("right after the rotation both must open")
		}
		w.pass(grace)
		if !w.opens(first) || !w.opens(second) {
			t.Error("at the end of the grace both must open still")
		}
		w.pass(time.Microsecond)
		if w.opens(first) {
			t.Error("the old id opens after the grace")
		}
		third := w.rotate(row)
		if w.opens(first) || !w.opens(second) || !w.opens(third) {
			t.Error("a second rotation: only the last two open")
		}
		fourth := w.rotate(row)
		if w.opens(first) || w.opens(second) || !w.opens(third) || !w.opens(fourth) {
			t.Error("a third within the grace: only the last two open")
		}
		w.revoke(row)
		for _, value := range []string{first, second, third, fourth} {
			if w.opens(value) {
				t.Error("an id opens after the session was revoked")
			}
		}
		if !w.opens(stranger) {
			t.Error("another's session went with it")
		}
	})
}

func (w world) rotate(row *db.Session) string {
	w.t.Helper()
	value, err := w.Rotate(w.t.Context(), w.db, row)
	if err != nil {
		w.t.Fatal(err)
	}
	return value
}

// Rotated under the auth version that its account has moved on to, a session lives on, and no other does.
func TestRotationOutlivesAChange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		first, row := w.signIn(w.user)
		other, _ := w.signIn(w.user)
		w.run("UPDATE users SET auth_version = auth_version + 1 WHERE id = ?", w.user.ID)
		if w.opens(first) || w.opens(other) {
			t.Fatal("a session outlives a change that it was not rotated for")
		}
		row.AuthVersion, row.RememberID = w.user.AuthVersion+1, w.device(w.user)
		second := w.rotate(row)
		if !w.opens(second) || !w.opens(first) || w.opens(other) {
			t.Error("the session that was rotated must open, by its old id too for the grace, and no other")
		}
		if got := w.stored(row); got.AuthVersion != row.AuthVersion || got.RememberID != row.RememberID {
			t.Errorf("stored %+v", got)
		}
		row.RememberID = uuid.Nil
		if w.rotate(row); w.stored(row).RememberID != uuid.Nil {
			t.Error("a device that was forgotten is still the session's")
		}
		w.pass(grace + time.Microsecond)
		if w.opens(first) {
			t.Error("the old id opens after the grace")
		}
	})
}

// The grace shortens nothing and lengthens nothing: idle and absolute limits hold inside it.
func TestGraceHonoursTheLimits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		first, row := w.signIn(w.user)
		w.pass(idle - time.Second)
		second := w.rotate(row)
		w.pass(time.Second)
		if w.opens(first) || w.opens(second) {
			t.Error("a rotation counts as use")
		}
	})
}

func TestRotateRefusesTheDead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		_, row := w.signIn(w.user)
		w.revoke(row)
		before := w.stored(row)
		for about, id := range map[string]uuid.UUID{"revoked": row.ID, "unknown": db.NewID(), "nil": uuid.Nil} {
			if value, err := w.Rotate(t.Context(), w.db, &db.Session{ID: id, AuthVersion: row.AuthVersion}); !errors.Is(err, session.ErrNone) || value != "" {
				t.Errorf("%s: %q, %v", about, value, err)
			}
		}
		if after := w.stored(row); string(after.Hash) != string(before.Hash) {
			t.Error("the hash of a dead session changed")
		}
	})
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		a, rowA := w.signIn(w.user)
		b, rowB := w.signIn(w.user)
		c, _ := w.signIn(w.user)
		stranger, _ := w.signIn(w.account("eve"))
		w.revoke(rowA)
		w.pass(time.Minute)
		if err := w.RevokeAll(t.Context(), w.db, w.user.ID, rowB.ID, "password"); err != nil {
			t.Fatal(err)
		}
		if w.opens(a) || !w.opens(b) || w.opens(c) || !w.opens(stranger) {
			t.Error("all but the one named must end, and nobody else's")
		}
		if got := w.stored(rowA); got.RevokedReason != "logout" || !got.RevokedAt.Equal(start) {
			t.Errorf("what ended a session first is what is on record: %q at %v", got.RevokedReason, got.RevokedAt)
		}
		if err := w.RevokeAll(t.Context(), w.db, w.user.ID, uuid.Nil, "password"); err != nil {
			t.Fatal(err)
		}
		if w.opens(b) || !w.opens(stranger) {
			t.Error("nobody is spared by the nil id")
		}
	})
}
