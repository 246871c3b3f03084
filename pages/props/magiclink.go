package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// MagicLink is the page that asks where to send the mail by which one signs in. Fields: email
// (whatever identities the site takes), remember (if the site offers it).
type MagicLink struct {
	form.Form
	AppName string
	// Username says that a username may be typed, too.
	Username bool
	// Login leads to the page that takes a password, next kept; empty where this is the sign-in page.
	Login string
	// Register leads to the registration page, next kept; empty if there is none.
	Register string
}

// Title is what the page is called.
func (p MagicLink) Title() locales.Message {
	return locales.Message{Code: "magic_link.title", English: "Sign in"}
}

// MagicLinkWait is the page of who waits to sign in by mail. Code takes the code, field code. Wait
// goes on once the link was approved elsewhere; the page sends it by itself, and its button, called
// "asked", by hand. Again has the mail sent again.
type MagicLinkWait struct {
	Code, Wait, Again form.Form
	AppName           string
	// Email is what was typed; whether it has an account, nobody is told.
	Email string
	// Number is what whoever opens the link on another device is asked for.
	Number int
	// Other leads back to where another address can be typed.
	Other string
	// Inbox is where mail is read in development; else empty.
	Inbox string
}

// Title is what the page is called.
func (p MagicLinkWait) Title() locales.Message {
	return locales.Message{Code: "magic_link.wait.title", English: "Look into your inbox"}
}

// An Asker is a browser that asks to be signed in.
type Asker struct {
	// Browser is what it seems to be, such as "Firefox on Windows".
	Browser locales.Message
	// Network is its address; empty where that is not kept.
	Network string
	At      time.Time
}

// MagicLinkOpen is the page of a mailed link. Fields: number, unless Here.
type MagicLinkOpen struct {
	form.Form
	AppName string
	// Here says that this is the browser that asked, and Asker who else did.
	Here  bool
	Asker Asker
	// SignedInAs is somebody else, whom the button signs out; empty if nobody is.
	SignedInAs string
	// One of them is true once there is nothing more to decide: the sign-in was approved, or refused,
	// or the link is no longer good.
	Approved, Refused, Ended bool
	// Ask leads to where another mail can be asked for.
	Ask string
}

// Title is what the page is called.
func (p MagicLinkOpen) Title() locales.Message {
	switch {
	case p.Approved:
		return locales.Message{Code: "magic_link.approved", English: "Approved"}
	case p.Refused:
		return locales.Message{Code: "magic_link.refused", English: "Refused"}
	case p.Here || p.Ended:
		return locales.Message{Code: "magic_link.title", English: "Sign in"}
	}
	return locales.Message{Code: "magic_link.approve", English: "Is it you who signs in?"}
}

// MagicLinkMail is the mail with the link and the code by which one signs in.
type MagicLinkMail struct {
	AppName string
	// Link is an absolute URL, Code what may be typed instead, and TTL how long both are good for.
	Link, Code string
	TTL        time.Duration
	Asker      Asker
}
