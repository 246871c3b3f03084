package props

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Addresses is the page of every address of an account, and a form for one more. Fields: email, and
// password (if there is one).
type Addresses struct {
	form.Form
	List []AddressRow
	// Most is how many there may be.
	Most int
	// Account is what the person signs in with, for password managers.
	Account string
	// Confirm leads to where the primary address is confirmed, without which there are no more; empty
	// if it is, or need not be.
	Confirm string
	// Change leads to the page that replaces the primary one; empty if there is none.
	Change string
	// Back leads to the account page; empty if there is none.
	Back string
}

// Full reports whether there can be no more.
func (p Addresses) Full() bool {
	n := 0
	for _, a := range p.List {
		if !a.Replaces {
			n++
		}
	}
	return n >= p.Most
}

// Title is what the page is called.
func (p Addresses) Title() locales.Message {
	return locales.Message{Code: "addresses.title", English: "Your addresses"}
}

// An AddressRow is one address of the list.
type AddressRow struct {
	Email string
	// Primary and Confirmed say how it stands; Replaces, that it is to take the primary one's place.
	Primary, Confirmed, Replaces bool
	// URL leads to the page about it.
	URL string
}
