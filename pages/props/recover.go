package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Recover is the page of who has forgotten their password, before and after the mail is asked for.
type Recover struct {
	// Send has the mail sent, or sent again; Code takes the code from it. Fields: email (whatever
	// names the site takes; not in Code once Waits is set), and code.
	Send, Code form.Form
	AppName    string
	// Email and Username say what may be typed to name an account.
	Email, Username bool
	// Waits says that this browser has asked for the mail.
	Waits bool
	// Login leads to the sign-in page; empty for who is signed in.
	Login string
	// Inbox leads to the development mailbox; empty where there is none.
	Inbox string
}

// Title is what the page is called.
func (p Recover) Title() locales.Message {
	return locales.Message{Code: "recover.title", English: "Forgot your password?"}
}

// RecoverLink is the page that the mailed link opens. Fields: password, password_confirm (if asked
// twice).
type RecoverLink struct {
	form.Form
	AppName string
	// Name is whose password it is, for password managers.
	Name string
	// MinPassword is the least number of characters.
	MinPassword int
	// SignedInAs is somebody else, whom the form signs out; empty if nobody is.
	SignedInAs string
}

// Title is what the page is called.
func (p RecoverLink) Title() locales.Message {
	return locales.Message{Code: "recover.link.title", English: "Choose a new password"}
}

// RecoverMail is the mail with the link and the code by which a new password is chosen.
type RecoverMail struct {
	AppName string
	// Name is whose account it is about: an address, or a username.
	Name string
	// Link is an absolute URL, Code what may be typed instead, and TTL how long both are good for.
	Link, Code string
	TTL        time.Duration
}
