package db

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An Invitation asks somebody by mail to open an account. The secret of its link is a [Token], whose
// flow it is.
type Invitation struct {
	bun.BaseModel `bun:"table:invitations,alias:i"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// Email is where it was sent to, and Key the folded form.
	Email string `bun:"email,notnull"`
	Key   string `bun:"address_key,notnull"`
	// Role is the name of the role that comes with it; empty if none does.
	Role string `bun:"role,nullzero"`
	// InvitedBy is whoever sent it; zero for an operator.
	InvitedBy uuid.UUID `bun:"invited_by,type:uuid,nullzero"`
	CreatedAt time.Time `bun:"created_at,notnull"`
	// SentAt is when the mail went out last.
	SentAt     time.Time `bun:"sent_at,notnull"`
	ExpiresAt  time.Time `bun:"expires_at,notnull"`
	AcceptedAt time.Time `bun:"accepted_at,nullzero"`
	// AcceptedBy is the account that accepted it, for as long as that is there.
	AcceptedBy uuid.UUID `bun:"accepted_by,type:uuid,nullzero"`
	RevokedAt  time.Time `bun:"revoked_at,nullzero"`
}

// Open reports whether it has been neither accepted nor revoked, expired or not.
func (i *Invitation) Open() bool { return i.AcceptedAt.IsZero() && i.RevokedAt.IsZero() }
