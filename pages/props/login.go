package props

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Login is the sign-in page. Fields: email (whatever identities the site takes), username (if it
// has a field of its own), password, remember (if the site offers it).
type Login struct {
	form.Form
	// AppName is the site one signs in to.
	AppName string
	// Email and Username say what may be typed to name an account.
	Email, Username bool
	// Recover leads to the page for a forgotten password; empty if there is none.
	Recover string
	// RecoverUsername leads to the page for a forgotten username, next kept; empty if there is none.
	RecoverUsername string
	// Confirm leads to the page that sends the mail for confirming an address again, next kept; empty
	// if nobody has to.
	Confirm string
	// Register leads to the registration page, next kept; empty if there is none.
	Register string
	// Ways are the other ways to sign in.
	Ways []Link
}

// Title is what the page is called.
func (p Login) Title() locales.Message {
	return locales.Message{Code: "login.title", English: "Sign in"}
}
