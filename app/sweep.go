package app

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/limit"
	"github.com/gatehouse-go/gatehouse/db"
)

const (
	// sweepEvery is how often what has ended is deleted.
	sweepEvery = time.Hour
	// sweepAtOnce is how many rows go in one statement: SQLite has one writer, and others wait.
	sweepAtOnce = 500
)

// Sweep deletes what nobody needs any more: failed tries that no longer count, sign-ins and links
// that nobody finished, addresses and usernames that were given up for good, and, once
// Config.Retention has passed, sessions, devices and invitations that have ended and the record of mails
// sent. A server does it by itself every hour; any number may.
func (a *App) Sweep(ctx context.Context) error {
	now := a.Now()
	ended := now.Add(-a.Retention)
	for _, s := range []struct {
		model      any
		key, where string
		args       []any
	}{
		{(*db.Attempt)(nil), "attempt_key", "last_at < ? AND (locked_until IS NULL OR locked_until < ?)", []any{now.Add(-limit.Forget), now}},
		{(*db.Flow)(nil), "id", "expires_at < ?", []any{now}},
		{(*db.FormerUsername)(nil), "username_key", "held_until < ?", []any{now}},
		{(*db.Token)(nil), "id", "expires_at < ?", []any{ended}},
		{(*db.Address)(nil), "id", "held_until <= ?", []any{now}},
		{(*db.Session)(nil), "id", "last_seen_at < ?", []any{now.Add(-max(a.Retention, a.Sessions.Idle))}},
		{(*db.RememberFamily)(nil), "id", "expires_at < ?", []any{ended}},
		{(*db.Device)(nil), "id", "last_seen_at < ? AND (trusted_until IS NULL OR trusted_until < ?)", []any{now.Add(-deviceAge), now}},
		{(*db.Invitation)(nil), "id", "expires_at < ?", []any{ended}},
		{(*db.OutboxMail)(nil), "id", "done_at < ?", []any{ended}},
	} {
		for {
			few := a.DB.NewSelect().Model(s.model).Column(s.key).Where(s.where, s.args...).Limit(sweepAtOnce)
			gone, err := a.DB.NewDelete().Model(s.model).Where("? IN (?)", bun.Ident(s.key), few).Exec(ctx)
			if err != nil {
				return fmt.Errorf("sweep %T: %w", s.model, err)
			}
			if n, err := gone.RowsAffected(); err != nil || n < sweepAtOnce {
				break
			}
		}
	}
	return nil
}

func (a *App) sweepAll(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := a.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "what has ended was not deleted, trying again later", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
