package app

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Events of the road to a session.
const (
	SignedIn     EventName = "signed_in"
	SignInFailed EventName = "sign_in_failed"
)

// A Method is one way a person proved who they are, and when.
type Method = db.Method

// The methods that the kit knows.
const (
	ByPassword = "password"
	ByRegister = "register"
)

// A SignIn is an identity on its way to a session: proven, but not yet past every gate. Between
// requests it waits on the server, opened by a short-lived cookie of its own; it is never part
// of a session.
type SignIn struct {
	// Account is who it is, as of this request.
	Account db.Account
	// AuthVersion is the account's when the identity was proven: a change of credentials since
	// then ends the sign-in.
	AuthVersion int64
	// Methods says how the identity was proven, in order.
	Methods db.Methods
	// Remember says that the person asked to stay signed in on this device.
	Remember bool
	// ReturnTo is where they go on to; "" for the usual place.
	ReturnTo string
	// Begun is when the first proof was given.
	Begun time.Time
	// Wire is told to programs at a detour.
	Wire map[string]any

	// tries is the key under which tries on the account were counted until this one succeeded.
	tries    []byte
	flow     *db.Flow
	restored *restoration
	// value is what opens the session, where a form that is sent twice has to come to the same one;
	// "" for a random one.
	value string
}

// Restored reports whether a remembered device signs in by itself, with nobody at the keyboard
// who has shown a credential.
func (s *SignIn) Restored() bool { return s.restored != nil }

// A Gate stands between a proven identity and a session. It is a question about the account and
// the sign-in, asked afresh each time: a gate keeps no state of its own.
type Gate interface {
	// Check returns a zero Detour to pass, a Detour to a page that can satisfy the gate, or an
	// error to refuse: a [FieldError] or an [Error] of status 403 is shown to the person, who has
	// given the right password by then.
	Check(ctx context.Context, s *SignIn) (Detour, error)
}

// A Detour leads to a page that can satisfy a gate, before the sign-in goes on.
type Detour struct {
	// Path is the page's.
	Path string
	// State is what programs are told: "tf_state" in an answer. Without one they are refused, with
	// Say, where people are led on.
	State string
	// Say is told to people on the way; it may be zero.
	Say locales.Message
}

// GateFunc is a function that is a Gate.
type GateFunc func(ctx context.Context, s *SignIn) (Detour, error)

// Check calls f.
func (f GateFunc) Check(ctx context.Context, s *SignIn) (Detour, error) { return f(ctx, s) }

// gates are all there are, in the order in which they are asked: the kit's first.
func (a *App) gates() []Gate {
	return append([]Gate{GateFunc(active), GateFunc(a.confirmed)}, a.Gates...)
}

var disabled = locales.Message{Code: "login.disabled", English: "This account has been closed. Ask whoever runs this site."}

// active refuses accounts that an operator has closed. It is reached by the right password only,
// so that nobody else learns of it.
func active(_ context.Context, s *SignIn) (Detour, error) {
	if !s.Account.Account().Active() {
		return Detour{}, &FieldError{"email", disabled}
	}
	return Detour{}, nil
}

// signIn walks s through the gates to a session and answers. Every way of signing in ends here.
func (r *request) signIn(s *SignIn) error {
	detour, err := r.walk(s)
	switch {
	case errors.Is(err, session.ErrNone):
		return r.late(s)
	case err != nil:
		return err
	case detour.Path != "":
		return r.park(s, detour)
	}
	return r.arrive(s.ReturnTo)
}

// arrive answers who is signed in now.
func (r *request) arrive(next string) error {
	return r.leave(cmp.Or(next, r.Home), locales.Message{}, wire{"user": r.userWire(), "tf_required": false})
}

// late answers a sign-in that came to nothing, unless the same form has signed in a moment before.
func (r *request) late(s *SignIn) error {
	if s.value != "" {
		switch in, err := r.enteredJust(s.value); {
		case err != nil:
			return err
		case in:
			return r.arrive(s.ReturnTo)
		}
	}
	return r.leaveSaying(r.URL("login"), note, overtaken, nil)
}

// walk asks every gate, in order, and opens a session if all of them let s pass.
func (r *request) walk(s *SignIn) (Detour, error) {
	for _, gate := range r.gates() {
		if detour, err := gate.Check(r.ctx, s); err != nil || detour.Path != "" {
			return detour, err
		}
	}
	return Detour{}, r.admit(s)
}

// admit opens the session. Only walk calls it. An account that has changed since its identity was
// proven gets none, and session.ErrNone.
func (r *request) admit(s *SignIn) error {
	user := s.Account.Account()
	// Nobody waits for the disk to sign in. A power cut may forget the last moment's sign-ins, each
	// whole: no session then, and what it was to be opened by unspent.
	in := db.InTxSoon
	if s.Restored() {
		in = db.InTx // or else the device would come back with a token that looks stolen
	}
	err := r.actIn(in, func(u *unit) error {
		if err := u.spend(s); err != nil {
			return err
		}
		if r.Hooks.SigningIn != nil {
			if err := r.Hooks.SigningIn(u.ctx, u.Tx, s); err != nil {
				return err
			}
		}
		if r.visit.session != nil {
			if _, err := r.sessions.Revoke(u.ctx, u, r.visit.session.ID, "replaced"); err != nil {
				return err
			}
			// Or else the browser would come back as whoever was remembered in it before.
			if err := u.forget(r.visit.session); err != nil {
				return err
			}
		}
		return u.openSession(s)
	})
	if err != nil {
		return err
	}
	r.turn(s.Account, user.Session)
	return nil
}

// openSession writes the session's row. One that is restored has no AuthAt, and so is never fresh.
func (u *unit) openSession(s *SignIn) error {
	user, event := s.Account.Account(), SignedIn
	row := &db.Session{Methods: s.Methods, Network: u.network(), UserAgent: u.agent()}
	var err error
	switch {
	case s.restored != nil:
		event = SessionRestored
		err = s.restored.renew(u, row)
	case u.remember != nil && s.Remember:
		err = u.remember.keep(u, s, row)
	}
	if err != nil {
		return err
	}
	if s.restored == nil {
		row.AuthAt = s.Methods[len(s.Methods)-1].At
	}
	user.AuthVersion = s.AuthVersion
	value := s.value
	if value == "" {
		value, _ = session.NewValue()
	}
	if err := u.sessions.InsertAs(u.ctx, u, user, row, value); err != nil {
		return err
	}
	user.Session = row
	u.cookie(u.newCookie(sessionCookie, value, 0))
	if err := u.happened(event, user, nil); err != nil || u.alert == nil || s.restored != nil {
		return err
	}
	return u.alert.meet(u, user)
}

var overtaken = locales.Message{Code: "login.overtaken", English: "Your account changed while you were signing in. Sign in again."}
