package db_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// freePort is a local address where nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	listener := listen(t)
	must(t, listener.Close())
	return listener.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func unavailable(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil || !db.IsUnavailable(err) {
		t.Errorf("%s: %v", what, err)
	}
}

func TestIsUnavailableOnBoth(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		counters(t, opened)
		_, missing := opened.ExecContext(t.Context(), "SELECT * FROM nowhere")
		_, taken := opened.ExecContext(t.Context(), "INSERT INTO counters VALUES (1, 1)")
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		for what, err := range map[string]error{
			"a mistake": missing, "a value taken": taken, "no error": nil, "no rows": sql.ErrNoRows,
			"another's error": errors.New("other"), "given up by the client": opened.PingContext(cancelled),
		} {
			if db.IsUnavailable(err) {
				t.Errorf("%s is the database's fault: %v", what, err)
			}
		}
		opened.SetMaxOpenConns(1)
		held, err := opened.Conn(t.Context())
		must(t, err)
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer stop()
		_, err = opened.ExecContext(ctx, "SELECT 1")
		unavailable(t, "the pool has no connection left", err)
		must(t, held.Close())

		if isPostgres(opened) {
			run(t, opened, "SET default_transaction_read_only = on")
		} else {
			run(t, opened, "PRAGMA query_only = 1")
		}
		_, err = opened.ExecContext(t.Context(), "UPDATE counters SET n = 1")
		unavailable(t, "read-only", err)
	})
}

func TestIsUnavailableOnPostgres(t *testing.T) {
	t.Parallel()
	opened := dbtest.Postgres(t)
	_, err := open(t, "postgres://u:secret@"+freePort(t)+"/d").ExecContext(t.Context(), "SELECT 1")
	unavailable(t, "nobody listens", err)

	err = db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
		var pid int
		must(t, tx.NewRaw("SELECT pg_backend_pid()").Scan(ctx, &pid))
		run(t, opened, "SELECT pg_terminate_backend(?)", pid)
		_, err := tx.ExecContext(ctx, "SELECT 1")
		return err
	})
	unavailable(t, "the server ended the connection", err)
	// The pool finds a living connection by itself.
	run(t, opened, "SELECT 1")

	_, err = opened.ExecContext(t.Context(), "SET statement_timeout = '10ms'; SELECT pg_sleep(5)")
	unavailable(t, "the server ended the query", err)
}

func TestIsUnavailableOnAFullDisk(t *testing.T) {
	t.Parallel()
	opened := dbtest.SQLite(t)
	user := newUser("ada")
	insert(t, opened, user)
	opened.SetMaxOpenConns(1)
	run(t, opened, "PRAGMA max_page_count = 1") // which SQLite raises to what the file has already
	err := db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewUpdate().Model(user).Set("auth_version = 2").WherePK().Exec(ctx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE users SET language = ?", strings.Repeat("x", 1<<20))
		return err
	})
	unavailable(t, "the disk is full", err)
	must(t, db.LoadUser(t.Context(), opened, user, user.ID))
	if user.AuthVersion != 1 {
		t.Error("half of the change was written")
	}
}

func TestIsUnavailableWhenBusy(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLiteURL(t)
	first, second := open(t, url), open(t, url)
	tx, err := first.BeginTx(t.Context(), nil)
	must(t, err)
	defer func() { must(t, tx.Rollback()) }()
	second.SetMaxOpenConns(1)
	run(t, second, "PRAGMA busy_timeout = 10")
	_, err = second.BeginTx(t.Context(), nil)
	unavailable(t, "another holds the file", err)
	run(t, second, "PRAGMA busy_timeout = 10000")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = second.BeginTx(ctx, nil)
	unavailable(t, "another holds the file for longer than there is time", err)
	var n int
	must(t, second.NewRaw("SELECT count(*) FROM users").Scan(t.Context(), &n)) // readers do not wait
}
