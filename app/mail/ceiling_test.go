package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/mail"
)

// to is a mail of a kind to somebody.
func to(address, kind string) mail.Message {
	m := letter(0)
	m.To, m.Kind, m.Subject = address, kind, address+" "+kind
	return m
}

// An address gets as many as it may, however it is spelt, and others get theirs.
func TestCeiling(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.Ceiling = mail.Ceiling{Hour: 3, Day: 5}
		sent := func(when string, want int) {
			t.Helper()
			w.flush()
			if got := len(w.sent.subjects()); got != want {
				t.Errorf("%s: %d sent, not %d", when, got, want)
			}
		}
		for _, address := range []string{"ann@shop.example", "Ann@Shop.example", " ANN@SHOP.EXAMPLE", "ann@shop.example", "ａnn@shop.example"} {
			w.put(to(address, "recover.link"))
		}
		sent("within the hour", 3)
		w.put(to("bob@shop.example", "recover.link"))
		sent("to another", 4)
		w.pass(time.Hour - time.Second)
		w.put(to("ann@shop.example", "recover.link"))
		sent("while the hour lasts", 4)
		w.pass(time.Second)
		for range 4 {
			w.put(to("ann@shop.example", "recover.link"))
		}
		sent("in the next hour, until the day is full", 6)
		w.pass(23 * time.Hour)
		w.put(to("ann@shop.example", "recover.link"))
		sent("on the next day", 7)
	})
}

// Who floods an address with what anybody can ask for keeps no notice away from it.
func TestCeilingLetsNoticesThrough(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.Ceiling = mail.Ceiling{Hour: 2, Day: 3}
		for i := range 10 {
			w.put(to("ann@shop.example", "recover.link"))
			if i == 5 {
				w.put(to("ann@shop.example", "recover.done"))
			}
		}
		w.flush()
		if got := strings.Join(w.sent.subjects(), ", "); strings.Count(got, "recover.link") != 2 || strings.Count(got, "recover.done") != 1 {
			t.Errorf("sent %s", got)
		}
	})
}

// What was dropped is gone: it is said in the list and the log, without the address, and is not
// tried again. What failed counts once, and is not dropped for having been tried.
func TestCeilingDrops(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.Ceiling = mail.Ceiling{Hour: 1, Day: 100}
		works := w.Mailer
		w.Mailer = sender(func(context.Context, mail.Message) error { return errDown })
		w.put(to("ann@shop.example", "recover.link"), to("ann@shop.example", "recover.link"))
		w.flush()
		w.Mailer = works
		w.pass(time.Minute)
		w.flush()
		if got := w.sent.subjects(); len(got) != 1 {
			t.Fatalf("sent %v", got)
		}
		listed := w.unsent()
		if len(listed) != 1 || listed[0].State != "dropped" || !strings.Contains(listed[0].Reason, "as many mails as it may") {
			t.Fatalf("listed %+v", listed)
		}
		if row := w.rows()[1]; row.ID != listed[0].ID || row.Sealed != nil || row.DoneAt.IsZero() {
			t.Errorf("row %+v", row)
		}
		if log := w.log.String(); !strings.Contains(log, "mail dropped") || !strings.Contains(log, listed[0].ID.String()) || strings.Contains(log, "ann@") {
			t.Errorf("the log says\n%s", log)
		}
		if n, err := w.Retry(t.Context()); n != 0 || err != nil {
			t.Errorf("tried again: %d, %v", n, err)
		}
	})
}

// Whoever reads the table cannot try addresses against it, and without a ceiling none is kept back.
func TestCeilingKeyTellsNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		for range 30 {
			w.put(to("ann@shop.example", "recover.link"))
		}
		other := newWorld(t, w.DB)
		other.Ring = w.Ring
		nobody := to("", "recover.link")
		other.put(nobody)
		rows := w.rows()
		key := string(rows[0].Recipient)
		if len(key) != 32 || strings.Contains(key, "ann") {
			t.Errorf("the key is %q", key)
		}
		for _, row := range rows[:30] {
			if string(row.Recipient) != key {
				t.Error("one address has two keys")
			}
		}
		if last := string(rows[30].Recipient); last == key || len(last) != len(key) {
			t.Error("a mail to nobody is told from the others by its key's length, or has another's")
		}
		w.flush()
		if got := w.sent.subjects(); len(got) != 30 {
			t.Errorf("%d sent", len(got))
		}
	})
}
