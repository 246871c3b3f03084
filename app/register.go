package app

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
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
	// Email says whether the form asks for an address. The default is Required. An account without
	// one is never written to.
	Email Asked
	// Username says whether the form asks for one. The default is Never.
	Username Asked
	// Password says whether the form asks for one. Without one, an account is signed in to by mail, so
	// Optional and Never need [MagicLink]. The default is Required where [Login] is listed, else Never.
	Password Asked
	// HideUsernames does not tell who has which username, for sites on which nobody sees them. Who
	// chooses one that is taken finds out by a mail to the address that they typed, which has to be
	// Required. The default tells them at once.
	HideUsernames bool
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

// Asked says whether a form asks for something. Its zero value is the field's own default.
type Asked uint8

// What a form can do about a field.
const (
	_ Asked = iota
	Never
	Optional
	Required
)

// Events of registering. RegisterExisting is told of an account whose address was tried again, and
// RegisterTaken, without a user, of a username that is taken, where the page does not say so.
const (
	Registered       EventName = "registered"
	RegisterExisting EventName = "register_existing"
	RegisterTaken    EventName = "register_taken"
)

// SignUp is the registration form. Hosts embed it to ask for more; see [Extend].
type SignUp struct {
	Email           string `form:"email,max=254,kind=email"`
	Username        string `form:"username,max=254"`
	Password        string `form:"password,secret,min=8"`
	PasswordConfirm string `form:"password_confirm,secret"`
	Terms           bool   `form:"terms,required"`
}

func (s *SignUp) registration() *SignUp { return s }

// Missing has the form's own words for fields left empty.
func (*SignUp) Missing(field string) locales.Message {
	return map[string]locales.Message{
		"terms": registerNoTerms,
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
	registerNameAlike   = locales.Message{Code: "register.username_alike", English: "This username looks like another one. Choose one that differs more."}
	registerNameKept    = locales.Message{Code: "register.username_reserved", English: "This username is kept for the site itself. Choose another."}
	registerNoMail      = locales.Message{Code: "register.no_mail", English: "No mail can be sent to %s. Check what stands after the @."}
	registerOpened      = locales.Message{Code: "register.opened", English: "Your account is open. Sign in to go on."}
	registerMailed      = locales.Message{Code: "register.mailed", English: "Thank you. We have sent a message to %s. Sign in by it to go on."}
	registerDone        = locales.Message{Code: "register.done", English: "Thank you. We have sent a message to %s. Sign in to go on."}
)

// doubleClick is how soon the same registration again is taken for the same one.
const doubleClick = 30 * time.Second

func (f Register) enable(a *App) error {
	if err := f.Limit.check("Register"); err != nil {
		return err
	}
	f.Email, f.Username = cmp.Or(f.Email, Required), cmp.Or(f.Username, Never)
	if max(f.Email, f.Username, f.Password) > Required {
		return fmt.Errorf("app: Register.Email is %d, Register.Username %d and Register.Password %d: use app.Never, app.Optional or app.Required", f.Email, f.Username, f.Password)
	}
	login, byPassword := feature[Login](a)
	link, byMail := feature[MagicLink](a)
	f.Password = cmp.Or(f.Password, map[bool]Asked{true: Never, false: Required}[byMail && !byPassword])
	by := login.By
	if byMail && !byPassword {
		by = cmp.Or(link.By, Email)
	}
	if err := f.named(by); err != nil {
		return err
	}
	if err := f.opensBy(byMail); err != nil {
		return err
	}
	switch {
	case f.HideUsernames && f.SignIn:
		return errors.New("app: Register.HideUsernames and Register.SignIn are both set: who is not signed in at once knows that the username was taken; leave one of the two out")
	case f.HideUsernames && f.Email != Required:
		return errors.New("app: Register.HideUsernames is set and Register.Email is not Required: who chooses a taken username finds out by mail; require an address, or leave the setting out")
	}
	rt := route{name: "register", path: "/register", who: guest, form: true, limit: f.Limit.or(registerLimit), asks: a.Users.form(), show: f.ask, act: f.open, fresh: f.fresh}
	if login.WithRegister {
		rt.with = "login"
	}
	a.add(rt)
	if invite, _ := feature[Invite](a); !invite.Only {
		a.doorways = append(a.doorways, doorway{registerDoor, "register"})
	}
	return nil
}

// without lists the fields that this site does not ask for.
func (f Register) without(r *request) []string {
	var names []string
	if f.Password == Never {
		names = append(names, "password")
	}
	if i, _ := r.invited(); i != nil || f.Email == Never {
		names = append(names, "email")
	}
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
	switch i, err := r.mayRegister(); {
	case err != nil:
		return err
	case i.hasAccount() && !r.json():
		return r.receive(i)
	}
	return show(r, r.Views.Register, f.page(r, f.blank(r)), wire{})
}

func (f Register) blank(r *request) form.Form { return r.blank(r.Users.form(), f.without(r)...) }

func (f Register) fresh(r *request) templ.Component {
	if r.wayToRegister() == "" {
		return nil
	}
	return beside(r, r.Views.Register, f.page(r, f.blank(r)))
}

func (f Register) page(r *request, filled form.Form) props.Register {
	next, _ := r.next()
	least, _ := r.Passwords.Length()
	filled.Require("email", f.Email == Required)
	filled.Require("username", f.Username == Required)
	filled.Require("password", f.Password == Required)
	filled.Require("password_confirm", f.Password == Required)
	p := props.Register{Form: filled, AppName: r.Name, MinPassword: least, Terms: f.Terms}
	if r.route.with == "" {
		p.Login = withNext(r.URL("login"), next)
	}
	if i, _ := r.invited(); i != nil {
		p.Invited, p.InvitedBy = i.Email, knownAs(userOf(i.inviter))
	}
	return p
}

func (f Register) open(r *request) error {
	invitation, refused := r.mayRegister()
	if refused != nil && !r.justRegistered(invitation, refused) {
		return refused
	}
	o := opening{sent: r.Users.form(), account: r.Users.blank(), invited: invitation}
	filled := r.bind(o.sent, f.without(r)...)
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
	if refused != nil {
		return r.enterAgain(invitation, r.Users.signUp(o.sent).Password)
	}
	if plain := r.Users.signUp(o.sent).Password; plain != "" {
		if o.hash, err = r.hasher.Hash(r.ctx, plain); err != nil {
			return excuse(r, r.Views.Register, f.page, filled, errors.Join(err, r.refund("")))
		}
	}
	if why := r.Emails.refuses(r, o.email); !why.IsZero() {
		filled.Fail("email", why)
		return reject(r, r.Views.Register, f.page, filled)
	}
	o.next = next
	existing, err := f.insert(r, &o)
	switch {
	case o.invited != nil && errors.Is(err, token.ErrSpent):
		return r.registeredMeanwhile(o.invited, r.Users.signUp(o.sent).Password)
	case err != nil:
		return excuse(r, r.Views.Register, f.page, filled, err)
	case o.invited != nil:
		return r.enterInvited(o.account)
	case f.SignIn && !existing:
		now := r.Now()
		return r.signIn(&SignIn{
			Account: o.account, AuthVersion: o.account.Account().AuthVersion,
			Methods: db.Methods{{Name: ByRegister, At: now}}, ReturnTo: next, Begun: now,
		})
	}
	if r.confirm != nil && o.email.Key != "" {
		if err := r.coolDown(o.email); err != nil {
			return err
		}
		return r.leave(withNext(r.URL("confirm"), next), confirmAsked.With(o.email.Shown), wire{"user": userWire{}})
	}
	if r.magic != nil && o.hash == "" {
		switch begun, err := r.magic.registered(r, o.email, next); {
		case err != nil:
			return err
		case begun:
			return r.leave(withNext(r.URL("magic-link-wait"), next), registerMailed.With(o.email.Shown), wire{"user": userWire{}})
		}
	}
	done := registerOpened
	if o.email.Key != "" {
		done = registerDone.With(o.email.Shown)
	}
	return r.leave(withNext(r.URL("login"), next), done, wire{"user": userWire{}})
}
