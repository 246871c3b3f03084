package app

import (
	"cmp"
	"database/sql"
	"errors"

	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Login lets a person sign in with a password.
//
//	GET  /login   ask for an identity and a password; programs learn what may be an identity
//	POST /login   check them, and go on through the gates
//
// The answer to a wrong password is the answer to an unknown account, and takes as long.
type Login struct {
	// By is what may be typed to name an account. The default is an address or a username.
	By Identity
	// Limit bounds wrong passwords. The default is five in 15 minutes on one account, then waits
	// from 30 seconds to an hour, and 20 in 15 minutes from one network.
	Limit Limit
}

// An Identity is a set of ways to name an account.
type Identity uint8

// The ways to name an account.
const (
	Email Identity = 1 << iota
	Username
)

// names lists the set as programs know its members.
func (i Identity) names() []string {
	var names []string
	if i&Email != 0 {
		names = append(names, "email")
	}
	if i&Username != 0 {
		names = append(names, "username")
	}
	return names
}

var (
	loginFailed     = locales.Message{Code: "login.failed", English: "The name or the password is wrong. Check both and try again."}
	loginNoIdentity = locales.Message{Code: "login.no_identity", English: "Enter your e-mail address or username."}
	loginNoPassword = locales.Message{Code: "login.no_password", English: "Enter your password."}
	loginDoor       = locales.Message{Code: "login.door", English: "Sign in"}
	badNext         = locales.Message{Code: "login.bad_next", English: "The link that brought you here leads to another site. Sign in to stay on this one."}
)

func (f Login) enable(a *App) error {
	f.By = cmp.Or(f.By, Email|Username)
	if err := f.Limit.check("Login"); err != nil {
		return err
	}
	a.identities = f.By.names()
	a.add(route{name: "login", path: "/login", who: guest, form: true, limit: f.Limit.or(loginLimit), show: f.ask, act: f.check})
	a.doorways = append(a.doorways, doorway{loginDoor, "login"})
	return nil
}

type loginForm struct {
	Email    string `form:"email,required,max=254"`
	Password string `form:"password,required,secret"`
	Remember bool   `form:"remember"`
}

func (loginForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"email": loginNoIdentity, "password": loginNoPassword}[field]
}

func (f Login) ask(r *request) error {
	blank := r.blank(&loginForm{Remember: r.remember != nil && r.remember.Checked}, r.withoutRemember()...)
	return show(r, r.Views.Login, f.page(r, blank), wire{"identity_attributes": r.identities})
}

func (f Login) page(r *request, filled form.Form) props.Login {
	next, _ := r.next()
	return props.Login{
		Form: filled, AppName: r.Name, Username: f.By&Username != 0,
		Register: withNext(r.URL("register"), next),
	}
}

func (f Login) check(r *request) error {
	if name, alias := r.input()["username"]; alias && r.input()["email"] == nil {
		r.input()["email"] = name
	}
	var in loginForm
	filled := r.bind(&in, r.withoutRemember()...)
	next, ok := r.next()
	if !ok {
		filled.Fail("", badNext)
	}
	if filled.Invalid() {
		return reject(r, r.Views.Login, f.page, filled)
	}
	if err := r.charge(in.Email); err != nil {
		return excuse(r, r.Views.Login, f.page, filled, err)
	}
	account, err := r.find(r.ctx, in.Email, f.By)
	if errors.Is(err, sql.ErrNoRows) {
		account, err = nil, nil
	}
	if err != nil {
		return err
	}
	switch right, err := r.verify(account, in.Password); {
	case err != nil:
		return excuse(r, r.Views.Login, f.page, filled, errors.Join(err, r.refund(in.Email)))
	case !right:
		if err := r.refused(account); err != nil {
			return err
		}
		filled.Fail("", loginFailed)
		filled.FocusOn("password")
		return reject(r, r.Views.Login, f.page, filled)
	}
	if err := r.forgive(in.Email); err != nil {
		return err
	}
	now := r.Now()
	err = r.signIn(&SignIn{
		Account: account, AuthVersion: account.Account().AuthVersion,
		Methods: db.Methods{{Name: ByPassword, At: now}}, ReturnTo: next, Remember: in.Remember, Begun: now,
	})
	if err != nil {
		return excuse(r, r.Views.Login, f.page, filled, err)
	}
	return nil
}

// verify checks a password at the same cost for every account and for none. It stores a better
// hash where there is one to be made.
func (r *request) verify(account db.Account, plain string) (right bool, err error) {
	var user db.User
	if account != nil {
		user = *account.Account()
	}
	right, better, err := r.hasher.VerifyAndUpdate(r.ctx, plain, user.PasswordHash)
	switch {
	case errors.Is(err, password.ErrTooLong):
		return false, nil
	case errors.Is(err, password.ErrMalformed):
		r.Log.ErrorContext(r.ctx, "login: stored hash cannot be read", "user", user.ID, "error", err)
		return false, nil
	case err != nil || !right || better == "":
		return right, err
	}
	return true, r.act(func(u *unit) error {
		_, err := u.NewUpdate().Model((*db.User)(nil)).Set("password_hash = ?", better).
			Where("id = ?", user.ID).Where("password_hash = ?", user.PasswordHash).Exec(u.ctx)
		if err != nil {
			return err
		}
		return u.Changed(u.ctx, u, user.ID)
	})
}

// refused writes down a wrong password. What was typed is not kept: people type passwords into
// the field for names.
func (r *request) refused(account db.Account) error {
	var user *db.User
	if account != nil {
		user = account.Account()
	}
	return r.act(func(u *unit) error { return u.happened(SignInFailed, user, nil) })
}
