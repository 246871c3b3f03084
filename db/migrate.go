package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/uptrace/bun"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationsTable records which of the kit's migrations a database has.
const migrationsTable = "gatehouse_migrations"

// A MigrationState is one migration and whether the database has it.
type MigrationState struct {
	// Name is the file's, without its ending: "0001_accounts".
	Name string
	// AppliedAt is zero while the migration is pending.
	AppliedAt time.Time
	// Missing means that the database has it and this build does not: a newer one put it there.
	Missing bool
}

// Migrate brings the kit's tables to the shape this build expects, and names what it had to apply.
//
// Any number of processes may do so at once: one works and the others wait for it, as long as
// their context lets them. All pending migrations are one transaction, and the lock is part of
// it, so that a failure or a killed process leaves neither half a table nor a lock behind.
func Migrate(ctx context.Context, db *bun.DB) (applied []string, err error) {
	return MigrateDir(ctx, db, Migrations(), migrationsTable)
}

// Rollback undoes what the last [Migrate] that had anything to do applied, last first, and names it.
// The data in what it drops is lost.
func Rollback(ctx context.Context, db *bun.DB) (undone []string, err error) {
	return RollbackDir(ctx, db, Migrations(), migrationsTable)
}

// Status lists the kit's migrations, oldest first. It changes nothing.
func Status(ctx context.Context, db *bun.DB) ([]MigrationState, error) {
	return StatusDir(ctx, db, Migrations(), migrationsTable)
}

// MigrateDir is [Migrate] for a host's own files, recorded in a table of its own.
//
// Files are named NAME.up.sql and NAME.down.sql, and applied in the order of their names; any
// other file is left alone, and a folder may be empty. A file may hold many statements. It is a
// text/template with [MigrationTypes] as its data, so that one file serves both databases; what
// cannot run in a transaction cannot stand in one.
func MigrateDir(ctx context.Context, db *bun.DB, files fs.FS, table string) (applied []string, err error) {
	set, err := readMigrations(db, files)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	err = locked(ctx, db, table, func(tx bun.Tx) error {
		applied = nil
		applied, err = set.up(ctx, tx, table)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return applied, nil
}

// RollbackDir is [Rollback] for a host's own files.
func RollbackDir(ctx context.Context, db *bun.DB, files fs.FS, table string) (undone []string, err error) {
	set, err := readMigrations(db, files)
	if err != nil {
		return nil, fmt.Errorf("roll back: %w", err)
	}
	err = locked(ctx, db, table, func(tx bun.Tx) error {
		undone, err = set.down(ctx, tx, table)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("roll back: %w", err)
	}
	return undone, nil
}

// StatusDir is [Status] for a host's own files.
func StatusDir(ctx context.Context, db *bun.DB, files fs.FS, table string) ([]MigrationState, error) {
	set, err := readMigrations(db, files)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", err)
	}
	known, err := hasTable(ctx, db, table)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", err)
	}
	var rows []migrationRow
	if known {
		if rows, err = appliedRows(ctx, db, table); err != nil {
			return nil, fmt.Errorf("migration status: %w", err)
		}
	}
	return set.states(rows), nil
}

// Migrations holds the files that [Migrate] applies, for those who review or copy them.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return files
}
