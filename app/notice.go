package app

import (
	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A notice tells an owner what was done with their account, so that they find out if it was
// somebody else (ASVS 6.3.7).
type notice struct {
	// kind is what the mail is called, such as "change.notice".
	kind string
	// silent sends none: the site has switched it off.
	silent bool
	// Sentences; then, which says what came of it, may be zero.
	subject, title, what, then locales.Message
	// spare is an address that is told otherwise; zero for none.
	spare uuid.UUID
	// advice and help say how to undo it. Without, an owner is led to another password, if that can
	// be had, or else to whoever runs the site.
	advice locales.Message
	help   props.Link
}

var (
	noticeEnded   = locales.Message{Code: "notice.ended", English: "Every other device has been signed out."}
	noticeRecover = locales.Message{Code: "notice.recover", English: "If it was not you, somebody else has been in your account. Choose another password now."}
	noticeChoose  = locales.Message{Code: "notice.recover.action", English: "Choose another password"}
	noticeWrite   = locales.Message{Code: "notice.write", English: "If it was not you, somebody else has been in your account. Write to whoever runs %s now:"}
)

// tell mails a notice to every address of an account that is known to be its owner's, and to the
// one that mails go to (NIST SP 800-63B-4, 4.6): who has taken one of them over cannot keep it from
// being read at the others.
func (u *unit) tell(user *db.User, n notice) error {
	if n.silent {
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
	if n.silent {
		return nil
	}
	switch {
	case n.help.URL != "":
	case u.URL("recover") != "":
		n.advice, n.help = noticeRecover, props.Link{Label: noticeChoose, URL: u.link("recover")}
	default:
		n.advice, n.help = noticeWrite.With(u.Name), props.Link{URL: u.Config.URL + u.Home}
	}
	ctx := u.ctxOf(user)
	return u.mail(ctx, n.kind, to, u.Mails.Notice(ctx, props.Notice{
		AppName: u.Name, Subject: n.subject, Title: n.title, What: n.what, Then: n.then,
		At: u.Now(), Network: u.network(), Advice: n.advice, Help: n.help,
	}))
}
