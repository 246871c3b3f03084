package app

import (
	"errors"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// RecoverUsername mails people the username that they have forgotten.
//
//	GET  /recover-username   ask for the address of the account
//	POST /recover-username   mail the username there; the answer does not tell whether there is one
//
// An account that has no username is told so, and how to sign in. One that is closed gets no mail,
// and neither does an address that is still to be confirmed: else a stranger's mailbox could be sent
// words of one's choice, as the name of an account.
type RecoverUsername struct {
	// Limit bounds how often the mail is sent. The default is that of [Confirm]: again after a minute,
	// then waits that double up to an hour, and ten in an hour from one network.
	Limit Limit
}

// UsernameSent is told of a username that was asked for. Its user is nil where none was sent.
const UsernameSent EventName = "username_sent"

var recoverUsernameSent = locales.Message{Code: "recover_username.sent", English: "If %s has an account, a message with its username is on its way there."}

func (f RecoverUsername) enable(a *App) error {
	login, _ := feature[Login](a)
	register, _ := feature[Register](a)
	switch {
	case login.By == Email:
		return errors.New("app: Config.Features lists RecoverUsername and Login.By is Email alone: nobody needs a username to sign in; leave one of the two out")
	case register.Email == Never:
		return errors.New("app: Config.Features lists RecoverUsername and Register.Email is Never: there is no address to mail a username to; leave one of the two out")
	}
	if err := f.Limit.check("RecoverUsername"); err != nil {
		return err
	}
	a.add(route{name: "recover-username", path: "/recover-username", who: guest, limit: f.Limit.or(confirmLimit), asks: &recoverUsernameForm{}, show: f.ask, act: f.send})
	return nil
}

type recoverUsernameForm struct {
	Email string `form:"email,required,max=254,kind=email"`
}

func (recoverUsernameForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"email": registerNoEmail}[field]
}

func (f RecoverUsername) ask(r *request) error {
	return show(r, r.Views.RecoverUsername, f.page(r, r.blank(&recoverUsernameForm{})), wire{})
}

func (f RecoverUsername) page(r *request, filled form.Form) props.RecoverUsername {
	next, _ := r.next()
	return props.RecoverUsername{Form: filled, AppName: r.Name, Login: withNext(r.URL("login"), next)}
}

func (f RecoverUsername) send(r *request) error {
	var in recoverUsernameForm
	filled := r.bind(&in)
	email := readEmail(in.Email, &filled)
	if filled.Invalid() {
		return reject(r, r.Views.RecoverUsername, f.page, filled)
	}
	twice, err := r.chargeOnce(email.Key)
	if err != nil {
		return excuse(r, r.Views.RecoverUsername, f.page, filled, err)
	}
	account, err := r.lookUp(r.ctx, email.Key, Email)
	if err != nil {
		return err
	}
	if r.unknown(account, &filled) {
		return reject(r, r.Views.RecoverUsername, f.page, filled)
	}
	if !twice {
		err = f.sendTo(r, account, email.Shown)
	}
	if err != nil {
		return err
	}
	next, _ := r.next()
	return r.leave(withNext(r.URL("login"), next), recoverUsernameSent.With(email.Shown), nil)
}

func (f RecoverUsername) sendTo(r *request, account db.Account, shown string) error {
	return r.act(func(u *unit) error {
		user := readable(u.App, account)
		if err := u.happened(UsernameSent, user, nil); err != nil {
			return err
		}
		ctx, to, mail := u.ctx, "", props.RecoverUsernameMail{AppName: u.Name, Email: shown, Login: u.link("login")}
		if user != nil {
			// Mail goes to the address as it is stored, never as it was typed (CVE-2019-19844).
			ctx, to, mail.Email, mail.Username = u.ctxOf(user), user.Primary.Email, user.Primary.Email, user.Username
		}
		return post(ctx, u, "recover_username", to, u.Mails.RecoverUsername, mail)
	})
}

// readable is whose inbox can be told about their account, or nil.
func readable(a *App, account db.Account) *db.User {
	if account == nil || !account.Account().Active() || account.Account().Primary == nil || a.confirm != nil && unconfirmed(account.Account()) {
		return nil
	}
	return account.Account()
}
