package app

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"
)

// provenFor is for how long a sign-in counts where there is no password to ask for.
const provenFor = 10 * time.Minute

// unproven refuses an account that has no password to ask for, unless its owner has just signed in.
// The attack: somebody sits down at a browser that was left open, and has a way in for good.
func (r *request) unproven() error {
	if r.account().PasswordHash != "" || r.Now().Sub(r.visit.session.AuthAt) <= provenFor {
		return nil
	}
	return &Error{Status: fiber.StatusUnauthorized, Say: changeUnproven}
}

// proves reports whether plain is the password of who is signed in; one that is wrong is written
// down. Who has none has proven it otherwise: see [request.unproven].
func (r *request) proves(plain string) (bool, error) {
	user := r.account()
	if user.PasswordHash == "" {
		return true, nil
	}
	right, err := r.verify(r.visit.account, plain)
	if err != nil || right {
		return right, err
	}
	return false, r.act(func(u *unit) error { return u.happened(PasswordRefused, user, nil) })
}

// vouch is proves for a form that has been charged for: a password that was right is paid back.
func (r *request) vouch(typed string) error {
	name := r.account().ID.String()
	switch right, err := r.proves(typed); {
	case err != nil:
		return errors.Join(err, r.refund(name))
	case !right:
		return &FieldError{"password", changeWrong}
	}
	return errors.Join(r.acquit(), r.attempts.Forgive(r.ctx, r.DB, r.accountKey(name)))
}
