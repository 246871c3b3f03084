package app

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/db"
)

// unconfirmed reports whether an account has an address that is still to be confirmed.
func unconfirmed(user *db.User) bool { return user.Primary != nil && user.Primary.ConfirmedAt.IsZero() }

// toConfirm is the page on which who is signed in confirms their address, and comes back from to the one
// called name; "" if they need not.
func (r *request) toConfirm(name string) string {
	if r.confirm == nil || !unconfirmed(r.account()) {
		return ""
	}
	return withNext(r.URL("confirm"), r.URL(name))
}

// hides reports whether an account is passed over as if its password were wrong.
func (a *App) hides(account db.Account) bool {
	return a.confirm != nil && !a.confirm.SignInUnconfirmed && !a.confirm.Tell && unconfirmed(account.Account())
}

// confirmed leads who has an unconfirmed address to the page for it.
func (a *App) confirmed(_ context.Context, s *SignIn) (Detour, error) {
	if a.confirm == nil || a.confirm.SignInUnconfirmed || !unconfirmed(s.Account.Account()) {
		return Detour{}, nil
	}
	return Detour{Path: a.URL("confirm"), Say: confirmFirst}, nil
}

// Confirmed demands an address that is confirmed, and leads others to the page where they
// confirm it. It is for sites that let people sign in before; see [Confirm]. An account without an
// address passes.
func Confirmed() Demand {
	return func(r *request) error {
		switch {
		case !unconfirmed(r.account()):
			return nil
		case r.json() || r.confirm == nil:
			return &Error{Status: fiber.StatusForbidden, Say: confirmFirst}
		}
		r.answered = true
		return r.leaveSaying(withNext(r.URL("confirm"), r.back()), note, confirmFirst, nil)
	}
}
