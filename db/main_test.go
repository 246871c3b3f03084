package db_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/gatehouse-go/gatehouse/db"
)

// A Member is a host's own user type.
type Member struct {
	db.User `bun:",extend"`
	Company string `bun:"company,notnull"`
}

// start is a time that both databases can hold to the last digit.
var start = time.Date(2026, 3, 4, 5, 6, 7, 123456000, time.UTC)

func TestMain(m *testing.M) {
	if url := os.Getenv("MIGRATE_AND_DIE"); url != "" {
		migrateSlowly(url)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func open(t testing.TB, url string) *bun.DB {
	t.Helper()
	opened, err := db.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	return opened
}

func run(t testing.TB, tx bun.IDB, query string, args ...any) {
	t.Helper()
	if _, err := tx.NewRaw(query, args...).Exec(t.Context()); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t testing.TB, tx bun.IDB, from string, args ...any) (rows int) {
	t.Helper()
	if err := tx.NewRaw("SELECT count(*) FROM "+from, args...).Scan(t.Context(), &rows); err != nil {
		t.Fatalf("count %s: %v", from, err)
	}
	return rows
}

func insert(t testing.TB, tx bun.IDB, models ...any) {
	t.Helper()
	for _, model := range models {
		if _, err := tx.NewInsert().Model(model).Exec(t.Context()); err != nil {
			t.Fatalf("insert %T: %v", model, err)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func isPostgres(tx bun.IDB) bool { return tx.Dialect().Name() == dialect.PG }

func newUser(name string) *db.User {
	return &db.User{ID: db.NewID(), Username: name, UsernameKey: name, AuthVersion: 1, CreatedAt: start, UpdatedAt: start}
}

func newAddress(user *db.User, key string) *db.Address {
	return &db.Address{ID: db.NewID(), UserID: user.ID, Email: key, Key: key, CreatedAt: start}
}

func newSession(user *db.User, hash string) *db.Session {
	return &db.Session{
		ID: db.NewID(), UserID: user.ID, Hash: []byte(hash), AuthVersion: 1,
		Methods: db.Methods{{Name: "password", At: start}}, AuthAt: start, CreatedAt: start,
		LastSeenAt: start, ExpiresAt: start.Add(time.Hour), Network: "192.0.2.0/24", UserAgent: "it's ?",
	}
}

func migrateSlowly(url string) {
	opened, err := db.Open(url)
	if err == nil {
		_, err = db.MigrateDir(context.Background(), opened, slowMigrations(isPostgres(opened)), "host_migrations")
	}
	fmt.Fprintln(os.Stderr, err)
}
