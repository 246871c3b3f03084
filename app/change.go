package app

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Change lets who is signed in change their password, set a first one, or remove it.
//
//	GET  /change          ask for the password and a new one; programs learn whether there is one
//	POST /change          put the new one in its place, and end whatever the old one opened
//	GET  /change/remove   ask for the password, of who has another way in
//	POST /change/remove   remove it, and end whatever it opened
//
// Every other session of the account ends, every device that was remembered is forgotten, and
// half-done sign-ins are dead. This session goes on under another id, and its device, if it was
// remembered, is so anew (ASVS 6.2.3, 7.4.3). The owner is told by mail.
type Change struct {
	// Retype asks for the new password twice. The default is once, with a button that shows it.
	Retype bool
	// After is where people go then. The default is the account page, or Config.Home where there is none.
	After string
	// KeepPassword takes the page away by which who can sign in otherwise removes their password. The
	// default is to have it wherever there is another way in, such as [MagicLink].
	KeepPassword bool
	// Limit bounds wrong passwords. They are counted apart from those of signing in: else whoever
	// knows an address could keep its owner from changing the password by failing to sign in. The
	// default is that of [Login].
	Limit Limit
}

// Events of changing a password. PasswordRefused is told when the one that was to prove it was wrong.
const (
	PasswordChanged EventName = "password_changed"
	PasswordRemoved EventName = "password_removed"
	PasswordRefused EventName = "password_refused"
)

var (
	changeDone      = locales.Message{Code: "change.done", English: "Your password is changed. Every other device is signed out."}
	changeSet       = locales.Message{Code: "change.set", English: "Your password is set. Every other device is signed out."}
	changeNoCurrent = locales.Message{Code: "change.no_current", English: "Enter the password that you have now."}
	changeNoNew     = locales.Message{Code: "change.no_new", English: "Choose a new password."}
	changeNoConfirm = locales.Message{Code: "change.no_confirm", English: "Type the new password again."}
	changeWrong     = locales.Message{Code: "change.wrong", English: "This is not your password. Check it and try again."}
	changeSame      = locales.Message{Code: "change.same", English: "This is the password that you have now. Choose another."}
	changeOvertaken = locales.Message{Code: "change.overtaken", English: "Your account changed while you were sending this. Enter the password that you have now."}
	changeEnded     = locales.Message{Code: "change.ended", English: "This browser was signed out meanwhile. Sign in again."}
	changeUnproven  = locales.Message{Code: "change.unproven", English: "Sign out and in again to set a password: this browser may have been left open."}
	changeSubject   = locales.Message{Code: "change.notice.subject", English: "Your password at %s was changed"}
	changeTitle     = locales.Message{Code: "change.notice.title", English: "Your password was changed"}
	changeTold      = locales.Message{Code: "change.notice", English: "The password of your account at %s was changed."}
	changeAction    = locales.Message{Code: "change.action", English: "Change"}
	changeSetAction = locales.Message{Code: "change.set_action", English: "Set a password"}
)

func (f Change) enable(a *App) error {
	if err := f.Limit.check("Change"); err != nil {
		return err
	}
	if f.After != "" && !local(f.After) {
		return fmt.Errorf("app: Change.After %q must be a path of this application, such as /", f.After)
	}
	a.add(route{name: "change", path: "/change", who: member, form: true, limit: f.Limit.or(changeLimit), asks: &changeForm{}, show: f.ask, act: f.change})
	if !f.KeepPassword && a.offersAnother() {
		a.add(route{name: "change-remove", path: "/change/remove", who: member, form: true, limit: f.Limit.or(changeLimit), asks: &removeForm{}, show: f.mayRemove, act: f.remove})
	}
	return nil
}

// changeForm has the names that Flask-Security gave its fields.
type changeForm struct {
	Password           string `form:"password,secret"`
	NewPassword        string `form:"new_password,required,secret,min=8"`
	NewPasswordConfirm string `form:"new_password_confirm,required,secret"`
}

func (changeForm) Missing(field string) locales.Message {
	return map[string]locales.Message{
		"new_password": changeNoNew, "new_password_confirm": changeNoConfirm,
	}[field]
}

// without lists the fields that are not asked for.
func (f Change) without(r *request) []string {
	var names []string
	if r.account().PasswordHash == "" {
		names = append(names, "password")
	}
	if !f.Retype {
		names = append(names, "new_password_confirm")
	}
	return names
}

type changeWire struct {
	User   userWire `json:"user"`
	Active bool     `json:"active_password"`
}

func (f Change) ask(r *request) error {
	if err := r.unproven(); err != nil {
		return err
	}
	filled := r.blank(&changeForm{}, f.without(r)...)
	return show(r, r.Views.Change, f.page(r, filled), changeWire{r.userWire(), r.account().PasswordHash != ""})
}

func (f Change) page(r *request, filled form.Form) props.Change {
	least, _ := r.Passwords.Length()
	who := r.person()
	filled.Require("password", true)
	return props.Change{Form: filled, Name: cmp.Or(who.Email, who.Name), MinPassword: least, Recover: r.URL("recover"), Back: r.URL("account"), Remove: r.removal()}
}

func (f Change) change(r *request) error {
	if err := r.unproven(); err != nil {
		return err
	}
	var in changeForm
	filled := r.bind(&in, f.without(r)...)
	f.judge(r, in, &filled)
	if filled.Invalid() {
		return reject(r, r.Views.Change, f.page, filled)
	}
	user := *r.account()
	name := user.ID.String()
	key := r.accountKey(name)
	if err := r.charge(name); err != nil {
		return excuse(r, r.Views.Change, f.page, filled, err)
	}
	right, err := user.PasswordHash == "", error(nil)
	if !right {
		right, err = r.verify(r.visit.account, in.Password)
	}
	switch {
	case err != nil:
		return excuse(r, r.Views.Change, f.page, filled, errors.Join(err, r.refund(name)))
	case !right:
		return f.refuse(r, in, filled)
	}
	hash, err := r.hasher.Hash(r.ctx, in.NewPassword)
	if err != nil {
		return excuse(r, r.Views.Change, f.page, filled, errors.Join(err, r.refund(name)))
	}
	if err := r.acquit(); err != nil {
		return err
	}
	err = r.act(func(u *unit) error {
		if err := errors.Join(session.Take(u.ctx, u, &user), u.attempts.Forgive(u.ctx, u, key)); err != nil {
			return err
		}
		return u.newPassword(&user, hash, r.visit.session)
	})
	switch {
	case errors.Is(err, session.ErrNone):
		return f.overtaken(r, in, filled)
	case err != nil:
		return excuse(r, r.Views.Change, f.page, filled, errors.Join(err, r.attempts.Forgive(r.ctx, r.DB, key)))
	}
	return f.done(r, user.PasswordHash == "")
}

// judge checks what was typed, as far as that can be done without the account's hash.
func (f Change) judge(r *request, in changeForm, filled *form.Form) {
	user := r.account()
	// Where there was no password a moment ago, the form may have been sent twice.
	twice := r.justChanged() && in.NewPassword != ""
	if in.Password == "" && user.PasswordHash != "" && !twice && len(filled.Field("password").Errors) == 0 {
		filled.Fail("password", changeNoCurrent)
	}
	if in.NewPassword == "" {
		return
	}
	filled.Fail("new_password", r.unfit(user, in.NewPassword)...)
	if in.Password != "" && password.Same(in.Password, in.NewPassword) {
		filled.Fail("new_password", changeSame)
	}
	if f.Retype && in.NewPasswordConfirm != "" && in.NewPasswordConfirm != in.NewPassword {
		filled.Fail("new_password_confirm", registerDiffers)
	}
}

// refuse answers a wrong password, unless the form was sent twice and is what made it wrong.
func (f Change) refuse(r *request, in changeForm, filled form.Form) error {
	switch twice, err := r.hasJust(in.NewPassword); {
	case err != nil:
		return excuse(r, r.Views.Change, f.page, filled, errors.Join(err, r.refund(r.account().ID.String())))
	case twice:
		if err := r.acquit(); err != nil {
			return err
		}
		return f.again(r)
	}
	if err := r.act(func(u *unit) error { return u.happened(PasswordRefused, r.account(), nil) }); err != nil {
		return err
	}
	say := changeWrong
	if in.Password == "" {
		say = changeNoCurrent
	}
	filled.Fail("password", say)
	return reject(r, r.Views.Change, f.page, filled)
}

// overtaken answers a form whose account has changed since it came: by another device, which ended
// this session, or in this browser, perhaps by this same form.
func (f Change) overtaken(r *request, in changeForm, filled form.Form) error {
	if err := r.lookAgain(); err != nil {
		return err
	}
	switch twice, err := r.hasJust(in.NewPassword); {
	case err != nil:
		return excuse(r, r.Views.Change, f.page, filled, err)
	case twice:
		return f.again(r)
	}
	filled.Fail("password", changeOvertaken)
	return reject(r, r.Views.Change, f.page, filled)
}

// justChanged reports whether the password is so new that a form may have been sent twice.
func (r *request) justChanged() bool {
	return r.Now().Sub(r.account().PasswordChangedAt) <= doubleClick
}

// hasJust reports whether plain has just become the password: what a form asks for is done then.
func (r *request) hasJust(plain string) (bool, error) {
	if !r.justChanged() {
		return false, nil
	}
	return r.verify(r.visit.account, plain)
}

// again answers a form that was sent twice.
func (f Change) again(r *request) error {
	err := r.attempts.Forgive(r.ctx, r.DB, r.accountKey(r.account().ID.String()))
	if err == nil {
		err = r.renewID()
	}
	if err != nil {
		return err
	}
	return f.done(r, false)
}
