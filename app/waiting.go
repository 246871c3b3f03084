package app

import (
	"database/sql"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

type magicCodeForm struct {
	Code string `form:"code,required,max=40"`
}

func (magicCodeForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"code": magicNoCode}[field]
}

// magicWire tells programs how a sign-in stands: "waiting" or "approved", and the number that who
// opens the link elsewhere has to type.
type magicWire struct {
	State  string `json:"state"`
	Number int    `json:"number"`
}

// state is when a sign-in was approved, if it was. It waits until its time is up, also where it was refused
// or the account has changed: whoever asks with somebody else's address learns nothing.
func (m *mailing) state(r *request) (*token.Token, magicWire, error) {
	mailed, state, err := r.tokens.In(m.flow.ID).Newest(r.ctx, r.DB, byMailing)
	told := magicWire{"waiting", m.Number}
	if state != token.Used {
		return nil, told, err
	}
	told.State = "approved"
	return mailed, told, err
}

func (f MagicLink) wait(r *request) error {
	m, err := r.mailing()
	if err != nil || m == nil {
		return f.gone(r, err)
	}
	_, told, err := m.state(r)
	if err != nil {
		return err
	}
	return show(r, r.Views.MagicLinkWait, m.pageOfCode(r, r.other("magic-link-code").blank(&magicCodeForm{})), told)
}

// gone answers a browser in which nothing waits: it took too long, or the form was sent twice and
// has signed in by now.
func (f MagicLink) gone(r *request, err error) error {
	if err != nil {
		return err
	}
	next, _ := r.next()
	if r.c.Method() == fiber.MethodPost {
		switch in, err := r.enteredJust(r.opensWith(r.waits())); {
		case err != nil:
			return err
		case in:
			return r.arrive(next)
		}
	}
	if r.json() {
		return &Error{Status: fiber.StatusUnauthorized, Say: magicGone}
	}
	return r.leaveSaying(withNext(r.URL(r.asksForMail()), next), note, magicGone, nil)
}

// page has the three forms of who waits: the code, going on, and the same mail again.
func (m *mailing) page(r *request, code, again form.Form) props.MagicLinkWait {
	next, _ := r.next()
	again.Drop("email", "remember")
	return props.MagicLinkWait{
		Code: code, Wait: r.other("magic-link-wait").blank(&struct{}{}), Again: again,
		AppName: r.Name, Email: m.Typed, Number: m.Number,
		Other: withNext(r.URL(r.asksForMail()), next), Inbox: r.inbox(""),
	}
}

func (m *mailing) pageOfCode(r *request, code form.Form) props.MagicLinkWait {
	return m.page(r, code, r.other(r.asksForMail()).blank(&struct{}{}))
}

func (m *mailing) pageOfAgain(r *request, again form.Form) props.MagicLinkWait {
	return m.page(r, r.other("magic-link-code").blank(&magicCodeForm{}), again)
}

// goOn signs in where the link was approved elsewhere. The page asks by itself every few seconds,
// and is answered by nothing while there is nothing to tell.
func (f MagicLink) goOn(r *request) error {
	m, err := r.mailing()
	if err != nil || m == nil {
		return f.gone(r, err)
	}
	approved, told, err := m.state(r)
	_, asked := r.input()["asked"]
	next, _ := r.next()
	switch {
	case err != nil:
		return err
	case approved != nil:
		return f.goIn(r, m, approved)
	case r.json():
		return r.reply(fiber.StatusOK, told)
	case r.partial() && !asked:
		r.c.Status(fiber.StatusNoContent)
		return nil
	}
	return r.leaveSaying(withNext(r.URL("magic-link-wait"), next), note, magicNotYet, nil)
}

// try signs in by the code, which is good in the browser that asked for it alone (ASVS 6.6.2).
func (f MagicLink) try(r *request) error {
	m, err := r.mailing()
	if err != nil || m == nil {
		return f.gone(r, err)
	}
	var in magicCodeForm
	filled := r.bind(&in)
	if filled.Invalid() {
		return reject(r, r.Views.MagicLinkWait, m.pageOfCode, filled)
	}
	if err := r.charge(""); err != nil {
		return excuse(r, r.Views.MagicLinkWait, m.pageOfCode, filled, err)
	}
	account, err := r.lookUp(r.ctx, m.Typed, f.By)
	if err != nil {
		return err
	}
	mailed, err := m.typed(r, in.Code)
	if err == nil && mailed != nil {
		err = r.approve(m, mailed)
	}
	switch {
	case over(err) || err == nil && mailed == nil:
		if err := r.refused(account); err != nil {
			return err
		}
		filled.Fail("code", magicBadCode)
		return reject(r, r.Views.MagicLinkWait, m.pageOfCode, filled)
	case err != nil:
		return err
	}
	if err := r.acquit(); err != nil {
		return err
	}
	return f.goIn(r, m, mailed)
}

// over reports whether what was mailed is no longer good: used, ended, or of an account that has
// another address by now, or is gone.
func over(err error) bool {
	return errors.Is(err, token.ErrSpent) || errors.Is(err, errMoved) || errors.Is(err, sql.ErrNoRows) || db.IsUnique(err)
}

// goIn goes on to a session where this browser waits for it.
func (f MagicLink) goIn(r *request, m *mailing, mailed *token.Token) error {
	at := mailed.UsedAt
	if at.IsZero() {
		at = r.Now()
	}
	if err := r.enter(m, at); err != nil {
		return excuse(r, r.Views.MagicLinkWait, m.pageOfCode, r.other("magic-link-code").blank(&magicCodeForm{}), err)
	}
	return nil
}
