package mail_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
)

func TestOutboxDeliversInOrderAndWipes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		var want []string
		for i := range 25 {
			w.put(letter(i))
			want = append(want, letter(i).Subject)
		}
		w.flush()
		if got := w.sent.subjects(); !slices.Equal(got, want) {
			t.Errorf("sent %v", got)
		}
		want0 := letter(0)
		want0.ID = w.rows()[0].ID.String()
		if got, want := w.sent.mails[0], want0; !reflect.DeepEqual(got, want) {
			t.Errorf("sent %+v\nwant %+v", got, want)
		}
		for _, row := range w.rows() {
			if row.Sealed != nil || !row.DoneAt.Equal(start) || row.Attempts != 1 || row.Failure != "" || !row.LeasedUntil.IsZero() || row.Kind != "recover.link" {
				t.Fatalf("row %+v", row)
			}
		}
		w.pass(time.Hour)
		w.flush()
		if got := w.sent.subjects(); len(got) != 25 {
			t.Errorf("%d mails after another round", len(got))
		}
	})
}

// A mail and its cause stand or fall together.
func TestOutboxFollowsTheTransaction(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		changed := errors.New("changed my mind")
		err := db.InTx(t.Context(), w.DB, func(ctx context.Context, tx bun.Tx) error {
			return errors.Join(w.Put(ctx, tx, letter(1)), changed)
		})
		if !errors.Is(err, changed) {
			t.Fatal(err)
		}
		w.flush()
		if rows, sent := w.rows(), w.sent.subjects(); len(rows) != 0 || len(sent) != 0 {
			t.Errorf("%d rows, sent %v", len(rows), sent)
		}
	})
}

// What lies in the table tells nobody what was written, nor to whom.
func TestOutboxIsUnreadableAtRest(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		m := letter(1)
		refuse := fmt.Errorf("550 5.1.1 <%s>: user unknown; %s is not here", m.To, strings.ToUpper(m.To))
		w.Mailer = sender(func(context.Context, mail.Message) error { return refuse })
		dump := func() string {
			var rows []map[string]any
			if err := w.DB.NewRaw("SELECT * FROM outbox").Scan(t.Context(), &rows); err != nil || len(rows) != 2 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			var all strings.Builder
			for column, held := range rows[0] {
				fmt.Fprintf(&all, "%s=%s\n", column, held)
			}
			return strings.ToLower(all.String())
		}
		check := func(what, text string) {
			for _, secret := range []string{m.To, "secret-domain", m.Subject, "424242", "<p>", m.From} {
				if strings.Contains(text, strings.ToLower(secret)) {
					t.Errorf("%s: %q can be read in\n%s", what, secret, text)
				}
			}
		}
		w.put(m, m)
		check("waiting", dump())
		w.flush()
		check("failed", dump())
		if row := w.rows()[0]; !strings.Contains(row.Failure, "user unknown") {
			t.Errorf("the failure %q does not say what is wrong", row.Failure)
		}
		if rows := w.rows(); string(rows[0].Sealed) == string(rows[1].Sealed) {
			t.Error("equal mails look alike")
		}
		check("log", strings.ToLower(w.log.String()))
	})
}

// Whoever can write to the table cannot have one person's mail sent in another's place.
func TestOutboxBindsAMailToItsRow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.put(letter(1), letter(2))
		rows := w.rows()
		for i, row := range rows {
			if _, err := w.DB.NewUpdate().Model(&row).Set("sealed = ?", rows[1-i].Sealed).WherePK().Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.flush()
		if got := w.sent.subjects(); len(got) != 0 {
			t.Errorf("sent %v", got)
		}
	})
}

// Where there is nobody to tell, the same work is done and nothing goes out.
func TestOutboxDropsWhatHasNoRecipient(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		m := letter(1)
		m.To = ""
		w.put(m)
		if row := w.row(); row.Sealed == nil || !row.DoneAt.IsZero() {
			t.Errorf("row %+v", row)
		}
		w.flush()
		if row := w.row(); len(w.sent.subjects()) != 0 || row.Sealed != nil || row.DoneAt.IsZero() || row.Failure != "" || row.Attempts != 1 {
			t.Errorf("sent %v, row %+v", w.sent.subjects(), row)
		}
	})
}

func TestOutboxKeyRotation(t *testing.T) {
	t.Parallel()
	const older, newer = "the secret that was there first, 32+", "the secret that came afterwards, 32+"
	each(t, func(t *testing.T, w world) {
		w.Ring = keyring.New([]string{older})
		w.put(letter(1))
		w.Ring = keyring.New([]string{newer})
		w.flush()
		if row := w.row(); len(w.sent.subjects()) != 0 || row.Sealed == nil || row.Failure == "" {
			t.Fatalf("without the old secret: sent %v, row %+v", w.sent.subjects(), row)
		}
		w.Ring = keyring.New([]string{newer, older})
		w.pass(time.Hour)
		w.flush()
		if got := w.sent.subjects(); len(got) != 1 {
			t.Errorf("with both secrets: sent %v", got)
		}
	})
}

// waits are the pauses after each failed attempt; past the last the mail is given up.
func waits() []time.Duration {
	var all []time.Duration
	for wait := time.Minute; wait < 6*time.Hour; wait *= 2 {
		all = append(all, wait)
	}
	for range 6 {
		all = append(all, 6*time.Hour)
	}
	return all
}

func TestOutboxBacksOffAndGivesUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		tried := 0
		w.Mailer = sender(func(context.Context, mail.Message) error { tried++; return errDown })
		w.put(letter(1))
		var total time.Duration
		for i, wait := range waits() {
			w.flush()
			if row := w.row(); tried != i+1 || row.Attempts != int64(i+1) || !row.DoneAt.IsZero() || row.Sealed == nil ||
				row.Failure != errDown.Error() || !row.LeasedUntil.IsZero() || !row.RunAt.Equal(w.Now().Add(wait)) {
				t.Fatalf("attempt %d: tried %d times, row %+v", i+1, tried, row)
			}
			w.pass(wait - time.Microsecond)
			w.flush()
			if tried != i+1 {
				t.Fatalf("attempt %d came before %v", i+2, wait)
			}
			w.pass(time.Microsecond)
			total += wait
		}
		if days := total.Hours() / 24; days < 1.75 || days > 2.25 {
			t.Errorf("given up after %.2f days, want about two", days)
		}
		w.flush()
		row := w.row()
		if tried != len(waits())+1 || row.Sealed == nil || !row.DoneAt.Equal(w.Now()) || row.Failure != errDown.Error() {
			t.Errorf("at the end: tried %d times, row %+v", tried, row)
		}
		if log := w.log.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, row.ID.String()) {
			t.Errorf("the log does not tell once that the mail is lost:\n%s", log)
		}
		w.pass(30 * 24 * time.Hour)
		w.flush()
		if tried != len(waits())+1 {
			t.Error("tried again after it was given up")
		}
	})
}

// A server that was down for a while costs a delay and no mail.
func TestOutboxRecovers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		works := w.Mailer
		w.Mailer = sender(func(context.Context, mail.Message) error { return errDown })
		w.put(letter(1), letter(2), letter(3))
		w.flush()
		w.Mailer = works
		w.pass(time.Minute)
		w.flush()
		for _, row := range w.rows() {
			if row.Failure != "" || row.Sealed != nil || row.Attempts != 2 || row.DoneAt.IsZero() {
				t.Errorf("row %+v", row)
			}
		}
		if got := w.sent.subjects(); len(got) != 3 {
			t.Errorf("sent %v", got)
		}
	})
}

// One mail that cannot be sent, whatever it does, holds up no other.
func TestOutboxSurvivesItsMailer(t *testing.T) {
	t.Parallel()
	for about, trouble := range map[string]func() error{
		"panics":                         func() error { panic("the mailer broke for ann@secret-domain.example") },
		"panics with an error":           func() error { panic(errDown) },
		"says what no text column holds": func() error { return errors.New("bad \x00 and \xff and \xed\xa0\x80") },
		"talks without end":              func() error { return errors.New(strings.Repeat("ä talker ", 1<<17)) },
		"says nothing":                   func() error { return errors.New("") },
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, w world) {
				works := w.Mailer
				w.Mailer = sender(func(ctx context.Context, m mail.Message) error {
					if m.Subject == letter(1).Subject {
						return trouble()
					}
					return works.Send(ctx, m)
				})
				w.put(letter(0), letter(1), letter(2))
				w.flush()
				if got := w.sent.subjects(); !slices.Equal(got, []string{letter(0).Subject, letter(2).Subject}) {
					t.Errorf("sent %v", got)
				}
				row := w.rows()[1]
				if !row.DoneAt.IsZero() || row.Sealed == nil || !row.RunAt.Equal(start.Add(time.Minute)) || len(row.Failure) > 1000 || strings.Contains(row.Failure, "secret-domain") {
					t.Errorf("row %.2000v", row)
				}
			})
		})
	}
}
