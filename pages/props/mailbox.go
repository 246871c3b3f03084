package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Mailbox is the development mailbox: every mail that would have been sent, newest first.
type Mailbox struct {
	// Form empties the mailbox; its Action is empty where that cannot be done.
	form.Form
	Mails []MailboxEntry
}

// Title is what the page is called.
func (p Mailbox) Title() locales.Message {
	return locales.Message{Code: "mailbox.title", English: "Mailbox"}
}

// A MailboxEntry is one mail as the list shows it.
type MailboxEntry struct {
	ID       string
	From, To string
	Subject  string
	At       time.Time
	// URL leads to the mail itself.
	URL string
}

// MailboxMail is one mail of the development mailbox.
type MailboxMail struct {
	MailboxEntry
	// Text is the text part.
	Text string
	// HTML is where the HTML part is served from, with a content security policy of its own that
	// forbids script; empty for a mail that has none.
	HTML string
	// Links are the addresses in the mail, in their order.
	Links []string
	// Back leads to the list.
	Back string
}

// Title is what the page is called.
func (p MailboxMail) Title() locales.Message {
	return locales.Message{Code: "mailbox.mail", English: "%s"}.With(p.Subject)
}
