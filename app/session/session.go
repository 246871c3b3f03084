// Package session keeps server-side sessions in SQL: the row is the truth, the browser holds a
// random value of which the row knows the hash.
package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/secret"
	"github.com/gatehouse-go/gatehouse/db"
)

// ErrNone is the answer to a value that opens no live session.
var ErrNone = errors.New("session: none")

// A Store reads and writes sessions.
type Store struct {
	// Now is the clock.
	Now func() time.Time
	// Idle is how long a session lives unused, Absolute how long at all.
	Idle, Absolute time.Duration
	// Grace is how long the id before a rotation still opens the session, for requests in flight.
	Grace time.Duration
	// Track writes down on the account when and from where it was signed in to.
	Track bool
	// Cache spares SQL the reading. The default is none.
	Cache *Cache
}

// touchEvery is how often a session's last use is written down, at most.
const touchEvery = time.Minute

// NewValue makes a value for a browser to hold, of 256 random bits (ASVS 7.2.3), and the hash of it
// that is stored.
func NewValue() (value string, hash []byte) { return secret.New() }

// Hash returns what is stored of a value that a browser sent; nil for what NewValue cannot have made.
func Hash(value string) []byte { return secret.Hash(value) }

// Take keeps an account as it was read until the commit: no change of it slips in before. One that
// was closed or whose credentials changed meanwhile is ErrNone.
func Take(ctx context.Context, tx bun.IDB, account *db.User) error {
	return took(taking(tx, account).Exec(ctx))
}

func taking(tx bun.IDB, account *db.User) *bun.UpdateQuery {
	return tx.NewUpdate().Model((*db.User)(nil)).Set("updated_at = updated_at").
		Where("id = ?", account.ID).Where("auth_version = ?", account.AuthVersion).Where("disabled_at IS NULL")
}

func took(taken sql.Result, err error) error {
	if err != nil {
		return fmt.Errorf("session: take account: %w", err)
	}
	if n, err := taken.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrNone, err)
	}
	return nil
}

// Insert opens a session for the account as it was when its gates were passed. An account that
// was disabled or whose credentials changed in the meantime gets none, and ErrNone.
func (s Store) Insert(ctx context.Context, tx bun.IDB, account *db.User, row *db.Session) (value string, err error) {
	value, _ = NewValue()
	if err := s.InsertAs(ctx, tx, account, row, value); err != nil {
		return "", err
	}
	return value, nil
}

// InsertAs opens a session under a value that the caller made, of 256 bits that nobody else can know.
func (s Store) InsertAs(ctx context.Context, tx bun.IDB, account *db.User, row *db.Session, value string) error {
	hash, now := Hash(value), s.Now()
	row.ID, row.UserID, row.AuthVersion = db.NewID(), account.ID, account.AuthVersion
	row.Hash, row.CreatedAt, row.LastSeenAt, row.ExpiresAt = hash, now, now, now.Add(s.Absolute)
	take := taking(tx, account)
	track := s.Track && !row.AuthAt.IsZero() // a session that is restored is no sign-in
	if track {
		take.Set("sign_in_count = sign_in_count + 1").
			Set("last_sign_in_at = current_sign_in_at").Set("last_sign_in_network = current_sign_in_network").
			Set("current_sign_in_at = ?", now).Set("current_sign_in_network = ?", bun.NullZero(row.Network))
	}
	if err := took(take.Exec(ctx)); err != nil {
		return err
	}
	if track {
		if err := s.Changed(ctx, tx, account.ID); err != nil {
			return err
		}
	}
	// Or Bun has every column that is null read back.
	if _, err := tx.NewInsert().Model(row).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("session: insert: %w", err)
	}
	return nil
}

// Rotate gives a live session a new value; the old one opens it for the Grace. It writes down the
// auth version and the device that row has by now, so that a session outlives the change of
// credentials that was made in it.
func (s Store) Rotate(ctx context.Context, tx bun.IDB, row *db.Session) (value string, err error) {
	value, _ = NewValue()
	if err := s.RotateTo(ctx, tx, row, value); err != nil {
		return "", err
	}
	return value, nil
}

// RotateTo gives a live session a value that the caller made, of 256 bits that nobody else can know.
func (s Store) RotateTo(ctx context.Context, tx bun.IDB, row *db.Session, value string) error {
	hash := Hash(value)
	var rotated []db.Session
	_, err := tx.NewUpdate().Model((*db.Session)(nil)).
		Set("previous_hash = hash").Set("hash = ?", hash).Set("rotated_at = ?", s.Now()).
		Set("auth_version = ?", row.AuthVersion).Set("remember_id = ?", uuid.NullUUID{UUID: row.RememberID, Valid: row.RememberID != uuid.Nil}).
		Where("id = ?", row.ID).Where("revoked_at IS NULL").Returning("previous_hash").Exec(ctx, &rotated)
	if err != nil {
		return fmt.Errorf("session: rotate: %w", err)
	}
	if len(rotated) != 1 {
		return ErrNone
	}
	s.Cache.bar(ctx, rotated)
	return nil
}

// Load reads, in one query or from the cache, the session that value opens and the account it
// belongs to into account. A value that opens none, or one that has ended, is ErrNone.
func (s Store) Load(ctx context.Context, tx bun.IDB, account db.Account, value string) error {
	hash := Hash(value)
	if hash == nil {
		return ErrNone
	}
	now := s.Now()
	said := s.Cache.find(ctx, tx, account, hash, now)
	if said == present && s.alive(account.Account(), now) {
		return nil
	}
	record, err := s.read(ctx, tx, account, hash, now, said == absent)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNone
	case err != nil:
		return fmt.Errorf("session: load: %w", err)
	case !s.alive(account.Account(), now):
		return ErrNone
	case record != nil:
		s.Cache.keep(ctx, account.Account().Session, hash, record, now)
	}
	return nil
}

// read asks SQL, and returns a record of the answer if it is to be kept.
func (s Store) read(ctx context.Context, tx bun.IDB, account db.Account, hash []byte, now time.Time, keep bool) ([]byte, error) {
	since := now.Add(-s.Grace)
	if keep {
		record, err := db.RecordSession(ctx, tx, account, hash, since)
		if err == nil {
			err = db.ReplaySession(ctx, tx, account, hash, record)
		}
		if !errors.Is(err, db.ErrNotRecorded) {
			return record, err
		}
	}
	return nil, db.LoadSession(ctx, tx, account, hash, since)
}

// alive judges what was read of a session, wherever it was read.
func (s Store) alive(user *db.User, now time.Time) bool {
	row := user.Session
	return row.RevokedAt.IsZero() && now.Before(row.ExpiresAt) && now.Sub(row.LastSeenAt) < s.Idle &&
		row.AuthVersion == user.AuthVersion && user.Active()
}

// Stale reports whether the last use of a session is worth writing down again.
func (s Store) Stale(row *db.Session) bool { return s.Now().Sub(row.LastSeenAt) >= touchEvery }

// Touch writes down that a session was used. It never revives one that has ended, not even when
// it comes late, and a machine whose clock is behind shortens none.
func (s Store) Touch(ctx context.Context, tx bun.IDB, id uuid.UUID) error {
	now := s.Now()
	_, err := tx.NewUpdate().Model((*db.Session)(nil)).Set("last_seen_at = ?", now).
		Where("id = ?", id).Where("revoked_at IS NULL").
		Where("last_seen_at > ?", now.Add(-s.Idle)).Where("last_seen_at < ?", now).Exec(ctx)
	return err
}

// Revoke ends one session and reports whether it was alive. It stays on record with the reason.
func (s Store) Revoke(ctx context.Context, tx bun.IDB, id uuid.UUID, reason string) (ended bool, err error) {
	n, err := s.revoke(ctx, tx.NewUpdate().Model((*db.Session)(nil)).Where("id = ?", id), reason)
	return n > 0, err
}

// RevokeAll ends every session of an account but the one named; uuid.Nil spares none.
func (s Store) RevokeAll(ctx context.Context, tx bun.IDB, user, spare uuid.UUID, reason string) error {
	_, err := s.revoke(ctx, tx.NewUpdate().Model((*db.Session)(nil)).Where("user_id = ?", user).Where("id <> ?", spare), reason)
	return err
}

// RevokeFamily ends the sessions that a remembered device has opened before a moment.
func (s Store) RevokeFamily(ctx context.Context, tx bun.IDB, family uuid.UUID, before time.Time, reason string) error {
	_, err := s.revoke(ctx, tx.NewUpdate().Model((*db.Session)(nil)).Where("remember_id = ?", family).Where("created_at <= ?", before), reason)
	return err
}

func (s Store) revoke(ctx context.Context, query *bun.UpdateQuery, reason string) (n int, err error) {
	var ended []db.Session
	_, err = query.Set("revoked_at = ?", s.Now()).Set("revoked_reason = ?", reason).Where("revoked_at IS NULL").
		Returning("hash, previous_hash").Exec(ctx, &ended)
	if err != nil {
		return 0, fmt.Errorf("session: revoke: %w", err)
	}
	s.Cache.bar(ctx, ended)
	return len(ended), nil
}

// Changed has the sessions of an account read from SQL again. Whoever changes what is read with a session, be
// it the account's row, its primary address or its roles, calls it in the same transaction, or once that has
// committed.
func (s Store) Changed(ctx context.Context, tx bun.IDB, user uuid.UUID) error {
	if s.Cache == nil {
		return nil
	}
	var rows []db.Session
	err := tx.NewSelect().Model(&rows).Column("hash", "previous_hash").Where("user_id = ?", user).
		Where("revoked_at IS NULL").Where("expires_at > ?", s.Now()).Scan(ctx)
	if err != nil {
		return fmt.Errorf("session: account changed: %w", err)
	}
	s.Cache.bar(ctx, rows)
	return nil
}
