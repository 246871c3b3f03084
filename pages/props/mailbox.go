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
	// To is the recipient, or a part of one, whose mails alone are listed; Recipients are all
	// there are.
	To         string
	Recipients []string
	// List is where the list is, and Here is that with To.
	List, Here string
	// Gallery leads to every mail with sample data.
	Gallery string
}

// Title is what the page is called.
func (p Mailbox) Title() locales.Message {
	return locales.Message{Code: "mailbox.title", English: "Mailbox"}
}

// A MailboxEntry is one mail as the list shows it.
type MailboxEntry struct {
	ID string
	// Kind is what the mail is called, such as "register.welcome".
	Kind     string
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
	// Source is the mail as it would travel, headers first.
	Source string
	// Links are the addresses in the mail, Codes what stands on a line of its own to be typed, in
	// their order.
	Links, Codes []string
	// Back leads to the list, which is called BackTo, and Inbox to the mails of the same
	// recipient, if there is such a list.
	Back, Inbox string
	BackTo      locales.Message
}

// Title is what the page is called.
func (p MailboxMail) Title() locales.Message {
	return locales.Message{Code: "mailbox.mail", English: "%s"}.With(p.Subject)
}
