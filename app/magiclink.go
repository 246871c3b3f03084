package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// MagicLink lets a person sign in without a password, by a mail with a link and a code. Where
// [Login] is not listed, it is the sign-in page.
//
//	GET  /login/email    ask for an address (at /login where it is the sign-in page)
//	POST /login/email    send the mail, or nothing: the answer does not tell who has an account
//	GET  /login/wait     type the code, or wait until the link is opened; programs learn how it stands
//	POST /login/wait     go on, once the link was approved elsewhere; the page asks by itself
//	POST /login/code     sign in by the code
//	GET  /login/:token   who asks, and one button, however often a mail scanner follows the link
//	POST /login/:token   sign in here, if this browser asked; else approve the browser that did, or refuse it
//
// A session opens in the browser that asked and in no other. The attack: somebody asks for a mail
// to an address of their own and has you follow its link; you would be in their account, and fill
// it with what is yours (ASVS 7.6.2). Or they ask for one to your address and hope that you follow
// it without a thought: so it asks for a number that only the browser that asked is shown.
type MagicLink struct {
	// TTL is how long link and code are good for. ASVS 6.5.5 wants ten minutes at most. The default
	// is ten minutes.
	TTL time.Duration
	// By is what may be typed to name an account. The mail goes to the account's address, whatever
	// was typed. The default is an address.
	By Identity
	// Limit bounds how often a mail is sent. The default is again after a minute, then waits that
	// double up to ten, so at most nine in an hour to one account, and 20 in an hour from one network.
	Limit Limit
	// Tries bounds codes and links from one network; five codes are judged on one mail. The default
	// is 20 in 15 minutes.
	Tries Quota
}

// Events of signing in by mail. The user of MagicLinkSent is nil where no account has the address
// and no mail was sent. MagicLinkRefused is told when whoever opened the link said that it was not
// they who asked ("owner"), or typed another number ("number"): its detail "why".
const (
	MagicLinkSent    EventName = "magic_link_sent"
	MagicLinkRefused EventName = "magic_link_refused"
)

// ByEmail is the method of who has shown that they read the mail of an account, by link or by code.
const ByEmail = "email"

var (
	magicWay       = locales.Message{Code: "magic_link.way", English: "Sign in by e-mail"}
	magicSent      = locales.Message{Code: "magic_link.sent", English: "If %s has an account, a message is on its way to it."}
	magicGone      = locales.Message{Code: "magic_link.gone", English: "There is no sign-in waiting in this browser any more. Ask for another message."}
	magicNotYet    = locales.Message{Code: "magic_link.not_yet", English: "The link has not been opened and approved yet. Look into your inbox."}
	magicNoCode    = locales.Message{Code: "magic_link.no_code", English: "Type the code from the message."}
	magicBadCode   = locales.Message{Code: "magic_link.bad_code", English: "This code is wrong or no longer good. Check it, or have a new message sent."}
	magicUnknown   = locales.Message{Code: "magic_link.unknown", English: "This link is not complete, or not one of ours. Copy it whole from the message, or type the code on the page that you have open."}
	magicOver      = locales.Message{Code: "magic_link.over", English: "This link has expired, was used, or a newer one was sent. Ask for another message where you want to sign in."}
	magicNoNumber  = locales.Message{Code: "magic_link.no_number", English: "Type the number that the other page shows."}
	magicBadNumber = locales.Message{Code: "magic_link.bad_number", English: "This is not the number. Nobody was signed in, and the link is no longer good. If it was you who asked, ask for another message."}
	magicClaimed   = locales.Message{Code: "magic_link.claimed", English: "You signed in by e-mail to an account at %s whose address nobody had confirmed. Its password may have been somebody else's choice, so it was removed."}
	magicItem      = locales.Message{Code: "magic_link.item", English: "Sign-in by e-mail"}
)

var (
	magicLimit = Limit{
		PerAccount: Delay{Free: 1, Within: time.Hour, First: time.Minute, Longest: 10 * time.Minute},
		PerNetwork: Quota{Most: 20, Within: time.Hour},
	}
	magicTries = loginLimit.PerNetwork
)

func (f MagicLink) enable(a *App) error {
	f.By = cmp.Or(f.By, Email)
	switch f.TTL = cmp.Or(f.TTL, parkedFor); {
	case f.TTL < 0 || f.TTL > time.Hour:
		return fmt.Errorf("app: MagicLink.TTL is %v: use an hour at most, or leave it out for ten minutes", f.TTL)
	case f.By&Email == 0 || f.By > Email|Username:
		return fmt.Errorf("app: MagicLink.By is %d: use app.Email, or app.Email|app.Username", f.By)
	}
	tries := Limit{PerNetwork: f.Tries}
	for _, l := range []Limit{f.Limit, tries} {
		if err := l.check("MagicLink"); err != nil {
			return err
		}
	}
	tries = tries.or(Limit{PerNetwork: magicTries})
	ask := route{name: "magic-link", path: "/login/email", who: guest, form: true, limit: f.Limit.or(magicLimit), asks: &magicForm{}, show: f.ask, act: f.send}
	if _, listed := feature[Login](a); listed {
		a.ways = append(a.ways, way{magicWay, "mail", "magic-link"})
	} else {
		ask.name, ask.path = "login", "/login"
		a.identities = f.By.names()
		a.doorways = append(a.doorways, doorway{loginDoor, "login"})
	}
	a.add(ask)
	a.add(route{name: "magic-link-wait", path: "/login/wait", who: guest, harmless: true, show: f.wait, act: f.goOn})
	a.add(route{name: "magic-link-code", path: "/login/code", who: guest, limit: tries, asks: &magicCodeForm{}, show: f.wait, act: f.try})
	a.add(route{name: "magic-link-open", path: "/login/:token", limit: tries, asks: &numberForm{}, show: f.open, act: f.spend})
	a.waysIn = append(a.waysIn, hasInbox)
	a.magic = &f
	return nil
}

// hasInbox is the way in of who has an address that is known to be theirs.
func hasInbox(_ context.Context, _ bun.IDB, user *db.User) (bool, error) {
	return user.Primary != nil && !unconfirmed(user), nil
}

type magicForm struct {
	Email    string `form:"email,max=254"`
	Remember bool   `form:"remember"`
}

func (f MagicLink) ask(r *request) error {
	return show(r, r.Views.MagicLink, f.page(r, f.blank(r)), namesWire{f.By.names()})
}

func (f MagicLink) blank(r *request) form.Form {
	return r.blank(&magicForm{Remember: r.remember != nil && r.remember.Checked}, r.withoutRemember()...)
}

func (f MagicLink) page(r *request, filled form.Form) props.MagicLink {
	next, _ := r.next()
	filled.Require("email", true)
	p := props.MagicLink{Form: filled, AppName: r.Name, Username: f.By&Username != 0, Register: r.wayToRegister()}
	if r.route.name != "login" {
		p.Login = withNext(r.URL("login"), next)
	}
	return p
}

// send begins a sign-in by mail. Sent from the page of who waits, it names nobody: the same again.
func (f MagicLink) send(r *request) error {
	var in magicForm
	filled := r.bind(&in, r.withoutRemember()...)
	before, err := r.mailing()
	if err != nil {
		return err
	}
	again := in.Email == "" && before != nil && !filled.Invalid()
	if again {
		in.Email, in.Remember = before.Typed, before.Remember
	}
	name := f.addressee(in.Email, &filled)
	next, ok := r.next()
	if !ok {
		filled.Fail("", badNext)
	}
	if filled.Invalid() {
		return reject(r, r.Views.MagicLink, f.page, filled)
	}
	twice, err := r.chargeOnce(name.Key)
	switch {
	case err != nil && again:
		return excuse(r, r.Views.MagicLinkWait, before.pageOfAgain, filled, err)
	case err != nil:
		return excuse(r, r.Views.MagicLink, f.page, filled, err)
	}
	account, err := r.lookUp(r.ctx, name.Shown, f.By)
	if err != nil {
		return err
	}
	if !again && r.unknown(account, &filled) {
		return reject(r, r.Views.MagicLink, f.page, filled)
	}
	if err := f.begin(r, twice, &mailing{Typed: name.Shown, Remember: in.Remember, ttl: f.TTL}, account, name, before, next); err != nil {
		return err
	}
	said := magicSent.With(name.Shown)
	if !again && !r.json() {
		said = locales.Message{} // the page says it
	}
	return r.leave(withNext(r.URL("magic-link-wait"), next), said, nil)
}

// begin has this browser wait and sends the mail, unless it is on its way already.
func (f MagicLink) begin(r *request, twice bool, m *mailing, account db.Account, name identity.Name, before *mailing, next string) error {
	value, err := r.sameAgain(name.Key)
	if err != nil {
		return err
	}
	r.visit.waits = value
	r.c.Cookie(r.newCookie(pendingCookie, value, f.TTL))
	if twice {
		return nil
	}
	return r.claim(func(u *unit) error { return u.beginByMail(value, account, name.Key, m, before, next) })
}

// registered goes on from opening an account without a password to signing in to it, or to the one that the
// address has: which of the two it is, only its mail tells. While no mail may be sent it does not.
func (f MagicLink) registered(r *request, email identity.Name, next string) (bool, error) {
	there := r.other(r.asksForMail())
	twice, err := there.chargeOnce(email.Key)
	var wait *Error
	if errors.As(err, &wait) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	account, err := there.lookUp(there.ctx, email.Shown, f.By)
	if err != nil {
		return false, err
	}
	return true, f.begin(there, twice, &mailing{Typed: email.Shown, ttl: f.TTL}, account, email, nil, next)
}

// addressee reads what was typed to name an account.
func (f MagicLink) addressee(typed string, filled *form.Form) identity.Name {
	switch {
	case filled.Invalid():
		return identity.Name{}
	case typed == "":
		filled.Fail("email", loginNoIdentity[f.By])
		return identity.Name{}
	case f.By == Email:
		return readEmail(typed, filled)
	}
	email, username := identity.Key(typed)
	return identity.Name{Shown: typed, Key: cmp.Or(email, username, typed)}
}
