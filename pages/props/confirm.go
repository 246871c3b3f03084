package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Confirm is the page of who waits for the mail that confirms their address.
type Confirm struct {
	// Send has the mail sent again, Code takes the code from it. Fields: email (unless Email is
	// known), and code.
	Send, Code form.Form
	AppName    string
	// Email is where the mail went; empty if that is not known.
	Email string
	// Mistyped leads to the page that corrects Email; empty if it is not known.
	Mistyped string
	// Login leads to the sign-in page; empty for who is signed in.
	Login string
	// Inbox leads to the development mailbox; empty where there is none.
	Inbox string
}

// Title is what the page is called.
func (p Confirm) Title() locales.Message {
	return locales.Message{Code: "confirm.title", English: "Confirm your address"}
}

// ConfirmLink is the page that a mailed link opens: one button.
type ConfirmLink struct {
	form.Form
	AppName string
	// Email is the address that the button confirms; empty if that could not be looked up.
	Email string
	// SignedInAs is somebody else, whom the button signs out; empty if nobody is.
	SignedInAs string
}

// Title is what the page is called.
func (p ConfirmLink) Title() locales.Message {
	return locales.Message{Code: "confirm.title", English: "Confirm your address"}
}

// ConfirmAddress is the page that corrects a mistyped address. Fields: email and password.
type ConfirmAddress struct {
	form.Form
	AppName string
	// Email is the address as it stands, and Back leads to the page about it.
	Email, Back string
}

// Title is what the page is called.
func (p ConfirmAddress) Title() locales.Message {
	return locales.Message{Code: "confirm.address.title", English: "Correct your address"}
}

// ConfirmMail is the mail with the link and the code that confirm an address.
type ConfirmMail struct {
	AppName string
	// Email is the address that is to be confirmed.
	Email string
	// Link is an absolute URL, Code what may be typed instead, and TTL how long both are good for.
	Link, Code string
	TTL        time.Duration
}
