package db

import (
	"context"
	"database/sql/driver"

	"github.com/uptrace/bun"
)

// Soon runs do on a connection whose commits reach the disk soon, rather than before they return.
// The end of this program loses none of them; a power cut may lose the last few. It is for what is
// written often and missed little. On Postgres the server waits for the disk, not this program, and
// do runs like anything else.
func Soon(ctx context.Context, db *bun.DB, do func(conn bun.IDB) error) error {
	if file, ok := db.Driver().(place); !ok || file.statements == nil {
		return do(db)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		return err
	}
	defer func() {
		// A connection that cannot be set back must not be used again.
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL"); err != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
	}()
	return do(conn)
}

// InTxSoon runs do as [InTx] does, and commits as [Soon] does: what a power cut forgets of it, it
// forgets whole.
func InTxSoon(ctx context.Context, db *bun.DB, do func(ctx context.Context, tx bun.Tx) error) error {
	return again(ctx, isContention, func() error {
		return Soon(ctx, db, func(conn bun.IDB) error { return conn.RunInTx(ctx, nil, do) })
	})
}
