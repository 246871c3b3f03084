package db

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An OutboxMail is a mail that has been promised: written in the transaction of the change that
// caused it, sent by a worker, and its content wiped once sent. One that was given up has DoneAt,
// Failure and Sealed, and can be tried again; one that was dropped has DoneAt and Failure alone.
type OutboxMail struct {
	bun.BaseModel `bun:"table:outbox,alias:o"`

	ID   uuid.UUID `bun:"id,pk,type:uuid"`
	Kind string    `bun:"kind,notnull"`
	// Sealed is the message, encrypted; nil once sent or dropped.
	Sealed      []byte    `bun:"sealed,nullzero"`
	Attempts    int64     `bun:"attempts,notnull"`
	CreatedAt   time.Time `bun:"created_at,notnull"`
	RunAt       time.Time `bun:"run_at,notnull"`
	LeasedUntil time.Time `bun:"leased_until,nullzero"`
	DoneAt      time.Time `bun:"done_at,nullzero"`
	// Failure is the last error in a word a person can act on; it never holds the message.
	Failure string `bun:"failure,nullzero"`
	// Recipient stands for the address, which cannot be read from it.
	Recipient []byte `bun:"recipient,nullzero"`
}

// An AuditRow is what happened to an account, for its owner to read.
type AuditRow struct {
	bun.BaseModel `bun:"table:audit,alias:au"`

	ID     uuid.UUID `bun:"id,pk,type:uuid"`
	UserID uuid.UUID `bun:"user_id,type:uuid,nullzero"`
	// ActorID is who did it, where that is not the owner.
	ActorID   uuid.UUID         `bun:"actor_id,type:uuid,nullzero"`
	Event     string            `bun:"event,notnull"`
	Details   map[string]string `bun:"details,nullzero"`
	SessionID uuid.UUID         `bun:"session_id,type:uuid,nullzero"`
	Network   string            `bun:"network,nullzero"`
	UserAgent string            `bun:"user_agent,nullzero"`
	CreatedAt time.Time         `bun:"created_at,notnull"`
}
