package app

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
)

// An EventName says what happened. Names are stable.
type EventName string

// An Event is something that happened to an account. It is written to the audit table in the
// transaction of the change, and told to Hooks.Happened after it has committed.
type Event struct {
	Name EventName
	// User is nil where nobody has the account that was asked for.
	User    *db.User
	Details map[string]string
	// Network and UserAgent are where the request came from.
	Network, UserAgent string
	At                 time.Time
}

// Hooks are the host's own functions, called at the kit's turning points. A nil field is skipped.
type Hooks struct {
	// Happened is told of every event after it has committed.
	Happened func(ctx context.Context, e Event)

	// Drawing is called before a page or a mail is drawn, once for each, and returns the context that it is
	// drawn in: with values that the host's own pages, mails, slots and elements find there. What it is about
	// is the props of a view or a mail, such as props.Login or props.Welcome; nil for a page of the host's own, by
	// [App.Show]. A page may be one that says what is wrong, and whoever comes may be nobody. A mail is
	// drawn inside the transaction that promises it: look nothing up there that takes long.
	Drawing func(ctx context.Context, about any) context.Context

	// Registering is called inside the transaction that opens an account. An error undoes it all; a
	// [FieldError] or an [Error] of status 403 is shown to the visitor, who learns by it that the
	// address was new: refuse in the function given to [Extend] what can be refused without that.
	Registering func(ctx context.Context, tx bun.Tx, a db.Account) error

	// SigningIn is called inside the transaction that opens a session. An error undoes it all; an
	// *[Error] is shown to the visitor.
	SigningIn func(ctx context.Context, tx bun.Tx, s *SignIn) error
}
