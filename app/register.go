package app

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Register lets a visitor open an account.
//
//	GET  /register   ask for an address, a password and whatever the host's form adds
//	POST /register   open the account, or tell the owner of the address by mail that it was tried
//
// The answer does not depend on whether the address has an account. A username that is taken is
// told, since it can be seen on the site anyway.
type Register struct {
	// Username says whether the form asks for one. The default is Never.
	Username Asked
	// Retype asks for the password twice. The default is once, with a button that shows it.
	Retype bool
	// Terms is the URL of the terms that a checkbox accepts. The default is no checkbox.
	Terms string
	// SignIn signs a new account in at once. Who tries an address that has an account is then
	// told so: the two cases cannot look alike. The default is off.
	SignIn bool
	// Limit bounds registrations. The default is ten in an hour from one network.
	Limit Limit
}

// Asked says whether a form asks for something.
type Asked uint8

// What a form can do about a field.
const (
	Never Asked = iota
	Optional
	Required
)

// Events of registering. RegisterExisting is told of an account whose address was tried again.
const (
	Registered       EventName = "registered"
	RegisterExisting EventName = "register_existing"
)

// SignUp is the registration form. Hosts embed it to ask for more; see [Extend].
type SignUp struct {
	Email           string `form:"email,required,max=254,kind=email"`
	Username        string `form:"username,max=254"`
	Password        string `form:"password,required,secret,min=8"`
	PasswordConfirm string `form:"password_confirm,required,secret"`
	Terms           bool   `form:"terms,required"`
}

func (s *SignUp) registration() *SignUp { return s }

// Missing has the form's own words for fields left empty.
func (*SignUp) Missing(field string) locales.Message {
	return map[string]locales.Message{
		"email": registerNoEmail, "password": registerNoPassword,
		"password_confirm": registerNoConfirm, "terms": registerNoTerms,
	}[field]
}

var (
	registerDoor        = locales.Message{Code: "register.door", English: "Create an account"}
	registerNoEmail     = locales.Message{Code: "register.no_email", English: "Enter your e-mail address."}
	registerNoPassword  = locales.Message{Code: "register.no_password", English: "Choose a password."}
	registerNoConfirm   = locales.Message{Code: "register.no_confirm", English: "Type the password again."}
	registerNoTerms     = locales.Message{Code: "register.no_terms", English: "Accept the terms to open an account."}
	registerBadEmail    = locales.Message{Code: "register.bad_email", English: "This is not a full e-mail address, like name@example.com."}
	registerDiffers     = locales.Message{Code: "register.differs", English: "The two passwords differ. Type the same one twice."}
	registerNoUsername  = locales.Message{Code: "register.no_username", English: "Choose a username."}
	registerBadUsername = locales.Message{Code: "register.bad_username", English: "Use letters, digits, dashes, dots and underscores."}
	registerUsernameLen = locales.Message{Code: "register.username_length", English: "Use %d to %d characters."}
	registerNameTaken   = locales.Message{Code: "register.username_taken", English: "This username is taken. Choose another."}
	registerEmailTaken  = locales.Message{Code: "register.email_taken", English: "This address has an account. Sign in instead."}
	registerDone        = locales.Message{Code: "register.done", English: "Thank you. We have sent a message to %s. Sign in to go on."}
)

// doubleClick is how soon the same registration again is taken for the same one.
const doubleClick = 30 * time.Second

func (f Register) enable(a *App) error {
	if err := f.Limit.check("Register"); err != nil {
		return err
	}
	unnamed := func(x Feature) bool {
		login, ok := x.(Login)
		return ok && login.By == Username && f.Username != Required
	}
	if slices.ContainsFunc(a.Features, unnamed) {
		return errors.New("app: Login.By is Username alone and Register.Username is not Required: whoever registers without a username could never sign in; require it, or let addresses sign in")
	}
	a.add(route{name: "register", path: "/register", who: guest, form: true, limit: f.Limit.or(registerLimit), show: f.ask, act: f.open})
	a.doorways = append(a.doorways, doorway{registerDoor, "register"})
	return nil
}

// without lists the fields that this site does not ask for.
func (f Register) without() []string {
	var names []string
	if f.Username == Never {
		names = append(names, "username")
	}
	if !f.Retype {
		names = append(names, "password_confirm")
	}
	if f.Terms == "" {
		names = append(names, "terms")
	}
	return names
}

func (f Register) ask(r *request) error {
	return show(r, r.Views.Register, f.page(r, r.blank(r.Users.form(), f.without()...)), wire{})
}

func (f Register) page(r *request, filled form.Form) props.Register {
	next, _ := r.next()
	least, _ := r.Passwords.Length()
	filled.Require("username", f.Username == Required)
	return props.Register{
		Form: filled, AppName: r.Name, MinPassword: least, Terms: f.Terms,
		Login: withNext(r.URL("login"), next),
	}
}

func (f Register) open(r *request) error {
	o := opening{sent: r.Users.form(), account: r.Users.blank()}
	filled := r.bind(o.sent, f.without()...)
	if err := f.judge(r, &o, &filled); err != nil {
		return err
	}
	next, ok := r.next()
	if !ok {
		filled.Fail("", badNext)
	}
	if filled.Invalid() {
		return reject(r, r.Views.Register, f.page, filled)
	}
	err := r.charge("")
	if err != nil {
		return excuse(r, r.Views.Register, f.page, filled, err)
	}
	if o.hash, err = r.hasher.Hash(r.ctx, r.Users.signUp(o.sent).Password); err != nil {
		return excuse(r, r.Views.Register, f.page, filled, errors.Join(err, r.refund("")))
	}
	existing, err := f.insert(r, &o)
	switch {
	case err != nil:
		return excuse(r, r.Views.Register, f.page, filled, err)
	case f.SignIn && !existing:
		now := r.Now()
		return r.signIn(&SignIn{
			Account: o.account, AuthVersion: o.account.Account().AuthVersion,
			Methods: db.Methods{{Name: ByRegister, At: now}}, ReturnTo: next, Begun: now,
		})
	}
	return r.leave(withNext(r.URL("login"), next), registerDone.With(o.email.Shown), wire{"user": userWire{}})
}

// judge checks what was typed, all of it, so that everything wrong is told at once, and before
// anything is looked up, so that what is told does not depend on who has an account.
func (f Register) judge(r *request, o *opening, filled *form.Form) error {
	in := r.Users.signUp(o.sent)
	var err error
	if in.Email != "" {
		if o.email, err = identity.Email(in.Email); err != nil {
			filled.Fail("email", registerBadEmail)
		}
	}
	switch {
	case in.Username == "" && f.Username == Required && len(filled.Field("username").Errors) == 0:
		filled.Fail("username", registerNoUsername)
	case in.Username != "":
		o.username, err = identity.Username(in.Username)
		if errors.Is(err, identity.ErrLength) {
			filled.Fail("username", registerUsernameLen.With(identity.MinUsername, identity.MaxUsername))
		} else if err != nil {
			filled.Fail("username", registerBadUsername)
		}
	}
	if in.Password != "" {
		filled.Fail("password", r.Passwords.Check(r.ctx, in.Password, o.email.Shown, o.username.Shown, r.Name)...)
	}
	if f.Retype && in.PasswordConfirm != "" && in.PasswordConfirm != in.Password {
		filled.Fail("password_confirm", registerDiffers)
	}
	var wrong *FieldError
	err = r.Users.fill(o.account, o.sent)
	if errors.As(err, &wrong) {
		filled.Fail(wrong.Field, wrong.Say)
		return nil
	}
	return err
}

// insert opens the account, unless the address has one. Whoever loses a race for the same name
// looks again and finds it taken.
func (f Register) insert(r *request, o *opening) (existing bool, err error) {
	for range 2 {
		err = r.act(func(u *unit) error {
			existing, err = f.insertOnce(u, o)
			return err
		})
		if !db.IsUnique(err) {
			break
		}
	}
	return existing, err
}

func (f Register) insertOnce(u *unit, o *opening) (existing bool, err error) {
	if o.username.Key != "" {
		named := u.Users.blank()
		switch err := db.FindUser(u.ctx, u, named, db.IdentityKey{Username: o.username.Key}); {
		case err == nil:
			return u.sentTwice(named, o)
		case !errors.Is(err, sql.ErrNoRows):
			return false, err
		}
	}
	owner := u.Users.blank()
	switch err := db.FindUser(u.ctx, u, owner, db.IdentityKey{Address: o.email.Key}); {
	case err == nil && f.SignIn:
		return true, &FieldError{"email", registerEmailTaken}
	case err == nil:
		return true, u.tellOwner(owner)
	case !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	return false, u.openAccount(o)
}

// sentTwice answers for a username that is taken: by this same registration, if the form was
// double-clicked, and by somebody else if not.
func (u *unit) sentTwice(named db.Account, o *opening) (existing bool, err error) {
	user := named.Account()
	if user.Primary != nil && user.Primary.Key == o.email.Key {
		lately, err := u.lately(user, doubleClick, Registered)
		if err != nil {
			return false, err
		}
		if lately {
			return true, u.tellOwner(named)
		}
	}
	return false, &FieldError{"username", registerNameTaken}
}

// tellOwner mails who has the address that somebody tried to register with it. Sent twice within
// moments, the form was double-clicked, and there is nothing more to tell.
func (u *unit) tellOwner(owner db.Account) error {
	user := owner.Account()
	to := user.Primary.Email
	told, err := u.lately(user, doubleClick, Registered, RegisterExisting)
	if err != nil {
		return err
	}
	if told {
		to = ""
	}
	if err := u.happened(RegisterExisting, user, nil); err != nil {
		return err
	}
	ctx := u.ctxOf(user)
	return u.mail(ctx, "register.existing", to, u.Mails.RegisterExisting(ctx, props.RegisterExisting{
		AppName: u.Name, Email: user.Primary.Email, Login: u.link("login"),
	}))
}

func (u *unit) openAccount(o *opening) error {
	if err := o.insert(u.ctx, u, u.Now(), false); err != nil {
		return err
	}
	user := o.account.Account()
	if u.Hooks.Registering != nil {
		if err := u.Hooks.Registering(u.ctx, u.Tx, o.account); err != nil {
			return err
		}
	}
	if err := u.happened(Registered, user, nil); err != nil {
		return err
	}
	return u.mail(u.ctx, "register.welcome", user.Primary.Email, u.Mails.Welcome(u.ctx, props.Welcome{
		AppName: u.Name, Name: cmp.Or(user.Username, user.Primary.Email), Login: u.link("login"),
	}))
}
