package app

import (
	"errors"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// open shows what a link is about. It changes nothing: scanners follow links before people do.
//
// Only the account that asked may follow it. The attack: somebody asks for your address on an
// account of their own, and you confirm the mail for them without a thought.
func (f proof) open(r *request) error {
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, proving, r.mended())
	switch {
	case err != nil:
		return err
	case state != token.Valid, mailed.UserID != r.account().ID:
		return f.stale(r, mailed, state)
	}
	p := f.linkPage(r, r.blank(&struct{}{}))
	if p.Email, err = r.written(r.ctx, r.DB, mailed); err != nil {
		return err
	}
	return show(r, r.Views.AddressLink, p, wire{})
}

func (f proof) linkPage(r *request, filled form.Form) props.AddressLink {
	return props.AddressLink{Form: filled, AppName: r.Name}
}

func (f proof) spend(r *request) error {
	filled := r.bind(&struct{}{})
	if filled.Invalid() {
		return reject(r, r.Views.AddressLink, f.linkPage, filled)
	}
	if err := r.charge(""); err != nil {
		return excuse(r, r.Views.AddressLink, f.linkPage, filled, err)
	}
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, proving, r.mended())
	switch {
	case err != nil:
		return err
	case state == token.Unknown, state == token.Over, mailed.UserID != r.account().ID:
		return f.stale(r, mailed, state)
	}
	if err := r.acquit(); err != nil {
		return err
	}
	return f.settle(r, mailed)
}

// settle confirms the address that a token was mailed to, and answers. Who sent the form twice is
// answered as if it had been once.
func (f proof) settle(r *request, mailed *token.Token) error {
	user := *r.account()
	err := r.act(func(u *unit) error { return u.proveAddress(&user, mailed) })
	switch {
	case errors.Is(err, token.ErrSpent), errors.Is(err, session.ErrNone):
		return f.again(r, mailed)
	case db.IsUnique(err):
		return f.deny(r, addressTaken)
	case errors.Is(err, errMoved):
		return f.stale(r, mailed, token.Over)
	case err != nil:
		return err
	}
	r.account().Primary = user.Primary
	return f.proved(r, mailed)
}

// proved answers an address that has been confirmed.
func (f proof) proved(r *request, mailed *token.Token) error {
	if addressKey(r.account()) != mailed.Address {
		return f.done(r, addressDone)
	}
	r.turn(r.visit.account, r.visit.session)
	return f.done(r, emailDone)
}

// again answers for a token that is no longer good: as done, if it was used just now.
func (f proof) again(r *request, mailed *token.Token) error {
	mailed, state, err := r.tokens.Again(r.ctx, r.DB, mailed)
	if err != nil {
		return err
	}
	if state != token.Used || r.Now().Sub(mailed.UsedAt) > doubleClick {
		return f.stale(r, mailed, state)
	}
	if err := r.rejoin(); err != nil {
		return err
	}
	return f.proved(r, mailed)
}

// meanwhile says what came of a form whose account has changed since it came: in another browser, which
// ended this session, or in this one, by another form.
func (r *request) meanwhile(err error) error {
	if !errors.Is(err, session.ErrNone) {
		return err
	}
	if err := r.rejoin(); err != nil {
		return err
	}
	return &FieldError{"password", changeOvertaken}
}

// stale answers for a link or a code that confirms nothing: why, and how to get one that does.
func (f proof) stale(r *request, mailed *token.Token, state token.State) error {
	switch {
	case state == token.Unknown, mailed.UserID != r.account().ID:
		return f.deny(r, emailUnknown)
	case state == token.Used:
		return f.deny(r, emailUsed)
	}
	return f.deny(r, emailOver)
}

// deny says why nothing was confirmed, at a page with nothing to press.
func (f proof) deny(r *request, why locales.Message) error {
	filled := r.blank(&struct{}{})
	filled.Fail("", why)
	return reject(r, r.Views.AddressLink, f.overPage, filled)
}

func (f proof) overPage(r *request, filled form.Form) props.AddressLink {
	p := f.linkPage(r, filled)
	p.Over, p.Back = true, f.list(r)
	return p
}
