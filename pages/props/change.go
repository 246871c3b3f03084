package props

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Change is the page that changes a password, or sets a first one. Fields: password (if there is
// one now), new_password, new_password_confirm (if asked twice).
type Change struct {
	form.Form
	// Name is what the person signs in with, for password managers.
	Name string
	// MinPassword is the least number of characters.
	MinPassword int
	// Recover leads to the page for a forgotten password; empty if there is none.
	Recover string
	// Back leads to the account page; empty if there is none.
	Back string
	// Remove leads to the page that removes the password; empty for who cannot.
	Remove string
}

// First reports whether the account has no password yet.
func (p Change) First() bool { return !p.Has("password") }

// Title is what the page is called.
func (p Change) Title() locales.Message {
	if p.First() {
		return locales.Message{Code: "change.title_first", English: "Set a password"}
	}
	return locales.Message{Code: "change.title", English: "Change your password"}
}

// ChangeRemove is the page that removes the password of who has another way in. Field: password.
type ChangeRemove struct {
	form.Form
	AppName string
	// Name is what the person signs in with, for password managers.
	Name string
	// Back leads to the page that changes the password.
	Back string
}

// Title is what the page is called.
func (p ChangeRemove) Title() locales.Message {
	return locales.Message{Code: "change.remove.title", English: "Remove your password"}
}
