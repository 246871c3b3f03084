package db_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

const secret = "s3cr3t"

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for url, says := range map[string]string{
		"":                                       "is empty: it is postgres://",
		"mysql://u:s3cr3t@h":                     `"mysql" is not known: the URL is postgres://`,
		"s3cr3t":                                 "has no scheme",
		"sqlite:":                                "names no file",
		"sqlite://":                              "names no file",
		"sqlite::memory:":                        "name a file",
		"sqlite:a.db?mode=ro":                    "takes no parameters",
		"postgres://u:s3cr3t%zz@h/d":             "percent-encoding",
		"postgres://u:a/s3cr3t@h/d":              "cannot be read",
		"postgres://u:a#s3cr3t@h:x/d":            "cannot be read",
		"postgres://u:s3cr3t@h:port/d":           "cannot be read",
		"postgres://u:s3cr3t@h/d?sslmode=s3cr3t": "sslmode",
		"postgres://h/d?password=s3cr3t&connect_timeout=s3cr3t": "connect_timeout",
	} {
		opened, err := db.Open(url)
		if err == nil || opened != nil {
			t.Errorf("%q was opened", url)
			continue
		}
		if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "zz") {
			t.Errorf("%q: %v", url, err)
		}
	}
	defer func() {
		if caught, _ := recover().(string); !strings.Contains(caught, "is empty") {
			t.Errorf("MustOpen panicked with %q", caught)
		}
	}()
	db.MustOpen("")
}

func TestPingSaysWhereAndWhy(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "text"), []byte(strings.Repeat("no database ", 1000)), 0o600))
	silent := listen(t)
	port := freePort(t)
	for url, says := range map[string][]string{
		"postgres://u:s3cr3t@" + port + "/shop":                                     {port, `"shop"`, "cannot connect", "refused"},
		"postgres://u:s3cr3t@no-such-host.invalid/shop":                             {"no-such-host.invalid:5432", "no server of that name"},
		"postgres://u:s3cr3t@" + silent.Addr().String() + "/shop?connect_timeout=1": {silent.Addr().String(), "no answer in time"},
		"sqlite:" + folder:                {folder, "is a folder"},
		"sqlite:" + folder + "/none/a.db": {folder + "/none", "does not exist"},
		"sqlite:" + folder + "/text":      {folder + "/text", "is not an SQLite database"},
		"sqlite:" + folder + "/text/a.db": {"is not a folder"},
	} {
		err := db.Ping(t.Context(), open(t, url))
		if err == nil {
			t.Errorf("%s: reached", url)
			continue
		}
		for _, part := range says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", url, err, part)
			}
		}
		if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q", url, err)
		}
	}
	dbtest.EachURL(t, func(t *testing.T, url string) { must(t, db.Ping(t.Context(), open(t, url))) })
	t.Run("postgres says no", func(t *testing.T) {
		t.Parallel()
		missing := strings.Replace(dbtest.EmptyPostgresURL(t), "gatehouse_test_", "gatehouse_none_", 1)
		if err := db.Ping(t.Context(), open(t, missing)); err == nil || !strings.Contains(err.Error(), "create it first") {
			t.Errorf("a database that does not exist: %v", err)
		}
	})
}

func TestPingKeepsToItsContext(t *testing.T) {
	t.Parallel()
	silent := listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := db.Ping(ctx, open(t, "postgres://u:s3cr3t@"+silent.Addr().String()+"/d"))
	if err == nil || !strings.Contains(err.Error(), "no answer in time") || !db.IsUnavailable(err) {
		t.Error(err)
	}
}

func TestSQLiteFile(t *testing.T) {
	t.Parallel()
	// Characters that mean something in a URL mean nothing in a file's name.
	path := filepath.Join(t.TempDir(), "50% of #1 & more.db")
	for _, prefix := range []string{"sqlite:", "sqlite://"} {
		opened := open(t, prefix+path)
		for pragma, want := range map[string]string{
			"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000",
		} {
			var got string
			must(t, opened.NewRaw("PRAGMA ?", bun.Safe(pragma)).Scan(t.Context(), &got))
			if got != want {
				t.Errorf("%s is %s, not %s", pragma, got, want)
			}
		}
		if _, err := opened.ExecContext(t.Context(), `SELECT "no_such_column"`); err == nil {
			t.Error("a misspelt column is read as a string")
		}
	}
	names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	must(t, err)
	hidden, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	must(t, err)
	if len(hidden) != 0 {
		t.Errorf("left behind: %v", hidden)
	}
	for _, name := range names {
		if !strings.HasPrefix(name, path) {
			t.Errorf("made %q", name)
		}
		info, err := os.Stat(name)
		must(t, err)
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v: it holds password hashes", name, info.Mode())
		}
	}
}

// Times come back as they went in, in UTC, and sort among themselves, whatever their fractions.
func TestTimes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		run(t, opened, "CREATE TABLE times (n bigint, at "+map[bool]string{true: "timestamptz", false: "timestamp"}[isPostgres(opened)]+")")
		whole := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		zone := time.FixedZone("far", 5*3600+1800)
		times := []time.Time{whole, whole.Add(time.Microsecond), whole.Add(500 * time.Millisecond), whole.Add(510 * time.Millisecond).In(zone), whole.Add(time.Second)}
		for i, at := range times {
			run(t, opened, "INSERT INTO times VALUES (?, ?)", i, at)
		}
		for i, at := range times {
			if got := count(t, opened, "times WHERE at < ?", at); got != i {
				t.Errorf("%d times before %v, not %d", got, at, i)
			}
			var got time.Time
			must(t, opened.NewRaw("SELECT at FROM times WHERE n = ?", i).Scan(t.Context(), &got))
			if got != at.UTC() {
				t.Errorf("%v came back as %v", at, got)
			}
		}
		// A host may pass a time to the driver itself.
		if _, err := opened.DB.ExecContext(t.Context(), "INSERT INTO times VALUES (9, $1)", whole.Add(505*time.Millisecond).In(zone)); err != nil {
			t.Fatal(err)
		}
		if count(t, opened, "times WHERE n = 9 AND at = ?", whole.Add(505*time.Millisecond)) != 1 {
			t.Error("a time from the driver is written otherwise")
		}
	})
}
