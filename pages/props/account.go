package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/locales"
)

// Account is the hub: a list of sentences about the account, each with one thing to do.
type Account struct {
	Who Who
	// Joined is when the account was opened.
	Joined time.Time
	// Sections are put together from what the enabled features have to say.
	Sections []Section
}

// Title is what the page is called.
func (p Account) Title() locales.Message {
	return locales.Message{Code: "account.title", English: "Your account"}
}

// A Section is one panel of the hub.
type Section struct {
	Title locales.Message
	Intro locales.Message
	Items []Item
}

// An Item is one sentence of the hub: what it is, how it stands, one thing to do.
type Item struct {
	Icon  string
	Title locales.Message
	// State is a short word about it, coloured by Tone: "ok", "warn" or "".
	State locales.Message
	Tone  string
	// Text is how it stands, already in the reader's language if Plain is set.
	Text  locales.Message
	Plain string
	// Action is the one thing to do; a zero Action means that there is none.
	Action Link
}

// Error is the page for what went wrong.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Headline is what happened and Advice what to do next.
	Headline, Advice locales.Message
	// RetryAfter is how many seconds to wait; 0 if waiting does not help.
	RetryAfter int
	// RequestID is what an operator can find in the log; empty where nothing was logged.
	RequestID string
	// Links lead on from here; the first is the one most people want.
	Links []Link
}

// Title is what the page is called.
func (p Error) Title() locales.Message { return p.Headline }
