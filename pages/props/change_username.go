package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// ChangeUsername is the page that chooses or changes a username. Fields: username, and password (if
// the account has one).
type ChangeUsername struct {
	form.Form
	AppName string
	// Current is the name as it stands; empty if there is none.
	Current string
	// SignsIn says that one can sign in by it, and Removable that one can do without it.
	SignsIn, Removable bool
	// MinLength and MaxLength are in characters.
	MinLength, MaxLength int
	// Hold is for how long the name as it stands is kept for its owner; zero if there is none.
	Hold time.Duration
	// Back leads to the account page; empty if there is none.
	Back string
}

// Title is what the page is called.
func (p ChangeUsername) Title() locales.Message {
	if p.Current == "" {
		return locales.Message{Code: "change_username.title_first", English: "Choose a username"}
	}
	return locales.Message{Code: "change_username.title", English: "Change your username"}
}
