package token_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/db"
)

// Everything at once: one spends, one is alive, five are judged.
func TestAtOnce(t *testing.T) {
	each(t, func(d *desk) {
		const many = 16
		secret := d.issue(d.grant("confirm"))
		row := d.stands("confirm", secret.Link, token.Valid)
		var won, judged atomic.Int64
		together(many, func(int) {
			switch err := d.Spend(d.Context(), d.db, row); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, token.ErrSpent):
				d.Error(err)
			}
		})
		if won.Load() != 1 {
			d.Errorf("%d spent it", won.Load())
		}
		issued := make([]token.Secret, many)
		together(many, func(i int) {
			err := db.InTx(d.Context(), d.db, func(ctx context.Context, tx bun.Tx) error {
				var err error
				issued[i], err = d.Issue(ctx, tx, d.grant("confirm"))
				return err
			})
			if err != nil {
				d.Error(err)
			}
		})
		var alive token.Secret
		n := 0
		for _, secret := range issued {
			if _, state, err := d.Look(d.Context(), d.db, "confirm", secret.Link); err == nil && state == token.Valid {
				n++
				alive = secret
			}
		}
		if n != 1 {
			d.Fatalf("%d are alive", n)
		}
		together(many, func(int) {
			row, err := d.Try(d.Context(), d.db, "confirm", d.ada, address, alive.Code)
			if err != nil {
				d.Error(err)
			}
			if row != nil {
				judged.Add(1)
			}
		})
		if judged.Load() != token.MostTries {
			d.Errorf("%d tries were judged", judged.Load())
		}
	})
}

// A newer mail ends what the older one's code is worth, also where both happen at the same moment.
func TestExchangeRacesANewerMail(t *testing.T) {
	each(t, func(d *desk) {
		g := d.grant("recover")
		g.AuthVersion = 1
		for range 20 {
			row := d.stands("recover", d.issue(g).Link, token.Valid)
			var links [2]string
			together(2, func(i int) {
				err := db.InTx(d.Context(), d.db, func(ctx context.Context, tx bun.Tx) (err error) {
					if i == 0 {
						links[i], err = d.Exchange(ctx, tx, row)
						return err
					}
					newer, err := d.Issue(ctx, tx, g)
					links[i] = newer.Link
					return err
				})
				if err != nil && (i != 0 || !errors.Is(err, token.ErrSpent)) {
					d.Error(err)
				}
			})
			if links[0] != "" {
				d.stands("recover", links[0], token.Over)
			}
			d.stands("recover", links[1], token.Valid)
		}
	})
}

// What is deleted while it is used is spent or is not, and nothing fails.
func TestSweptWhileUsed(t *testing.T) {
	each(t, func(d *desk) {
		for range 5 {
			secret := d.issue(d.grant("confirm"))
			row := d.stands("confirm", secret.Link, token.Valid)
			together(2, func(i int) {
				if i == 0 {
					if err := d.Spend(d.Context(), d.db, row); err != nil && !errors.Is(err, token.ErrSpent) {
						d.Error(err)
					}
					return
				}
				if _, err := d.db.NewDelete().Model((*db.Token)(nil)).Where("id = ?", row.ID).Exec(d.Context()); err != nil {
					d.Error(err)
				}
			})
			d.stands("confirm", secret.Link, token.Unknown)
			d.spends(row, token.ErrSpent)
		}
	})
}

func together(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}
