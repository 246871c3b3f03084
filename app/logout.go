package app

import (
	"cmp"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Logout ends the session of this browser.
//
//	GET  /logout   one button, so that no link or image can sign a person out
//	POST /logout   end the session; harmless for who has none
type Logout struct{}

// SignedOut is the event of leaving.
const SignedOut EventName = "signed_out"

var logoutDone = locales.Message{Code: "logout.done", English: "You are signed out."}

func (f Logout) enable(a *App) error {
	a.add(route{name: "logout", path: "/logout", who: anyone, harmless: true, show: f.ask, act: f.leave})
	return nil
}

func (f Logout) ask(r *request) error {
	return show(r, r.Views.Logout, props.Logout{
		Form: r.blank(&struct{}{}), AppName: r.Name, SignedIn: r.account() != nil, Home: r.Home,
	}, wire{"user": r.userWire()})
}

func (f Logout) leave(r *request) error {
	if err := r.signOut(r.account()); err != nil {
		return err
	}
	next, _ := r.next()
	return r.leave(cmp.Or(next, r.Landings.Logout, r.Home), logoutDone, nil)
}

// signOut ends the session of this browser, and whatever sign-in waits in it.
func (r *request) signOut(user *db.User) error {
	err := r.act(func(u *unit) error {
		u.cookie(r.noCookie(sessionCookie))
		u.cookie(r.noCookie(pendingCookie))
		if user == nil {
			return nil
		}
		ended, err := r.sessions.Revoke(u.ctx, u, r.visit.session.ID, "signed out")
		if err != nil {
			return err
		}
		if err := u.forget(r.visit.session); err != nil || !ended {
			return err
		}
		return u.happened(SignedOut, user, nil)
	})
	if err == nil {
		r.turn(nil, nil)
	}
	return err
}
