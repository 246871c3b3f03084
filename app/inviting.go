package app

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// inviteToken is the purpose of the tokens; each belongs to its invitation as to a flow.
const inviteToken = "invite"

// rolesCalled are the roles there are by these names.
func (a *App) rolesCalled(ctx context.Context, tx bun.IDB, names ...string) (roles []db.Role, err error) {
	return roles, tx.NewSelect().Model(&roles).Where("name IN (?)", bun.List(names)).Scan(ctx)
}

// vouched reports whether an inviter, or an operator where that is nil, may invite with a role, and
// finds the role.
func (f Invite) vouched(ctx context.Context, tx bun.IDB, a *App, inviter db.Account, role string) (given *db.Role, good bool, err error) {
	if inviter != nil && (!f.lets(a, inviter) || role != "" && !slices.Contains(f.Roles, role)) {
		return nil, false, nil
	}
	if role == "" {
		return nil, true, nil
	}
	there, err := a.rolesCalled(ctx, tx, role)
	if err != nil || len(there) == 0 {
		return nil, false, err
	}
	return &there[0], true, nil
}

// inviteOne invites an address. Who has invited it already, and waits for an answer, sends that
// invitation again, with the role that is given now. inviter is nil where an operator invites.
func (u *unit) inviteOne(inviter db.Account, to identity.Name, role string, f Invite) (*db.Invitation, error) {
	var by uuid.UUID
	if inviter != nil {
		by = inviter.Account().ID
	}
	if err := db.TakeUser(u.ctx, u, by); err != nil {
		return nil, err
	}
	now, sent := u.Now(), new(db.Invitation)
	err := u.NewSelect().Model(sent).Where("address_key = ?", to.Key).Apply(sentByOne(by)).
		Where("accepted_at IS NULL").Where("revoked_at IS NULL").Order("id DESC").Limit(1).Scan(u.ctx)
	switch {
	case err == nil:
		sent.Role = role
		return sent, u.sendAgain(inviter, sent, f)
	case !errors.Is(err, sql.ErrNoRows):
		return nil, err
	}
	if err := u.withinMost(by, f); err != nil {
		return nil, err
	}
	*sent = db.Invitation{
		ID: db.NewID(), Email: to.Shown, Key: to.Key, Role: role, InvitedBy: by, CreatedAt: now, SentAt: now, ExpiresAt: now.Add(f.TTL),
	}
	if _, err := u.NewInsert().Model(sent).Exec(u.ctx); err != nil {
		return nil, err
	}
	return sent, u.mailInvitation(inviter, sent, f)
}

// sentByOne narrows a query to the invitations of one account, or of operators.
func sentByOne(by uuid.UUID) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if by == uuid.Nil {
			return q.Where("invited_by IS NULL")
		}
		return q.Where("invited_by = ?", by)
	}
}

// withinMost refuses one more invitation where as many wait as may. The account's row is taken by
// then, so that of any number at once no more get through.
func (u *unit) withinMost(by uuid.UUID, f Invite) error {
	if by == uuid.Nil {
		return nil
	}
	waiting, err := u.NewSelect().Model((*db.Invitation)(nil)).Where("invited_by = ?", by).Where("accepted_at IS NULL").
		Where("revoked_at IS NULL").Where("expires_at > ?", u.Now()).Count(u.ctx)
	if err == nil && int(waiting) >= f.Most {
		err = &FieldError{"", inviteMost.With(f.Most)}
	}
	return err
}

// sendAgain mails an invitation once more. One that was mailed a moment ago is on its way: the form
// was sent twice.
func (u *unit) sendAgain(inviter db.Account, sent *db.Invitation, f Invite) error {
	if err := db.TakeUser(u.ctx, u, sent.InvitedBy); err != nil {
		return err
	}
	now, there := u.Now(), new(db.Invitation)
	err := u.NewSelect().Model(there).Where("id = ?", sent.ID).Scan(u.ctx)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	case err != nil || !there.Open():
		return &FieldError{"", inviteOver}
	case there.Role == sent.Role && now.Sub(there.SentAt) <= doubleClick:
		*sent = *there
		return nil
	case !there.ExpiresAt.After(now):
		if err := u.withinMost(sent.InvitedBy, f); err != nil {
			return err
		}
	}
	if _, good, err := f.vouched(u.ctx, u, u.App, inviter, sent.Role); err != nil || !good {
		return errors.Join(err, &FieldError{"", inviteNoRole})
	}
	there.Role, there.SentAt, there.ExpiresAt = sent.Role, now, now.Add(f.TTL)
	*sent = *there
	_, err = u.NewUpdate().Model(sent).Column("role", "sent_at", "expires_at").WherePK().Exec(u.ctx)
	if err != nil {
		return err
	}
	return u.mailInvitation(inviter, sent, f)
}

func (u *unit) mailInvitation(inviter db.Account, sent *db.Invitation, f Invite) error {
	secret, err := u.tokens.In(sent.ID).Issue(u.ctx, u, token.Grant{Purpose: inviteToken, Address: sent.Key, TTL: f.TTL})
	if err != nil {
		return err
	}
	if err := u.happened(InvitationSent, userOf(inviter), ofInvitation(sent)); err != nil {
		return err
	}
	return post(u.ctx, u, "invite", sent.Email, u.Mails.Invite, props.InviteMail{
		AppName: u.Name, By: unlinked(knownAs(userOf(inviter))), Email: sent.Email, Role: sent.Role,
		Link: u.link("invitation", secret.Link), TTL: f.TTL,
	})
}

// ofInvitation is what events say of an invitation. Its address is personal, and stays in its row.
func ofInvitation(i *db.Invitation) map[string]string {
	details := map[string]string{"invitation": i.ID.String()}
	if i.Role != "" {
		details["role"] = i.Role
	}
	return details
}

func userOf(account db.Account) *db.User {
	if account == nil {
		return nil
	}
	return account.Account()
}

// knownAs is what others know somebody by: the username, or else the address; "" for an operator.
func knownAs(user *db.User) string {
	switch {
	case user == nil:
		return ""
	case user.Username == "" && user.Primary != nil:
		return user.Primary.Email
	}
	return user.Username
}

// unlinked keeps mail programs from making a link of a name. The attack: somebody calls themselves
// evil.example and invites people, who follow what looks like a part of our message.
func unlinked(name string) string {
	if strings.Contains(name, "@") {
		return name
	}
	const joiner = "\u2060" // which is not seen, and stands in no host
	return strings.ReplaceAll(name, ".", joiner+"."+joiner)
}

// revokeInvitation ends an invitation. One that is revoked already stays so.
func (u *unit) revokeInvitation(by *db.User, sent *db.Invitation) error {
	if err := db.TakeUser(u.ctx, u, sent.InvitedBy); err != nil {
		return err
	}
	now := u.Now()
	revoked, err := u.NewUpdate().Model((*db.Invitation)(nil)).Set("revoked_at = ?", now).
		Where("id = ?", sent.ID).Where("accepted_at IS NULL").Where("revoked_at IS NULL").Exec(u.ctx)
	if err != nil {
		return err
	}
	if n, err := revoked.RowsAffected(); err != nil || n == 0 {
		if err == nil {
			err = u.NewSelect().Model(sent).WherePK().Scan(u.ctx)
		}
		if err == nil && sent.RevokedAt.IsZero() {
			err = &FieldError{"", inviteOver}
		}
		return err
	}
	sent.RevokedAt = now
	if err := u.tokens.In(sent.ID).End(u.ctx, u); err != nil {
		return err
	}
	return u.happened(InvitationRevoked, by, ofInvitation(sent))
}
