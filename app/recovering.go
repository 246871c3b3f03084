package app

import (
	"cmp"
	"database/sql"
	"errors"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// exchange gives the secret of a link for a code that somebody typed who goes by name; "" if it is
// wrong. A mailed link cannot be told again, since only its hash is stored.
func (f Recover) exchange(r *request, name, code string) (link string, err error) {
	account, err := r.lookUp(r.ctx, name, f.By)
	if err != nil {
		return "", err
	}
	address, err := r.reaches(account, name)
	if err != nil {
		return "", err
	}
	if address == nil {
		address = &db.Address{Key: name}
	}
	mailed, err := r.tokens.Try(r.ctx, r.DB, recovering, address.UserID, address.Key, code)
	if err != nil || mailed == nil {
		return "", err
	}
	err = r.act(func(u *unit) error {
		link, err = u.tokens.Exchange(u.ctx, u, mailed)
		return errors.Join(err, u.attempts.Forgive(u.ctx, u, u.accountKey(name)))
	})
	if errors.Is(err, token.ErrSpent) { // a moment ago
		return "", nil
	}
	return link, err
}

// anewForm has the names that Flask-Security gave its fields.
type anewForm struct {
	Password        string `form:"password,required,secret,min=8"`
	PasswordConfirm string `form:"password_confirm,required,secret"`
}

func (anewForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"password": changeNoNew, "password_confirm": changeNoConfirm}[field]
}

func (f Recover) without() []string {
	if f.Retype {
		return nil
	}
	return []string{"password_confirm"}
}

// A recovery is a mailed link that somebody has followed, and the account that it leads to.
type recovery struct {
	*token.Token
	state   token.State
	account db.Account
}

// lookAt finds out what a link leads to. One to an account that was closed meanwhile is over.
func (f Recover) lookAt(r *request, secret string) (recovery, error) {
	mailed, state, err := r.tokens.Look(r.ctx, r.DB, recovering, secret)
	if err != nil || state == token.Unknown {
		return recovery{}, err
	}
	account, err := r.accountByID(mailed.UserID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return recovery{}, nil
	case err == nil && !account.Account().Active():
		state = token.Over
	}
	return recovery{mailed, state, account}, err
}

func (f Recover) linked(r *request, secret string) (token.State, error) {
	followed, err := f.lookAt(r, secret)
	return followed.state, err
}

// open shows the form for a new password. It changes nothing: scanners follow links before people do.
func (f Recover) open(r *request) error {
	followed, err := f.lookAt(r, r.mended())
	switch {
	case err != nil:
		return err
	case followed.state != token.Valid:
		return f.stale(r, followed)
	}
	return show(r, r.Views.RecoverLink, followed.page(r, r.blank(&anewForm{}, f.without()...)), wire{})
}

func (m recovery) page(r *request, filled form.Form) props.RecoverLink {
	least, _ := r.Passwords.Length()
	p := props.RecoverLink{Form: filled, AppName: r.Name, Name: nameOf(m.account.Account(), Email|Username), MinPassword: least}
	if user := r.account(); user != nil && user.ID != m.UserID {
		p.SignedInAs = r.person().Name
	}
	return p
}

// stale answers for a link that opens nothing: why, and how to get one that does.
func (f Recover) stale(r *request, m recovery) error {
	if err := r.knowInbox(); err != nil {
		return err
	}
	why := recoverOver
	switch m.state {
	case token.Unknown:
		why = recoverUnknown
	case token.Used:
		why = recoverUsed
	case token.Over, token.Valid: // until its address changed hands
	}
	filled := f.blank(r)
	filled.Fail("", why)
	return astray(r, r.Landings.RecoverError, r.Views.Recover, f.pageOfSend, filled)
}

func (f Recover) choose(r *request) error {
	var in anewForm
	filled := r.bind(&in, f.without()...)
	followed, err := f.lookAt(r, r.mended())
	switch {
	case err != nil:
		return err
	case followed.state != token.Valid && followed.state != token.Used:
		return f.stale(r, followed)
	}
	f.judge(r, in, followed.account.Account(), &filled)
	if filled.Invalid() {
		return reject(r, r.Views.RecoverLink, followed.page, filled)
	}
	if err := r.charge(""); err != nil {
		return excuse(r, r.Views.RecoverLink, followed.page, filled, err)
	}
	hash, err := r.hasher.Hash(r.ctx, in.Password)
	if err != nil {
		return excuse(r, r.Views.RecoverLink, followed.page, filled, errors.Join(err, r.refund("")))
	}
	err = r.act(func(u *unit) error { return u.recoverAccount(followed.account.Account(), followed.Token, hash) })
	switch {
	case errors.Is(err, token.ErrSpent):
		return f.clickedTwice(r, in.Password)
	case errors.Is(err, errMoved):
		return f.stale(r, followed)
	case err != nil:
		return err
	}
	return f.done(r, followed)
}

// judge checks a new password. It may be the one of before: whoever has forgotten that cannot tell.
func (f Recover) judge(r *request, in anewForm, user *db.User, filled *form.Form) {
	if in.Password == "" {
		return
	}
	filled.Fail("password", r.unfit(user, in.Password)...)
	if f.Retype && in.PasswordConfirm != "" && in.PasswordConfirm != in.Password {
		filled.Fail("password_confirm", registerDiffers)
	}
}

// clickedTwice answers a form whose link is used: as done, if it is the same form, sent twice.
func (f Recover) clickedTwice(r *request, plain string) error {
	followed, err := f.lookAt(r, r.mended())
	if err != nil {
		return err
	}
	same := followed.state == token.Used && r.Now().Sub(followed.UsedAt) <= doubleClick
	if same {
		same, err = r.verify(followed.account, plain)
	}
	switch {
	case err != nil:
		return err
	case !same:
		return f.stale(r, followed)
	}
	return f.done(r, followed)
}

// done answers who has chosen a new password. Whoever was signed in here is no longer.
func (f Recover) done(r *request, m recovery) error {
	if err := r.acquit(); err != nil {
		return err
	}
	r.c.Cookie(r.noCookie(inboxCookie))
	next, _ := r.next()
	if f.SignIn {
		account, err := r.accountByID(m.UserID) // as it is now
		if err != nil {
			return err
		}
		if !r.json() {
			r.say(good, recoverDone)
		}
		now := r.Now()
		return r.signIn(&SignIn{
			Account: account, AuthVersion: m.AuthVersion + 1, // that of the password, and of no other since
			Methods: db.Methods{{Name: ByRecover, At: now}}, ReturnTo: cmp.Or(next, r.Landings.Recover), Begun: now,
		})
	}
	if other := r.account(); other != nil {
		if err := r.signOut(other); err != nil {
			return err
		}
	}
	return r.leave(withNext(cmp.Or(r.Landings.Recover, r.URL("login")), next), recoverDone, nil)
}
