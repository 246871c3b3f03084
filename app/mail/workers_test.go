package mail_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// Four machines work on the same outbox, each over connections of its own.
func TestFourWorkersSendEachMailOnce(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := url(t)
			open := func() *bun.DB {
				conn, err := db.Open(at)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				return conn
			}
			w := newWorld(t, open())
			const mails = 60
			var all []mail.Message
			for i := range mails {
				all = append(all, letter(i))
			}
			w.put(all...)
			count := sender(func(_ context.Context, m mail.Message) error {
				time.Sleep(time.Millisecond)
				w.sent.add(m)
				return nil
			})
			var machines sync.WaitGroup
			begin := make(chan struct{})
			for range 4 {
				worker := w.worker(open(), count)
				machines.Go(func() {
					<-begin
					if err := worker.Flush(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			close(begin)
			machines.Wait()
			got := w.sent.subjects()
			slices.Sort(got)
			if len(got) != mails || len(slices.Compact(got)) != mails {
				t.Errorf("%d mails sent, %d of them different, want %d", len(got), len(slices.Compact(got)), mails)
			}
			for _, row := range w.rows() {
				if row.DoneAt.IsZero() || row.Attempts != 1 {
					t.Fatalf("row %+v", row)
				}
			}
		})
	}
}

// A worker does not wait for a mail that somebody else holds on to.
func TestWorkerStepsOverWhatIsLocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Postgres(t)) // SQLite locks no rows
	w.put(letter(0))
	w.put(letter(1))
	err := w.DB.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("SELECT id FROM outbox WHERE id = ? FOR UPDATE", w.rows()[0].ID).Exec(ctx); err != nil {
			return err
		}
		soon, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return w.Flush(soon)
	})
	if got := w.sent.subjects(); err != nil || !slices.Equal(got, []string{letter(1).Subject}) {
		t.Errorf("sent %v, %v", got, err)
	}
	w.flush()
	if got := w.sent.subjects(); len(got) != 2 {
		t.Errorf("afterwards: sent %v", got)
	}
}

// A server that answers slowly must not make a second worker think the first one dead.
func TestSlowServerDoesNotDouble(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		other := w.worker(w.DB, w.Mailer)
		works := w.Mailer
		w.Mailer = sender(func(ctx context.Context, m mail.Message) error {
			w.pass(45 * time.Second) // dialling, sending and saying goodbye, each at its limit
			if err := other.Flush(ctx); err != nil {
				t.Error(err)
			}
			return works.Send(ctx, m)
		})
		for i := range 12 {
			w.put(letter(i))
		}
		w.flush()
		got := w.sent.subjects()
		slices.Sort(got)
		if len(got) != 12 || len(slices.Compact(got)) != 12 {
			t.Errorf("sent %v", got)
		}
	})
}

// A worker that died keeps its mails for as long as its lease, and no longer.
func TestLeaseLapses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.put(letter(1))
		if _, err := w.DB.NewRaw("UPDATE outbox SET attempts = 1, leased_until = ?", start.Add(5*time.Minute)).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.pass(5 * time.Minute)
		w.flush()
		if got := w.sent.subjects(); len(got) != 0 {
			t.Fatalf("taken from a worker that may be alive: %v", got)
		}
		w.pass(time.Microsecond)
		w.flush()
		if row := w.row(); len(w.sent.subjects()) != 1 || row.Attempts != 2 || row.DoneAt.IsZero() {
			t.Errorf("sent %v, row %+v", w.sent.subjects(), row)
		}
	})
}

// A worker that comes back after its lease finds its mail in other hands, and lets go of it.
func TestLateWorkerUndoesNothing(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct{ late, other error }{
		"late failure after success": {errDown, nil},
		"late failure after failure": {errDown, errors.New("another failure")},
		"late success after failure": {nil, errDown},
		"late success after success": {nil, nil},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, w world) {
				other := w.worker(w.DB, sender(func(context.Context, mail.Message) error { return c.other }))
				w.Mailer = sender(func(ctx context.Context, _ mail.Message) error {
					w.pass(time.Hour)
					if err := other.Flush(ctx); err != nil {
						t.Error(err)
					}
					return c.late
				})
				w.put(letter(1))
				w.flush()
				row := w.row()
				done := c.late == nil || c.other == nil
				if row.DoneAt.IsZero() == done || (row.Sealed == nil) != done || (row.Failure == "") != done {
					t.Errorf("row %+v", row)
				}
				if !done && (row.Failure != c.other.Error() || !row.RunAt.Equal(w.Now().Add(2*time.Minute))) {
					t.Errorf("the last attempt is the one that counts: %+v", row)
				}
			})
		})
	}
}

// Stopping the program is nobody's failure: what was not sent goes out at the next start.
func TestStopping(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		works := w.Mailer
		for i := range 3 {
			w.put(letter(i))
		}
		if _, err := w.DB.NewRaw("UPDATE outbox SET attempts = 15").Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		w.Mailer = sender(func(ctx context.Context, m mail.Message) error {
			if m.Subject == letter(0).Subject {
				return works.Send(ctx, m)
			}
			stop()
			<-ctx.Done()
			return ctx.Err()
		})
		if err := w.Flush(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("flush: %v", err)
		}
		if first := w.rows()[0]; first.DoneAt.IsZero() {
			t.Errorf("sent and not marked: %+v", first)
		}
		for _, row := range w.rows()[1:] {
			if row.Attempts != 15 || row.Sealed == nil || !row.DoneAt.IsZero() || !row.LeasedUntil.IsZero() || !row.RunAt.Equal(start) {
				t.Errorf("row %+v", row)
			}
		}
		w.Mailer = works
		w.flush()
		if got := w.sent.subjects(); len(got) != 3 {
			t.Errorf("after the restart: sent %v", got)
		}
	})
}

// A mail that went out in the very moment of stopping is not sent again.
func TestStoppingAfterDelivery(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		ctx, stop := context.WithCancel(t.Context())
		works := w.Mailer
		w.Mailer = sender(func(ctx context.Context, m mail.Message) error { stop(); return works.Send(ctx, m) })
		w.put(letter(1))
		_ = w.Flush(ctx)
		w.pass(time.Hour)
		w.flush()
		if row := w.row(); len(w.sent.subjects()) != 1 || row.DoneAt.IsZero() {
			t.Errorf("sent %v, row %+v", w.sent.subjects(), row)
		}
	})
}
