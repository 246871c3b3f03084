package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// ChangeEmail is the page that asks for another address in the place of the one there is. Fields:
// email, and password (if there is one).
type ChangeEmail struct {
	form.Form
	// Email is the address as it stands; empty for none.
	Email string
	// Account is what the person signs in with, for password managers.
	Account string
	// Back leads to the account page.
	Back string
}

// Title is what the page is called.
func (p ChangeEmail) Title() locales.Message {
	return locales.Message{Code: "change_email.title", English: "Change your address"}
}

// Address is the page about one address. Of its forms, those without a name are not there.
type Address struct {
	// Code takes the code from the mail: field code. Send has the mail sent again.
	Code, Send form.Form
	// Remove takes the address off the account. MakePrimary has mails go there: field password (if
	// there is one).
	Remove, MakePrimary form.Form
	// Email is the address itself.
	Email string
	// Primary and Confirmed say how it stands; Replaces, that it is to take the primary one's place.
	Primary, Confirmed, Replaces bool
	// Account is what the person signs in with, for password managers.
	Account string
	// Back leads to the other addresses, or to the account page.
	Back string
	// Inbox leads to the development mailbox; empty elsewhere.
	Inbox string
}

// Title is what the page is called.
func (p Address) Title() locales.Message {
	switch {
	case p.Primary:
		return locales.Message{Code: "address.title_primary", English: "Your main address"}
	case p.Confirmed:
		return locales.Message{Code: "address.title", English: "Your address"}
	}
	return locales.Message{Code: "address.title_waiting", English: "Look into your inbox"}
}

// AddressLink is the page that the link in the mail to a new address opens: one button.
type AddressLink struct {
	form.Form
	AppName string
	// Email is the address that the button confirms; empty if that could not be looked up.
	Email string
	// Over says that the link confirms nothing, as the form's errors tell. Back leads on then.
	Over bool
	Back string
}

// Title is what the page is called.
func (p AddressLink) Title() locales.Message {
	return locales.Message{Code: "address.link.title", English: "Confirm your new address"}
}

// AddressUndo is the page by which an address takes its place back: one button.
type AddressUndo struct {
	form.Form
	AppName string
	// Email is the address; empty if that could not be looked up.
	Email string
	// Over says that the link undoes nothing, as the form's errors tell. Home leads on then.
	Over bool
	Home string
}

// Title is what the page is called.
func (p AddressUndo) Title() locales.Message {
	return locales.Message{Code: "address.undo.title", English: "Take your address back"}
}

// ChangeEmailMail is the mail with the link and the code by which a new address proves itself.
type ChangeEmailMail struct {
	AppName string
	// Email is the address that it goes to.
	Email string
	// Link is an absolute URL, Code what may be typed instead, and TTL how long both are good for.
	Link, Code string
	TTL        time.Duration
}

// ChangeEmailExisting is the mail to somebody whose address was asked for on another account.
type ChangeEmailExisting struct {
	AppName string
	// Email is the address that was asked for.
	Email string
	// Login leads to the sign-in page, as an absolute URL.
	Login string
}
