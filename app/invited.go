package app

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
)

var errUninvited = &Error{Status: fiber.StatusForbidden, Say: inviteOnly, Advice: inviteAsk}

// invited is the invitation that a visitor goes on to, and so has come with; nil if there is none.
func (r *request) invited() (*invited, error) {
	v := r.visit
	if r.invite == nil || v.invitedKnown {
		return v.invited, v.invitedErr
	}
	v.invitedKnown = true
	next, _ := r.next()
	if secret := mend(r.parameter("invitation", path(next))); secret != "" {
		v.invited, v.invitedErr = r.lookInvited(secret)
	}
	return v.invited, v.invitedErr
}

// mayRegister returns the invitation that a visitor registers with, if there is one. It refuses
// whoever comes with one that is no longer good and, where people register by invitation alone,
// whoever comes with none.
func (r *request) mayRegister() (*invited, error) {
	i, err := r.invited()
	if i == nil && err == nil && r.invite != nil && r.invite.Only {
		err = errUninvited
	}
	return i, err
}

// hasAccount reports whether somebody is invited who signs in to accept.
func (i *invited) hasAccount() bool { return i != nil && i.known }

// wayToRegister leads to the page for it; "" for who may not.
func (r *request) wayToRegister() string {
	if i, err := r.mayRegister(); err != nil || i.hasAccount() {
		return ""
	}
	next, _ := r.next()
	return withNext(r.URL("register"), next)
}

// address has whoever is invited register with the address that was, and refuses any other.
func (i *invited) address(r *request, in *SignUp, filled *form.Form) {
	if i == nil {
		return
	}
	in.Email = i.Email
	typed, _ := r.input()["email"].(string)
	if key, _ := identity.Key(typed); typed != "" && key != i.Key {
		filled.Fail("email", inviteAddress.With(i.Email))
	}
}

// parameter is what stands in a path for the parameter of a route; "" if it is no path of the route.
func (a *App) parameter(name, path string) (value string) {
	has, wants := strings.Split(strings.TrimSuffix(path, "/"), "/"), strings.Split(a.URL(name), "/")
	if len(has) != len(wants) {
		return ""
	}
	for i, want := range wants {
		switch {
		case strings.HasPrefix(want, ":"):
			value = has[i]
		case !strings.EqualFold(has[i], want):
			return ""
		}
	}
	return value
}

// justRegistered reports whether an invitation was used up a moment ago to open an account: the form
// was sent twice.
func (r *request) justRegistered(i *invited, err error) bool {
	return i != nil && errors.Is(err, inviteUsed) && r.Now().Sub(i.AcceptedAt) <= doubleClick
}

// enterAgain answers a registration that was sent twice as it was answered first, if it is known to
// be the same by its password.
func (r *request) enterAgain(i *invited, plain string) error {
	account, err := r.accountByID(i.AcceptedBy)
	if err != nil {
		return err
	}
	switch right, err := r.verify(account, plain); {
	case err != nil:
		return err
	case !right || addressKey(account.Account()) != i.Key:
		return inviteUsed
	}
	return r.enterInvited(account)
}

// enterInvited signs in whoever has opened an account by an invitation. It tells nothing that they
// do not know, since they read the address.
func (r *request) enterInvited(account db.Account) error {
	account, err := r.accountByID(account.Account().ID) // with its roles
	if err != nil {
		return err
	}
	now := r.Now()
	return r.signIn(&SignIn{
		Account: account, AuthVersion: account.Account().AuthVersion, Methods: db.Methods{{Name: ByInvite, At: now}}, Begun: now,
	})
}

// registeredMeanwhile answers a registration whose invitation was used up or revoked after the form
// came.
func (r *request) registeredMeanwhile(i *invited, plain string) error {
	i, err := r.lookInvited(i.secret)
	if r.justRegistered(i, err) {
		return r.enterAgain(i, plain)
	}
	if err == nil {
		err = inviteGone
	}
	return err
}
