package mail

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/db"
)

// An Outbox holds mails between the change that caused them and their delivery. A mail is written
// in the transaction of the change, so that neither is ever there without the other.
type Outbox struct {
	DB     *bun.DB
	Ring   keyring.Ring
	Mailer Mailer
	Now    func() time.Time
	Log    *slog.Logger
	// Ceiling bounds what one address gets. The zero Ceiling is none.
	Ceiling Ceiling

	wake chan struct{}
}

const (
	sealing  = "outbox"         // the key's purpose
	batch    = 4                // mails claimed at once
	lease    = 5 * time.Minute  // after which a claimed mail is thought abandoned: longer than a batch takes at its slowest
	poll     = 5 * time.Second  // for mails whose time has come, or whose worker died
	attempts = 16               // about two days of trying, with the back-off below
	longest  = 6 * time.Hour    // between two attempts
	patience = 30 * time.Second // for one delivery
)

// NewOutbox returns an outbox whose worker is not running yet; see Run.
func NewOutbox(conn *bun.DB, ring keyring.Ring, mailer Mailer, now func() time.Time, log *slog.Logger) *Outbox {
	return &Outbox{DB: conn, Ring: ring, Mailer: mailer, Now: now, Log: log, wake: make(chan struct{}, 1)}
}

// Put writes a mail as part of tx. A message without To is written all the same and dropped by
// the worker: it stands in where there is nobody to tell, so that both cases cost alike.
func (o *Outbox) Put(ctx context.Context, tx bun.IDB, m Message) error {
	plain, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	now := o.Now()
	row := &db.OutboxMail{ID: db.NewID(), Kind: m.Kind, Recipient: o.recipient(m.To), CreatedAt: now, RunAt: now}
	if row.Sealed, err = o.Ring.Seal(sealing, plain, row.ID[:]); err != nil {
		return fmt.Errorf("outbox: seal: %w", err)
	}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("outbox: insert: %w", err)
	}
	return nil
}

// Wake tells the worker that there is something to send, once the transaction has committed.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default: // it has been told already
	}
}

// Run delivers mails until ctx ends. Any number of workers may run, here and on other machines.
func (o *Outbox) Run(ctx context.Context) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		if err := o.Flush(ctx); err != nil && ctx.Err() == nil {
			o.Log.ErrorContext(ctx, "outbox: reading failed, trying again soon", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-o.wake:
		case <-ticker.C:
		}
	}
}

// Flush delivers every mail that is due.
func (o *Outbox) Flush(ctx context.Context) error {
	for {
		rows, err := o.claim(ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if err := o.settle(ctx, row, o.deliver(ctx, row)); err != nil {
				return err
			}
		}
	}
}

func (o *Outbox) claim(ctx context.Context) ([]db.OutboxMail, error) {
	now := o.Now()
	due := o.DB.NewSelect().Model((*db.OutboxMail)(nil)).Column("id").
		Where("done_at IS NULL").Where("run_at <= ?", now).
		Where("leased_until IS NULL OR leased_until < ?", now).
		Order("run_at", "id").Limit(batch)
	if o.DB.Dialect().Name() == dialect.PG {
		due = due.For("UPDATE SKIP LOCKED")
	}
	var rows []db.OutboxMail
	_, err := o.DB.NewUpdate().Model((*db.OutboxMail)(nil)).
		Set("leased_until = ?", now.Add(lease)).Set("attempts = attempts + 1").
		Where("id IN (?)", due).Returning("*").Exec(ctx, &rows)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	// Postgres returns them in whatever order it met them.
	slices.SortFunc(rows, func(a, b db.OutboxMail) int {
		return cmp.Or(a.RunAt.Compare(b.RunAt), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return rows, err
}

// deliver sends one mail. A mailer that panics loses this attempt and nothing else.
func (o *Outbox) deliver(ctx context.Context, row db.OutboxMail) (err error) {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the mailer panicked: %v", p)
		}
	}()
	plain, err := o.Ring.Open(sealing, row.Sealed, row.ID[:])
	if err != nil {
		return err
	}
	var m Message
	if err := json.Unmarshal(plain, &m); err != nil {
		return err
	}
	if m.To == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	over, err := o.over(ctx, row)
	if err != nil {
		return err
	}
	if over {
		return errOver
	}
	m.ID = row.ID.String()
	return o.Mailer.Send(ctx, m)
}

// settle writes down how a delivery went. What was sent or dropped is wiped; what was given up
// stays, for [Outbox.Retry].
func (o *Outbox) settle(ctx context.Context, row db.OutboxMail, failed error) error {
	stopped := ctx.Err() != nil
	// A mail that has gone out is marked even while the program is told to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	now := o.Now()
	update := o.DB.NewUpdate().Model((*db.OutboxMail)(nil)).Where("id = ?", row.ID).Set("leased_until = NULL")
	if failed != nil {
		// Who comes back after the lease must not undo what another worker has done since.
		update = update.Where("attempts = ?", row.Attempts)
	}
	switch {
	case failed == nil:
		update = update.Set("done_at = ?", now).Set("sealed = NULL").Set("failure = NULL")
	case stopped:
		update = update.Set("attempts = attempts - 1") // told to stop is not failed: the next start tries at once
	case errors.Is(failed, errOver):
		o.Log.WarnContext(ctx, "outbox: mail dropped, its address has got as many as it may", "mail", row.ID, "kind", row.Kind)
		update = update.Set("done_at = ?", now).Set("sealed = NULL").Set("failure = ?", reason(failed))
	case row.Attempts >= attempts || errors.Is(failed, ErrNoMailbox):
		o.Log.ErrorContext(ctx, "outbox: mail given up", "mail", row.ID, "kind", row.Kind, "attempts", row.Attempts, "error", reason(failed))
		update = update.Set("done_at = ?", now).Set("failure = ?", reason(failed))
	default:
		wait := min(longest, time.Minute<<min(row.Attempts-1, 9))
		o.Log.WarnContext(ctx, "outbox: mail not sent, trying again", "mail", row.ID, "kind", row.Kind, "in", wait, "error", reason(failed))
		update = update.Set("run_at = ?", now.Add(wait)).Set("failure = ?", reason(failed))
	}
	_, err := update.Exec(ctx)
	return err
}

// anAddress is what mail servers repeat in their refusals.
var anAddress = regexp.MustCompile(`[^\s<>"(),;:]+@[^\s<>"(),;:]+`)

// reason is what is written down of a failure, in the open: no address, no more than a line or
// two, and nothing that a text column refuses.
func reason(failed error) string {
	const enough = 500
	text := failed.Error()
	text = strings.ToValidUTF8(strings.ReplaceAll(text[:min(len(text), 4*enough)], "\x00", ""), "")
	text = anAddress.ReplaceAllString(text, "(address)")
	return strings.ToValidUTF8(text[:min(len(text), enough)], "")
}
