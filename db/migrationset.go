package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// MigrationTypes is what a migration's template has to work with: what the columns of a model are
// called in the database at hand.
type MigrationTypes struct {
	UUID, Time, Bytes, JSON string
	// Postgres is for what the names of types cannot say: {{if .Postgres}}…{{else}}…{{end}}.
	Postgres bool
}

func migrationTypes(db *bun.DB) MigrationTypes {
	if db.Dialect().Name() == dialect.PG {
		return MigrationTypes{UUID: "uuid", Time: "timestamptz", Bytes: "bytea", JSON: "jsonb", Postgres: true}
	}
	return MigrationTypes{UUID: "text", Time: "timestamp", Bytes: "blob", JSON: "text"}
}

type migration struct{ name, up, down string }

// A migrationSet is a folder's migrations, oldest first, ready to run.
type migrationSet []migration

// A migrationRow is a migration that the database has. Rows of one run share its batch.
type migrationRow struct {
	Name      string    `bun:"name"`
	Batch     int64     `bun:"batch"`
	AppliedAt time.Time `bun:"applied_at"`
}

// readMigrations reads and renders everything before anything is locked or changed.
func readMigrations(db *bun.DB, files fs.FS) (migrationSet, error) {
	names, err := fs.Glob(files, "*.up.sql")
	if err != nil {
		return nil, err
	}
	set := make(migrationSet, len(names))
	for i, name := range names {
		name = strings.TrimSuffix(name, ".up.sql")
		up, err := render(files, name+".up.sql", migrationTypes(db))
		if err != nil {
			return nil, err
		}
		down, err := render(files, name+".down.sql", migrationTypes(db))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		set[i] = migration{name: name, up: up, down: down}
	}
	slices.SortFunc(set, func(a, b migration) int { return cmp.Compare(a.name, b.name) })
	return set, nil
}

func render(files fs.FS, name string, types MigrationTypes) (string, error) {
	source, err := fs.ReadFile(files, name)
	if err != nil {
		return "", err
	}
	parsed, err := template.New(name).Parse(string(source))
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = parsed.Execute(&text, types)
	return text.String(), err
}

func (s migrationSet) up(ctx context.Context, tx bun.Tx, table string) ([]string, error) {
	rows, err := appliedRows(ctx, tx, table)
	if err != nil {
		return nil, err
	}
	batch := int64(1)
	for _, row := range rows {
		batch = max(batch, row.Batch+1)
	}
	var applied []string
	for _, migration := range s {
		if slices.ContainsFunc(rows, func(r migrationRow) bool { return r.Name == migration.name }) {
			continue
		}
		// The text goes to the driver as it is: to Bun a question mark in it would be an argument.
		if _, err := tx.Tx.ExecContext(ctx, migration.up); err != nil {
			return nil, fmt.Errorf("%s: %w", migration.name, explained(err))
		}
		if _, err := tx.NewRaw("INSERT INTO ? (name, batch, applied_at) VALUES (?, ?, current_timestamp)",
			bun.Ident(table), migration.name, batch).Exec(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", migration.name, err)
		}
		applied = append(applied, migration.name)
	}
	return applied, nil
}

func (s migrationSet) down(ctx context.Context, tx bun.Tx, table string) ([]string, error) {
	rows, err := appliedRows(ctx, tx, table)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var last int64
	for _, row := range rows {
		last = max(last, row.Batch)
	}
	var undone []string
	for _, row := range slices.Backward(rows) {
		if row.Batch != last {
			continue
		}
		at := slices.IndexFunc(s, func(m migration) bool { return m.name == row.Name })
		if at < 0 {
			return nil, fmt.Errorf("%s: this build does not have it: roll back with the build that applied it", row.Name)
		}
		if strings.TrimSpace(s[at].down) == "" {
			return nil, fmt.Errorf("%s: there is no %s.down.sql to undo it with", row.Name, row.Name)
		}
		if _, err := tx.Tx.ExecContext(ctx, s[at].down); err != nil {
			return nil, fmt.Errorf("%s: %w", row.Name, err)
		}
		if _, err := tx.NewRaw("DELETE FROM ? WHERE name = ?", bun.Ident(table), row.Name).Exec(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", row.Name, err)
		}
		undone = append(undone, row.Name)
	}
	return undone, nil
}

func (s migrationSet) states(rows []migrationRow) []MigrationState {
	byName := map[string]MigrationState{}
	for _, migration := range s {
		byName[migration.name] = MigrationState{Name: migration.name}
	}
	for _, row := range rows {
		_, known := byName[row.Name]
		byName[row.Name] = MigrationState{Name: row.Name, AppliedAt: row.AppliedAt.UTC(), Missing: !known}
	}
	states := make([]MigrationState, 0, len(byName))
	for _, state := range byName {
		states = append(states, state)
	}
	slices.SortFunc(states, func(a, b MigrationState) int { return cmp.Compare(a.Name, b.Name) })
	return states
}

func appliedRows(ctx context.Context, db bun.IDB, table string) (rows []migrationRow, err error) {
	err = db.NewRaw("SELECT name, batch, applied_at FROM ? ORDER BY name", bun.Ident(table)).Scan(ctx, &rows)
	return rows, err
}
