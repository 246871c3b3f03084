package db_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// slowMigrations hold their lock for seconds, a table and a row already made.
func slowMigrations(postgres bool) fstest.MapFS {
	wait := "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT max(i) FROM n;"
	if postgres {
		// The server notices that its client is gone only when it has something to say.
		wait = "SELECT pg_sleep(3);"
	}
	return fstest.MapFS{
		"0001_orders.up.sql": file("CREATE TABLE orders (id text); INSERT INTO orders VALUES ('1');"),
		"0002_slow.up.sql":   file("CREATE TABLE slow (id text);" + wait),
	}
}

// A process is killed while it migrates; the next one must find neither a lock nor half the work.
func TestMigrateAfterKill(t *testing.T) {
	t.Parallel()
	dbtest.EachURL(t, func(t *testing.T, url string) {
		opened := open(t, url)
		// The file is there and in WAL mode, so that what is looked for below is the migration's lock.
		must(t, db.Ping(t.Context(), opened))

		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), "MIGRATE_AND_DIE="+url)
		child.Stderr = t.Output()
		must(t, child.Start())
		for deadline := time.Now().Add(30 * time.Second); !migrating(t, opened); {
			if time.Now().After(deadline) {
				t.Fatal("the child did not begin")
			}
			time.Sleep(5 * time.Millisecond)
		}
		must(t, child.Process.Kill())
		if err := child.Wait(); err == nil || child.ProcessState.Exited() {
			t.Fatalf("the child ended by itself: %v", err)
		}

		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		quick := slowMigrations(isPostgres(opened))
		quick["0002_slow.up.sql"] = file("CREATE TABLE slow (id text);")
		applied, err := db.MigrateDir(ctx, opened, quick, "host_migrations")
		must(t, err)
		if !slices.Equal(applied, []string{"0001_orders", "0002_slow"}) {
			t.Errorf("applied %v: the killed process left something behind", applied)
		}
		if rows := count(t, opened, "orders"); rows != 1 {
			t.Errorf("%d rows in orders", rows)
		}
	})
}

// migrating reports whether another process is in the midst of a migration.
func migrating(t *testing.T, opened *bun.DB) bool {
	t.Helper()
	if isPostgres(opened) {
		return count(t, opened, "pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()") > 0
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	tx, err := opened.BeginTx(ctx, nil)
	if err != nil {
		return true
	}
	must(t, tx.Rollback())
	return false
}
