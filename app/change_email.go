package app

import (
	"errors"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// ChangeEmail lets who is signed in have another address in the place of the one that they have.
//
//	GET  /change-email   ask for the new address and the password, or how the one asked for stands
//	POST /change-email   mail a link and a code to the new address
//
// Nothing changes until the new address has proved itself: by the code, or by the link in a browser
// that is signed in. Then mails go there, every other session of the account ends, remembered
// devices are forgotten and mailed links dead; this session goes on under another id. The address
// before is told, and can undo it: that puts it back, ends every session, removes the password, and
// takes away what addresses came lately. Until that is no longer possible, nobody else can have it.
//
// An address that is somebody else's is answered as any other, and its owner is told by mail.
type ChangeEmail struct {
	// TTL is how long the mail to the new address is good for. The default is one hour.
	TTL time.Duration
	// Undo is for how long the address before can undo the change. A negative time offers none. The
	// default is 7 days.
	Undo time.Duration
	// Limit bounds how often the mail is sent. The default is that of [Confirm].
	Limit Limit
	// Tries bounds passwords, codes and links. The default is that of [Login].
	Tries Limit
}

// Events of an account's addresses. Their details name the addresses, "from" and "to".
const (
	EmailAsked    EventName = "email_asked"
	EmailChanged  EventName = "email_changed"
	EmailRestored EventName = "email_restored"
	EmailAdded    EventName = "email_added"
	EmailRemoved  EventName = "email_removed"
)

var (
	emailSent      = locales.Message{Code: "change_email.sent", English: "We have sent a message to %s. Open its link in this browser, or type its code."}
	emailDone      = locales.Message{Code: "change_email.done", English: "Your address is changed. Every other device is signed out."}
	emailCancelled = locales.Message{Code: "change_email.cancelled", English: "Cancelled. Your address stays as it is."}
	emailNoNew     = locales.Message{Code: "change_email.no_email", English: "Enter the new address."}
	emailUnknown   = locales.Message{Code: "change_email.unknown", English: "This link is not complete, or not for the account that you are signed in to. Copy it whole from the message, or type the code."}
	emailOver      = locales.Message{Code: "change_email.over", English: "This message has expired, or a newer one was sent. Use the newest, or ask for another."}
	emailUsed      = locales.Message{Code: "change_email.used", English: "This message was used already. There is nothing more to do."}
	addressWaiting = locales.Message{Code: "change_email.waiting", English: "Not confirmed"}
	addressConfirm = locales.Message{Code: "change_email.confirm", English: "Confirm"}
	emailAction    = locales.Message{Code: "change_email.action", English: "Change"}
	emailUnproven  = locales.Message{Code: "change_email.unproven", English: "Sign out and in again to change your addresses: this browser may have been left open."}
	addressYours   = locales.Message{Code: "change_email.yours", English: "This address is on your account already."}
	addressTaken   = locales.Message{Code: "change_email.taken", English: "This address belongs to another account by now. Ask for a different one."}

	undoDone      = locales.Message{Code: "change_email.undone", English: "Your address is back, and every device is signed out. The password no longer works: choose another."}
	undoDoneAlone = locales.Message{Code: "change_email.undone_alone", English: "Your address is back, and every device is signed out. The password no longer works: ask whoever runs this site for another."}
	undoUnknown   = locales.Message{Code: "change_email.undo_unknown", English: "This link is not complete, or not one of ours. Copy it whole from the message."}
	undoUsed      = locales.Message{Code: "change_email.undo_used", English: "This change was undone already."}
	undoOver      = locales.Message{Code: "change_email.undo_over", English: "This change can no longer be undone by this link. Ask whoever runs this site for help."}
	undoAdvice    = locales.Message{Code: "change_email.undo_advice", English: "If it was not you, somebody else has been in your account. For %s you can take your address back, which signs out every device and ends the password:"}
	undoAction    = locales.Message{Code: "change_email.undo_action", English: "Take my address back"}
	restoredThen  = locales.Message{Code: "change_email.restored_then", English: "Every device has been signed out, and the password no longer works."}
	restoredFine  = locales.Message{Code: "change_email.restored_fine", English: "If this was you, choose another password to sign in again."}
	restoredAlone = locales.Message{Code: "change_email.restored_alone", English: "If this was you, ask whoever runs this site for another password."}
)

// A tiding is a notice that waits for its address.
type tiding struct {
	kind                 string
	subject, title, what locales.Message
}

var (
	emailChanged = tiding{
		"change_email.notice",
		locales.Message{Code: "change_email.notice.subject", English: "Your address at %s was changed"},
		locales.Message{Code: "change_email.notice.title", English: "Your address was changed"},
		locales.Message{Code: "change_email.notice", English: "The e-mail address of your account at %s was changed."},
	}
	emailRestored = tiding{
		"change_email.restored",
		locales.Message{Code: "change_email.restored.subject", English: "A changed address at %s was put back"},
		locales.Message{Code: "change_email.restored.title", English: "The address was put back"},
		locales.Message{Code: "change_email.restored", English: "The change of the e-mail address of your account at %s was undone, by the link that was mailed to the one before."},
	}
	addressAdded = tiding{
		"addresses.added",
		locales.Message{Code: "addresses.added.subject", English: "An address was added to your account at %s"},
		locales.Message{Code: "addresses.added.title", English: "An address was added"},
		locales.Message{Code: "addresses.added", English: "An address was added to your account at %s: %s"},
	}
	addressRemoved = tiding{
		"addresses.removed",
		locales.Message{Code: "addresses.removed.subject", English: "An address was removed from your account at %s"},
		locales.Message{Code: "addresses.removed.title", English: "An address was removed"},
		locales.Message{Code: "addresses.removed", English: "An address was removed from your account at %s: %s"},
	}
)

// notice is a tiding to an account's owner, about an address where it says so.
func (t tiding) notice(site string, about ...any) notice {
	return notice{kind: t.kind, subject: t.subject.With(site), title: t.title, what: t.what.With(append([]any{site}, about...)...)}
}

func (f ChangeEmail) enable(a *App) error {
	if err := (proof{TTL: f.TTL, Undo: f.Undo, Limit: f.Limit, Tries: f.Tries, feature: "ChangeEmail"}).enable(a); err != nil {
		return err
	}
	a.add(route{name: "change-email", path: "/change-email", who: member, form: true, limit: f.Tries.or(loginLimit), asks: &claimForm{}, show: f.ask, act: f.change})
	return nil
}

// unproven refuses an account without a password, unless its owner has just signed in.
func (f proof) unproven(r *request) error {
	err := r.unproven()
	var refused *Error
	if errors.As(err, &refused) {
		refused.Say = emailUnproven
	}
	return err
}

// claimForm asks for an address, and for the password of who asks.
type claimForm struct {
	Email    string `form:"email,required,max=254,kind=email"`
	Password string `form:"password,required,secret"`
}

func (claimForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"email": emailNoNew, "password": changeNoCurrent}[field]
}

// noPassword lists the field for the password where there is none to ask for.
func (r *request) noPassword() []string {
	if r.account().PasswordHash != "" {
		return nil
	}
	return []string{"password"}
}

func (f ChangeEmail) ask(r *request) error {
	if err := r.proof.unproven(r); err != nil {
		return err
	}
	rows, err := r.addressesOf(r.ctx, r.DB, r.account().ID)
	if err != nil {
		return err
	}
	told := wire{"user": r.userWire(), "current_email": r.person().Email, "active_password": r.account().PasswordHash != ""}
	for i := range rows {
		if rows[i].Replaces {
			told["address"] = wireOf(&rows[i])
			return show(r, r.Views.Address, r.proof.page(&rows[i])(r, form.Form{}), told)
		}
	}
	return show(r, r.Views.ChangeEmail, f.page(r, r.blank(&claimForm{}, r.noPassword()...)), told)
}

func (f ChangeEmail) page(r *request, filled form.Form) props.ChangeEmail {
	who := r.person()
	return props.ChangeEmail{Form: filled, Email: who.Email, Account: who.Name, Back: r.proof.list(r)}
}

func (f ChangeEmail) change(r *request) error {
	if err := r.proof.unproven(r); err != nil {
		return err
	}
	var in claimForm
	filled := r.bind(&in, r.noPassword()...)
	email := readEmail(in.Email, &filled)
	if filled.Invalid() {
		return reject(r, r.Views.ChangeEmail, f.page, filled)
	}
	if err := r.charge(r.account().ID.String()); err != nil {
		return excuse(r, r.Views.ChangeEmail, f.page, filled, err)
	}
	if err := r.claimBy(in.Password, email, true); err != nil {
		return excuse(r, r.Views.ChangeEmail, f.page, filled, err)
	}
	return r.leave(r.URL("change-email"), emailSent.With(email.Shown), wire{"user": r.userWire()})
}

// claimBy has whoever knows the password ask for an address: see claimAddress.
func (r *request) claimBy(password string, email identity.Name, replaces bool) error {
	if err := r.vouch(password); err != nil {
		return err
	}
	if why := r.Emails.refuses(r, email); !why.IsZero() {
		return &FieldError{"email", why}
	}
	if twice, err := r.chargeMail(email.Key); err != nil || twice {
		return err
	}
	user := *r.account()
	return r.meanwhile(r.act(func(u *unit) error { return u.claimAddress(&user, email, replaces) }))
}

// addressItem is the row of the account page about the address.
func (r *request) addressItem() props.Item {
	item := sentence("mail", addressTitle, r.person().Email)
	if path := r.toConfirm("account"); path != "" {
		item.State, item.Tone, item.Action = addressWaiting, "warn", props.Link{Label: addressConfirm, URL: path}
		return item
	}
	if path := r.URL("addresses"); path != "" {
		item.Action = props.Link{Label: addressesAction, URL: path}
	} else if path := r.URL("change-email"); path != "" {
		item.Action = props.Link{Label: emailAction, URL: path}
	}
	return item
}
