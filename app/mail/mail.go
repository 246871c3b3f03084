// Package mail sends what the kit has to tell people: through SMTP in production, into a mailbox
// that a browser can read during development.
package mail

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// A Message is one mail to one person.
type Message struct {
	// ID names this one mail, and is the same each time it is tried. It becomes the Message-ID, by
	// which a mail that came twice can be told. The outbox gives it.
	ID string
	// Kind names the mail, such as "register.welcome".
	Kind string
	// From and To are addresses, From with an optional name before it.
	From, To string
	// ReplyTo is where answers go, like From; empty for where From says.
	ReplyTo string `json:",omitempty"`
	Subject string
	// Text is written for reading; HTML says the same and may be empty.
	Text, HTML string
	// Props is what the mail is about, as JSON: for a mailer that leaves the writing to a provider, which
	// has templates of its own by Kind. Links and codes are in it too. Empty if nobody said.
	Props json.RawMessage `json:",omitempty"`
	// Lang is the BCP 47 tag of the language that the mail is in.
	Lang string
	// Unsubscribe is where one ends mails like this one: an https URL that does so at a POST,
	// without a question (RFC 8058), or a mailto URL. Empty for what an account's safety depends on.
	Unsubscribe string
	// At is when the mail was written.
	At time.Time
}

// A Mailer delivers mails. It is called by a worker, never while a visitor waits, and may be
// called again with the same message, of the same ID, if it fails or the process ends before it
// returns.
type Mailer interface {
	Send(ctx context.Context, m Message) error
}

// ErrNoMailbox is what a Mailer fails with where the address of a mail leads nowhere. It is not called
// again for that mail: who goes on sends like one who has bought a list. The mail is given up, and can
// be sent again by the command "mail retry".
var ErrNoMailbox = errors.New("no mailbox")
