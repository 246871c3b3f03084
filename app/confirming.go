package app

import (
	"cmp"
	"errors"
	"net/url"
	"strings"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// mended is the secret in the path of a link.
func (r *request) mended() string { return mend(r.c.Params("token")) }

// mend reads a secret as mail programs and fingers leave it: with a dot, a bracket or "=3D" behind it,
// or broken over two lines.
func mend(sent string) string {
	if plain, err := url.PathUnescape(sent); err == nil {
		sent = plain
	}
	sent = strings.Map(func(c rune) rune {
		if c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			return c
		}
		return -1
	}, sent)
	return strings.Clone(sent[:min(len(sent), token.LinkLength)])
}

// open shows what a link is about. It changes nothing: scanners follow links before people do.
func (f Confirm) open(r *request) error {
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, confirming, r.mended())
	switch {
	case err != nil:
		return err
	case state != token.Valid:
		return f.stale(r, mailed, state)
	}
	p := f.linkPage(r, r.blank(&struct{}{}))
	if p.Email, err = r.written(r.ctx, r.DB, mailed); err != nil {
		return err
	}
	if user := r.account(); user != nil && user.ID != mailed.UserID {
		p.SignedInAs = r.person().Name
	}
	return show(r, r.Views.ConfirmLink, p, wire{})
}

func (f Confirm) linkPage(r *request, filled form.Form) props.ConfirmLink {
	return props.ConfirmLink{Form: filled, AppName: r.Name}
}

// stale answers for a link that confirms nothing: why, and how to get one that does.
func (f Confirm) stale(r *request, mailed *token.Token, state token.State) error {
	if err := r.knowInbox(); err != nil {
		return err
	}
	why, typed := confirmUnknown, confirmForm{}
	if state != token.Unknown {
		account, err := r.accountByID(mailed.UserID)
		if err == nil && account.Account().Primary != nil && account.Account().Primary.Key == mailed.Address && !unconfirmed(account.Account()) {
			return f.already(r)
		}
		why = confirmOver
		if typed.Email, err = r.written(r.ctx, r.DB, mailed); err != nil {
			return err
		}
	}
	filled := r.other("confirm").blank(&typed)
	filled.Fail("", why)
	return reject(r, r.Views.Confirm, f.pageOfSend, filled)
}

func (f Confirm) already(r *request) error {
	next, _ := r.next()
	to := withNext(r.URL("login"), next)
	if r.account() != nil {
		to = r.Home
	}
	return r.leaveSaying(to, note, confirmAlready, wire{"user": r.userWire()})
}

func (f Confirm) spend(r *request) error {
	filled := r.bind(&struct{}{})
	if filled.Invalid() {
		return reject(r, r.Views.ConfirmLink, f.linkPage, filled)
	}
	if err := r.charge(""); err != nil {
		return excuse(r, r.Views.ConfirmLink, f.linkPage, filled, err)
	}
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, confirming, r.mended())
	if err != nil {
		return err
	}
	if state == token.Unknown || state == token.Over {
		return f.stale(r, mailed, state)
	}
	if err := r.acquit(); err != nil {
		return err
	}
	return f.settle(r, mailed)
}

// errMoved says that an address is no longer the account's, or has become somebody else's.
var errMoved = errors.New("confirm: the address has changed hands")

// settle confirms the address that a token was mailed to, and answers. Who sent the form twice is
// answered as if it had been once.
func (f Confirm) settle(r *request, mailed *token.Token) error {
	account, err := r.accountByID(mailed.UserID)
	if err != nil {
		return err
	}
	err = r.act(func(u *unit) error { return u.confirmAddress(account.Account(), mailed) })
	if errors.Is(err, token.ErrSpent) {
		var state token.State
		if mailed, state, err = r.tokens.Again(r.ctx, r.DB, mailed); err != nil {
			return err
		}
		if state != token.Used || r.Now().Sub(mailed.UsedAt) > doubleClick {
			return f.stale(r, mailed, state)
		}
		return f.land(r, mailed)
	}
	switch {
	case errors.Is(err, errMoved), db.IsUnique(err):
		return f.stale(r, mailed, token.Over)
	case err != nil:
		return err
	}
	return f.land(r, mailed)
}

func (u *unit) confirmAddress(user *db.User, mailed *token.Token) error {
	if err := u.tokens.Spend(u.ctx, u, mailed); err != nil {
		return err
	}
	return u.confirmPrimary(user, mailed.Address)
}

// confirmPrimary confirms an address that its owner has shown to be theirs. Where Confirm is listed they are greeted
// now; elsewhere they were when the account was opened.
func (u *unit) confirmPrimary(user *db.User, key string) error {
	if first, err := u.firstProof(user, key); err != nil || !first {
		return cmp.Or(err, errMoved)
	}
	if err := u.happened(EmailConfirmed, user, nil); err != nil || !user.Active() || u.confirm == nil {
		return err
	}
	return u.welcome(user)
}

// firstProof writes down that an address has proved itself, if it is an account's primary one, and
// reports whether it had not before.
func (u *unit) firstProof(user *db.User, key string) (first bool, err error) {
	done, err := u.NewUpdate().Model((*db.Address)(nil)).Set("confirmed_at = ?", u.Now()).Where("user_id = ?", user.ID).
		Where("address_key = ?", key).Where("confirmed_at IS NULL").Where("is_primary").Exec(u.ctx)
	if err != nil {
		return false, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	return true, u.Changed(u.ctx, u, user.ID)
}

// land answers who has confirmed an address. A link alone signs nobody in, since anybody can mail
// one: whoever followed it would be in an account of somebody else's and fill it with what is
// theirs. It takes a sign-in begun in this browser or, if the site wants it, that the account was
// opened in it.
func (f Confirm) land(r *request, mailed *token.Token) error {
	account, err := r.accountByID(mailed.UserID) // as it is now
	if err != nil {
		return err
	}
	user := account.Account()
	next, _ := r.next()
	half, err := r.half()
	switch {
	case err != nil:
		return err
	case half != nil && half.Account.Account().ID == user.ID:
		return r.confirmedAndIn(half)
	case r.account() != nil && r.account().ID == user.ID:
		return r.leave(cmp.Or(next, r.Home), confirmDone, wire{"user": r.userWire()})
	}
	if opened, err := r.registration(); err != nil {
		return err
	} else if f.SignIn && opened != nil && opened.ID == user.ID {
		now := r.Now()
		return r.confirmedAndIn(&SignIn{
			Account: account, AuthVersion: user.AuthVersion, Methods: db.Methods{{Name: ByConfirm, At: now}}, ReturnTo: next, Begun: now,
		})
	}
	said := confirmDone
	if other := r.account(); other != nil {
		said = confirmOther.With(user.Primary.Email, r.person().Name)
		if err := r.signOut(other); err != nil {
			return err
		}
	}
	r.c.Cookie(r.noCookie(inboxCookie))
	return r.leave(withNext(r.URL("login"), next), said, wire{"user": userWire{}})
}

// confirmedAndIn carries a sign-in on, and says that the address is confirmed.
func (r *request) confirmedAndIn(s *SignIn) error {
	if !r.json() {
		r.say(good, confirmDone)
	}
	r.c.Cookie(r.noCookie(inboxCookie))
	return r.signIn(s)
}
