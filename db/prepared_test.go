package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// What is prepared once must not outlive what it was prepared for.
func TestLoadSessionAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		ada, bob, _ := fill(t, opened)
		load := func(want *Member, hash string) error {
			var got Member
			err := db.LoadSession(t.Context(), opened, &got, []byte(hash), start)
			if err == nil && (got.ID != want.ID || string(got.Session.Hash) != hash || got.Company != want.Company) {
				err = fmt.Errorf("%s opens %+v of %+v", hash, got.Session, got)
			}
			return err
		}
		var readers sync.WaitGroup
		for range 8 {
			readers.Go(func() {
				for range 20 {
					if err := errors.Join(load(ada, "current"), load(bob, "bob's")); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		readers.Wait()
		// Another program migrates while this one runs.
		run(t, opened, "ALTER TABLE users ADD COLUMN height text NOT NULL DEFAULT ''")
		must(t, load(ada, "current"))
		run(t, opened, "UPDATE users SET company = 'Mills' WHERE id = ?", bob.ID)
		bob.Company = "Mills"
		must(t, load(bob, "bob's"))
		run(t, opened, "DELETE FROM sessions")
		if err := load(bob, "bob's"); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("without sessions: %v", err)
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.LoadSession(cancelled, opened, ada, []byte("current"), start); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		must(t, opened.Close())
		if err := load(ada, "current"); err == nil {
			t.Error("a closed pool answers")
		}
	})
}
