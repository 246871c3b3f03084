package db

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// A Session is one browser signed in to one account. Its row is the truth: what is not here, or
// is revoked or expired here, is signed out.
type Session struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`

	ID     uuid.UUID `bun:"id,pk,type:uuid"`
	UserID uuid.UUID `bun:"user_id,type:uuid,notnull"`
	// Hash is SHA-256 of the cookie; the cookie itself is stored nowhere.
	Hash []byte `bun:"hash,notnull"`
	// PreviousHash still opens the session for a few seconds after RotatedAt, for requests in flight.
	PreviousHash []byte    `bun:"previous_hash,nullzero"`
	RotatedAt    time.Time `bun:"rotated_at,nullzero"`
	// AuthVersion is the account's at sign-in: when the account's moves on, the session is dead.
	AuthVersion int64 `bun:"auth_version,notnull"`
	// Methods says how the person proved who they are, and when, in order.
	Methods Methods `bun:"methods,notnull"`
	// AuthAt is the last time a credential was shown: what freshness is measured from.
	AuthAt        time.Time `bun:"auth_at,nullzero"`
	CreatedAt     time.Time `bun:"created_at,notnull"`
	LastSeenAt    time.Time `bun:"last_seen_at,notnull"`
	ExpiresAt     time.Time `bun:"expires_at,notnull"`
	RememberID    uuid.UUID `bun:"remember_id,type:uuid,nullzero"`
	Network       string    `bun:"network,nullzero"`
	UserAgent     string    `bun:"user_agent,nullzero"`
	RevokedAt     time.Time `bun:"revoked_at,nullzero"`
	RevokedReason string    `bun:"revoked_reason,nullzero"`
}

// A Flow is something begun that waits for its other half: a half-done sign-in, a challenge, a
// parked request. It is spent by one atomic DELETE … RETURNING.
type Flow struct {
	bun.BaseModel `bun:"table:flows,alias:f"`

	ID   uuid.UUID `bun:"id,pk,type:uuid"`
	Kind string    `bun:"kind,notnull"`
	// Hash is SHA-256 of the value the browser holds.
	Hash   []byte    `bun:"hash,notnull"`
	UserID uuid.UUID `bun:"user_id,type:uuid,nullzero"`
	// AuthVersion is the account's when the flow began; a change of credentials kills the flow.
	AuthVersion int64     `bun:"auth_version,notnull"`
	Data        []byte    `bun:"data,nullzero"`
	Tries       int64     `bun:"tries,notnull"`
	CreatedAt   time.Time `bun:"created_at,notnull"`
	ExpiresAt   time.Time `bun:"expires_at,notnull"`
}

// A Token is a secret that was mailed: good once, for one purpose, user and address.
type Token struct {
	bun.BaseModel `bun:"table:tokens,alias:t"`

	ID          uuid.UUID `bun:"id,pk,type:uuid"`
	Purpose     string    `bun:"purpose,notnull"`
	UserID      uuid.UUID `bun:"user_id,type:uuid,nullzero"`
	Address     string    `bun:"address,nullzero"`
	AuthVersion int64     `bun:"auth_version,notnull"`
	// Hash is SHA-256 of the link's token; CodeHash is an HMAC of the short code beside it.
	Hash      []byte    `bun:"hash,notnull"`
	CodeHash  []byte    `bun:"code_hash,nullzero"`
	Tries     int64     `bun:"tries,notnull"`
	FlowID    uuid.UUID `bun:"flow_id,type:uuid,nullzero"`
	CreatedAt time.Time `bun:"created_at,notnull"`
	ExpiresAt time.Time `bun:"expires_at,notnull"`
	UsedAt    time.Time `bun:"used_at,nullzero"`
}

// An Attempt counts failures of one action by one account, known or not, so that neither a
// restart nor a flushed cache gives an attacker a fresh start.
type Attempt struct {
	bun.BaseModel `bun:"table:attempts,alias:at"`

	// Key is an HMAC of the action and the folded identity as typed.
	Key         []byte    `bun:"attempt_key,pk"`
	Action      string    `bun:"action,notnull"`
	Failures    int64     `bun:"failures,notnull"`
	FirstAt     time.Time `bun:"first_at,notnull"`
	LastAt      time.Time `bun:"last_at,notnull"`
	LockedUntil time.Time `bun:"locked_until,nullzero"`
}

// A RememberFamily is one device that asked to stay signed in. Its token is replaced at each
// use; a token seen twice outside the grace means that it was stolen.
type RememberFamily struct {
	bun.BaseModel `bun:"table:remember_families,alias:rf"`

	ID           uuid.UUID `bun:"id,pk,type:uuid"`
	UserID       uuid.UUID `bun:"user_id,type:uuid,notnull"`
	Hash         []byte    `bun:"hash,notnull"`
	PreviousHash []byte    `bun:"previous_hash,nullzero"`
	RotatedAt    time.Time `bun:"rotated_at,nullzero"`
	AuthVersion  int64     `bun:"auth_version,notnull"`
	Methods      Methods   `bun:"methods,notnull"`
	UserAgent    string    `bun:"user_agent,nullzero"`
	CreatedAt    time.Time `bun:"created_at,notnull"`
	LastUsedAt   time.Time `bun:"last_used_at,notnull"`
	ExpiresAt    time.Time `bun:"expires_at,notnull"`
	RevokedAt    time.Time `bun:"revoked_at,nullzero"`
}

// A Device is a browser that an account has been used from before.
type Device struct {
	bun.BaseModel `bun:"table:devices,alias:d"`

	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	UserID    uuid.UUID `bun:"user_id,type:uuid,notnull"`
	Hash      []byte    `bun:"hash,notnull"`
	Name      string    `bun:"name,nullzero"`
	UserAgent string    `bun:"user_agent,nullzero"`
	// TrustedUntil is until when the second factor is not asked on this device.
	TrustedUntil time.Time `bun:"trusted_until,nullzero"`
	CreatedAt    time.Time `bun:"created_at,notnull"`
	LastSeenAt   time.Time `bun:"last_seen_at,notnull"`
}
