// Package props says what each page is about: plain data, no models. Each page's component takes
// exactly one of these.
package props

import "github.com/gatehouse-go/gatehouse/locales"

// A Page is what the layout around a view, and what a host adds to it, needs to know.
type Page struct {
	// View is the name of the route that is shown, such as "login", or "host" for a page of the host's.
	View string
	// Title is already in the reader's language and names the view alone.
	Title string
	// AppName is Config.Name.
	AppName string
	// Lang is a BCP 47 tag and Dir is "ltr" or "rtl".
	Lang, Dir string
	// Home is where the brand leads.
	Home string
	// Entrance is true for pages that stand alone, with no navigation: sign in, register, errors.
	Entrance bool
	// Shape is how pages of the entrance are laid out: "" in a card, "plain" without one, "split" with
	// something beside it.
	Shape string
	// Flash is the message left by the request before this one.
	Flash Flash
	// Who is the person signed in, or nil.
	Who *Who
	// Nav leads to the pages of the account hub, and then to the host's own.
	Nav []Link
	// Guest are the links of the top bar for someone not signed in, the host's own first.
	Guest []Link
	// SignOut is where the sign-out form posts.
	SignOut string
	// Foot are the links at the very bottom, the host's.
	Foot []Link
	// Dev is set in development alone: where the mailbox and the gallery are.
	Dev []Link
}

// A Flash is one message and how it went: "good", "bad", "warn" or "note".
type Flash struct {
	Kind    string
	Message locales.Message
}

// Who is the person signed in, as pages show them.
type Who struct {
	// Name is the username, or else the address.
	Name string
	// Email is the primary address; empty for an account without one.
	Email string
	// Initials fit in an avatar.
	Initials string
	// Roles are the names of the account's roles.
	Roles []string
}

// A Link is a way to another page.
type Link struct {
	Label   locales.Message
	URL     string
	Icon    string
	Current bool
}
