package app

import (
	"errors"

	"github.com/gatehouse-go/gatehouse/components/form"
)

// named refuses settings under which somebody could register and never sign in by what names them.
func (f Register) named(by Identity) error {
	switch {
	case f.Email != Required && f.Username != Required:
		return errors.New("app: neither Register.Email nor Register.Username is Required: whoever gives neither could never sign in; require one of them")
	case by == Username && f.Username != Required:
		return errors.New("app: Login.By is Username alone and Register.Username is not Required: whoever registers without a username could never sign in; require it, or let addresses sign in")
	case by == Email && f.Email != Required:
		return errors.New("app: Login.By is Email alone and Register.Email is not Required: whoever registers without an address could never sign in; require it, or let usernames sign in")
	}
	return nil
}

// opensBy refuses settings under which somebody could register and never sign in by what they have.
func (f Register) opensBy(mail bool) error {
	switch {
	case f.Password != Required && !mail:
		return errors.New("app: Register.Password is not Required and Config.Features lists no MagicLink: whoever gives none could never sign in; list app.MagicLink{}, or require it")
	case f.Password != Required && f.Email != Required:
		return errors.New("app: neither Register.Password nor Register.Email is Required: whoever gives neither could never sign in; require one of them")
	case f.Password == Never && f.Retype:
		return errors.New("app: Register.Retype is set and no password is asked for: leave one of the two out")
	}
	return nil
}

// judge checks what was typed, all of it, so that everything wrong is told at once, and before
// anything is looked up, so that what is told does not depend on who has an account.
func (f Register) judge(r *request, o *opening, filled *form.Form) error {
	in := r.Users.signUp(o.sent)
	o.invited.address(r, in, filled)
	if in.Email == "" && f.Email == Required && len(filled.Field("email").Errors) == 0 {
		filled.Fail("email", registerNoEmail)
	}
	o.email = readEmail(in.Email, filled)
	switch {
	case in.Username == "" && f.Username == Required && len(filled.Field("username").Errors) == 0:
		filled.Fail("username", registerNoUsername)
	case in.Username != "":
		o.username = r.readUsername(in.Username, filled)
	}
	switch {
	case in.Password == "" && f.Password == Required && len(filled.Field("password").Errors) == 0:
		filled.Fail("password", registerNoPassword)
	case in.Password != "":
		filled.Fail("password", r.Passwords.Check(r.ctx, in.Password, o.email.Shown, o.username.Shown, r.Name)...)
	}
	f.compare(in, filled)
	return complain(filled, r.Users.fill(o.account, o.sent))
}

// compare checks the password that is asked for twice.
func (f Register) compare(in *SignUp, filled *form.Form) {
	switch {
	case !f.Retype || len(filled.Field("password_confirm").Errors) > 0:
	case in.PasswordConfirm == "" && (in.Password != "" || f.Password == Required):
		filled.Fail("password_confirm", registerNoConfirm)
	case in.PasswordConfirm != "" && in.PasswordConfirm != in.Password:
		filled.Fail("password_confirm", registerDiffers)
	}
}
