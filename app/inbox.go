package app

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// An inbox is where a visitor waits for a mail. The browser keeps it, sealed: an address is
// personal, and the flow is a secret.
type inbox struct {
	Email string `json:"e"`
	// Flow opens what this browser registered; see [registration].
	Flow string `json:"f,omitempty"`
	// Name is whose account this browser is about to recover, as it was typed.
	Name string `json:"n,omitempty"`
}

// inboxAge is how long a browser remembers where it waits.
const inboxAge = 24 * time.Hour

// awaiting is the cookie by which a browser waits at an inbox. The rest of this request does too.
func (r *request) awaiting(i inbox) (*fiber.Cookie, error) {
	raw, err := json.Marshal(i)
	if err != nil {
		return nil, err
	}
	box, err := r.ring.Seal(inboxCookie, raw, nil)
	r.visit.inbox, r.visit.awaits = i, true
	return r.newCookie(inboxCookie, sealed.EncodeToString(box), inboxAge), err
}

// knowInbox finds out where this visitor waits: at the address of a sign-in that has been begun, or
// of who is signed in, or else where the browser says.
func (r *request) knowInbox() error {
	if r.visit.awaits {
		return nil
	}
	r.visit.inbox, r.visit.awaits = r.readInbox(), true
	account, err := r.halfway()
	switch {
	case err != nil:
		return err
	case account != nil && unconfirmed(account.Account()):
		r.visit.inbox.Email = account.Account().Primary.Email
	}
	return nil
}

// halfway is who has shown a credential in this browser: who is signing in, or signed in; or nil.
func (r *request) halfway() (db.Account, error) {
	half, err := r.half()
	if err != nil || half == nil {
		return r.visit.account, err
	}
	return half.Account, nil
}

// half is the sign-in that waits in this browser, or nil.
func (r *request) half() (*SignIn, error) {
	half, err := r.pending()
	var none *Error
	if errors.As(err, &none) {
		return nil, nil
	}
	return half, err
}

func (r *request) readInbox() (i inbox) {
	value, err := sealed.DecodeString(r.read(r.c, inboxCookie))
	if err != nil || len(value) == 0 {
		return inbox{}
	}
	raw, err := r.ring.Open(inboxCookie, value, nil)
	if err != nil || json.Unmarshal(raw, &i) != nil {
		return inbox{}
	}
	return i
}

// sameClick is how soon the same form again is taken for the same one.
const sameClick = 5 * time.Second

// mailAsked says why there is no mail yet, of whichever name: it is what happens to who presses a button
// for the first time, and no word about tries would make sense to them.
var mailAsked = locales.Message{Code: "mail.asked", English: "A message was asked for not long ago"}

// chargeOnce charges for a mail. It reports whether the mail is on its way already, since the form
// was sent twice.
func (r *request) chargeOnce(name string) (twice bool, err error) {
	var wait *Error
	if err = r.charge(name); !errors.As(err, &wait) {
		return false, err
	}
	last, unknown := r.attempts.Last(r.ctx, r.accountKey(name))
	switch since := r.Now().Sub(last); {
	case unknown != nil:
		return false, unknown
	case since < sameClick:
		return true, nil
	case since < r.route.limit.PerAccount.Within:
		wait.Say = mailAsked
	}
	return false, err
}

// typed is the token of a code that somebody typed who waits at an address; nil if it is wrong. One
// that they have just used up is right still: they sent the form twice.
func (r *request) typed(purpose string, account db.Account, address, code string) (*token.Token, error) {
	var whose uuid.UUID
	if account != nil {
		whose = account.Account().ID
	}
	return r.typedFor(r.tokens, purpose, whose, address, code)
}

// typedFor is typed among some of the tokens alone.
func (r *request) typedFor(among token.Tokens, purpose string, whose uuid.UUID, address, code string) (*token.Token, error) {
	mailed, err := among.Try(r.ctx, r.DB, purpose, whose, address, code)
	if mailed == nil && err == nil {
		mailed, err = among.Repeated(r.ctx, r.DB, purpose, whose, address, code, doubleClick)
	}
	return mailed, err
}

// mailConfirm sends the mail by which user confirms their primary address, and ends the ones
// before. Without a user it does the same work, and nobody gets a mail.
func (u *unit) mailConfirm(user *db.User, typed identity.Name, next string) error {
	grant := token.Grant{Purpose: confirming, Address: typed.Key, TTL: u.confirm.TTL}
	ctx, to, shown := u.ctx, "", typed.Shown
	if user != nil {
		// Mail goes to the address as it is stored, never as it was typed (CVE-2019-19844).
		ctx, to, shown = u.ctxOf(user), user.Primary.Email, user.Primary.Email
		grant.UserID, grant.Address = user.ID, user.Primary.Key
	}
	secret, err := u.tokens.Issue(u.ctx, u, grant)
	if err != nil {
		return err
	}
	return post(ctx, u, "confirm", to, u.Mails.Confirm, props.ConfirmMail{
		AppName: u.Name, Email: shown, Link: withNext(u.link("confirm-link", secret.Link), next),
		Code: token.Spaced(secret.Code), TTL: u.confirm.TTL,
	})
}

// waitAs has this browser wait for the mail to whoever goes by name.
func (r *request) waitAs(name string) error {
	kept := r.readInbox()
	kept.Name = ""
	if len(name) <= maxAddress { // what is longer is nobody's, and the code's form asks for it again
		kept.Name = name
	}
	cookie, err := r.awaiting(kept)
	if err != nil {
		return err
	}
	r.c.Cookie(cookie)
	return nil
}

// maxAddress is how many bytes an address can have at most (RFC 5321, section 4.5.3.1.3).
const maxAddress = 254
