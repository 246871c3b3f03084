package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
)

// Run sends mails and sees to what else is done beside requests, until ctx ends: for an App whose
// server does not listen itself, since another one listens and hands requests on to it.
func (a *App) Run(ctx context.Context) {
	a.work(ctx)
	<-ctx.Done()
	a.close()
}

func (a *App) start() {
	ctx, cancel := context.WithCancel(context.Background())
	a.stop = cancel
	a.work(ctx)
}

func (a *App) work(ctx context.Context) {
	a.workers.Go(func() { a.outbox.Run(ctx) })
	a.workers.Go(func() { a.touchAll(ctx) })
	a.workers.Go(func() { a.sweepAll(ctx) })
	a.workers.Go(func() { a.warn(ctx) })
}

// warn tells whoever starts the server at once what the first visitor would else find out.
func (a *App) warn(ctx context.Context) {
	if states, err := db.Status(ctx, a.DB); err == nil {
		for _, s := range states {
			if s.AppliedAt.IsZero() {
				a.Log.ErrorContext(ctx, "the database lacks a migration: call db.Migrate first, or run `migrate up`", "migration", s.Name)
			}
		}
	}
	if _, kept := a.Mailer.(*mail.Mailbox); kept && !a.Development() {
		a.Log.WarnContext(ctx, "Config.Mailer keeps mails in memory and sends none: use mail.SMTP where people wait for them")
	}
	if a.redis != nil {
		_ = a.redis.Ping(ctx) // which tells
	}
}

// close stops the workers. Mails not sent yet stay in the outbox and go out at the next start.
func (a *App) close() {
	if a.stop != nil {
		a.stop()
	}
	a.workers.Wait()
	if a.redis != nil {
		if err := a.redis.Close(); err != nil {
			a.Log.Warn("redis: not closed in order", "error", err)
		}
	}
}

// DeliverMails sends every mail that is due and returns, for tests and for programs that do not
// serve. A server does it by itself.
func (a *App) DeliverMails(ctx context.Context) error { return a.outbox.Flush(ctx) }

// touch has a session's last use written down, outside the request. If there is too much to write
// down, this time is left out.
func (a *App) touch(id uuid.UUID) {
	select {
	case a.touches <- id:
	default:
	}
}

func (a *App) touchAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-a.touches:
			if err := a.sessions.Touch(ctx, a.DB, id); err != nil && ctx.Err() == nil {
				a.Log.WarnContext(ctx, "session: last use not written down", "error", err)
			}
		}
	}
}
