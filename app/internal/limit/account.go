package limit

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
)

// A Delay lets a few failures on one account pass and then makes each next try wait longer. There
// is no lock without an end: that would let anybody shut anybody out. The zero Delay is none.
type Delay struct {
	// Free is how many tries may fail within Within before the first wait. The default is
	// the feature's.
	Free int64
	// Within is the span in which failures add up. The default is the feature's.
	Within time.Duration
	// First is the first wait; each is twice as long as the one before. The default is the feature's.
	First time.Duration
	// Longest is the longest wait. The default is the feature's.
	Longest time.Duration
}

// Or fills what d leaves open.
func (d Delay) Or(usual Delay) Delay {
	return Delay{
		Free: cmp.Or(d.Free, usual.Free), Within: cmp.Or(d.Within, usual.Within),
		First: cmp.Or(d.First, usual.First), Longest: cmp.Or(d.Longest, usual.Longest),
	}
}

// Negative reports whether any part of d is below zero.
func (d Delay) Negative() bool {
	return min(d.Free, int64(d.Within), int64(d.First), int64(d.Longest)) < 0
}

// Forget is after how long without a failure an account starts afresh.
const Forget = 24 * time.Hour

// Accounts counts failures per account in SQL, where neither a restart nor an emptied cache
// resets them. Keys stand for identities as typed, whether they exist or not.
type Accounts struct {
	DB  *bun.DB
	Now func() time.Time
}

// Take counts a try as failed before it is judged, so that a hundred at once cannot slip through
// together. While the account has to wait, a try does not count and must not be judged.
//
// It commits by itself: a count that was part of the try's own transaction would be undone with it.
func (a Accounts) Take(ctx context.Context, key []byte, action string, d Delay) (wait time.Duration, err error) {
	if d.Free == 0 {
		return 0, nil
	}
	first, err := a.first(ctx, key, action, d)
	if err != nil {
		return 0, fmt.Errorf("limit: %w", err)
	}
	if first {
		return 0, nil
	}
	err = db.InTx(ctx, a.DB, func(ctx context.Context, tx bun.Tx) error {
		now := a.Now().UTC()
		row := &db.Attempt{Key: key, Action: action, FirstAt: now, LastAt: now}
		// Whether it is new or was there, the row comes back and stays ours until the commit.
		if _, err := tx.NewInsert().Model(row).On("CONFLICT (attempt_key) DO UPDATE").Set("action = EXCLUDED.action").
			Returning("*").Exec(ctx); err != nil {
			return err
		}
		if wait = row.LockedUntil.Sub(now); wait > 0 {
			return nil
		}
		wait = 0
		d.count(row, now)
		_, err := tx.NewUpdate().Model(row).Column("failures", "first_at", "last_at", "locked_until").WherePK().Exec(ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("limit: %w", err)
	}
	return wait, nil
}

// first counts a try on an account that has none to its name, which is nearly every try and takes
// one statement. It reports whether it did. A power cut may forget the last of them, and nobody can
// cause one to guess more often.
func (a Accounts) first(ctx context.Context, key []byte, action string, d Delay) (bool, error) {
	now := a.Now().UTC()
	row := &db.Attempt{Key: key, Action: action, FirstAt: now}
	d.count(row, now)
	var n int64
	err := db.Soon(ctx, a.DB, func(conn bun.IDB) error {
		done, err := conn.NewInsert().Model(row).On("CONFLICT (attempt_key) DO NOTHING").Returning("NULL").Exec(ctx)
		if err != nil {
			return err
		}
		n, err = done.RowsAffected()
		return err
	})
	return n == 1, err
}

// count adds a failure at now.
func (d Delay) count(row *db.Attempt, now time.Time) {
	lapsed := row.Failures < d.Free && now.Sub(row.FirstAt) >= d.Within
	if lapsed || now.Sub(row.LastAt) >= Forget {
		row.Failures, row.FirstAt = 0, now
	}
	row.Failures, row.LastAt, row.LockedUntil = row.Failures+1, now, time.Time{}
	if over := row.Failures - d.Free; over >= 0 {
		wait := d.First
		for ; over > 0 && wait < d.Longest; over-- {
			wait *= 2
		}
		row.LockedUntil = now.Add(min(d.Longest, wait))
	}
}

// Last is when a try on the account last counted; zero if none is known.
func (a Accounts) Last(ctx context.Context, key []byte) (time.Time, error) {
	row := new(db.Attempt)
	err := a.DB.NewSelect().Model(row).Where("attempt_key = ?", key).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("limit: last: %w", err)
	}
	return row.LastAt, nil
}

// Give takes one try back, and the wait that it brought: it was not judged after all.
func (a Accounts) Give(ctx context.Context, key []byte) error {
	_, err := a.DB.NewUpdate().Model((*db.Attempt)(nil)).Set("failures = failures - 1").Set("locked_until = NULL").
		Where("attempt_key = ?", key).Where("failures > 0").Exec(ctx)
	if err != nil {
		return fmt.Errorf("limit: give back: %w", err)
	}
	return nil
}

// Forgive forgets an account's failures: its owner has shown up. It may be part of the transaction
// that comes of it.
func (a Accounts) Forgive(ctx context.Context, tx bun.IDB, key []byte) error {
	_, err := tx.NewDelete().Model((*db.Attempt)(nil)).Where("attempt_key = ?", key).Exec(ctx)
	if err != nil {
		return fmt.Errorf("limit: forgive: %w", err)
	}
	return nil
}
