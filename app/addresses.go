package app

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Addresses lets who is signed in have several addresses, of which one is the primary one.
//
//	GET  /addresses               every address and how it stands, and a form for one more
//	POST /addresses               mail a link and a code to one more
//	POST /addresses/:id/primary   have mails go there from now on
//
// An address counts once it has proved itself, as it does for [ChangeEmail], and blocks nobody until
// then. A confirmed one names the account at signing in and hears of everything that is
// done with it; mails go to the primary one unless another was named. Making another the primary
// one asks for the password, and can be undone by the one before, as a changed address can.
type Addresses struct {
	// Most is how many addresses an account may have, those that wait to be confirmed included. The
	// default is 5.
	Most int
	// TTL is what it is for [ChangeEmail], whose settings hold for both where both are listed. The
	// default is one hour.
	TTL time.Duration
	// Undo is for how long making another address the primary one can be undone. The default is 7 days.
	Undo time.Duration
	// Limit bounds how often a mail is sent. The default is that of [Confirm].
	Limit Limit
	// Tries bounds passwords, codes and links. The default is that of [Login].
	Tries Limit
}

var (
	addressesNav    = locales.Message{Code: "addresses.nav", English: "Addresses"}
	addressesAction = locales.Message{Code: "addresses.action", English: "Manage"}
	addressAdvice   = locales.Message{Code: "addresses.advice", English: "If it was not you, somebody else has been in your account. Remove the address, then choose another password."}
	addressesSee    = locales.Message{Code: "addresses.see", English: "See your addresses"}
	addressesFull   = locales.Message{Code: "addresses.full", English: "You have %d addresses, which is as many as there can be. Remove one first."}
	addressDone     = locales.Message{Code: "addresses.done", English: "The address is confirmed."}
	addressGone     = locales.Message{Code: "addresses.gone", English: "The address is removed."}
	addressMain     = locales.Message{Code: "addresses.main", English: "This is your main address. Make another one the main one first."}
	addressFirst    = locales.Message{Code: "addresses.first", English: "Confirm this address first."}
	addressesAgain  = locales.Message{Code: "addresses.again", English: "This page may have been open for a while. Look at your addresses again, and go on from there."}
)

func (f Addresses) enable(a *App) error {
	change, both := feature[ChangeEmail](a)
	p := proof{TTL: f.TTL, Undo: f.Undo, Limit: f.Limit, Tries: f.Tries, feature: "Addresses"}
	switch {
	case f.Most < 0:
		return fmt.Errorf("app: Addresses.Most is %d: use a number above zero, or leave it out for 5", f.Most)
	case both && p != proof{feature: "Addresses"}:
		return errors.New("app: Config.Features lists ChangeEmail and Addresses sets more than Most: set TTL, Undo, Limit and Tries at ChangeEmail, whose settings hold for both")
	case both:
		p = proof{TTL: change.TTL, Undo: change.Undo, Limit: change.Limit, Tries: change.Tries, feature: "ChangeEmail"}
	}
	if err := p.enable(a); err != nil {
		return err
	}
	a.proof.most = cmp.Or(f.Most, 5)
	tries := a.proof.Tries
	a.add(route{name: "addresses", path: "/addresses", who: member, form: true, nav: addressesNav, icon: "mail", limit: tries, asks: &claimForm{}, show: f.show, act: f.add})
	a.add(route{name: "address-primary", path: "/addresses/:id/primary", who: member, form: true, limit: tries, asks: &passwordForm{}, show: a.proof.one, act: f.promote})
	return nil
}

func (f Addresses) show(r *request) error {
	rows, err := r.addressesOf(r.ctx, r.DB, r.account().ID)
	if err != nil {
		return err
	}
	told := []addressWire{}
	for i := range rows {
		told = append(told, wireOf(&rows[i]))
	}
	blank := r.blankAs(f.form(rows), r.action(), &claimForm{}, r.noPassword()...)
	return show(r, r.Views.Addresses, f.page(rows)(r, blank), wire{"addresses": told, "active_password": r.account().PasswordHash != ""})
}

func (f Addresses) form(rows []db.Address) string {
	return anew("addresses", rows, func(a *db.Address) time.Time { return a.CreatedAt })
}

func (f Addresses) page(rows []db.Address) func(*request, form.Form) props.Addresses {
	return func(r *request, filled form.Form) props.Addresses {
		p := props.Addresses{Form: filled, Account: r.person().Name, Most: r.proof.most, Confirm: r.toConfirm("addresses"), Change: r.URL("change-email"), Back: r.URL("account")}
		for i := range rows {
			a := &rows[i]
			p.List = append(p.List, props.AddressRow{
				Email: a.Email, Primary: a.IsPrimary, Confirmed: proven(a), Replaces: a.Replaces, URL: r.URL("address", a.ID.String()),
			})
		}
		return p
	}
}

func (f Addresses) add(r *request) error {
	rows, err := r.addressesOf(r.ctx, r.DB, r.account().ID)
	if err := errors.Join(err, r.proof.unproven(r)); err != nil {
		return err
	}
	if r.toConfirm("addresses") != "" {
		return Confirmed()(r)
	}
	var in claimForm
	filled := r.bindAs(f.form(rows), r.action(), &in, r.noPassword()...)
	email := readEmail(in.Email, &filled)
	if filled.Invalid() {
		return reject(r, r.Views.Addresses, f.page(rows), filled)
	}
	if err := r.charge(r.account().ID.String()); err != nil {
		return excuse(r, r.Views.Addresses, f.page(rows), filled, err)
	}
	if err := r.claimBy(in.Password, email, false); err != nil {
		return excuse(r, r.Views.Addresses, f.page(rows), filled, err)
	}
	return r.leave(r.URL("addresses"), emailSent.With(email.Shown), wire{"user": r.userWire()})
}

type passwordForm struct {
	Password string `form:"password,required,secret"`
}

func (passwordForm) Missing(string) locales.Message { return changeNoCurrent }

// promote makes another address the primary one.
func (f Addresses) promote(r *request) error {
	if err := r.proof.unproven(r); err != nil {
		return err
	}
	row, err := r.addressAsked()
	if err != nil {
		return err
	}
	if !proven(row) {
		return &Error{Status: fiber.StatusForbidden, Say: addressFirst, Advice: addressesAgain}
	}
	var in passwordForm
	filled := r.bind(&in, r.noPassword()...)
	if filled.Invalid() {
		return reject(r, r.Views.Address, r.proof.page(row), filled)
	}
	if err := r.charge(r.account().ID.String()); err != nil {
		return r.proof.about(r, row, filled, err)
	}
	if err := r.vouch(in.Password); err != nil {
		return r.proof.about(r, row, filled, err)
	}
	user := *r.account()
	err = r.act(func(u *unit) error { return u.promote(&user, row.ID.String()) })
	switch {
	case errors.Is(err, session.ErrNone), errors.Is(err, errMoved):
		err = r.rejoin() // the form was sent twice, or the account has changed meanwhile
	case err == nil:
		r.account().Primary = user.Primary
	}
	if err != nil {
		return r.proof.about(r, row, filled, err)
	}
	if addressKey(r.account()) != row.Key {
		return r.proof.about(r, row, filled, &FieldError{"password", changeOvertaken})
	}
	r.turn(r.visit.account, r.visit.session)
	return r.proof.done(r, emailDone)
}

// promote makes an address the primary one that is confirmed, and is not yet.
func (u *unit) promote(user *db.User, id string) error {
	if err := session.Take(u.ctx, u, user); err != nil {
		return err
	}
	row, err := u.ownAddress(u.ctx, u, user.ID, id)
	switch {
	case err != nil:
		return err
	case row.IsPrimary, !proven(row):
		return errMoved
	}
	return u.makePrimary(user, row)
}
