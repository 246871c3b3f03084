package props

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Logout is the page with one button that signs out.
type Logout struct {
	form.Form
	AppName string
	// SignedIn is false for a visitor who has nothing to sign out of.
	SignedIn bool
	Home     string
}

// Title is what the page is called.
func (p Logout) Title() locales.Message {
	return locales.Message{Code: "logout.title", English: "Sign out"}
}
