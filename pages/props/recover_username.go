package props

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// RecoverUsername is the page that has a username mailed. Fields: email.
type RecoverUsername struct {
	form.Form
	AppName string
	// Login leads back to the sign-in page, next kept.
	Login string
}

// Title is what the page is called.
func (p RecoverUsername) Title() locales.Message {
	return locales.Message{Code: "recover_username.title", English: "Forgot your username?"}
}

// RecoverUsernameMail is the mail with the username of an account.
type RecoverUsernameMail struct {
	AppName string
	// Email is the address that the account has.
	Email string
	// Username is empty if the account has none: its owner signs in by the address then.
	Username string
	// Login leads to the sign-in page, as an absolute URL.
	Login string
}
