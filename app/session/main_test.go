package session_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

const (
	idle     = time.Hour
	absolute = 24 * time.Hour
	grace    = 10 * time.Second
)

// start is a time that both databases can hold to the last digit, told far from UTC.
var start = time.Date(2026, 3, 4, 5, 6, 7, 123456000, time.FixedZone("east", 5*60*60+30*60))

// A world is a database with one account in it, and a clock to move.
type world struct {
	t testing.TB
	session.Store
	db    *bun.DB
	user  *db.User
	since *atomic.Int64
}

func each(t *testing.T, do func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) { do(t, newWorld(t, conn)) })
}

func newWorld(t testing.TB, conn *bun.DB) world {
	t.Helper()
	since := new(atomic.Int64)
	now := func() time.Time { return start.Add(time.Duration(since.Load())) }
	w := world{
		t: t, db: conn, since: since,
		Store: session.Store{Now: now, Idle: idle, Absolute: absolute, Grace: grace},
	}
	w.user = w.account("ann")
	return w
}

func (w world) account(name string) *db.User {
	w.t.Helper()
	user := &db.User{ID: db.NewID(), Username: name, UsernameKey: name, AuthVersion: 7, CreatedAt: w.Now(), UpdatedAt: w.Now()}
	if _, err := w.db.NewInsert().Model(user).Exec(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return user
}

func (w world) pass(d time.Duration) { w.since.Add(int64(d)) }

// signIn opens a session for an account in a transaction, as the kit does.
func (w world) signIn(user *db.User) (value string, row *db.Session) {
	w.t.Helper()
	row = &db.Session{Methods: db.Methods{}}
	err := db.InTx(w.t.Context(), w.db, func(ctx context.Context, tx bun.Tx) (err error) {
		value, err = w.Insert(ctx, tx, user, row)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return value, row
}

func (w world) run(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.NewRaw(query, args...).Exec(w.t.Context()); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
}

// opens reports whether value opens a live session of the account.
func (w world) opens(value string) bool {
	w.t.Helper()
	var user db.User
	err := w.Load(w.t.Context(), w.db, &user, value)
	if err != nil && !errors.Is(err, session.ErrNone) {
		w.t.Fatal(err)
	}
	if err == nil && (user.Session == nil || user.Session.UserID != user.ID) {
		w.t.Fatalf("session %+v of account %v", user.Session, user.ID)
	}
	return err == nil
}

func (w world) stored(row *db.Session) db.Session {
	w.t.Helper()
	var got db.Session
	if err := w.db.NewSelect().Model(&got).Where("id = ?", row.ID).Scan(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return got
}
