package props

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Invite is the page on which people invite others. Fields: email, and role (if there are Roles).
type Invite struct {
	form.Form
	AppName string
	// TTL is how long an invitation is good for.
	TTL time.Duration
	// Roles are the names of those that can be given.
	Roles []string
	// Sent are the invitations of who is signed in, newest first.
	Sent []SentInvitation
	// Newer and Older lead to the rest of a long list; empty if there is none.
	Newer, Older string
	// Back leads to the account page; empty where there is none.
	Back string
}

// Title is what the page is called.
func (p Invite) Title() locales.Message {
	return locales.Message{Code: "invite.title", English: "Invite somebody"}
}

// A SentInvitation is one that was sent, and how it stands.
type SentInvitation struct {
	Email, Role string
	// State is a word about it, coloured by Tone: "ok", "warn" or "".
	State locales.Message
	Tone  string
	// At is when it came to stand so, and Until how long it is good for, if it Waits.
	At, Until time.Time
	Waits     bool
	// Again sends it again, Revoke takes it back; both are zero for what is done with.
	Again, Revoke form.Form
}

// Invitation is the page that asks who is signed in whether they accept. It has one button.
type Invitation struct {
	form.Form
	AppName string
	// By is who invites; empty for whoever runs the site.
	By string
	// Email is where the invitation went, and Role what comes with it; empty if no role does.
	Email, Role string
	// As is who is signed in, and Other says that Email is no address of theirs.
	As    string
	Other bool
	// SignOut is for those who would rather accept with another account; zero where nobody can.
	SignOut form.Form
	// Home is where it leads to leave things as they are.
	Home string
}

// Title is what the page is called.
func (p Invitation) Title() locales.Message {
	return locales.Message{Code: "invite.accept.title", English: "You are invited"}
}

// InviteMail is the mail to somebody who is invited.
type InviteMail struct {
	AppName string
	// By is who invites; empty for whoever runs the site. Mail programs make no link of it.
	By string
	// Email is who is invited, and Role what comes with it; empty if no role does.
	Email, Role string
	// Link is an absolute URL, and TTL how long it is good for.
	Link string
	TTL  time.Duration
}

// InviteAccepted is the mail to whoever invited, once the invitation is accepted.
type InviteAccepted struct {
	AppName string
	// Email is who was invited.
	Email string
	// Link leads to the invitations, as an absolute URL.
	Link string
}
