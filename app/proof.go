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

// A proof is how an address that was asked for shows that it is its owner's, and how giving one up
// is undone: what [ChangeEmail] and [Addresses] have in common.
//
//	GET  /addresses/:id               one address of who is signed in
//	POST /addresses/:id/code          confirm it by the code
//	POST /addresses/:id/send          send the mail again
//	POST /addresses/:id/remove        take it off the account; for one that waits, that cancels it
//	GET  /change-email/:token         one button, for who is signed in to the account
//	POST /change-email/:token         confirm by the link
//	GET  /change-email/undo/:token    one button, for anyone
//	POST /change-email/undo/:token    take an address back
type proof struct {
	TTL, Undo    time.Duration
	Limit, Tries Limit
	feature      string // whose settings these are
	most         int
}

// The purposes of the tokens.
const (
	proving = "address"
	undoing = "address undo"
)

func (f proof) enable(a *App) error {
	if a.proof != nil {
		return nil
	}
	switch f.TTL, f.Undo = cmp.Or(f.TTL, time.Hour), cmp.Or(f.Undo, 7*24*time.Hour); {
	case f.TTL < 0:
		return fmt.Errorf("app: %s.TTL is %v: use a time ahead, or leave it out for an hour", f.feature, f.TTL)
	case !a.sends(emailChanged.kind):
		f.Undo = -1 // nobody would hear of it
	}
	if err := errors.Join(f.Limit.check(f.feature), f.Tries.check(f.feature)); err != nil {
		return err
	}
	f.Limit, f.Tries = f.Limit.or(confirmLimit), f.Tries.or(loginLimit)
	network := Limit{PerNetwork: f.Tries.PerNetwork}
	a.proof = &f
	a.add(route{name: "address", path: "/addresses/:id", who: member, form: true, show: f.one})
	a.add(route{name: "address-code", path: "/addresses/:id/code", who: member, form: true, limit: f.Tries, asks: &codeForm{}, show: f.one, act: f.try})
	a.add(route{name: "address-send", path: "/addresses/:id/send", who: member, form: true, limit: f.Limit, show: f.one, act: f.send})
	a.add(route{name: "address-remove", path: "/addresses/:id/remove", who: member, form: true, harmless: true, show: f.one, act: f.remove})
	a.add(route{name: "address-undo", path: "/change-email/undo/:token", limit: network, asks: &struct{}{}, show: f.offer, act: f.undo})
	a.add(route{name: "address-link", path: "/change-email/:token", who: member, limit: network, asks: &struct{}{}, show: f.open, act: f.spend})
	return nil
}

// addressWire is an address as programs see it.
type addressWire struct {
	ID        string `json:"id"`
	Email     string `json:"email"`
	Primary   bool   `json:"primary"`
	Confirmed bool   `json:"confirmed"`
	// Replaces says that it becomes the primary one once it is confirmed.
	Replaces bool `json:"replaces,omitempty"`
}

func wireOf(a *db.Address) addressWire {
	return addressWire{a.ID.String(), a.Email, a.IsPrimary, proven(a), a.Replaces}
}

// addressAsked is the address that the path names.
func (r *request) addressAsked() (*db.Address, error) {
	return r.ownAddress(r.ctx, r.DB, r.account().ID, r.c.Params("id"))
}

func (f proof) one(r *request) error {
	row, err := r.addressAsked()
	if err != nil {
		return err
	}
	return f.show(r, row)
}

func (f proof) show(r *request, row *db.Address) error {
	return show(r, r.Views.Address, f.page(row)(r, form.Form{}), wire{"address": wireOf(row)})
}

// page is the page about an address, with the form that was sent last in the place of its like.
func (f proof) page(row *db.Address) func(*request, form.Form) props.Address {
	return func(r *request, sent form.Form) props.Address {
		blank := func(name string, dst any, without ...string) form.Form {
			if there := r.other(name); sent.Name == name {
				return sent
			} else if there.route.name == name {
				return there.blankAs(name, r.URL(name, row.ID.String()), dst, without...)
			}
			return form.Form{}
		}
		return props.Address{
			Code: blank("address-code", &codeForm{}, "email"), Send: blank("address-send", &struct{}{}), Remove: blank("address-remove", &struct{}{}),
			MakePrimary: blank("address-primary", &passwordForm{}, r.noPassword()...),
			Email:       row.Email, Confirmed: proven(row), Primary: row.IsPrimary, Replaces: row.Replaces,
			Account: cmp.Or(r.person().Email, r.person().Name), Back: f.list(r), Inbox: r.inbox(row.Email),
		}
	}
}

// about answers err at the page about an address, where the visitor can do something about it.
func (f proof) about(r *request, row *db.Address, filled form.Form, err error) error {
	return excuse(r, r.Views.Address, f.page(row), filled, err)
}

func (f proof) try(r *request) error {
	row, err := r.addressAsked()
	if err != nil {
		return f.gone(r, err, EmailAdded, EmailChanged)
	}
	var in codeForm
	filled := r.bind(&in, "email")
	if filled.Invalid() {
		return reject(r, r.Views.Address, f.page(row), filled)
	}
	name := r.account().ID.String()
	if err := r.charge(name); err != nil {
		return f.about(r, row, filled, err)
	}
	mailed, err := r.typed(proving, r.visit.account, row.Key, in.Code)
	switch {
	case err != nil:
		return err
	case mailed == nil:
		filled.Fail("code", confirmBadCode)
		return reject(r, r.Views.Address, f.page(row), filled)
	}
	if err := errors.Join(r.acquit(), r.attempts.Forgive(r.ctx, r.DB, r.accountKey(name))); err != nil {
		return err
	}
	return f.settle(r, mailed)
}

// gone answers for an address that is not there: as done, if what makes it so has just happened, for
// then the form was sent twice.
func (f proof) gone(r *request, none error, names ...EventName) error {
	var missing *Error
	if !errors.As(none, &missing) {
		return none
	}
	var twice bool
	err := r.act(func(u *unit) (err error) {
		twice, err = u.lately(r.account(), sameClick, names...)
		return err
	})
	if err == nil && twice {
		return f.done(r, addressGone)
	}
	return errors.Join(err, none)
}

// list is the page from which addresses are seen to.
func (f proof) list(r *request) string { return cmp.Or(r.URL("addresses"), r.URL("account"), r.Home) }

// done leads on from what was done with an address.
func (f proof) done(r *request, m locales.Message) error {
	next, _ := r.next()
	return r.leave(cmp.Or(next, f.list(r)), m, wire{"user": r.userWire()})
}

func (f proof) send(r *request) error {
	row, err := r.addressAsked()
	if err != nil {
		return err
	}
	if proven(row) || row.IsPrimary {
		return &Error{Status: fiber.StatusForbidden, Say: addressYours, Advice: addressesAgain}
	}
	twice, err := r.chargeMail(row.Key)
	if err != nil {
		return f.about(r, row, r.bind(&struct{}{}), err)
	}
	user := *r.account()
	if !twice {
		err = r.act(func(u *unit) error { return errors.Join(session.Take(u.ctx, u, &user), u.mailProof(&user, row)) })
	}
	err = r.meanwhile(err)
	if err != nil {
		return err
	}
	to := r.URL("address", row.ID.String())
	if row.Replaces && r.URL("change-email") != "" {
		to = r.URL("change-email")
	}
	return r.leave(to, emailSent.With(row.Email), wire{"address": wireOf(row)})
}

// chargeMail charges for a mail to an address, whichever form asks for it; see chargeOnce.
func (r *request) chargeMail(key string) (twice bool, err error) {
	return r.other("address-send").chargeOnce(r.account().ID.String() + " " + key)
}

func (f proof) remove(r *request) error {
	row, err := r.addressAsked()
	if err != nil {
		return f.gone(r, err, EmailRemoved)
	}
	user := *r.account()
	err = r.meanwhile(r.act(func(u *unit) error { return u.removeAddress(&user, row) }))
	var missing *Error
	switch {
	case errors.As(err, &missing) && missing.Status == fiber.StatusNotFound:
		return f.gone(r, err, EmailRemoved)
	case err != nil:
		return err
	case row.Replaces:
		return r.leave(cmp.Or(r.URL("change-email"), r.Home), emailCancelled, wire{"user": r.userWire()})
	}
	return f.done(r, addressGone)
}
