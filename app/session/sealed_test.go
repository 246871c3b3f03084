package session_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/internal/redis/redistest"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

// A member is a host's own type.
type member struct {
	db.User `bun:",extend"`
	Company string `bun:"company"`
}

// Nobody who reads Redis learns anything, and nobody who writes to it gets in.
func TestCacheIsSealed(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		w.run("UPDATE users SET password_hash = 'the hash of a password' WHERE id = ?", w.user.ID)
		w.run("ALTER TABLE users ADD COLUMN company text NOT NULL DEFAULT 'Engines'")
		value, row := w.signIn(w.user)
		victim, victimRow := w.signIn(w.account("eve"))
		for _, value := range []string{value, victim} {
			if err := w.Load(t.Context(), w.db, new(member), value); err != nil {
				t.Fatal(err)
			}
		}
		server := redistest.Open(t)
		named := func(row *db.Session) string {
			return w.name + ":session:" + base64.RawURLEncoding.EncodeToString(row.Hash)
		}
		kept := server.Everything(w.name)
		if len(kept) != 2 || len(kept[named(row)]) < 500 {
			t.Fatalf("it holds %d: %q", len(kept), kept)
		}
		raw, _ := base64.RawURLEncoding.DecodeString(value)
		for name, sealed := range kept {
			for _, secret := range []string{"hash of a password", "ann", "Engines", value, string(raw), row.ID.String(), w.user.ID.String(), string(row.ID[:])} {
				if strings.Contains(name, secret) || strings.Contains(sealed, secret) {
					t.Errorf("%s tells %q", name, secret)
				}
			}
		}
		queries := w.watch()
		entry := kept[named(row)]
		for about, forged := range map[string]string{
			"empty": "", "a bar": "-", "garbage": strings.Repeat("x", 900), "cut": entry[:len(entry)-1], "longer": entry + "x",
			"another's session": kept[named(victimRow)],
		} {
			if err := server.Set(t.Context(), named(row), forged, time.Minute).Err(); err != nil {
				t.Fatal(err)
			}
			queries.n.Store(0)
			var m member
			if err := w.Load(t.Context(), w.db, &m, value); err != nil || m.Username != "ann" || m.Company != "Engines" || queries.n.Load() != 1 {
				t.Errorf("%s: %v, %q, %d queries", about, err, m.Username, queries.n.Load())
			}
		}
		// An entry that was put back counts for as long as it would have.
		put := func() {
			if err := server.Set(t.Context(), named(row), entry, time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
		}
		put()
		// Another type of account asks SQL, as during the rollout of a new column.
		w.asks(queries, value, 1)
		w.revoke(row)
		put()
		for about, at := range map[string]time.Duration{"after its time": 30 * time.Second, "before its time": -time.Minute} {
			w.pass(at)
			if err := w.Load(t.Context(), w.db, new(member), value); !errors.Is(err, session.ErrNone) {
				t.Errorf("an entry put back %s: %v", about, err)
			}
			w.pass(-at)
		}
	})
}

// Programs with other secrets, as while they are changed, ask SQL and harm nobody.
func TestCacheOfOtherSecrets(t *testing.T) {
	t.Parallel()
	cached(t, func(t *testing.T, w world) {
		newer := w
		newer.cacheOf(keyring.New([]string{"a newer secret that every test may know", "a secret that every test may know"}))
		value, row := w.signIn(w.user)
		queries := newer.watch()
		w.opens(value)
		newer.asks(queries, value, 0) // it knows the older secret too
		redistest.Open(t).Flush(w.name)
		newer.asks(queries, value, 1)
		older := w
		older.db = newer.db
		older.asks(queries, value, 1)
		older.asks(queries, value, 1)
		w.revoke(row)
		newer.dead("ended by a program with the older secret", value)
	})
}
