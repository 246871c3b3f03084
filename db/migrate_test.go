package db_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestMigrateUpDownUp(t *testing.T) {
	t.Parallel()
	dbtest.EachURL(t, func(t *testing.T, url string) {
		opened := open(t, url)
		before, err := db.Status(t.Context(), opened)
		must(t, err)
		if len(before) == 0 || !before[0].AppliedAt.IsZero() {
			t.Fatalf("status of an empty database: %+v", before)
		}
		if tables := allTables(t, opened); len(tables) != 0 {
			t.Errorf("Status made tables: %v", tables)
		}
		applied, err := db.Migrate(t.Context(), opened)
		must(t, err)
		if len(applied) != len(before) {
			t.Errorf("applied %v of %d", applied, len(before))
		}
		first := describe(t, opened)
		again, err := db.Migrate(t.Context(), opened)
		must(t, err)
		if len(again) != 0 {
			t.Errorf("the second time it applied %v", again)
		}
		after, err := db.Status(t.Context(), opened)
		must(t, err)
		for _, state := range after {
			if state.AppliedAt.IsZero() || state.Missing || state.AppliedAt.Location().String() != "UTC" {
				t.Errorf("after migrating: %+v", state)
			}
		}
		undone, err := db.Rollback(t.Context(), opened)
		must(t, err)
		slices.Reverse(undone)
		if !slices.Equal(undone, applied) {
			t.Errorf("rolled back %v of %v", undone, applied)
		}
		if left := allTables(t, opened); !slices.Equal(left, []string{"gatehouse_migrations"}) {
			t.Errorf("tables left after rolling back: %v", left)
		}
		if undone, err = db.Rollback(t.Context(), opened); err != nil || len(undone) != 0 {
			t.Errorf("rolling back nothing: %v, %v", undone, err)
		}
		_, err = db.Migrate(t.Context(), opened)
		must(t, err)
		if second := describe(t, opened); second != first {
			t.Errorf("down and up again changed the tables:\n%s\n%s", first, second)
		}
	})
}

// One database for eight processes that start at once: each migrates, one does the work.
func TestMigrateEightAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.EachURL(t, func(t *testing.T, url string) {
		var mutex sync.Mutex
		var applied []string
		var group sync.WaitGroup
		for range 8 {
			opened := open(t, url)
			group.Go(func() {
				names, err := db.Migrate(t.Context(), opened)
				if err != nil {
					t.Error(err)
				}
				mutex.Lock()
				defer mutex.Unlock()
				applied = append(applied, names...)
			})
		}
		group.Wait()
		states, err := db.Status(t.Context(), open(t, url))
		must(t, err)
		if len(applied) != len(states) {
			t.Errorf("eight instances applied %v", applied)
		}
	})
}

// Whoever cannot wait any longer is told what for.
func TestMigrateWhileAnotherDoes(t *testing.T) {
	t.Parallel()
	dbtest.EachURL(t, func(t *testing.T, url string) {
		opened := open(t, url)
		files := slowMigrations(isPostgres(opened))
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { _, _ = db.MigrateDir(ctx, open(t, url), files, "host_migrations") })
		for !migrating(t, opened) {
			time.Sleep(time.Millisecond)
		}
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := db.MigrateDir(short, opened, files, "host_migrations")
		if err == nil || !strings.Contains(err.Error(), "another process") || !db.IsUnavailable(err) {
			t.Error(err)
		}
		stop()
		group.Wait()
		if tables := allTables(t, opened); len(tables) != 0 {
			t.Errorf("a migration that was stopped left %v", tables)
		}
	})
}

func TestMigrateDir(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		none, err := db.MigrateDir(t.Context(), opened, fstest.MapFS{}, "host_migrations")
		if err != nil || len(none) != 0 {
			t.Fatalf("an empty folder: %v, %v", none, err)
		}
		files := fstest.MapFS{
			"README.md":            file("not a migration"),
			"0002_orders.up.sql":   file("INSERT INTO orders (id, note) VALUES ('{{.Postgres}}', 'who?'); -- why?\nUPDATE orders SET note = note || '!';"),
			"0001_orders.up.sql":   file("CREATE TABLE orders (id text, note text, at {{.Time}}, by {{.UUID}}, raw {{.Bytes}}, doc {{.JSON}});\nALTER TABLE users ADD COLUMN company text NOT NULL DEFAULT '';"),
			"0001_orders.down.sql": file("DROP TABLE orders; ALTER TABLE users DROP COLUMN company;"),
			"0002_orders.down.sql": file("DELETE FROM orders;"),
		}
		applied, err := db.MigrateDir(t.Context(), opened, files, "host_migrations")
		must(t, err)
		if !slices.Equal(applied, []string{"0001_orders", "0002_orders"}) {
			t.Errorf("applied %v", applied)
		}
		if count(t, opened, "orders WHERE note = ? AND id = ?", "who?!", strconv.FormatBool(isPostgres(opened))) != 1 {
			t.Error("the second statement of a file did not run")
		}
		files["0003_more.up.sql"] = file("CREATE TABLE more (id text)")
		states, err := db.StatusDir(t.Context(), opened, files, "host_migrations")
		must(t, err)
		if len(states) != 3 || states[1].AppliedAt.IsZero() || !states[2].AppliedAt.IsZero() {
			t.Errorf("status: %+v", states)
		}
		_, err = db.MigrateDir(t.Context(), opened, files, "host_migrations")
		must(t, err)
		if _, err = db.RollbackDir(t.Context(), opened, files, "host_migrations"); err == nil || !strings.Contains(err.Error(), "0003_more.down.sql") {
			t.Errorf("rolling back without a down file: %v", err)
		}
		older := fstest.MapFS{}
		if _, err = db.RollbackDir(t.Context(), opened, older, "host_migrations"); err == nil || !strings.Contains(err.Error(), "this build does not have it") {
			t.Errorf("rolling back with an older build: %v", err)
		}
		states, err = db.StatusDir(t.Context(), opened, older, "host_migrations")
		must(t, err)
		if len(states) != 3 || !states[0].Missing {
			t.Errorf("status with an older build: %+v", states)
		}
		files["0003_more.down.sql"] = file("DROP TABLE more")
		// Batches are undone one at a time, the last first.
		for _, want := range [][]string{{"0003_more"}, {"0002_orders", "0001_orders"}} {
			undone, err := db.RollbackDir(t.Context(), opened, files, "host_migrations")
			must(t, err)
			if !slices.Equal(undone, want) {
				t.Errorf("undone %v, not %v", undone, want)
			}
		}
		// The host's migrations are none of the kit's.
		kit, err := db.Migrate(t.Context(), opened)
		if err != nil || len(kit) != 0 {
			t.Errorf("the kit's: %v, %v", kit, err)
		}
	})
}

func TestMigrationThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		before := allTables(t, opened)
		files := fstest.MapFS{
			"0001_good.up.sql": file("CREATE TABLE good (id text)"),
			"0002_bad.up.sql":  file("CREATE TABLE bad (id text); INSERT INTO good VALUES ('1'); INSERT INTO nowhere VALUES (1)"),
		}
		applied, err := db.MigrateDir(t.Context(), opened, files, "host_migrations")
		if err == nil || !strings.Contains(err.Error(), "0002_bad") || len(applied) != 0 {
			t.Fatalf("applied %v, %v", applied, err)
		}
		if after := allTables(t, opened); !slices.Equal(after, before) {
			t.Errorf("tables before %v, after %v", before, after)
		}
		files["0002_bad.up.sql"] = file("CREATE TABLE bad (id {{.Nonsense}})")
		if _, err = db.MigrateDir(t.Context(), opened, files, "host_migrations"); err == nil || !strings.Contains(err.Error(), "Nonsense") {
			t.Errorf("an unknown word in a template: %v", err)
		}
		files["0002_bad.up.sql"] = file("CREATE TABLE users (id text)")
		if _, err = db.MigrateDir(t.Context(), opened, files, "host_migrations"); err == nil || !strings.Contains(err.Error(), "search_path") {
			t.Errorf("a table that is there already: %v", err)
		}
	})
}

// SQLite changes a table by making another and dropping the first: its children must survive that.
func TestMigrationMayRebuildATableOthersReferTo(t *testing.T) {
	t.Parallel()
	opened := dbtest.SQLite(t)
	user := newUser("ada")
	insert(t, opened, user, newAddress(user, "ada@example.com"))
	rebuild := "CREATE TABLE users_new AS SELECT * FROM users; DROP TABLE users; ALTER TABLE users_new RENAME TO users;" +
		" CREATE UNIQUE INDEX users_id ON users (id);"
	_, err := db.MigrateDir(t.Context(), opened, fstest.MapFS{"1.up.sql": file(rebuild)}, "host_migrations")
	must(t, err)
	if count(t, opened, "addresses") != 1 {
		t.Error("the rebuilding of users deleted its addresses")
	}
	broken := fstest.MapFS{"1.up.sql": file(rebuild), "2.up.sql": file("DELETE FROM users")}
	if _, err := db.MigrateDir(t.Context(), opened, broken, "host_migrations"); err == nil || !strings.Contains(err.Error(), "addresses") {
		t.Errorf("a migration that leaves addresses without their user: %v", err)
	}
	if count(t, opened, "users") != 1 {
		t.Error("the refused migration was applied")
	}
	// The connection came back to the pool with foreign keys enforced.
	opened.SetMaxOpenConns(1)
	run(t, opened, "DELETE FROM users")
	if count(t, opened, "addresses") != 0 {
		t.Error("foreign keys are not enforced after migrating")
	}
}

func TestMigrateInASchema(t *testing.T) {
	t.Parallel()
	url := dbtest.EmptyPostgresURL(t)
	plain := open(t, url)
	run(t, plain, "CREATE TABLE users (id int)")
	if _, err := db.Migrate(t.Context(), plain); err == nil || !strings.Contains(err.Error(), "search_path") {
		t.Errorf("migrating beside a host's own users: %v", err)
	}
	separator := "?"
	if strings.Contains(url, "?") {
		separator = "&"
	}
	inSchema := open(t, url+separator+"search_path=accounts")
	if _, err := db.Migrate(t.Context(), inSchema); err == nil || !strings.Contains(err.Error(), "create it first") {
		t.Errorf("a schema that does not exist: %v", err)
	}
	run(t, plain, "CREATE SCHEMA accounts")
	_, err := db.Migrate(t.Context(), inSchema)
	must(t, err)
	user := newUser("ada")
	insert(t, inSchema, user)
	must(t, db.LoadUser(t.Context(), inSchema, &db.User{}, user.ID))
	if count(t, plain, "users") != 0 {
		t.Error("the host's own users table was written to")
	}
}
