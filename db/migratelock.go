package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// locked runs work in a transaction that no other migration of this table runs beside. A row as a
// lock would outlive a killed process; a lock that the transaction holds cannot.
func locked(ctx context.Context, db *bun.DB, table string, work func(bun.Tx) error) error {
	if db.Dialect().Name() != dialect.PG {
		for {
			err := lockedSQLite(ctx, db, table, work)
			if !isBusy(err) || ctx.Err() != nil {
				return err
			}
			// The other's migration takes longer than the busy timeout, which was the pause.
		}
	}
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var schema *string
		if err := tx.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
			return err
		}
		if schema == nil {
			return errors.New("the search_path names no schema that exists: create it first")
		}
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))",
			*schema+"."+table); err != nil {
			return waited(ctx, err)
		}
		return recorded(ctx, tx, table, work)
	})
}

// waited says what was waited for, where the context ended the wait.
func waited(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("another process still holds the lock for migrations: %w", err)
}

// lockedSQLite runs work as SQLite's manual wants changes of tables to run: with foreign keys not
// enforced while it lasts, since to rebuild a table that others refer to would delete their rows,
// and all of them checked before the end.
func lockedSQLite(ctx context.Context, db *bun.DB, table string, work func(bun.Tx) error) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = OFF"); err != nil {
		return err
	}
	defer func() {
		if _, failed := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA foreign_keys = ON"); failed != nil {
			// A connection that would not enforce them must not return to the pool.
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
	}()
	// Immediate: the transaction takes SQLite's only write lock as it begins.
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return waited(ctx, err)
	}
	defer func() { _ = tx.Rollback() }() // of what was not committed
	if err := recorded(ctx, tx, table, work); err != nil {
		return err
	}
	if err := checkForeignKeys(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}

func checkForeignKeys(ctx context.Context, tx bun.Tx) error {
	rows, err := tx.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var child, parent string
	var rowid *int64
	var key int64
	if err := rows.Scan(&child, &rowid, &parent, &key); err != nil {
		return err
	}
	return fmt.Errorf("a row of table %s would refer to one that table %s does not have", child, parent)
}

func recorded(ctx context.Context, tx bun.Tx, table string, work func(bun.Tx) error) error {
	known, err := hasTable(ctx, tx, table)
	if err != nil {
		return err
	}
	if !known {
		kind := "timestamp"
		if tx.Dialect().Name() == dialect.PG {
			kind = "timestamptz"
		}
		if _, err := tx.NewRaw("CREATE TABLE ? (name text NOT NULL PRIMARY KEY, batch bigint NOT NULL, applied_at ? NOT NULL)",
			bun.Ident(table), bun.Safe(kind)).Exec(ctx); err != nil {
			return err
		}
	}
	return work(tx)
}

func hasTable(ctx context.Context, db bun.IDB, table string) (found bool, err error) {
	query := "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)"
	if db.Dialect().Name() == dialect.PG {
		query = "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?)"
	}
	err = db.NewRaw(query, table).Scan(ctx, &found)
	return found, err
}

// explained adds the remedy to the one failure that a host with tables of its own will meet.
func explained(err error) error {
	var pg *pgconn.PgError
	taken := errors.As(err, &pg) && pg.Code == "42P07" ||
		sqliteCode(err) != 0 && strings.Contains(err.Error(), "already exists")
	if !taken {
		return err
	}
	return fmt.Errorf("the database has a table of that name already: "+
		"give these tables a schema (?search_path=…) or a file of their own: %w", err)
}
