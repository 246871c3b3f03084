package dbtest

import (
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
)

func TestEachIsMigratedAndAlone(t *testing.T) {
	t.Parallel()
	for range 2 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			Each(t, func(t *testing.T, opened *bun.DB) {
				applied, err := db.Migrate(t.Context(), opened)
				if err != nil || len(applied) != 0 {
					t.Errorf("not migrated: %v, %v", applied, err)
				}
				rows, err := opened.NewSelect().Table("roles").Count(t.Context())
				if err != nil || rows != 0 {
					t.Errorf("%d roles, %v", rows, err)
				}
				role := &db.Role{ID: db.NewID(), Name: "admin", CreatedAt: time.Unix(0, 0)}
				if _, err := opened.NewInsert().Model(role).Exec(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestEmptyDatabases(t *testing.T) {
	t.Parallel()
	EachURL(t, func(t *testing.T, url string) {
		applied, err := db.Migrate(t.Context(), open(t, url))
		if err != nil || len(applied) == 0 {
			t.Errorf("applied %v, %v", applied, err)
		}
	})
}

// Nothing but the template stays on the server, not even what a killed run has left.
func TestNothingStays(t *testing.T) {
	t.Parallel()
	server := serverFor(t)
	var mine string
	t.Run("", func(t *testing.T) {
		if err := Postgres(t).NewRaw("SELECT current_database()").Scan(t.Context(), &mine); err != nil {
			t.Fatal(err)
		}
	})
	const old = clonePrefix + "01890000000070008000000000000000" // of June 2023
	if err := server.clone(t.Context(), old, "template0"); err != nil {
		t.Fatal(err)
	}
	alive := EmptyPostgresURL(t)
	if err := server.dropStale(t.Context()); err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := server.admin.NewRaw("SELECT datname FROM pg_database").Scan(t.Context(), &names); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{mine, old} {
		if slices.Contains(names, name) {
			t.Errorf("%s is still there", name)
		}
	}
	if err := db.Ping(t.Context(), open(t, alive)); err != nil {
		t.Errorf("a database in use was dropped: %v", err)
	}
}
