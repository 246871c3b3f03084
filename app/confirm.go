package app

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Confirm has people show that their address is theirs, by a mail with a link and a code.
//
//	GET  /confirm           look into your inbox; type the code, or have the mail sent again
//	POST /confirm           send it again, to whoever waits for one: the answer does not tell who does
//	POST /confirm/code      confirm by the code
//	GET  /confirm/:token    one button, however often a mail scanner follows the link
//	POST /confirm/:token    confirm
//	GET  /confirm/address   correct an address that was mistyped
//	POST /confirm/address   send the mail there instead
//
// Until then nobody gets a session, and a sign-in with the right password is answered as one with a
// wrong password: whoever registers a strange address learns nothing by trying to sign in.
// Confirming opens no account that an operator has closed. An account without an address has
// nothing to confirm and passes.
type Confirm struct {
	// TTL is how long a mail is good for. The default is 24 hours.
	TTL time.Duration
	// SignInUnconfirmed lets people sign in before. The guard [Confirmed] keeps them from what they
	// may not do yet. Who registers a strange address learns by signing in that it was new. The
	// default is off.
	SignInUnconfirmed bool
	// SignIn signs in who confirms in the browser that registered. A link alone signs nobody in:
	// it may come from anywhere. The default is off: they sign in themselves.
	SignIn bool
	// Tell says after the right password that the address is not confirmed yet, and leads to the
	// page for it; the sign-in goes on from there. Who registers a strange address learns by it that
	// it was new. The default says what is said to a wrong password, which names both.
	Tell bool
	// Limit bounds how often the mail is sent. The default is again after a minute, then waits
	// that double up to an hour, and ten in an hour from one network.
	Limit Limit
	// Tries bounds codes, links and passwords. The default is that of [Login].
	Tries Limit
}

// Events of confirming. The user of ConfirmSent is nil where nobody waits for a mail and none
// was sent.
const (
	ConfirmSent    EventName = "confirm_sent"
	EmailConfirmed EventName = "email_confirmed"
)

// ByConfirm is the method of who confirmed an address in the browser that registered it.
const ByConfirm = "confirm"

// confirming is the purpose of the tokens.
const confirming = "confirm"

var (
	confirmSent    = locales.Message{Code: "confirm.sent", English: "If %s is waiting to be confirmed, a message is on its way to it."}
	confirmAsked   = locales.Message{Code: "confirm.asked", English: "Thank you. We have sent a message to %s. Confirm your address to go on."}
	confirmDone    = locales.Message{Code: "confirm.done", English: "Your address is confirmed."}
	confirmAlready = locales.Message{Code: "confirm.already", English: "Your address is confirmed already."}
	confirmOther   = locales.Message{Code: "confirm.other", English: "%s is confirmed. You were signed in as %s and are signed out now."}
	confirmFirst   = locales.Message{Code: "confirm.first", English: "Confirm your address first. We have sent you a message."}
	confirmUnknown = locales.Message{Code: "confirm.unknown", English: "This link is not complete, or not one of ours. Copy it whole from the message, type the code, or have a new message sent."}
	confirmOver    = locales.Message{Code: "confirm.over", English: "This link has expired, or a newer one was sent. Use the newest message, or have another one sent."}
	confirmNoCode  = locales.Message{Code: "confirm.no_code", English: "Type the code from the message."}
	confirmBadCode = locales.Message{Code: "confirm.bad_code", English: "This code is wrong or no longer good. Check it, or have a new message sent."}
	confirmLater   = locales.Message{Code: "confirm.later", English: "The name or the password is wrong, or the address is not confirmed yet. Check both, and look into your inbox."}

	confirmNoPassword  = locales.Message{Code: "confirm.no_password", English: "Type the password that you have chosen."}
	confirmBadPassword = locales.Message{Code: "confirm.bad_password", English: "This is not the password that you have chosen. Try again."}
	confirmGone        = locales.Message{Code: "confirm.gone", English: "There is no address to correct here. Sign in, or create an account."}
)

var (
	confirmLimit = Limit{
		PerAccount: Delay{Free: 1, Within: time.Hour, First: time.Minute, Longest: time.Hour},
		PerNetwork: Quota{Most: 10, Within: time.Hour},
	}
	confirmTries = loginLimit
)

func (f Confirm) enable(a *App) error {
	register, _ := feature[Register](a)
	switch f.TTL = cmp.Or(f.TTL, 24*time.Hour); {
	case f.TTL < 0:
		return fmt.Errorf("app: Confirm.TTL is %v: use a time ahead, or leave it out for 24 hours", f.TTL)
	case register.Email == Never:
		return errors.New("app: Config.Features lists Confirm and Register.Email is Never: there is no address to confirm; leave one of the two out")
	case register.SignIn && !f.SignInUnconfirmed:
		return errors.New("app: Register.SignIn is set and Config.Features lists Confirm: nobody signs in at once who has to confirm first; leave one of the two out, or set Confirm.SignInUnconfirmed")
	case f.Tell && f.SignInUnconfirmed:
		return errors.New("app: Confirm.Tell and Confirm.SignInUnconfirmed are both set: who may sign in before has nothing to be told; leave one of the two out")
	}
	if err := errors.Join(f.Limit.check("Confirm"), f.Tries.check("Confirm")); err != nil {
		return err
	}
	sends, tries := f.Limit.or(confirmLimit), f.Tries.or(confirmTries)
	a.confirm = &f
	a.add(route{name: "confirm", path: "/confirm", limit: sends, asks: &confirmForm{}, show: f.ask, act: f.send})
	a.add(route{name: "confirm-code", path: "/confirm/code", limit: tries, asks: &codeForm{}, show: f.ask, act: f.try})
	a.add(route{name: "confirm-address", path: "/confirm/address", limit: tries, form: true, asks: &addressForm{}, show: f.mistyped, act: f.correct})
	a.add(route{name: "confirm-link", path: "/confirm/:token", limit: Limit{PerNetwork: tries.PerNetwork}, asks: &struct{}{}, show: f.open, act: f.spend})
	return nil
}

type confirmForm struct {
	Email string `form:"email,max=254,kind=email"`
}

type codeForm struct {
	Email string `form:"email,max=254,kind=email"`
	Code  string `form:"code,required,max=40"`
}

func (codeForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"code": confirmNoCode}[field]
}

func (f Confirm) ask(r *request) error {
	if user := r.account(); user != nil && !unconfirmed(user) {
		next, _ := r.next()
		return r.leaveSaying(cmp.Or(next, r.Home), note, confirmAlready, wire{"user": r.userWire()})
	}
	if err := r.knowInbox(); err != nil {
		return err
	}
	var named confirmForm
	if named.Email = r.c.Query("email"); named.Email != "" {
		r.visit.inbox.Email = ""
	}
	return show(r, r.Views.Confirm, f.pageOfSend(r, r.other("confirm").blank(&named)), wire{})
}

func (r *request) blankCode() form.Form { return r.other("confirm-code").blank(&codeForm{}) }

// page has both forms. They do not ask for an address that is known.
func (f Confirm) page(r *request, send, code form.Form) props.Confirm {
	next, _ := r.next()
	send.Require("email", true)
	code.Require("email", true)
	p := props.Confirm{Send: send, Code: code, AppName: r.Name, Email: r.visit.inbox.Email, Login: withNext(r.URL("login"), next)}
	if p.Email != "" {
		p.Inbox = r.inbox(p.Email)
		p.Send.Drop("email")
		p.Code.Drop("email")
		p.Mistyped = withNext(r.URL("confirm-address"), next)
	}
	if r.account() != nil {
		p.Login = ""
	}
	return p
}

func (f Confirm) pageOfSend(r *request, send form.Form) props.Confirm {
	return f.page(r, send, r.blankCode())
}

func (f Confirm) pageOfCode(r *request, code form.Form) props.Confirm {
	return f.page(r, r.other("confirm").blank(&confirmForm{}), code)
}

// addressee is the address that was typed, or else the one that this visitor waits at.
func (r *request) addressee(typed string, filled *form.Form) identity.Name {
	if typed != "" {
		r.visit.inbox.Email = ""
	}
	typed = cmp.Or(typed, r.visit.inbox.Email)
	if typed == "" && !filled.Invalid() {
		filled.Fail("email", registerNoEmail)
	}
	return readEmail(typed, filled)
}

func (f Confirm) send(r *request) error {
	var in confirmForm
	filled := r.bind(&in)
	if err := r.knowInbox(); err != nil {
		return err
	}
	email := r.addressee(in.Email, &filled)
	if filled.Invalid() {
		return reject(r, r.Views.Confirm, f.pageOfSend, filled)
	}
	next, _ := r.next()
	twice, err := r.chargeOnce(email.Key)
	if err != nil {
		return excuse(r, r.Views.Confirm, f.pageOfSend, filled, err)
	}
	account, err := r.lookUp(r.ctx, email.Key, Email)
	if err != nil {
		return err
	}
	if r.unknown(account, &filled) {
		return reject(r, r.Views.Confirm, f.pageOfSend, filled)
	}
	if !twice {
		err = f.sendTo(r, waiting(account), email, next)
	}
	if err != nil {
		return err
	}
	cookie, err := r.awaiting(inbox{Email: email.Shown, Flow: r.readInbox().Flow})
	if err != nil {
		return err
	}
	r.c.Cookie(cookie)
	return r.leave(withNext(r.URL("confirm"), next), confirmSent.With(email.Shown), nil)
}

func (f Confirm) sendTo(r *request, user *db.User, email identity.Name, next string) error {
	return r.act(func(u *unit) error {
		if err := u.happened(ConfirmSent, user, nil); err != nil {
			return err
		}
		return u.mailConfirm(user, email, next)
	})
}

// waiting is whose address a mail can confirm, or nil.
func waiting(account db.Account) *db.User {
	if account == nil || !unconfirmed(account.Account()) || !account.Account().Active() {
		return nil
	}
	return account.Account()
}

func (f Confirm) try(r *request) error {
	var in codeForm
	filled := r.bind(&in)
	if err := r.knowInbox(); err != nil {
		return err
	}
	email := r.addressee(in.Email, &filled)
	if filled.Invalid() {
		return reject(r, r.Views.Confirm, f.pageOfCode, filled)
	}
	if err := r.charge(email.Key); err != nil {
		return excuse(r, r.Views.Confirm, f.pageOfCode, filled, err)
	}
	account, err := r.lookUp(r.ctx, email.Key, Email)
	if err != nil {
		return err
	}
	mailed, err := r.typed(confirming, account, email.Key, in.Code)
	switch {
	case err != nil:
		return err
	case mailed == nil:
		filled.Fail("code", confirmBadCode)
		return reject(r, r.Views.Confirm, f.pageOfCode, filled)
	}
	if err := r.attempts.Forgive(r.ctx, r.DB, r.accountKey(email.Key)); err != nil {
		return err
	}
	return f.settle(r, mailed)
}
