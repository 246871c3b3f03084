package app

import (
	"cmp"
	"errors"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

var (
	removedDone    = locales.Message{Code: "change.removed", English: "Your password is removed. Every other device is signed out."}
	removedNone    = locales.Message{Code: "change.none", English: "Your account has no password."}
	removedLast    = locales.Message{Code: "change.last", English: "The password is the only way into your account. Confirm your address first."}
	removedSubject = locales.Message{Code: "change.removed.subject", English: "Your password at %s was removed"}
	removedTitle   = locales.Message{Code: "change.removed.title", English: "Your password was removed"}
	removedTold    = locales.Message{Code: "change.removed.notice", English: "The password of your account at %s was removed. You sign in without one from now on."}
)

// errLast says that the password is the only way into an account.
var errLast = errors.New("change: the password is the last way in")

// offersAnother reports whether this site can be signed in to without a password.
func (a *App) offersAnother() bool {
	_, mail := feature[MagicLink](a)
	return mail
}

// otherWayIn reports whether an account can be signed in to without its password. In a transaction
// that has taken the account's row, nothing takes that way before the commit.
func (r *request) otherWayIn(tx bun.IDB, user *db.User) (bool, error) {
	for _, has := range r.waysIn {
		if in, err := has(r.ctx, tx, user); err != nil || in {
			return in, err
		}
	}
	return false, nil
}

// removal is the page that removes the password of who is signed in; "" for who has none, or no
// other way in.
func (r *request) removal() string {
	if in, err := r.otherWayIn(r.DB, r.account()); err != nil || !in || r.account().PasswordHash == "" {
		return ""
	}
	return r.URL("change-remove")
}

type removeForm struct {
	Password string `form:"password,required,secret"`
}

func (removeForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"password": changeNoCurrent}[field]
}

func (f Change) mayRemove(r *request) error {
	if r.account().PasswordHash == "" {
		return r.leaveSaying(r.URL("change"), note, removedNone, nil)
	}
	in, err := r.otherWayIn(r.DB, r.account())
	if err != nil {
		return err
	}
	filled := r.blank(&removeForm{})
	if !in {
		filled.Fail("", removedLast)
		return reject(r, r.Views.ChangeRemove, f.removePage, filled)
	}
	return show(r, r.Views.ChangeRemove, f.removePage(r, filled), changeWire{r.userWire(), true})
}

func (f Change) removePage(r *request, filled form.Form) props.ChangeRemove {
	who := r.person()
	return props.ChangeRemove{Form: filled, AppName: r.Name, Name: cmp.Or(who.Email, who.Name), Back: r.URL("change")}
}

// remove takes the password away, unless it is the last way in. Of two removals at once, of this and
// of another way in, the account's row lets one see what the other has done.
func (f Change) remove(r *request) error {
	var in removeForm
	filled := r.bind(&in)
	user := *r.account()
	switch {
	case user.PasswordHash == "":
		return f.removedAlready(r)
	case filled.Invalid():
		return reject(r, r.Views.ChangeRemove, f.removePage, filled)
	}
	name := user.ID.String()
	key := r.accountKey(name)
	if err := r.charge(name); err != nil {
		return excuse(r, r.Views.ChangeRemove, f.removePage, filled, err)
	}
	switch right, err := r.proves(in.Password); {
	case err != nil:
		return excuse(r, r.Views.ChangeRemove, f.removePage, filled, errors.Join(err, r.refund(name)))
	case !right:
		filled.Fail("password", changeWrong)
		return reject(r, r.Views.ChangeRemove, f.removePage, filled)
	}
	if err := r.acquit(); err != nil {
		return err
	}
	err := r.act(func(u *unit) error {
		if err := errors.Join(session.Take(u.ctx, u, &user), u.attempts.Forgive(u.ctx, u, key)); err != nil {
			return err
		}
		now := u.Users.blank()
		if err := db.LoadUser(u.ctx, u, now, user.ID); err != nil {
			return err
		}
		in, err := u.otherWayIn(u, now.Account())
		if err != nil {
			return err
		}
		if !in {
			return errLast
		}
		_, err = u.dropPassword(now.Account(), r.visit.session, removedTold)
		return err
	})
	switch {
	case errors.Is(err, errLast):
		filled.Fail("", removedLast)
		return reject(r, r.Views.ChangeRemove, f.removePage, filled)
	case errors.Is(err, session.ErrNone):
		return f.removedMeanwhile(r, filled)
	case err != nil:
		return excuse(r, r.Views.ChangeRemove, f.removePage, filled, err)
	}
	return f.removed(r)
}

// removedMeanwhile answers a form whose account has changed since it came, perhaps by this same form.
func (f Change) removedMeanwhile(r *request, filled form.Form) error {
	if err := r.lookAgain(); err != nil {
		return err
	}
	if r.account().PasswordHash == "" {
		return f.removedAlready(r)
	}
	filled.Fail("password", changeOvertaken)
	return reject(r, r.Views.ChangeRemove, f.removePage, filled)
}

// removedAlready answers who has no password: the form may have been sent twice.
func (f Change) removedAlready(r *request) error {
	if err := r.renewID(); err != nil {
		return err
	}
	return f.removed(r)
}

func (f Change) removed(r *request) error {
	r.turn(r.visit.account, r.visit.session)
	return r.leave(cmp.Or(r.Landings.Change, r.URL("account"), r.Home), removedDone, wire{"user": r.userWire()})
}

// done answers a password that was changed, or set where there was none.
func (f Change) done(r *request, first bool) error {
	r.turn(r.visit.account, r.visit.session)
	say := changeDone
	if first {
		say = changeSet
	}
	next, _ := r.next()
	return r.leave(cmp.Or(next, r.Landings.Change, r.URL("account"), r.Home), say, wire{"user": r.userWire()})
}
