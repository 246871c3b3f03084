// Package dbtest gives each test a fresh, migrated database of its own, on SQLite and on Postgres.
//
// Postgres is the server of TEST_DATABASE_URL, a postgres:// URL whose user may create databases.
// Without it every test on Postgres fails and says so; under -short they skip. A template named
// gatehouse_template_… stays on the server for the next run; the tests' databases do not.
package dbtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
)

// Each runs f twice, as subtests sqlite and postgres, each with a database of its own.
func Each(t *testing.T, f func(t *testing.T, db *bun.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, Postgres(t))
	})
}

// EachURL is [Each] for tests that open the database themselves: the databases are empty, without
// any table.
func EachURL(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, EmptySQLiteURL(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, EmptyPostgresURL(t))
	})
}

// SQLite is a migrated database in a file that the test's end removes.
func SQLite(t testing.TB) *bun.DB {
	t.Helper()
	return open(t, SQLiteURL(t))
}

// SQLiteURL is the URL of a migrated database in a file that the test's end removes.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	content, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// EmptySQLiteURL is the URL of a file that does not exist yet.
func EmptySQLiteURL(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

// Postgres is a migrated database that the test's end drops.
func Postgres(t testing.TB) *bun.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

// PostgresURL is the URL of a migrated database that the test's end drops.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := serverFor(t)
	template, err := server.template()
	if err != nil {
		t.Fatal(err)
	}
	return server.database(t, template)
}

// EmptyPostgresURL is the URL of a database without tables that the test's end drops.
func EmptyPostgresURL(t testing.TB) string {
	t.Helper()
	return serverFor(t).database(t, "template0")
}

func open(t testing.TB, url string) *bun.DB {
	t.Helper()
	opened, err := db.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}
