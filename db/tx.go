package db

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

const (
	// retries and patience bound how long contention is fought; past either, its error is the answer.
	retries  = 10
	patience = 10 * time.Second
)

// InTx runs do in a transaction and commits unless do fails or panics. Where the database asks for
// it (a serialization failure or a deadlock on Postgres, a busy SQLite), the whole of do runs
// again, after a short and growing pause: so do must keep its effects in the transaction or
// begin by forgetting those of its last run. It is tried at most eleven times, and not after ten
// seconds or once ctx is done; [IsUnavailable] holds of the error that is left then.
//
// A commit whose answer got lost is not tried again, because it may have happened.
func InTx(ctx context.Context, db *bun.DB, do func(ctx context.Context, tx bun.Tx) error) error {
	return again(ctx, isContention, func() error { return db.RunInTx(ctx, nil, do) })
}

// again runs work until it succeeds, fails in a way that retry does not ask for, or has used up
// its retries, patience or context.
func again(ctx context.Context, retry func(error) bool, work func() error) error {
	deadline, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pause := 2 * time.Millisecond
	for run := 0; ; run++ {
		err := work()
		if err == nil || run == retries || !retry(err) {
			return err
		}
		select {
		case <-deadline.Done():
			return err
		case <-time.After(pause/2 + rand.N(pause)): // two that collided must not do so in step
		}
		pause = min(2*pause, 200*time.Millisecond)
	}
}

// NewID is a new key for a row: a UUIDv7 (RFC 9562, section 5.7), which grows with time and so
// keeps indexes compact. It is no secret and must not serve as one.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// TakeUser keeps an account's row until the commit, so that of two transactions that take it the
// second sees what the first has done. An account that is not there is nothing to keep. On SQLite a
// transaction has the whole database to itself: writing there would only take longer for who has an
// account than for who has none.
func TakeUser(ctx context.Context, tx bun.IDB, id uuid.UUID) error {
	if tx.Dialect().Name() != dialect.PG {
		return nil
	}
	_, err := tx.NewSelect().Model((*User)(nil)).Column("id").Where("id = ?", id).For("NO KEY UPDATE").Exec(ctx)
	return err
}
