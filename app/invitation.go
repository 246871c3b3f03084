package app

import (
	"cmp"
	"database/sql"
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// An invited is somebody who has opened the link of an invitation: they read the address that it
// went to.
type invited struct {
	*db.Invitation
	// secret is the link's.
	secret string
	mailed *token.Token
	// inviter is nil where an operator invited, and role where no role comes with it.
	inviter db.Account
	role    *db.Role
	// known says that the address has an account.
	known bool
}

var (
	inviteDone    = locales.Message{Code: "invite.done", English: "You have accepted the invitation."}
	inviteAlready = locales.Message{Code: "invite.already", English: "You have accepted this invitation already."}
	inviteSignIn  = locales.Message{Code: "invite.sign_in", English: "%s has an account. Sign in to accept the invitation."}

	inviteAddress = locales.Message{Code: "invite.address", English: "The invitation is for %s. Leave the address out."}

	inviteAgain   = locales.Message{Code: "invite.again", English: "Ask whoever invited you for another invitation."}
	inviteUnknown = &Error{
		Status: fiber.StatusNotFound,
		Say:    locales.Message{Code: "invite.unknown", English: "This invitation is not known here"},
		Advice: locales.Message{Code: "invite.unknown.advice", English: "The link may not be complete: copy it whole from the message. If that does not help, ask whoever invited you for another invitation."},
	}
	inviteLapsed = &Error{
		Status: fiber.StatusGone, Advice: inviteAgain,
		Say: locales.Message{Code: "invite.expired", English: "This invitation has expired"},
	}
	inviteGone = &Error{
		Status: fiber.StatusGone, Advice: inviteAgain,
		Say: locales.Message{Code: "invite.gone", English: "This invitation is no longer good"},
	}
	inviteNewer = &Error{
		Status: fiber.StatusGone,
		Say:    locales.Message{Code: "invite.newer", English: "This invitation was sent again"},
		Advice: locales.Message{Code: "invite.newer.advice", English: "Open the link in the newest message."},
	}
	inviteUsed = &Error{
		Status: fiber.StatusGone,
		Say:    locales.Message{Code: "invite.used", English: "This invitation has been accepted"},
		Advice: locales.Message{Code: "invite.used.advice", English: "If it was you, sign in. If not, ask whoever invited you for another invitation."},
	}
)

// lookInvited finds the invitation of a link. What is wrong with one that is not good any more is an
// *Error for whoever holds the link; i is what there is of it then. It changes nothing.
func (r *request) lookInvited(secret string) (i *invited, err error) {
	i = &invited{secret: secret}
	var state token.State
	if i.mailed, state, err = r.tokens.Look(r.ctx, r.DB, inviteToken, secret); err != nil {
		return nil, err
	}
	if state == token.Unknown {
		return nil, inviteUnknown
	}
	i.Invitation = new(db.Invitation)
	err = r.DB.NewSelect().Model(i.Invitation).Where("id = ?", i.mailed.FlowID).Scan(r.ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, inviteUnknown
	case err != nil:
		return nil, err
	case !i.AcceptedAt.IsZero():
		return i, inviteUsed
	case !i.RevokedAt.IsZero():
		return i, inviteGone
	case !i.ExpiresAt.After(r.Now()):
		return i, inviteLapsed
	case state != token.Valid:
		return i, inviteNewer
	}
	known, err := r.lookUp(r.ctx, i.Key, Email)
	if err != nil {
		return nil, err
	}
	i.known = known != nil
	return i, r.warrant(r.DB, i)
}

// warrant finds whoever sent an invitation and what comes with it: both must be there still, and the
// one able to send it. The attack: an account that was closed lets people in by what it sent before.
func (r *request) warrant(tx bun.IDB, i *invited) error {
	if i.InvitedBy != uuid.Nil {
		i.inviter = r.Users.blank()
		if err := db.LoadUser(r.ctx, tx, i.inviter, i.InvitedBy); err != nil {
			return err
		}
	}
	var err error
	var good bool
	if i.role, good, err = r.invite.vouched(r.ctx, tx, r.App, i.inviter, i.Role); err == nil && !good {
		err = inviteGone
	}
	return err
}

func (f Invite) open(r *request) error {
	i, err := r.lookInvited(r.mended())
	switch {
	case r.hasAccepted(i):
		return r.leaveSaying(cmp.Or(r.Landings.Invitation, r.Home), note, inviteAlready, wire{"user": r.userWire()})
	case err != nil:
		return err
	case r.account() == nil && !r.json():
		return r.receive(i)
	}
	other, err := r.strange(i)
	if err != nil {
		return err
	}
	p := props.Invitation{
		Form: r.blank(&struct{}{}), AppName: r.Name, By: knownAs(userOf(i.inviter)), Email: i.Email, Role: i.Role, Other: other, Home: r.Home,
	}
	if r.account() != nil {
		p.As = r.person().Name
	}
	if r.URL("logout") != "" {
		p.SignOut = r.other("logout").blank(&struct{}{})
		p.SignOut.Action = withNext(r.URL("logout"), r.URL("invitation", i.secret))
	}
	return show(r, r.Views.Invitation, p, wire{"invitation": invitedWire{i.Email, i.Role, p.By, i.ExpiresAt}, "user": r.userWire()})
}

// receive leads whoever is not signed in to where they can accept. The invitation travels as the page
// to go on to, which every form and every detour keeps.
func (r *request) receive(i *invited) error {
	next := r.URL("invitation", i.secret)
	if i.known {
		return r.leaveSaying(withNext(r.URL("login"), next), note, inviteSignIn.With(i.Email), nil)
	}
	return r.leave(withNext(r.URL("register"), next), locales.Message{}, nil)
}

// hasAccepted reports whether who is signed in has accepted an invitation before.
func (r *request) hasAccepted(i *invited) bool {
	return i != nil && r.account() != nil && i.AcceptedBy == r.account().ID
}

// strange reports whether the address that was invited is none of who is signed in.
func (r *request) strange(i *invited) (bool, error) {
	if r.account() == nil {
		return false, nil
	}
	has, err := r.DB.NewSelect().Model((*db.Address)(nil)).Where("user_id = ?", r.account().ID).Where("address_key = ?", i.Key).Where("held_until IS NULL").Exists(r.ctx)
	return !has, err
}

func (f Invite) accept(r *request) error {
	if err := r.charge(""); err != nil {
		return err
	}
	i, err := r.lookInvited(r.mended())
	switch {
	case r.hasAccepted(i):
		return f.done(r)
	case err != nil:
		return err
	case r.account() == nil && r.json():
		return &Error{Status: fiber.StatusUnauthorized}
	case r.account() == nil:
		return r.receive(i)
	}
	if err := r.acquit(); err != nil {
		return err
	}
	err = r.act(func(u *unit) error {
		if err := u.redeem(i); err != nil {
			return err
		}
		return u.accepted(i, r.account())
	})
	if errors.Is(err, token.ErrSpent) {
		if i, err = r.lookInvited(r.mended()); err == nil {
			err = inviteGone
		}
	}
	if err != nil && !r.hasAccepted(i) {
		return err
	}
	return f.done(r)
}

// done answers who has accepted, once or twice. The session keeps its id: what its account may do is
// read anew with every request, and of two answers to a form clicked twice either may be the last.
func (f Invite) done(r *request) (err error) {
	if r.visit.account, err = r.accountByID(r.account().ID); err != nil {
		return err
	}
	return r.leave(cmp.Or(r.Landings.Invitation, r.Home), inviteDone, wire{"user": r.userWire()})
}

// redeem uses an invitation up, or fails with token.ErrSpent. Of any number at once one succeeds, be
// it that they accept or revoke.
func (u *unit) redeem(i *invited) error {
	now := u.Now()
	done, err := u.NewUpdate().Model((*db.Invitation)(nil)).Set("accepted_at = ?", now).Where("id = ?", i.ID).
		Where("accepted_at IS NULL").Where("revoked_at IS NULL").Where("expires_at > ?", now).Exec(u.ctx)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(token.ErrSpent, err)
	}
	if err := u.tokens.Spend(u.ctx, u, i.mailed); err != nil {
		return err
	}
	return u.warrant(u, i)
}

// accepted gives an account what an invitation was for. Its address is confirmed, if it is the one
// that was invited: whoever accepts has read what was sent to it.
func (u *unit) accepted(i *invited, user *db.User) error {
	if _, err := u.NewUpdate().Model((*db.Invitation)(nil)).Set("accepted_by = ?", user.ID).Where("id = ?", i.ID).Exec(u.ctx); err != nil {
		return err
	}
	if i.role != nil {
		given := &db.UserRole{UserID: user.ID, RoleID: i.role.ID}
		if _, err := u.NewInsert().Model(given).On("CONFLICT DO NOTHING").Exec(u.ctx); err != nil {
			return err
		}
		if err := u.Changed(u.ctx, u, user.ID); err != nil {
			return err
		}
	}
	first, err := u.firstProof(user, i.Key)
	if err == nil && first {
		err = u.confirmedByInvitation(user)
	}
	if err != nil {
		return err
	}
	if err := u.happened(InvitationAccepted, user, ofInvitation(i.Invitation)); err != nil {
		return err
	}
	return u.tellInviter(i)
}

func (u *unit) confirmedByInvitation(user *db.User) error {
	if err := u.tokens.Kill(u.ctx, u, user.ID, confirming); err != nil {
		return err
	}
	if err := u.happened(EmailConfirmed, user, nil); err != nil {
		return err
	}
	return u.welcome(user)
}

// tellInviter says no more than who was invited: which account accepted, and from where, is its own.
func (u *unit) tellInviter(i *invited) error {
	user := userOf(i.inviter)
	if user == nil || user.Primary == nil || !u.sends("invite.accepted") {
		return nil
	}
	ctx := u.ctxOf(user)
	return post(ctx, u, "invite.accepted", user.Primary.Email, u.Mails.InviteAccepted, props.InviteAccepted{
		AppName: u.Name, Email: i.Email, Link: u.link("invite"),
	})
}
