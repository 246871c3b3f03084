// Package pages holds a component for every page. Each takes one props value and draws the
// fragment that htmx swaps; Layout makes a document of it.
package pages

import (
	"context"
	"reflect"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/pages/mails"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Views is the page for every occasion. A nil field means the kit's own page.
type Views struct {
	// Layout is the document around every page. PublicLayout is that of the pages that stand alone,
	// MemberLayout that of all others; nil means Layout.
	Layout, PublicLayout, MemberLayout func(props.Page, templ.Component) templ.Component

	Login func(props.Login) templ.Component
	// LoginOrRegister holds two views, the one that was asked for first.
	LoginOrRegister func(asked, other templ.Component) templ.Component
	Logout          func(props.Logout) templ.Component
	Register        func(props.Register) templ.Component
	// Confirm is where one waits for the mail, ConfirmLink what its link opens, and ConfirmAddress
	// corrects an address that was mistyped.
	Confirm        func(props.Confirm) templ.Component
	ConfirmLink    func(props.ConfirmLink) templ.Component
	ConfirmAddress func(props.ConfirmAddress) templ.Component
	// Recover is where one asks for the mail about a forgotten password and waits for it, RecoverLink
	// what its link opens.
	Recover     func(props.Recover) templ.Component
	RecoverLink func(props.RecoverLink) templ.Component
	// MagicLink asks where to send the mail by which one signs in, MagicLinkWait is where one waits for
	// it, and MagicLinkOpen what its link opens.
	MagicLink     func(props.MagicLink) templ.Component
	MagicLinkWait func(props.MagicLinkWait) templ.Component
	MagicLinkOpen func(props.MagicLinkOpen) templ.Component
	Account       func(props.Account) templ.Component
	Change        func(props.Change) templ.Component
	ChangeRemove  func(props.ChangeRemove) templ.Component
	// ChangeEmail asks for another address, Addresses lists them, and Address is about one of them.
	// AddressLink is what the link in the mail to a new one opens, AddressUndo the link in the mail to
	// the one before.
	ChangeEmail func(props.ChangeEmail) templ.Component
	Addresses   func(props.Addresses) templ.Component
	Address     func(props.Address) templ.Component
	AddressLink func(props.AddressLink) templ.Component
	AddressUndo func(props.AddressUndo) templ.Component
	// ChangeUsername is for who is signed in, RecoverUsername for who cannot.
	ChangeUsername  func(props.ChangeUsername) templ.Component
	RecoverUsername func(props.RecoverUsername) templ.Component
	// Invite is where people invite others; Invitation asks who is signed in whether they accept.
	Invite      func(props.Invite) templ.Component
	Invitation  func(props.Invitation) templ.Component
	Error       func(props.Error) templ.Component
	Mailbox     func(props.Mailbox) templ.Component
	MailboxMail func(props.MailboxMail) templ.Component
	Gallery     func(props.Gallery) templ.Component
}

// Default returns the kit's own pages.
func Default() Views {
	return Views{
		Layout: Layout, PublicLayout: Layout, MemberLayout: Layout, Login: Login, LoginOrRegister: LoginOrRegister, Logout: Logout, Register: Register, Account: Account,
		Confirm: Confirm, ConfirmLink: ConfirmLink, ConfirmAddress: ConfirmAddress,
		Invite: Invite, Invitation: Invitation,
		Recover: Recover, RecoverLink: RecoverLink,
		MagicLink: MagicLink, MagicLinkWait: MagicLinkWait, MagicLinkOpen: MagicLinkOpen, ChangeRemove: ChangeRemove,
		Change: Change, ChangeEmail: ChangeEmail, Addresses: Addresses, Address: Address, AddressLink: AddressLink, AddressUndo: AddressUndo,
		ChangeUsername: ChangeUsername, RecoverUsername: RecoverUsername, Error: Error, Mailbox: Mailbox, MailboxMail: MailboxMail, Gallery: Gallery,
	}
}

// WithDefaults returns v with the kit's own page in every field that is nil.
func (v Views) WithDefaults() Views {
	kits := Default()
	if v.Layout != nil {
		kits.PublicLayout, kits.MemberLayout = v.Layout, v.Layout
	}
	fill(reflect.ValueOf(&v).Elem(), reflect.ValueOf(kits))
	return v
}

// Around is the document around a view: PublicLayout for a page that stands alone, or MemberLayout.
func (v Views) Around(p props.Page, view templ.Component) templ.Component {
	if p.Entrance {
		return v.PublicLayout(p, view)
	}
	return v.MemberLayout(p, view)
}

// Mails is the letter for every occasion. A nil field means the kit's own.
type Mails struct {
	// Layout is around the HTML part of every mail, Text around its text part.
	Layout           func(props.Envelope, templ.Component) templ.Component
	Text             func(context.Context, props.Envelope, string) string
	Welcome          func(context.Context, props.Welcome) components.Mail
	RegisterExisting func(context.Context, props.RegisterExisting) components.Mail
	RegisterTaken    func(context.Context, props.RegisterTaken) components.Mail
	Confirm          func(context.Context, props.ConfirmMail) components.Mail
	MagicLink        func(context.Context, props.MagicLinkMail) components.Mail
	Recover          func(context.Context, props.RecoverMail) components.Mail
	// ChangeEmail goes to a new address, and ChangeEmailExisting to one that is somebody's already.
	ChangeEmail         func(context.Context, props.ChangeEmailMail) components.Mail
	ChangeEmailExisting func(context.Context, props.ChangeEmailExisting) components.Mail
	// Invite goes to who is invited, InviteAccepted to whoever invited them.
	Invite          func(context.Context, props.InviteMail) components.Mail
	InviteAccepted  func(context.Context, props.InviteAccepted) components.Mail
	RecoverUsername func(context.Context, props.RecoverUsernameMail) components.Mail
	Notice          func(context.Context, props.Notice) components.Mail
}

// DefaultMails returns the kit's own letters.
func DefaultMails() Mails {
	return Mails{
		Layout: mails.Layout, Text: mails.Text, Welcome: mails.Welcome, RegisterExisting: mails.RegisterExisting, RegisterTaken: mails.RegisterTaken,
		Confirm: mails.Confirm, Recover: mails.Recover, Invite: mails.Invite, InviteAccepted: mails.InviteAccepted, RecoverUsername: mails.RecoverUsername,
		MagicLink: mails.MagicLink,
		Notice:    mails.Notice, ChangeEmail: mails.ChangeEmail, ChangeEmailExisting: mails.ChangeEmailExisting,
	}
}

// WithDefaults returns m with the kit's own letter in every field that is nil.
func (m Mails) WithDefaults() Mails {
	kits := DefaultMails()
	fill(reflect.ValueOf(&m).Elem(), reflect.ValueOf(kits))
	return m
}

func fill(own, kits reflect.Value) {
	for i := range own.NumField() {
		if own.Field(i).IsNil() {
			own.Field(i).Set(kits.Field(i))
		}
	}
}
