package mail

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/db"
)

// A Ceiling is how many mails one address may get. What is over it is dropped by the worker, which
// no answer to a visitor shows. The first of its kind in an hour always goes: a flood of mails that
// anybody can ask for must not keep the one away that says a password was changed.
//
// Mails are counted by the record of them, so that Config.Retention should be no shorter than a day.
type Ceiling struct {
	// Hour is how many within an hour. The default of Config.MailsPerAddress is 20; zero is no limit.
	Hour int64
	// Day is how many within a day. The default of Config.MailsPerAddress is 60; zero is no limit.
	Day int64
}

// Or fills what c leaves open.
func (c Ceiling) Or(usual Ceiling) Ceiling {
	return Ceiling{Hour: cmp.Or(c.Hour, usual.Hour), Day: cmp.Or(c.Day, usual.Day)}
}

// errOver says why a mail was dropped, to operators.
var errOver = errors.New("dropped: its address has got as many mails as it may")

// recipients is the purpose of the key under which addresses are counted.
const recipients = "recipients"

// recipient stands for an address, however it is spelt, without telling it.
func (o *Outbox) recipient(address string) []byte {
	folded := strings.ToLower(address)
	if name, err := identity.Email(address); err == nil {
		folded = name.Key
	}
	return o.Ring.MAC(recipients, []byte(folded))
}

// over reports whether a mail is one too many for its address. It counts those promised before,
// so that the answer is the same at each attempt and for each worker.
func (o *Outbox) over(ctx context.Context, row db.OutboxMail) (bool, error) {
	if o.Ceiling == (Ceiling{}) || row.Recipient == nil {
		return false, nil
	}
	var day, hour, alike int64
	since := row.CreatedAt.Add(-time.Hour)
	err := o.DB.NewSelect().Model((*db.OutboxMail)(nil)).
		ColumnExpr("count(*)").
		ColumnExpr("count(CASE WHEN created_at > ? THEN 1 END)", since).
		ColumnExpr("count(CASE WHEN created_at > ? AND kind = ? THEN 1 END)", since, row.Kind).
		Where("recipient = ?", row.Recipient).
		Where("created_at > ?", row.CreatedAt.Add(-24*time.Hour)).
		Where("id < ?", row.ID).
		Where("failure IS NULL OR sealed IS NOT NULL"). // what was dropped itself did not get there
		Scan(ctx, &day, &hour, &alike)
	if err != nil {
		return false, err
	}
	full := o.Ceiling.Hour > 0 && hour >= o.Ceiling.Hour || o.Ceiling.Day > 0 && day >= o.Ceiling.Day
	return full && alike > 0, nil
}
