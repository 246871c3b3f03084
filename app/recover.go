package app

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Recover lets whoever has forgotten their password, or has none, choose one by a mail with a link
// and a code.
//
//	GET  /reset          ask for a name; once the mail is on its way, for the code from it too
//	POST /reset          send the mail, if the name has an account: the answer does not tell
//	POST /reset/code     lead who types the code to where the link leads
//	GET  /reset/:token   ask for a new password, however often a mail scanner follows the link
//	POST /reset/:token   put it in the place of the old one, and end whatever that opened
//
// Anyone may come, signed in or not: the browser at hand may be somebody else's. Every session of
// the account ends, every device that was remembered is forgotten, and half-done sign-ins and mailed
// links are dead (ASVS 7.4.3); the owner is told by mail (ASVS 6.3.7). Whoever follows the link has
// shown that the address is theirs: it counts as confirmed. If it was not before, somebody else may
// have opened the account with it, and whatever they put into it is taken out.
//
// A second factor is neither skipped nor replaced (ASVS 6.4.3), and an account that an operator has
// closed stays closed.
type Recover struct {
	// TTL is how long a mail is good for. The default is 20 minutes.
	TTL time.Duration
	// By is what may be typed to name an account. The default is that of [Login].
	By Identity
	// Retype asks for the new password twice. The default is once, with a button that shows it.
	Retype bool
	// SignIn signs in who has chosen a password, past every gate. Whoever reads one mail is in then,
	// where there is no second factor. The default is off: they sign in with the new password.
	SignIn bool
	// Limit bounds how often the mail is sent. The default is again after a minute, then waits
	// that double up to an hour, and ten in an hour from one network.
	Limit Limit
	// Tries bounds codes and links. The default is that of [Login].
	Tries Limit
}

// Events of recovering an account. The user of RecoverSent is nil where nobody can be sent a mail
// and none was.
const (
	RecoverSent       EventName = "recover_sent"
	PasswordRecovered EventName = "password_recovered"
)

// ByRecover is the method of who has chosen a new password by a mail.
const ByRecover = "recover"

// recovering is the purpose of the tokens.
const recovering = "recover"

var (
	recoverSent    = locales.Message{Code: "recover.sent", English: "If there is an account by this name, a message is on its way to its address."}
	recoverDone    = locales.Message{Code: "recover.done", English: "Your new password is set. Every device is signed out."}
	recoverBadCode = locales.Message{Code: "recover.bad_code", English: "This code is wrong or no longer good. Check it, or have a new message sent."}
	recoverUnknown = locales.Message{Code: "recover.unknown", English: "This link is not complete, or not one of ours. Copy it whole from the message, type the code, or have a new message sent."}
	recoverOver    = locales.Message{Code: "recover.over", English: "This link has expired, or a newer one was sent. Use the newest message, or have another one sent."}
	recoverUsed    = locales.Message{Code: "recover.used", English: "This link has been used. Sign in with the password that was chosen, or have a new message sent."}
	recoverSubject = locales.Message{Code: "recover.notice.subject", English: "You have a new password at %s"}
	recoverTitle   = locales.Message{Code: "recover.notice.title", English: "You have a new password"}
	recoverTold    = locales.Message{Code: "recover.notice", English: "A new password was set for your account at %s, by a message to %s."}
	recoverEnded   = locales.Message{Code: "recover.notice.ended", English: "Every device has been signed out."}
)

func (f Recover) enable(a *App) error {
	login, _ := feature[Login](a)
	f.By = cmp.Or(f.By, login.By, Email|Username)
	switch f.TTL = cmp.Or(f.TTL, 20*time.Minute); {
	case f.TTL < 0:
		return fmt.Errorf("app: Recover.TTL is %v: use a time ahead, or leave it out for 20 minutes", f.TTL)
	case f.By > Email|Username:
		return fmt.Errorf("app: Recover.By is %d: use app.Email, app.Username or both", f.By)
	}
	if err := errors.Join(f.Limit.check("Recover"), f.Tries.check("Recover")); err != nil {
		return err
	}
	sends, tries := f.Limit.or(recoverLimit), f.Tries.or(loginLimit)
	a.add(route{name: "recover", path: "/reset", limit: sends, asks: &recoverForm{}, show: f.ask, act: f.send})
	a.add(route{name: "recover-code", path: "/reset/code", limit: tries, asks: &recoverCodeForm{}, show: f.ask, act: f.try})
	a.add(route{name: "recover-link", path: "/reset/:token", limit: Limit{PerNetwork: tries.PerNetwork}, asks: &anewForm{}, show: f.open, act: f.choose})
	return nil
}

// recoverForm names the account in Email, whatever kind of name it is.
type recoverForm struct {
	Email string `form:"email,max=254"`
}

type recoverCodeForm struct {
	Email string `form:"email,max=254"`
	Code  string `form:"code,required,max=40"`
}

func (recoverCodeForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"code": confirmNoCode}[field]
}

func (f Recover) ask(r *request) error {
	if err := r.knowInbox(); err != nil {
		return err
	}
	return show(r, r.Views.Recover, f.pageOfSend(r, f.blank(r)), namesWire{f.By.names()})
}

// blank has the name in it that this visitor has asked for, or that they are signed in by.
func (f Recover) blank(r *request) form.Form {
	name := r.visit.inbox.Name
	if user := r.account(); name == "" && user != nil {
		name = nameOf(user, f.By)
	}
	return r.other("recover").blank(&recoverForm{Email: name})
}

// page has both forms. The one for the code does not ask for a name that is known.
func (f Recover) page(r *request, send, code form.Form) props.Recover {
	next, _ := r.next()
	send.Require("email", true)
	code.Require("email", true)
	p := props.Recover{
		Send: send, Code: code, AppName: r.Name, Email: f.By&Email != 0, Username: f.By&Username != 0,
		Waits: r.visit.inbox.Name != "", Login: withNext(r.URL("login"), next), Inbox: r.inbox(""),
	}
	if p.Waits {
		p.Code.Drop("email")
	}
	if r.account() != nil {
		p.Login = ""
	}
	return p
}

func (f Recover) pageOfSend(r *request, send form.Form) props.Recover {
	return f.page(r, send, r.other("recover-code").blank(&recoverCodeForm{}))
}

func (f Recover) pageOfCode(r *request, code form.Form) props.Recover {
	return f.page(r, f.blank(r), code)
}

func (f Recover) send(r *request) error {
	r.takeUsername()
	var in recoverForm
	filled := r.bind(&in)
	if err := r.knowInbox(); err != nil {
		return err
	}
	if in.Email == "" && !filled.Invalid() {
		filled.Fail("email", loginNoIdentity[f.By])
	}
	if filled.Invalid() {
		return reject(r, r.Views.Recover, f.pageOfSend, filled)
	}
	twice, err := r.chargeOnce(in.Email)
	if err != nil {
		return excuse(r, r.Views.Recover, f.pageOfSend, filled, err)
	}
	account, err := r.lookUp(r.ctx, in.Email, f.By)
	if err != nil {
		return err
	}
	if r.unknown(account, &filled) {
		return reject(r, r.Views.Recover, f.pageOfSend, filled)
	}
	address, err := r.reaches(account, in.Email)
	if err != nil {
		return err
	}
	next, _ := r.next()
	if !twice {
		err = r.act(func(u *unit) error { return u.mailRecover(f, account, address, in.Email, next) })
	}
	if err == nil {
		err = r.waitAs(in.Email)
	}
	if err != nil {
		return err
	}
	return r.leave(withNext(r.URL("recover"), next), recoverSent, nil)
}

func (f Recover) try(r *request) error {
	r.takeUsername()
	var in recoverCodeForm
	filled := r.bind(&in)
	if err := r.knowInbox(); err != nil {
		return err
	}
	name := cmp.Or(in.Email, r.visit.inbox.Name)
	if name == "" && len(filled.Field("email").Errors) == 0 {
		filled.Fail("email", loginNoIdentity[f.By])
	}
	if filled.Invalid() {
		return reject(r, r.Views.Recover, f.pageOfCode, filled)
	}
	if err := r.charge(name); err != nil {
		return excuse(r, r.Views.Recover, f.pageOfCode, filled, err)
	}
	link, err := f.exchange(r, name, in.Code)
	switch {
	case err != nil:
		return err
	case link == "":
		filled.Fail("code", recoverBadCode)
		return reject(r, r.Views.Recover, f.pageOfCode, filled)
	}
	next, _ := r.next()
	return r.leave(withNext(r.URL("recover-link", link), next), locales.Message{}, wire{"token": link})
}
