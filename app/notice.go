package app

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// notices are the mails that a site can leave unsent, by what they are called, and whether an owner
// without one would not find out about a stranger in their account.
var notices = map[string]bool{
	"register.welcome": false, "account.closed": false, "invite.accepted": false,
	"change.notice": true, "change.removed": true, "recover.notice": true, "change_email.notice": true, "change_email.restored": true,
	"addresses.added": true, "addresses.removed": true, "change_username.notice": true, "remember.stolen": true, "alert": true,
}

// sends reports whether a notice is sent.
func (a *App) sends(kind string) bool { return !slices.Contains(a.Unsent, kind) }

// warnUnsent says what the owners of accounts will not find out.
func (a *App) warnUnsent() {
	for _, kind := range a.Unsent {
		if notices[kind] {
			a.Log.Warn("app: Config.Unsent holds "+kind+": owners will not find out by mail about a stranger in their account", "notice", kind)
		}
	}
}

// A notice tells an owner what was done with their account, so that they find out if it was
// somebody else (ASVS 6.3.7).
type notice struct {
	// kind is what the mail is called, such as "change.notice".
	kind string
	// Sentences; then, which says what came of it, may be zero.
	subject, title, what, then locales.Message
	// spare is an address that is told otherwise; zero for none.
	spare uuid.UUID
	// fine says when there is nothing to do. Without, it is when the owner did it.
	fine locales.Message
	// advice and help say how to undo it; advice alone is to write to whoever runs the site. Without
	// either, an owner is led to another password, if that can be had, or else there.
	advice locales.Message
	help   props.Link
}

var (
	noticeEnded   = locales.Message{Code: "notice.ended", English: "Every other device has been signed out."}
	noticeFine    = locales.Message{Code: "notice.fine", English: "If this was you, there is nothing to do."}
	noticeRecover = locales.Message{Code: "notice.recover", English: "If it was not you, somebody else has been in your account. Choose another password now."}
	noticeChoose  = locales.Message{Code: "notice.recover.action", English: "Choose another password"}
	noticeWrite   = locales.Message{Code: "notice.write", English: "If it was not you, somebody else has been in your account. Write to whoever runs %s now:"}
)

// tell mails a notice to every address of an account that is known to be its owner's, and to the
// one that mails go to (NIST SP 800-63B-4, 4.6): who has taken one of them over cannot keep it from
// being read at the others.
func (u *unit) tell(user *db.User, n notice) error {
	if !u.sends(n.kind) {
		return nil
	}
	rows, err := u.addressesOf(u.ctx, u, user.ID)
	if err != nil {
		return err
	}
	for i := range rows {
		if a := &rows[i]; (proven(a) || a.IsPrimary) && a.ID != n.spare {
			if err := u.notify(user, a.Email, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// notify mails a notice to one address, in the language of the account's owner.
func (u *unit) notify(user *db.User, to string, n notice) error {
	if !u.sends(n.kind) {
		return nil
	}
	return post(u.ctxOf(user), u, n.kind, to, u.Mails.Notice, u.noticed(n, u.Now(), u.network()))
}

// noticed is what the mail about something that was done is given.
func (a *App) noticed(n notice, at time.Time, network string) props.Notice {
	if n.fine.IsZero() {
		n.fine = noticeFine
	}
	switch {
	case n.help.URL != "":
	case !n.advice.IsZero():
		n.help = props.Link{URL: a.home()}
	case a.URL("recover") != "":
		n.advice, n.help = noticeRecover, props.Link{Label: noticeChoose, URL: a.link("recover")}
	default:
		n.advice, n.help = noticeWrite.With(a.Name), props.Link{URL: a.home()}
	}
	return props.Notice{
		AppName: a.Name, Subject: n.subject, Title: n.title, What: n.what, Then: n.then, Fine: n.fine,
		At: at, Network: network, Advice: n.advice, Help: n.help,
	}
}
