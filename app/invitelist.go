package app

import (
	"database/sql"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// How an invitation stands, as lists show it.
var (
	inviteWaits    = locales.Message{Code: "invite.state.waiting", English: "Waiting"}
	inviteAccepted = locales.Message{Code: "invite.state.accepted", English: "Accepted"}
	inviteExpired  = locales.Message{Code: "invite.state.expired", English: "Expired"}
	inviteTaken    = locales.Message{Code: "invite.state.revoked", English: "Revoked"}
)

// standing is how an invitation stands, in the catalogue's words and as programs are told.
func (a *App) standing(i *db.Invitation) (state locales.Message, code string) {
	switch {
	case !i.AcceptedAt.IsZero():
		return inviteAccepted, "accepted"
	case !i.RevokedAt.IsZero():
		return inviteTaken, "revoked"
	case !i.ExpiresAt.After(a.Now()):
		return inviteExpired, "expired"
	}
	return inviteWaits, "waiting"
}

// listAtOnce is how many invitations a page shows.
const listAtOnce = 50

// sentBy are the invitations that an account has sent, newest first, from the one before on; older
// is the last of them if there are more.
func (r *request) sentBy(by uuid.UUID, before string) (sent []db.Invitation, older string, err error) {
	query := r.DB.NewSelect().Model(&sent).Where("invited_by = ?", by).Order("id DESC").Limit(listAtOnce + 1)
	if id, err := uuid.Parse(before); err == nil {
		query.Where("id < ?", id)
	}
	if err := query.Scan(r.ctx); err != nil {
		return nil, "", err
	}
	if len(sent) > listAtOnce {
		sent = sent[:listAtOnce]
		older = sent[listAtOnce-1].ID.String()
	}
	return sent, older, nil
}

// own is the invitation that the path names, if whoever asks has sent it and may invite. All others
// are not there, and look alike (ASVS 8.2.2).
func (f Invite) own(r *request) (*db.Invitation, error) {
	if err := f.mayInvite(r); err != nil {
		return nil, err
	}
	none := &Error{Status: fiber.StatusNotFound}
	id, err := uuid.Parse(r.param("id"))
	if err != nil {
		return nil, none
	}
	sent := new(db.Invitation)
	err = r.DB.NewSelect().Model(sent).Where("id = ?", id).Where("invited_by = ?", r.account().ID).Scan(r.ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, none
	}
	return sent, err
}

// listed is an invitation as the page shows it.
func (r *request) listed(i *db.Invitation) props.SentInvitation {
	state, code := r.standing(i)
	row := props.SentInvitation{
		Email: i.Email, Role: i.Role, State: state, Tone: map[string]string{"accepted": "ok", "expired": "warn"}[code], At: i.SentAt, Until: i.ExpiresAt,
	}
	switch code {
	case "accepted":
		row.At = i.AcceptedAt
	case "revoked":
		row.At = i.RevokedAt
	default:
		row.Again, row.Revoke = r.onInvitation("invite-again", i), r.onInvitation("invite-revoke", i)
	}
	row.Waits = code == "waiting"
	return row
}

// onInvitation is the form of one button about one invitation.
func (r *request) onInvitation(route string, i *db.Invitation) form.Form {
	return form.Blank(route+"-"+i.ID.String(), r.URL(route, i.ID.String()), &struct{}{})
}

// An invitationWire is an invitation as whoever sent it sees it by a program.
type invitationWire struct {
	ID         string    `json:"id"`
	Email      string    `json:"email"`
	Role       string    `json:"role,omitempty"`
	State      string    `json:"state"`
	SentAt     time.Time `json:"sent_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	AcceptedAt time.Time `json:"accepted_at,omitzero"`
}

func (a *App) invitationWire(i *db.Invitation) invitationWire {
	_, code := a.standing(i)
	return invitationWire{i.ID.String(), i.Email, i.Role, code, i.SentAt, i.ExpiresAt, i.AcceptedAt}
}

type deskWire struct {
	Invitations []invitationWire `json:"invitations"`
	Roles       []string         `json:"roles"`
	// Older is what to ask for as "before" to see those sent earlier.
	Older string `json:"older,omitempty"`
}

func (d desk) wire(a *App) deskWire {
	w := deskWire{Invitations: make([]invitationWire, len(d.sent)), Roles: append([]string{}, d.roles...), Older: d.older}
	for i := range d.sent {
		w.Invitations[i] = a.invitationWire(&d.sent[i])
	}
	return w
}

// An invitedWire is an invitation as whoever holds its link sees it by a program.
type invitedWire struct {
	Email     string    `json:"email"`
	Role      string    `json:"role,omitempty"`
	InvitedBy string    `json:"invited_by,omitempty"`
	ExpiresAt time.Time `json:"expires_at"`
}
