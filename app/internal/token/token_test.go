package token_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

const address = "ada@example.com"

// A desk is where tokens are tried: a database, a clock and two accounts.
type desk struct {
	*testing.T
	token.Tokens
	db       *bun.DB
	ada, bob uuid.UUID
	now      atomic.Pointer[time.Time]
}

func each(t *testing.T, do func(d *desk)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		d := &desk{T: t, db: conn}
		d.at(time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC))
		d.Tokens = token.Tokens{Ring: keyring.New([]string{"a secret"}), Now: func() time.Time { return *d.now.Load() }}
		d.ada, d.bob = d.account(), d.account()
		do(d)
	})
}

func (d *desk) at(now time.Time) { d.now.Store(&now) }

func (d *desk) pass(span time.Duration) { d.at(d.Now().Add(span)) }

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) account() uuid.UUID {
	d.Helper()
	row := &db.User{ID: db.NewID(), AuthVersion: 1, CreatedAt: d.Now(), UpdatedAt: d.Now()}
	_, err := d.db.NewInsert().Model(row).Exec(d.Context())
	d.must(err)
	return row.ID
}

func (d *desk) grant(purpose string) token.Grant {
	return token.Grant{Purpose: purpose, UserID: d.ada, Address: address, TTL: time.Hour}
}

func (d *desk) issue(g token.Grant) token.Secret {
	d.Helper()
	secret, err := d.Issue(d.Context(), d.db, g)
	d.must(err)
	return secret
}

// stands demands how a link stands, and returns its token.
func (d *desk) stands(purpose, link string, want token.State) *token.Token {
	d.Helper()
	row, state, err := d.Look(d.Context(), d.db, purpose, link)
	d.must(err)
	if state != want || (row == nil) != (want == token.Unknown) {
		d.Errorf("%q for %s is %s, not %s (%+v)", link, purpose, state, want, row)
	}
	return row
}

func (d *desk) spends(row *token.Token, want error) {
	d.Helper()
	if err := d.Spend(d.Context(), d.db, row); !errors.Is(err, want) {
		d.Errorf("spending is answered %v, not %v", err, want)
	}
}

// opens demands whether a code is right for ada.
func (d *desk) opens(purpose, code string, want bool) *token.Token {
	d.Helper()
	row, err := d.Try(d.Context(), d.db, purpose, d.ada, address, code)
	d.must(err)
	if (row != nil) != want {
		d.Errorf("the code %q opens: %v, want %v", code, row != nil, want)
	}
	return row
}

func TestLink(t *testing.T) {
	each(t, func(d *desk) {
		secret := d.issue(d.grant("confirm"))
		for range 10 {
			d.stands("confirm", secret.Link, token.Valid)
		}
		d.pass(time.Hour - time.Second)
		row := d.stands("confirm", secret.Link, token.Valid)
		if row.UserID != d.ada || row.Address != address || row.Purpose != "confirm" {
			d.Errorf("the token is %+v", row)
		}
		d.spends(row, nil)
		d.spends(row, token.ErrSpent)
		d.stands("confirm", secret.Link, token.Used)
		d.opens("confirm", secret.Code, false) // the code goes with the link
	})
}

func TestExpiry(t *testing.T) {
	each(t, func(d *desk) {
		secret := d.issue(d.grant("confirm"))
		row := d.stands("confirm", secret.Link, token.Valid)
		d.pass(time.Hour)
		d.stands("confirm", secret.Link, token.Over)
		d.spends(row, token.ErrSpent)
		d.opens("confirm", secret.Code, false)
	})
}

// A token serves its purpose alone, and each account, address and purpose has one.
func TestReplaced(t *testing.T) {
	each(t, func(d *desk) {
		first, other := d.issue(d.grant("confirm")), d.issue(d.grant("recover"))
		g := d.grant("confirm")
		g.UserID = d.bob
		bobs := d.issue(g)
		second := d.issue(d.grant("confirm"))
		d.stands("confirm", first.Link, token.Over)
		d.stands("confirm", second.Link, token.Valid)
		d.stands("recover", other.Link, token.Valid)
		d.stands("confirm", bobs.Link, token.Valid)
		d.stands("recover", second.Link, token.Unknown)
		d.stands("", second.Link, token.Unknown)
		d.opens("confirm", first.Code, false)
		d.opens("recover", second.Code, false)
		d.opens("confirm", second.Code, true)

		// Of someone who has no account, the address counts.
		g.UserID = uuid.Nil
		guest := d.issue(g)
		d.stands("confirm", second.Link, token.Valid)
		g.Address = "eve@example.com"
		eves := d.issue(g)
		d.stands("confirm", guest.Link, token.Valid)
		g.Address = address
		d.issue(g)
		d.stands("confirm", guest.Link, token.Over)
		d.stands("confirm", eves.Link, token.Valid)
		row, err := d.Try(d.Context(), d.db, "confirm", uuid.Nil, "eve@example.com", eves.Code)
		d.must(err)
		if row != nil {
			d.Error("a code opens what is nobody's")
		}
	})
}

func TestKill(t *testing.T) {
	each(t, func(d *desk) {
		confirm, recover, invite := d.issue(d.grant("confirm")), d.issue(d.grant("recover")), d.issue(d.grant("invite"))
		d.must(d.Kill(d.Context(), d.db, d.bob))
		d.must(d.Kill(d.Context(), d.db, d.ada, "recover", "magic"))
		d.stands("confirm", confirm.Link, token.Valid)
		d.stands("recover", recover.Link, token.Over)
		d.stands("invite", invite.Link, token.Valid)
		d.must(d.Kill(d.Context(), d.db, d.ada))
		d.stands("confirm", confirm.Link, token.Over)
		d.opens("invite", invite.Code, false)
	})
}

// A change of credentials kills the tokens that are bound to them.
func TestAuthVersion(t *testing.T) {
	each(t, func(d *desk) {
		g := d.grant("recover")
		g.AuthVersion = 1
		bound, free := d.issue(g), d.issue(d.grant("confirm"))
		row := d.stands("recover", bound.Link, token.Valid)
		_, err := d.db.NewUpdate().Model((*db.User)(nil)).Set("auth_version = auth_version + 1").Where("id = ?", d.ada).Exec(d.Context())
		d.must(err)
		d.stands("recover", bound.Link, token.Over)
		d.spends(row, token.ErrSpent)
		d.opens("recover", bound.Code, false)
		d.stands("confirm", free.Link, token.Valid)
		_, err = d.db.NewDelete().Model((*db.User)(nil)).Where("id = ?", d.ada).Exec(d.Context())
		d.must(err)
		d.stands("confirm", free.Link, token.Unknown)
	})
}

// What is not exactly a link opens nothing.
func TestOtherLinks(t *testing.T) {
	each(t, func(d *desk) {
		link := d.issue(d.grant("confirm")).Link
		flipped := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r - 'a' + 'A'
			}
			return r
		}, link)
		for _, other := range []string{
			"", " ", link + "=", link[1:], link[:len(link)-1], link + "A", " " + link, link + " ", link + "\n", link[:20] + "\n" + link[20:],
			flipped, strings.Repeat("A", len(link)), strings.Repeat("é", 22), strings.Repeat("x", 100_000), "null", "%",
		} {
			if other != link {
				d.stands("confirm", other, token.Unknown)
			}
		}
	})
}

func TestOnlyHashesAreStored(t *testing.T) {
	each(t, func(d *desk) {
		secret := d.issue(d.grant("confirm"))
		row := d.stands("confirm", secret.Link, token.Valid)
		raw, err := base64.RawURLEncoding.DecodeString(secret.Link)
		d.must(err)
		if len(raw) != 32 || len(secret.Link) != token.LinkLength || len(secret.Code) != token.Digits {
			d.Errorf("a secret is %+v", secret)
		}
		for _, plain := range [][]byte{raw, []byte(secret.Link), []byte(secret.Code)} {
			if bytes.Contains(row.Hash, plain) || bytes.Contains(row.CodeHash, plain) {
				d.Error("the secret itself is stored")
			}
		}
		// Nobody finds the code in the row who has not the application's secrets.
		other := token.Tokens{Ring: keyring.New([]string{"another"}), Now: d.Now}
		if row, err := other.Try(d.Context(), d.db, "confirm", d.ada, address, secret.Code); err != nil || row != nil {
			d.Errorf("a code opens under other secrets (%v)", err)
		}
		d.opens("confirm", secret.Code, true)
	})
}

// A code that was right is worth a link, as good as the one beside it and no better.
func TestExchange(t *testing.T) {
	each(t, func(d *desk) {
		g := d.grant("recover")
		g.AuthVersion = 1
		secret := d.issue(g)
		row := d.opens("recover", secret.Code, true)
		exchange := func() string {
			d.Helper()
			link, err := d.Exchange(d.Context(), d.db, row)
			d.must(err)
			return link
		}
		first, second := exchange(), exchange() // sent twice
		got := d.stands("recover", first, token.Valid)
		if got.UserID != d.ada || got.Address != address || !got.ExpiresAt.Equal(row.ExpiresAt) || first == second || len(first) != token.LinkLength {
			d.Errorf("the link is good for %+v", got)
		}
		d.stands("recover", second, token.Valid)
		d.stands("recover", secret.Link, token.Valid)
		d.stands("confirm", first, token.Unknown)
		d.opens("recover", secret.Code, true) // the code is the first token's still
		d.spends(got, nil)
		repeated, err := d.Repeated(d.Context(), d.db, "recover", d.ada, address, secret.Code, time.Minute)
		if d.must(err); repeated != nil {
			d.Error("the code has used up what is not its own")
		}
		_, err = d.db.NewUpdate().Model((*db.User)(nil)).Set("auth_version = auth_version + 1").Where("id = ?", d.ada).Exec(d.Context())
		d.must(err)
		d.stands("recover", first, token.Used)
		d.stands("recover", second, token.Over)
		d.stands("recover", secret.Link, token.Over)
		d.opens("recover", secret.Code, false)

		// A newer mail ends what the older one's code was worth.
		g.AuthVersion = 2
		row = d.opens("recover", d.issue(g).Code, true)
		link := exchange()
		d.issue(g)
		d.stands("recover", link, token.Over)
		if link, err := d.Exchange(d.Context(), d.db, row); !errors.Is(err, token.ErrSpent) || link != "" {
			d.Errorf("%q, %v", link, err)
		}

		// What is over is worth none, nor what would be good twice.
		row = d.opens("recover", d.issue(g).Code, true)
		d.pass(time.Hour)
		if link, err := d.Exchange(d.Context(), d.db, row); !errors.Is(err, token.ErrSpent) || link != "" {
			d.Errorf("%q, %v", link, err)
		}
		if link, err := d.Exchange(d.Context(), d.db, d.opens("confirm", d.issue(d.grant("confirm")).Code, true)); err == nil || link != "" {
			d.Errorf("%q, %v", link, err)
		}
	})
}
