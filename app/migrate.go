package app

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/gatehouse-go/gatehouse/db"
)

// migrateUp applies the kit's migrations, and after them the host's, which may refer to them.
func (a *App) migrateUp(ctx context.Context, p Program, out io.Writer) error {
	applied, err := db.Migrate(ctx, a.DB)
	if err != nil {
		return err
	}
	if p.Migrations != nil {
		own, err := db.MigrateDir(ctx, a.DB, p.Migrations, hostMigrations)
		if err != nil {
			return err
		}
		applied = append(applied, own...)
	}
	return told(out, "applied", applied)
}

// migrateDown undoes the last step: the host's own if it has any, and the kit's else.
func (a *App) migrateDown(ctx context.Context, p Program) error {
	var undone []string
	var err error
	if p.Migrations != nil {
		if undone, err = db.RollbackDir(ctx, a.DB, p.Migrations, hostMigrations); err != nil {
			return err
		}
	}
	if len(undone) == 0 {
		if undone, err = db.Rollback(ctx, a.DB); err != nil {
			return err
		}
	}
	return told(p.Out, "undone", undone)
}

func told(out io.Writer, what string, names []string) error {
	if len(names) == 0 {
		_, err := fmt.Fprintln(out, "nothing to do")
		return err
	}
	for _, name := range names {
		if _, err := fmt.Fprintln(out, what, name); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) migrationStates(ctx context.Context, p Program) ([]db.MigrationState, error) {
	states, err := db.Status(ctx, a.DB)
	if err != nil || p.Migrations == nil {
		return states, err
	}
	own, err := db.StatusDir(ctx, a.DB, p.Migrations, hostMigrations)
	return append(states, own...), err
}

func (a *App) migrateStatus(ctx context.Context, p Program) error {
	states, err := a.migrationStates(ctx, p)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	for _, s := range states {
		how := "pending"
		switch {
		case s.Missing:
			how = "applied by a newer version"
		case !s.AppliedAt.IsZero():
			how = "applied " + s.AppliedAt.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(table, "%s\t%s\n", s.Name, how)
	}
	return table.Flush()
}
