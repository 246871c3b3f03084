package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/locales"
)

// An Envelope is what the layout around every mail needs to know.
type Envelope struct {
	// Subject is already in the reader's language.
	Subject string
	// AppName is Config.Name, and Home is where it leads, as an absolute URL.
	AppName, Home string
	// Lang is a BCP 47 tag and Dir is "ltr" or "rtl".
	Lang, Dir string
	// Reason says why the mail came; it stands at the foot.
	Reason locales.Message
	// Unsubscribe is where one ends mails like this one; empty for what cannot be ended.
	Unsubscribe string
	// Logo is the URL of a picture to stand for AppName; empty for none.
	Logo string
	// Greeting opens the letter and Signature ends it; both may be zero. A signature may have lines.
	Greeting, Signature locales.Message
}

// Welcome is the mail that greets a new account.
type Welcome struct {
	AppName string
	// Name is how the person is addressed: the username, or else the address.
	Name string
	// Login leads to the sign-in page, as an absolute URL.
	Login string
}

// RegisterExisting is the mail to someone whose address was used to register once more. The page
// said the same as it says to everyone; only the mailbox learns that there is an account.
type RegisterExisting struct {
	AppName string
	// Email is the address that was typed.
	Email string
	// Login and Recover are absolute URLs; Recover is empty where there is no such page.
	Login, Recover string
}

// RegisterTaken is the mail to someone who chose a username that is taken, where the page may not
// tell. The name itself is not in it: a stranger may have typed it to be read here.
type RegisterTaken struct {
	AppName string
	// Register is an absolute URL.
	Register string
}

// Notice is the mail that tells an owner what was done with their account, and what to do if it
// was not they who did it. Subject, Title, What, Then and Fine are whole sentences.
type Notice struct {
	AppName        string
	Subject, Title locales.Message
	// What was done, and what came of it; Then may be zero. Fine says when there is nothing to do.
	What, Then, Fine locales.Message
	// At is when it was done.
	At time.Time
	// Network is the address that it was done from; empty where that is not kept.
	Network string
	// Advice says what somebody else's doing calls for, and Help leads there: its URL is absolute.
	Advice locales.Message
	Help   Link
}
