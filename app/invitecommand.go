package app

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/db"
)

// A NewInvitation is one that an operator or the host's own code sends.
type NewInvitation struct {
	// Email is whom to invite.
	Email string
	// Role is the name of a role that comes with it, any that there is. The default is none.
	Role string
	// Language is the mail's, a BCP 47 tag. The default is that of ctx.
	Language string
}

var errNoInvite = errors.New("Config.Features lists no Invite: list app.Invite{}")

// Invite invites somebody in the name of the site, as an operator: without a limit, and with any role.
// Config.Features must list [Invite].
func (a *App) Invite(ctx context.Context, n NewInvitation) (*db.Invitation, error) {
	if a.invite == nil {
		return nil, fmt.Errorf("invite: %w", errNoInvite)
	}
	to, err := identity.Email(n.Email)
	if err != nil {
		return nil, fmt.Errorf("invite: address %q: %w", n.Email, err)
	}
	if n.Role != "" {
		switch there, err := a.rolesCalled(ctx, a.DB, n.Role); {
		case err != nil:
			return nil, fmt.Errorf("invite: %w", err)
		case len(there) == 0:
			return nil, fmt.Errorf("invite: there is no role %q", n.Role)
		}
	}
	var sent *db.Invitation
	err = a.operator(a.Speak(ctx, n.Language)).act(func(u *unit) error {
		sent, err = u.inviteOne(nil, to, n.Role, *a.invite)
		return err
	})
	return sent, saying("invite", err)
}

// RevokeInvitation ends an invitation, whoever sent it. One that was accepted stays so, which is an
// error.
func (a *App) RevokeInvitation(ctx context.Context, id uuid.UUID) error {
	return saying("revoke invitation", a.operator(ctx).act(func(u *unit) error {
		sent := new(db.Invitation)
		if err := u.NewSelect().Model(sent).Where("id = ?", id).Scan(u.ctx); err != nil {
			return err
		}
		return u.revokeInvitation(nil, sent)
	}))
}

// saying puts what was tried before an error, whose words for people are in English.
func saying(what string, err error) error {
	var told *FieldError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &told):
		return fmt.Errorf("%s: %s", what, cmp.Or(told.Say.English, told.Say.Code))
	}
	return fmt.Errorf("%s: %w", what, err)
}

func (a *App) invitationsCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("say which: invitations list, invitations send or invitations revoke")
	}
	if a.invite == nil {
		return fmt.Errorf("invitations: %w", errNoInvite)
	}
	if err := db.Ping(ctx, a.DB); err != nil {
		return err
	}
	flags := flag.NewFlagSet("invitations "+args[0], flag.ContinueOnError)
	flags.SetOutput(out)
	var err error
	switch args[0] {
	case "list":
		most := flags.Int64("most", 100, "how many to list")
		if err = flags.Parse(args[1:]); err == nil {
			return a.listInvitations(ctx, out, *most)
		}
	case "send":
		var n NewInvitation
		flags.StringVar(&n.Role, "role", "", "a role to come with it")
		flags.StringVar(&n.Language, "language", "", "what language to write in, such as fa")
		if err = flags.Parse(args[1:]); err == nil {
			return a.sendInvitations(ctx, out, n, flags.Args())
		}
	case "revoke":
		if err = flags.Parse(args[1:]); err == nil {
			return a.revokeInvitations(ctx, out, flags.Args())
		}
	default:
		return fmt.Errorf("invitations %s: say list, send or revoke", args[0])
	}
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	return err
}

// listInvitations shows the newest, whoever sent them.
func (a *App) listInvitations(ctx context.Context, out io.Writer, most int64) error {
	if most < 1 {
		return errNone
	}
	var sent []db.Invitation
	all, err := a.DB.NewSelect().Model(&sent).Order("id DESC").Limit(most).ScanAndCount(ctx)
	if err != nil {
		return err
	}
	if all == 0 {
		_, err := fmt.Fprintln(out, "nobody has been invited")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tTO\tROLE\tSTATE\tSENT\tGOOD UNTIL\tBY")
	for i := range sent {
		by := "operator"
		if sent[i].InvitedBy != uuid.Nil {
			inviter := a.Users.blank()
			if err := db.LoadUser(ctx, a.DB, inviter, sent[i].InvitedBy); err != nil {
				return err
			}
			by = knownAs(inviter.Account())
		}
		_, state := a.standing(&sent[i])
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", sent[i].ID, sent[i].Email, cmp.Or(sent[i].Role, "-"), state,
			stamp(sent[i].SentAt), stamp(sent[i].ExpiresAt), by)
	}
	if more := all - int64(len(sent)); more > 0 {
		fmt.Fprintf(table, "and %d older\n", more)
	}
	return table.Flush()
}

func (a *App) sendInvitations(ctx context.Context, out io.Writer, n NewInvitation, addresses []string) error {
	if len(addresses) == 0 {
		return errors.New("say whom: invitations send [--role ROLE] ADDRESS…")
	}
	for _, n.Email = range addresses {
		sent, err := a.Invite(ctx, n)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is invited until %s; a running server sends the mail within seconds\n", sent.Email, stamp(sent.ExpiresAt))
	}
	return nil
}

func (a *App) revokeInvitations(ctx context.Context, out io.Writer, names []string) error {
	if len(names) == 0 {
		return errors.New("say which: invitations revoke ID…, as invitations list shows it")
	}
	for _, name := range names {
		id, err := uuid.Parse(name)
		if err != nil {
			return fmt.Errorf("%q is no ID; invitations list shows them", name)
		}
		if err := a.RevokeInvitation(ctx, id); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(out, "%s is revoked\n", name)
	}
	return nil
}
