package app

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
)

// A unit is what one request changes: all of it, or nothing. Rows, audit and mails are written in
// one transaction; cookies are set and hooks told only once that has committed.
type unit struct {
	bun.Tx
	*request
	ctx context.Context

	events  []Event
	cookies []*fiber.Cookie
	mailed  bool
}

// act runs do in one transaction. The database may ask for it to be run again, whole: do changes
// nothing but through the unit.
func (r *request) act(do func(*unit) error) error { return r.actIn(db.InTx, do) }

// transaction is db.InTx or db.InTxSoon.
type transaction func(context.Context, *bun.DB, func(context.Context, bun.Tx) error) error

func (r *request) actIn(in transaction, do func(*unit) error) error {
	var u *unit
	err := in(r.ctx, r.DB, func(ctx context.Context, tx bun.Tx) error {
		u = &unit{Tx: tx, request: r, ctx: ctx}
		return do(u)
	})
	if err != nil {
		return err
	}
	for _, cookie := range u.cookies {
		r.c.Cookie(cookie)
	}
	if u.mailed {
		r.outbox.Wake()
	}
	for _, event := range u.events {
		if r.Hooks.Happened != nil {
			r.Hooks.Happened(r.ctx, event)
		}
	}
	return nil
}

// claim runs do as act does, for what has to be unique: whoever loses a race for it looks again and
// finds it taken.
func (r *request) claim(do func(*unit) error) error {
	err := r.act(do)
	if db.IsUnique(err) {
		err = r.act(do)
	}
	return err
}

// cookie sets a cookie once the change has committed.
func (u *unit) cookie(c *fiber.Cookie) { u.cookies = append(u.cookies, c) }

// post promises a letter about p, in the site's own words for it. One to nobody costs the same and is
// dropped.
func post[P any](ctx context.Context, u *unit, kind, to string, write func(context.Context, P) components.Mail, p P) error {
	ctx = u.drawing(ctx, p)
	letter := write(ctx, p)
	letter.Props = p
	message, err := u.letter(ctx, kind, to, letter)
	if err != nil {
		return err
	}
	u.mailed = true
	return u.outbox.Put(u.ctx, u.Tx, message)
}

// lately reports whether one of the events has happened to an account within a span. The account's
// row is taken first, so that of two requests at once the second sees what the first has done.
func (u *unit) lately(user *db.User, within time.Duration, names ...EventName) (bool, error) {
	if err := db.TakeUser(u.ctx, u, user.ID); err != nil {
		return false, err
	}
	return u.NewSelect().Model((*db.AuditRow)(nil)).Where("user_id = ?", user.ID).
		Where("event IN (?)", bun.List(names)).Where("created_at > ?", u.Now().Add(-within)).Exists(u.ctx)
}

// happened writes an event where the person can read it, and tells the hooks afterwards.
func (u *unit) happened(name EventName, whose *db.User, details map[string]string) error {
	e := Event{Name: name, User: whose, Details: details, Network: u.network(), UserAgent: u.agent(), At: u.Now()}
	u.events = append(u.events, e)
	var session uuid.UUID
	if u.visit.session != nil {
		session = u.visit.session.ID
	}
	return u.audit(u.ctx, u.Tx, e, session)
}

// audit writes down an event.
func (a *App) audit(ctx context.Context, tx bun.IDB, e Event, session uuid.UUID) error {
	row := &db.AuditRow{
		ID: db.NewID(), Event: string(e.Name), Details: e.Details, SessionID: session,
		Network: e.Network, UserAgent: e.UserAgent, CreatedAt: e.At,
	}
	if e.User != nil {
		row.UserID = e.User.ID
	}
	// Or Bun has every column that is null read back, which costs as much as the writing.
	_, err := tx.NewInsert().Model(row).Returning("NULL").Exec(ctx)
	return err
}
