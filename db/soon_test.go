package db_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// However it ends, the connection waits for the disk again afterwards.
func TestSoon(t *testing.T) {
	t.Parallel()
	conn := open(t, "sqlite:"+filepath.Join(t.TempDir(), "soon.db"))
	conn.SetMaxOpenConns(1) // so that the next to ask gets the same
	refused := errors.New("refused")
	for name, do := range map[string]func(ctx context.Context, cancel func(), conn bun.IDB) error{
		"done":      func(context.Context, func(), bun.IDB) error { return nil },
		"refused":   func(context.Context, func(), bun.IDB) error { return refused },
		"cancelled": func(ctx context.Context, cancel func(), _ bun.IDB) error { cancel(); return ctx.Err() },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Soon(ctx, conn, func(conn bun.IDB) error {
			if got := synchronous(t, conn); got != 1 {
				t.Errorf("%s: synchronous is %d within, not 1", name, got)
			}
			return do(ctx, cancel, conn)
		})
		if (err == nil) != (name == "done") {
			t.Errorf("%s: %v", name, err)
		}
		if got := synchronous(t, conn); got != 2 {
			t.Errorf("%s: synchronous is %d afterwards, not 2", name, got)
		}
		cancel()
	}
	panics := func() (said any) {
		defer func() { said = recover() }()
		return db.Soon(t.Context(), conn, func(bun.IDB) error { panic("do") })
	}
	if said, got := panics(), synchronous(t, conn); said != "do" || got != 2 {
		t.Errorf("after a panic, %v: synchronous is %d, not 2", said, got)
	}
}

// What it writes is there for everybody at once.
func TestSoonIsSeen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		must(t, db.Soon(t.Context(), conn, func(conn bun.IDB) error {
			_, err := conn.NewInsert().Model(&db.Attempt{Key: []byte("k"), Action: "login", Failures: 1, FirstAt: start, LastAt: start}).Exec(t.Context())
			return err
		}))
		if n, err := conn.NewSelect().Model((*db.Attempt)(nil)).Count(t.Context()); n != 1 || err != nil {
			t.Errorf("%d rows (%v)", n, err)
		}
	})
}

// A transaction is all there or not there at all, and has not waited for the disk.
func TestInTxSoon(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		refused := errors.New("refused")
		write := func(key string, then error) error {
			return db.InTxSoon(t.Context(), conn, func(ctx context.Context, tx bun.Tx) error {
				if tx.Dialect().Name() == dialect.SQLite {
					if got := synchronous(t, tx); got != 1 {
						t.Errorf("synchronous is %d within, not 1", got)
					}
				}
				_, err := tx.NewInsert().Model(&db.Attempt{Key: []byte(key), Action: "login", Failures: 1, FirstAt: start, LastAt: start}).Exec(ctx)
				return errors.Join(err, then)
			})
		}
		must(t, write("kept", nil))
		if err := write("given up", refused); !errors.Is(err, refused) {
			t.Errorf("a refusal comes back as %v", err)
		}
		var keys []string
		must(t, conn.NewSelect().Model((*db.Attempt)(nil)).ColumnExpr("attempt_key").Scan(t.Context(), &keys))
		if len(keys) != 1 || keys[0] != "kept" {
			t.Errorf("there are %q", keys)
		}
	})
}

func synchronous(t *testing.T, conn bun.IDB) (level int) {
	t.Helper()
	must(t, conn.NewRaw("PRAGMA synchronous").Scan(context.WithoutCancel(t.Context()), &level))
	return level
}
