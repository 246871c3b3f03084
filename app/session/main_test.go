package session_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/internal/redis"
	"github.com/gatehouse-go/gatehouse/app/internal/redis/redistest"
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
	redis *redis.Redis
	name  string // of what is in it
}

// each runs do on every database, without a cache and with one; and with one in trouble, where the database has
// no say in what becomes of it.
func each(t *testing.T, do func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) { do(t, newWorld(t, conn)) })
	cached(t, do)
	t.Run("down", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, dbtest.SQLite(t))
		w.cacheAt(redistest.Nowhere(t), "")
		do(t, w)
	})
	t.Run("flushed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, dbtest.SQLite(t))
		server, name := redistest.Open(t), redistest.Name()
		w.cacheAt(redistest.NewRoad(t, func() { server.Flush(name) }).URL, name)
		do(t, w)
	})
}

// cached runs do on every database with a cache that works.
func cached(t *testing.T, do func(t *testing.T, w world)) {
	t.Helper()
	t.Run("cached", func(t *testing.T) {
		t.Parallel()
		dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
			w := newWorld(t, conn)
			w.cacheAt(redistest.Open(t).URL, redistest.Name())
			do(t, w)
		})
	})
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

// secrets seal what is in the cache.
var secrets = keyring.New([]string{"a secret that every test may know"})

// cacheAt gives the world a cache in the Redis at url, under names that begin with name.
func (w *world) cacheAt(url, name string) {
	w.t.Helper()
	r, err := redis.Open(redistest.Patient(url), name+":", w.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = r.Close() })
	w.name, w.redis = name, r
	w.cacheOf(secrets)
}

// cacheOf is another program's cache in the same Redis.
func (w *world) cacheOf(ring keyring.Ring) { w.Cache = session.NewCache(w.redis, ring) }

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

// end revokes a session for a reason that does not matter.
func (w world) end(ctx context.Context, tx bun.IDB, row *db.Session) error {
	_, err := w.Revoke(ctx, tx, row.ID, "x")
	return err
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
