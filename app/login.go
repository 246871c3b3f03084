package app

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
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
	// Apart asks for an address and for a username in fields of their own, of which one is enough.
	// The default is one field for both.
	Apart bool
	// WithRegister puts the form for signing in and the one for registering on one page, whichever
	// of the two is asked for. The default is a page for each.
	WithRegister bool
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
	loginNoPassword = locales.Message{Code: "login.no_password", English: "Enter your password."}
	loginDoor       = locales.Message{Code: "login.door", English: "Sign in"}
	badNext         = locales.Message{Code: "login.bad_next", English: "The link that brought you here leads to another site. Sign in to stay on this one."}

	loginNoIdentity = map[Identity]locales.Message{
		Email:            {Code: "login.no_email", English: "Enter your e-mail address."},
		Username:         {Code: "login.no_username", English: "Enter your username."},
		Email | Username: {Code: "login.no_identity", English: "Enter your e-mail address or username."},
	}
)

func (f Login) enable(a *App) error {
	f.By = cmp.Or(f.By, Email|Username)
	if f.By > Email|Username {
		return fmt.Errorf("app: Login.By is %d: use app.Email, app.Username or both", f.By)
	}
	if f.Apart && f.By != Email|Username {
		return errors.New("app: Login.Apart is set and Login.By is not Email|Username: two fields need two kinds of names; leave one of the settings out")
	}
	if err := f.Limit.check("Login"); err != nil {
		return err
	}
	a.identities = f.By.names()
	rt := route{name: "login", path: "/login", who: guest, form: true, limit: f.Limit.or(loginLimit), asks: &loginForm{}, show: f.ask, act: f.check, fresh: f.fresh}
	if f.WithRegister {
		if _, listed := feature[Register](a); !listed {
			return errors.New("app: Login.WithRegister is set and Config.Features lists no Register: list it, or leave the setting out")
		}
		rt.with = "register"
	}
	a.add(rt)
	a.doorways = append(a.doorways, doorway{loginDoor, "login"})
	return nil
}

// loginForm names the account in Email, whatever kind of name it is, unless there is a field for
// each kind.
type loginForm struct {
	Email    string `form:"email,max=254"`
	Username string `form:"username,max=254"`
	Password string `form:"password,required,secret"`
	Remember bool   `form:"remember"`
}

func (loginForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"password": loginNoPassword}[field]
}

// without lists the fields that this site does not ask for.
func (f Login) without(r *request) []string {
	names := r.withoutRemember()
	if !f.Apart {
		names = append(names, "username")
	}
	return names
}

// namesWire tells programs what may name an account.
type namesWire struct {
	Kinds []string `json:"identity_attributes"`
}

func (f Login) ask(r *request) error {
	return show(r, r.Views.Login, f.page(r, f.blank(r)), namesWire{r.identities})
}

func (f Login) blank(r *request) form.Form {
	return r.blank(&loginForm{Remember: r.remember != nil && r.remember.Checked}, f.without(r)...)
}

func (f Login) fresh(r *request) templ.Component {
	return beside(r, r.Views.Login, f.page(r, f.blank(r)))
}

func (f Login) page(r *request, filled form.Form) props.Login {
	next, _ := r.next()
	filled.Require("email", !f.Apart)
	p := props.Login{
		Form: filled, AppName: r.Name, Email: f.By&Email != 0, Username: f.By&Username != 0,
		Recover: withNext(r.URL("recover"), next),
	}
	if r.confirm != nil && !r.confirm.SignInUnconfirmed {
		p.Confirm = withNext(r.URL("confirm"), next)
	}
	for _, w := range r.ways {
		p.Ways = append(p.Ways, props.Link{Label: w.label, Icon: w.icon, URL: withNext(r.URL(w.route), next)})
	}
	if p.Username {
		p.RecoverUsername = withNext(r.URL("recover-username"), next)
	}
	if r.route.with == "" {
		p.Register = r.wayToRegister()
	}
	return p
}

func (f Login) check(r *request) error {
	if !f.Apart {
		r.takeUsername()
	}
	var in loginForm
	filled := r.bind(&in, f.without(r)...)
	name := cmp.Or(in.Email, in.Username)
	if name == "" && len(filled.Field("email").Errors)+len(filled.Field("username").Errors) == 0 {
		filled.Fail("email", loginNoIdentity[f.By])
	}
	next, ok := r.next()
	if !ok {
		filled.Fail("", badNext)
	}
	if filled.Invalid() {
		return reject(r, r.Views.Login, f.page, filled)
	}
	if err := r.charge(name); err != nil {
		return excuse(r, r.Views.Login, f.page, filled, err)
	}
	account, err := f.named(r, in)
	if err != nil {
		return err
	}
	switch right, err := r.verify(account, in.Password); {
	case err != nil:
		return excuse(r, r.Views.Login, f.page, filled, errors.Join(err, r.refund(name)))
	case !right || r.hides(account):
		if err := r.refused(account); err != nil {
			return err
		}
		if !r.unknown(account, &filled) {
			filled.Fail("", r.loginFailed())
			filled.FocusOn("password")
		}
		return reject(r, r.Views.Login, f.page, filled)
	}
	if err := r.acquit(); err != nil {
		return err
	}
	now, key := r.Now(), r.accountKey(name)
	err = r.signIn(&SignIn{
		Account: account, AuthVersion: account.Account().AuthVersion,
		Methods: db.Methods{{Name: ByPassword, At: now}}, ReturnTo: next, Remember: in.Remember, Begun: now, tries: key,
	})
	if err != nil {
		return excuse(r, r.Views.Login, f.page, filled, errors.Join(err, r.attempts.Forgive(r.ctx, r.DB, key)))
	}
	return nil
}

// takeUsername takes what programs send as username for what is typed into the one field for names.
func (r *request) takeUsername() {
	if name, alias := r.input()["username"]; alias && r.input()["email"] == nil {
		r.input()["email"] = name
	}
}

// loginFailed is what is said to a wrong password, and to the right one of an account that has to
// be confirmed first: whoever registered a strange address must not learn which it is.
func (a *App) loginFailed() locales.Message {
	if a.confirm != nil && !a.confirm.SignInUnconfirmed && !a.confirm.Tell {
		return confirmLater
	}
	return loginFailed
}

// named finds the account that a form names, or nil. Where there is a field for each kind of name
// and both are filled, both must name the same one.
func (f Login) named(r *request, in loginForm) (db.Account, error) {
	switch {
	case !f.Apart:
		return r.lookUp(r.ctx, in.Email, f.By)
	case in.Email == "":
		return r.lookUp(r.ctx, in.Username, Username)
	}
	account, err := r.lookUp(r.ctx, in.Email, Email)
	if account != nil && in.Username != "" {
		if _, key := identity.Key(in.Username); key != account.Account().UsernameKey {
			return nil, nil
		}
	}
	return account, err
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
