package mail_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/mail"
)

// unsent is what operators are shown.
func (w world) unsent() []mail.Unsent {
	w.t.Helper()
	mails, all, err := w.Unsent(w.t.Context(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	if int(all) != len(mails) {
		w.t.Errorf("%d of %d are listed", len(mails), all)
	}
	return mails
}

// giveUp has every mail fail until it is given up.
func (w *world) giveUp() {
	w.t.Helper()
	works := w.Mailer
	w.Mailer = sender(func(context.Context, mail.Message) error { return errDown })
	for range len(waits()) + 1 {
		w.flush()
		w.pass(6 * time.Hour)
	}
	w.Mailer = works
}

// A mail that was given up is kept, shown, and goes out once somebody says so, to whom it was for
// and under the ID that it had.
func TestRetryWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.put(letter(1), letter(2))
		w.giveUp()
		w.put(letter(3))
		listed := w.unsent()
		if len(listed) != 3 || listed[0].State != "waiting" || listed[0].Reason != "" || listed[0].Kind != "recover.link" {
			t.Fatalf("listed %+v", listed)
		}
		for _, m := range listed[1:] {
			if m.State != "given up" || m.Reason != errDown.Error() || m.Attempts != 16 || !m.CreatedAt.Equal(start) {
				t.Errorf("listed %+v", m)
			}
		}
		first := listed[2].ID // newest first
		if n, err := w.Retry(t.Context(), first, listed[0].ID, uuid.New()); n != 1 || err != nil {
			t.Errorf("tried again: %d, %v", n, err)
		}
		w.flush()
		if got := w.sent.subjects(); !slices.Equal(got, []string{letter(1).Subject, letter(3).Subject}) {
			t.Errorf("sent %v", got)
		}
		if got := w.sent.mails[0]; got.ID != first.String() || got.To != letter(1).To {
			t.Errorf("sent %+v", got)
		}
		if row := w.rows()[0]; row.Sealed != nil || row.Failure != "" || row.DoneAt.IsZero() || row.Attempts != 1 {
			t.Errorf("row %+v", row)
		}
		if n, err := w.Retry(t.Context(), first); n != 0 || err != nil {
			t.Errorf("what was sent, tried again: %d, %v", n, err)
		}
		if n, err := w.Retry(t.Context()); n != 1 || err != nil {
			t.Errorf("all that are left, tried again: %d, %v", n, err)
		}
		w.flush()
		if got := w.sent.subjects(); len(got) != 3 || len(w.unsent()) != 0 {
			t.Errorf("sent %v, left %+v", got, w.unsent())
		}
	})
}

// What waits for its next attempt need not wait for it, and has all attempts ahead of it again.
func TestRetryWhatWaits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		works := w.Mailer
		w.Mailer = sender(func(context.Context, mail.Message) error { return errDown })
		w.put(letter(1))
		for _, wait := range waits()[:8] {
			w.flush()
			w.pass(wait)
		}
		w.flush()
		if m := w.unsent()[0]; m.State != "waiting" || m.Attempts != 9 || !m.RunAt.Equal(w.Now().Add(waits()[8])) {
			t.Fatalf("listed %+v", m)
		}
		if n, err := w.Retry(t.Context()); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		w.flush()
		if row := w.row(); row.Attempts != 1 || !row.RunAt.Equal(w.Now().Add(time.Minute)) {
			t.Errorf("row %+v", row)
		}
		w.Mailer = works
		w.pass(time.Minute)
		w.flush()
		if got := w.sent.subjects(); len(got) != 1 {
			t.Errorf("sent %v", got)
		}
	})
}

// What is being sent at this moment is shown as such, and not sent a second time.
func TestRetryLeavesWhatIsBeingSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		tries := 0
		w.Mailer = sender(func(ctx context.Context, _ mail.Message) error {
			if tries++; tries == 1 {
				return errDown
			}
			if m := w.unsent()[0]; m.State != "sending" {
				t.Errorf("listed %+v", m)
			}
			n, err := w.Retry(ctx)
			if n != 0 {
				err = errors.Join(err, errors.New("it was let go again"))
			}
			return err
		})
		w.put(letter(1))
		w.flush()
		w.pass(time.Minute)
		w.flush()
		w.flush()
		if row := w.row(); tries != 2 || row.Failure != "" || row.DoneAt.IsZero() {
			t.Errorf("tried %d times, row %+v", tries, row)
		}
	})
}

// A list of thousands stops where it is asked to, and says how many there are.
func TestUnsentIsBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for i := range 5 {
			w.put(letter(i))
		}
		mails, all, err := w.Unsent(t.Context(), 2)
		if err != nil || all != 5 || len(mails) != 2 || mails[0].ID != w.rows()[4].ID {
			t.Errorf("%d of %d, %v: %+v", len(mails), all, err, mails)
		}
	})
}
