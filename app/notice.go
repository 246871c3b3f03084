package app

import (
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

// tell mails a notice to the owner of an account, in their language.
func (u *unit) tell(user *db.User, n notice) error {
	if n.silent || user.Primary == nil {
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
	return u.mail(ctx, n.kind, user.Primary.Email, u.Mails.Notice(ctx, props.Notice{
		AppName: u.Name, Subject: n.subject, Title: n.title, What: n.what, Then: n.then,
		At: u.Now(), Network: u.network(), Advice: n.advice, Help: n.help,
	}))
}
