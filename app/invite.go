package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Invite lets people invite others by mail, with a role if the site wants it.
//
//	GET  /invite               invite somebody; the invitations that one has sent, and how they stand
//	POST /invite               send an invitation
//	POST /invite/:id/again     send one again; the message before is no longer good
//	POST /invite/:id/revoke    take one back
//	GET  /invitation/:token    what the message leads to: registering, or one button for who is signed in
//	POST /invitation/:token    accept, as who is signed in
//
// Nobody learns by inviting who has an account: nothing is looked up, and whoever has one accepts by
// signing in. An invitation is good once, for the address that it went to, which needs no other
// confirming, and for as long as whoever sent it may still invite and its role is there.
type Invite struct {
	// TTL is how long an invitation is good for. The default is 7 days.
	TTL time.Duration
	// Only lets nobody register who is not invited. The first people are invited by [App.Invite] or
	// the command "invitations send". The default is off.
	Only bool
	// By says who may invite, and is asked again when an invitation is accepted. Nobody may whose
	// address is not confirmed, where [Confirm] is listed. The default is all others.
	By func(db.Account) bool
	// Roles are those that may be given with an invitation, by whoever may invite: it needs By. Only
	// roles that exist can be given. The default is none.
	Roles []string
	// Most is how many invitations of one account may wait at a time. The default is 50.
	Most int
	// Limit bounds how often invitations are sent. The default is 20 in an hour by one account, then
	// waits from a minute to an hour, and 60 in an hour from one network.
	Limit Limit
}

// Events of inviting. The user is whoever invites or, of InvitationAccepted, whoever accepts; nil
// where an operator invites. The detail "invitation" is the invitation's ID.
const (
	InvitationSent     EventName = "invitation_sent"
	InvitationAccepted EventName = "invitation_accepted"
	InvitationRevoked  EventName = "invitation_revoked"
)

// ByInvite is the method of who opened an account by an invitation.
const ByInvite = "invite"

var (
	inviteSent     = locales.Message{Code: "invite.sent", English: "An invitation is on its way to %s."}
	inviteRevoked  = locales.Message{Code: "invite.revoked", English: "The invitation to %s is no longer good."}
	inviteOver     = locales.Message{Code: "invite.over", English: "This invitation was accepted or revoked meanwhile."}
	inviteMost     = locales.Message{Code: "invite.most", English: "%d of your invitations are waiting, which is as many as can. Revoke one, or wait until one is accepted."}
	inviteNoEmail  = locales.Message{Code: "invite.no_email", English: "Enter the address to invite."}
	inviteNoRole   = locales.Message{Code: "invite.no_role", English: "This role cannot be given. Choose another."}
	inviteNotYou   = locales.Message{Code: "invite.not_you", English: "Your account cannot invite anybody"}
	inviteNotYet   = locales.Message{Code: "invite.not_yet", English: "Confirm your address first, or ask whoever runs this site."}
	inviteOnly     = locales.Message{Code: "invite.only", English: "Registering needs an invitation"}
	inviteAsk      = locales.Message{Code: "invite.only.advice", English: "Ask somebody who has an account to invite you. If you have been invited, open the link in the message."}
	inviteSection  = locales.Message{Code: "invite.section", English: "Inviting"}
	inviteItem     = locales.Message{Code: "invite.item", English: "Invitations"}
	inviteItemText = locales.Message{Code: "invite.item.text", English: "Ask somebody to join, by mail"}
	inviteAction   = locales.Message{Code: "invite.action", English: "Invite"}
)

var inviteLimit = Limit{
	PerAccount: Delay{Free: 20, Within: time.Hour, First: time.Minute, Longest: time.Hour},
	PerNetwork: Quota{Most: 60, Within: time.Hour},
}

func (f Invite) enable(a *App) error {
	register, listed := feature[Register](a)
	switch f.TTL, f.Most = cmp.Or(f.TTL, 7*24*time.Hour), cmp.Or(f.Most, 50); {
	case f.TTL < 0:
		return fmt.Errorf("app: Invite.TTL is %v: use a time ahead, or leave it out for 7 days", f.TTL)
	case f.Most < 0:
		return fmt.Errorf("app: Invite.Most is %d: use a number above zero, or leave it out for 50", f.Most)
	case !listed:
		return errors.New("app: Config.Features lists Invite and no Register: whoever is invited could open no account; list it, and set Invite.Only to let nobody else in")
	case register.Email == Never:
		return errors.New("app: Config.Features lists Invite and Register.Email is Never: whoever is invited has an address; leave one of the two out")
	case len(f.Roles) > 0 && f.By == nil:
		return fmt.Errorf("app: Invite.Roles is %q and Invite.By is nil: everybody could give these roles; say in By who may invite", f.Roles)
	}
	if err := f.Limit.check("Invite"); err != nil {
		return err
	}
	a.invite = &f
	sends := f.Limit.or(inviteLimit)
	a.add(route{name: "invite", path: "/invite", who: member, limit: sends, asks: &inviteForm{}, show: f.ask, act: f.invite})
	a.add(route{name: "invite-again", path: "/invite/:id/again", who: member, limit: sends, act: f.again})
	a.add(route{name: "invite-revoke", path: "/invite/:id/revoke", who: member, harmless: true, act: f.revoke})
	a.add(route{name: "invitation", path: "/invitation/:token", state: f.linked, limit: Limit{PerNetwork: sends.PerNetwork}, show: f.open, act: f.accept})
	a.hub = append(a.hub, f.inviting)
	return nil
}

// inviting leads whoever may invite to the page for it.
func (f Invite) inviting(r *request) props.Section {
	if !f.lets(r.App, r.visit.account) {
		return props.Section{}
	}
	return props.Section{Title: inviteSection, Items: []props.Item{{
		Icon: "mail", Title: inviteItem, Text: inviteItemText, Action: props.Link{Label: inviteAction, URL: r.URL("invite")},
	}}}
}

// lets reports whether an account may invite.
func (f Invite) lets(a *App, account db.Account) bool {
	user := account.Account()
	if !user.Active() || a.confirm != nil && (user.Primary == nil || unconfirmed(user)) {
		return false
	}
	return f.By == nil || f.By(account)
}

// mayInvite refuses who may not.
func (f Invite) mayInvite(r *request) error {
	if f.lets(r.App, r.visit.account) {
		return nil
	}
	e := &Error{Status: fiber.StatusForbidden, Say: inviteNotYou}
	if r.confirm != nil && unconfirmed(r.account()) {
		e.Advice = inviteNotYet
	}
	return e
}

// roles are those that can be given here: listed by the site, and there.
func (f Invite) roles(ctx context.Context, a *App) ([]string, error) {
	if len(f.Roles) == 0 {
		return nil, nil
	}
	there, err := a.rolesCalled(ctx, a.DB, f.Roles...)
	var names []string
	for _, name := range f.Roles { // in the order in which the site lists them
		if slices.ContainsFunc(there, func(role db.Role) bool { return role.Name == name }) {
			names = append(names, name)
		}
	}
	return names, err
}

type inviteForm struct {
	Email string `form:"email,required,max=254,kind=email"`
	Role  string `form:"role,max=254"`
}

func (inviteForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"email": inviteNoEmail}[field]
}

// desk is what the page shows around its form.
type desk struct {
	roles []string
	sent  []db.Invitation
	older string
}

// without lists the fields that this site does not ask for.
func (d desk) without() []string {
	if len(d.roles) == 0 {
		return []string{"role"}
	}
	return nil
}

func (d desk) form() string {
	return anew("invite", d.sent, func(i *db.Invitation) time.Time { return i.SentAt })
}

func (d desk) blank(r *request) form.Form {
	return r.blankAs(d.form(), r.URL("invite"), &inviteForm{}, d.without()...)
}

// desk lets who may invite to the page, or refuses.
func (f Invite) desk(r *request) (d desk, err error) {
	if err := f.mayInvite(r); err != nil {
		return desk{}, err
	}
	if d.roles, err = f.roles(r.ctx, r.App); err != nil {
		return desk{}, err
	}
	d.sent, d.older, err = r.sentBy(r.account().ID, r.c.Query("before"))
	return d, err
}

func (d desk) page(r *request, filled form.Form) props.Invite {
	p := props.Invite{Form: filled, AppName: r.Name, TTL: r.invite.TTL, Roles: d.roles, Back: r.URL("account")}
	for i := range d.sent {
		p.Sent = append(p.Sent, r.listed(&d.sent[i]))
	}
	if d.older != "" {
		p.Older = r.URL("invite") + "?before=" + d.older
	}
	if r.c.Query("before") != "" {
		p.Newer = r.URL("invite")
	}
	return p
}

func (f Invite) ask(r *request) error {
	d, err := f.desk(r)
	if err != nil {
		return err
	}
	return show(r, r.Views.Invite, d.page(r, d.blank(r)), d.wire(r.App))
}

func (f Invite) invite(r *request) error {
	d, err := f.desk(r)
	if err != nil {
		return err
	}
	var in inviteForm
	filled := r.bindAs(d.form(), r.URL("invite"), &in, d.without()...)
	email := readEmail(in.Email, &filled)
	if in.Role != "" && !slices.Contains(d.roles, in.Role) {
		filled.Fail("role", inviteNoRole)
	}
	if filled.Invalid() {
		return reject(r, r.Views.Invite, d.page, filled)
	}
	if err := r.charge(r.account().ID.String()); err != nil {
		return excuse(r, r.Views.Invite, d.page, filled, err)
	}
	if why := r.Emails.refuses(r, email); !why.IsZero() {
		filled.Fail("email", why)
		return reject(r, r.Views.Invite, d.page, filled)
	}
	var sent *db.Invitation
	err = r.claim(func(u *unit) error {
		sent, err = u.inviteOne(r.visit.account, email, in.Role, f)
		return err
	})
	if err != nil {
		return excuse(r, r.Views.Invite, d.page, filled, err)
	}
	return r.leave(cmp.Or(r.Landings.Invite, r.URL("invite")), inviteSent.With(sent.Email), wire{"invitation": r.invitationWire(sent)})
}

// again sends an invitation again, good for as long as a new one.
func (f Invite) again(r *request) error {
	sent, err := f.own(r)
	if err != nil {
		return err
	}
	// Counted with those that are sent first.
	if err := r.other("invite").charge(r.account().ID.String()); err != nil {
		return f.excuse(r, err)
	}
	if err := r.act(func(u *unit) error { return u.sendAgain(r.visit.account, sent, f) }); err != nil {
		return f.excuse(r, err)
	}
	return r.leave(cmp.Or(r.Landings.Invite, r.URL("invite")), inviteSent.With(sent.Email), wire{"invitation": r.invitationWire(sent)})
}

func (f Invite) revoke(r *request) error {
	sent, err := f.own(r)
	if err != nil {
		return err
	}
	if err := r.act(func(u *unit) error { return u.revokeInvitation(r.account(), sent) }); err != nil {
		return f.excuse(r, err)
	}
	return r.leave(cmp.Or(r.Landings.Invite, r.URL("invite")), inviteRevoked.With(sent.Email), wire{"invitation": r.invitationWire(sent)})
}

// excuse shows the page again, as everything stands by now, and what could not be done.
func (f Invite) excuse(r *request, err error) error {
	d, failed := f.desk(r)
	if failed != nil {
		return failed
	}
	return excuse(r, r.Views.Invite, d.page, d.blank(r), err)
}
