package app

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/session"
)

// rejoin reads anew who is signed in, and gives their session another id; see renewID.
func (r *request) rejoin() error {
	if err := r.lookAgain(); err != nil {
		return err
	}
	return r.renewID()
}

// lookAgain reads anew who is signed in: the account has changed since the form came.
func (r *request) lookAgain() error {
	now := &visit{app: r.App}
	switch r.recognise(r.c, now); {
	case now.err != nil:
		return now.err
	case now.session == nil:
		return r.ended()
	}
	r.visit.account, r.visit.session = now.account, now.session
	return nil
}

// renewID gives the session another id. The form was sent twice: the answer to the first may never
// have reached the browser, and with it the id that it brought.
func (r *request) renewID() error {
	row := *r.visit.session
	row.AuthVersion = r.account().AuthVersion
	err := r.act(func(u *unit) error { return u.rotate(&row) })
	if errors.Is(err, session.ErrNone) {
		return r.ended()
	}
	return err
}

// ended answers a form whose session has ended since it came.
func (r *request) ended() error {
	r.turn(nil, nil)
	return &Error{Status: fiber.StatusUnauthorized, Say: changeEnded}
}
