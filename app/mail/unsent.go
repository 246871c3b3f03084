package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
)

// An Unsent is a mail that has not gone out, as operators see it: neither to whom it goes nor what
// it says.
type Unsent struct {
	ID   uuid.UUID `bun:"id"`
	Kind string    `bun:"kind"`
	// State is "waiting", "sending", "given up" or "dropped". Only what was given up has to be
	// tried again by hand; what was dropped is gone.
	State     string    `bun:"state"`
	Attempts  int64     `bun:"attempts"`
	CreatedAt time.Time `bun:"created_at"`
	// RunAt is when it is tried next, if it is waiting.
	RunAt time.Time `bun:"run_at"`
	// Reason is what the last attempt failed of.
	Reason string `bun:"failure"`
}

// Unsent lists mails that have not gone out, the newest first and no more than limit, and counts
// all there are. What was given up or dropped stands there for Config.Retention.
func (o *Outbox) Unsent(ctx context.Context, limit int64) (mails []Unsent, all int64, err error) {
	all, err = o.DB.NewSelect().Model((*db.OutboxMail)(nil)).
		Column("id", "kind", "attempts", "created_at", "run_at", "failure").
		ColumnExpr("CASE WHEN done_at IS NULL AND leased_until > ? THEN 'sending' WHEN done_at IS NULL THEN 'waiting' "+
			"WHEN sealed IS NULL THEN 'dropped' ELSE 'given up' END AS state", o.Now()).
		Where("done_at IS NULL OR failure IS NOT NULL").
		Order("id DESC").Limit(limit).ScanAndCount(ctx, &mails)
	if err != nil {
		return nil, 0, fmt.Errorf("outbox: %w", err)
	}
	return mails, all, nil
}

// Retry has mails that were given up, or that wait after a failure, tried at once and with as many
// attempts ahead as new ones: those named, or all. It reports how many there were. A mail that is
// being sent at this moment is left alone.
func (o *Outbox) Retry(ctx context.Context, ids ...uuid.UUID) (int64, error) {
	now := o.Now()
	update := o.DB.NewUpdate().Model((*db.OutboxMail)(nil)).
		Set("done_at = NULL").Set("leased_until = NULL").Set("attempts = 0").Set("run_at = ?", now).
		Where("sealed IS NOT NULL").Where("failure IS NOT NULL").
		Where("leased_until IS NULL OR leased_until < ?", now)
	if len(ids) > 0 {
		update = update.Where("id IN (?)", bun.List(ids))
	}
	done, err := update.Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	return done.RowsAffected()
}
