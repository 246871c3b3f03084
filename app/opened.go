package app

import (
	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

type numberForm struct {
	Number string `form:"number,max=10"`
}

// open shows what a link is about. It changes nothing: scanners follow links before people do.
func (f MagicLink) open(r *request) error {
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, byMailing, r.mended())
	if err != nil {
		return err
	}
	m, here, err := f.carried(r, mailed, state)
	switch {
	case err != nil:
		return err
	case m == nil || state != token.Valid:
		return f.stale(r, state)
	}
	return show(r, r.Views.MagicLinkOpen, f.pageOfLink(m, here)(r, r.blank(&numberForm{})), wire{"same_browser": here})
}

// carried is the sign-in that a token carries on, and whether it waits in this browser.
func (f MagicLink) carried(r *request, mailed *token.Token, state token.State) (m *mailing, here bool, err error) {
	if state == token.Unknown {
		return nil, false, nil
	}
	own, err := r.mailing()
	if err != nil {
		return nil, false, err
	}
	if own != nil && own.flow.ID == mailed.FlowID {
		return own, true, nil
	}
	m, err = r.mailingOf(mailed)
	return m, false, err
}

func (f MagicLink) pageOfLink(m *mailing, here bool) func(*request, form.Form) props.MagicLinkOpen {
	return func(r *request, filled form.Form) props.MagicLinkOpen {
		filled.Require("number", true)
		p := props.MagicLinkOpen{Form: filled, AppName: r.Name, Here: here, Asker: m.asker()}
		if here {
			p.Drop("number")
			if r.account() != nil && r.account().ID != m.flow.UserID {
				p.SignedInAs = r.person().Name
			}
		}
		return p
	}
}

// stale answers for a link that signs nobody in.
func (f MagicLink) stale(r *request, state token.State) error {
	why := magicOver
	if state == token.Unknown {
		why = magicUnknown
	}
	return f.ended(r, why)
}

func (f MagicLink) ended(r *request, why locales.Message) error {
	filled := r.blank(&struct{}{})
	filled.Fail("", why)
	return astray(r, r.Landings.LoginError, r.Views.MagicLinkOpen, func(r *request, filled form.Form) props.MagicLinkOpen {
		return props.MagicLinkOpen{Form: filled, AppName: r.Name, Ended: true, Ask: r.URL(r.asksForMail())}
	}, filled)
}

func (f MagicLink) spend(r *request) error {
	if err := r.charge(""); err != nil {
		return err
	}
	var in numberForm
	filled := r.bind(&in)
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, byMailing, r.mended())
	if err != nil {
		return err
	}
	m, here, err := f.carried(r, mailed, state)
	_, refused := r.input()["refuse"]
	if m != nil && !here && !refused && in.Number == "" && !filled.Invalid() {
		filled.Fail("number", magicNoNumber)
	}
	switch {
	case err != nil:
		return err
	case m == nil:
		return f.usedUp(r, state)
	case state == token.Over:
		return f.stale(r, state)
	case refused && !here && state == token.Valid:
		return f.killed(r, mailed)
	case filled.Invalid():
		return reject(r, r.Views.MagicLinkOpen, f.pageOfLink(m, here), filled)
	case !here && !m.matches(in.Number):
		return f.mismatched(r, mailed, state)
	}
	if err := r.approve(m, mailed); err != nil {
		if over(err) {
			return f.stale(r, token.Over)
		}
		return err
	}
	if err := r.acquit(); err != nil {
		return err
	}
	if here {
		return f.goIn(r, m, mailed)
	}
	p := props.MagicLinkOpen{Form: r.blank(&struct{}{}), AppName: r.Name, Approved: true, Asker: m.asker()}
	return show(r, r.Views.MagicLinkOpen, p, wire{"state": "approved"})
}

// usedUp answers a link whose sign-in is done: by this form, if it was sent twice.
func (f MagicLink) usedUp(r *request, state token.State) error {
	in, err := r.enteredJust(r.opensWith(r.waits()))
	if err != nil {
		return err
	}
	if !in {
		return f.stale(r, state)
	}
	next, _ := r.next()
	return r.arrive(next)
}

// killed ends a sign-in that its owner did not ask for.
func (f MagicLink) killed(r *request, mailed *token.Token) error {
	if err := r.turnDown(mailed, "owner"); err != nil {
		return err
	}
	p := props.MagicLinkOpen{Form: r.blank(&struct{}{}), AppName: r.Name, Refused: true}
	return show(r, r.Views.MagicLinkOpen, p, wire{"state": "refused"})
}

// mismatched ends a sign-in at the first wrong number: whoever cannot see the right one is led on
// by somebody else.
func (f MagicLink) mismatched(r *request, mailed *token.Token, state token.State) error {
	if state != token.Valid {
		return f.stale(r, state)
	}
	if err := r.turnDown(mailed, "number"); err != nil {
		return err
	}
	return f.ended(r, magicBadNumber)
}
