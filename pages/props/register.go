package props

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Register is the page that opens an account. Fields: email, username (if the site has them),
// password, password_confirm (if asked twice), terms (if there are any), and the host's own.
type Register struct {
	form.Form
	AppName string
	// MinPassword is the least number of characters.
	MinPassword int
	// Terms leads to the terms that the checkbox accepts; empty if there is no checkbox.
	Terms string
	// Login leads to the sign-in page, next kept.
	Login string
	// Invited is the address of somebody who was invited, which the account will have: there is no field
	// for it then. InvitedBy is who invited; empty for whoever runs the site.
	Invited, InvitedBy string
	// Ways are the other ways to open an account.
	Ways []Link
}

// Title is what the page is called.
func (p Register) Title() locales.Message {
	return locales.Message{Code: "register.title", English: "Create an account"}
}
