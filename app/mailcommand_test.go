package app_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A postman delivers mails, or fails of what stands in trouble.
type postman struct {
	trouble error
	sent    []mail.Message
}

func (p *postman) Send(_ context.Context, m mail.Message) error {
	if p.trouble == nil {
		p.sent = append(p.sent, m)
	}
	return p.trouble
}

// operate runs a command of the application's and returns what it printed.
func operate(t *testing.T, accounts *app.App, status int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if got := accounts.Command(args, app.Program{Out: &out}); got != status {
		t.Errorf("%q ends with %d, not %d:\n%s", args, got, status, out.String())
	}
	return out.String()
}

// An operator sees what has not gone out and why, sends it again, and never learns from it to whom
// a mail goes or what it says.
func TestMailCommand(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		smtp := &postman{trouble: errors.New("dial tcp: the mail server is down\nfor <ada@example.com>\tand others")}
		accounts, err := app.New(app.Config{
			URL: "https://shop.example", From: "no-reply@shop.example", Secrets: []string{strings.Repeat("s", 32)}, DB: conn, Mailer: smtp,
			MailsPerAddress: mail.Ceiling{Hour: 2}, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		must(t, err)
		if said := operate(t, accounts, 0, "mail", "list"); said != "every mail has gone out\n" {
			t.Errorf("of nothing it says %q", said)
		}
		promise := func() {
			t.Helper()
			must(t, accounts.Mail(t.Context(), conn, "orders.shipped", ada, components.Mail{Subject: "Order 4711", Text: "Secret words"}))
		}
		promise()
		for range 20 {
			must(t, accounts.DeliverMails(t.Context()))
			now = now.Add(6 * time.Hour)
		}
		promise()
		must(t, accounts.DeliverMails(t.Context()))

		said := operate(t, accounts, 0, "mail", "list")
		rows := regexp.MustCompile(`(?m)^([0-9a-f-]{36})  orders\.shipped  2026-03-0\d \d\d:\d\d  (waiting|given up) +(\d+) +(\S+.*?) +dial tcp: the mail server is down for <\(address\)> and others$`).FindAllStringSubmatch(said, -1)
		if len(rows) != 2 || rows[0][2] != "waiting" || rows[0][3] != "1" || rows[1][2] != "given up" || rows[1][3] != "16" || rows[1][4] != "-" {
			t.Fatalf("it lists %q:\n%s", rows, said)
		}
		for _, secret := range []string{"ada@", "4711", "Secret words"} {
			if strings.Contains(said, secret) {
				t.Errorf("the list tells %q:\n%s", secret, said)
			}
		}
		if short := operate(t, accounts, 0, "mail", "list", "--most", "1"); strings.Count(short, "orders.shipped") != 1 || !strings.Contains(short, "and 1 older") {
			t.Errorf("of two, one is listed as\n%s", short)
		}

		smtp.trouble = nil
		operate(t, accounts, 1, "mail", "retry")
		operate(t, accounts, 1, "mail", "retry", "--all", rows[1][1])
		operate(t, accounts, 1, "mail", "retry", "17")
		operate(t, accounts, 1, "mail", "retry", "00000000-0000-7000-8000-000000000000")
		if said := operate(t, accounts, 0, "mail", "retry", rows[1][1]); !strings.Contains(said, ": 1;") {
			t.Errorf("it says %q", said)
		}
		must(t, accounts.DeliverMails(t.Context()))
		if len(smtp.sent) != 1 || smtp.sent[0].To != ada || smtp.sent[0].Text != "Secret words" || smtp.sent[0].ID != rows[1][1] {
			t.Errorf("sent %+v", smtp.sent)
		}
		if said := operate(t, accounts, 0, "mail", "retry", "--all"); !strings.Contains(said, ": 1;") {
			t.Errorf("it says %q", said)
		}
		must(t, accounts.DeliverMails(t.Context()))
		if said := operate(t, accounts, 0, "mail", "list"); len(smtp.sent) != 2 || said != "every mail has gone out\n" {
			t.Errorf("sent %d, left\n%s", len(smtp.sent), said)
		}

		for range 3 {
			promise()
		}
		must(t, accounts.DeliverMails(t.Context()))
		if said := operate(t, accounts, 0, "mail", "list"); strings.Count(said, "dropped: its address has got as many mails as it may") != 2 {
			t.Errorf("of what is over the ceiling it lists\n%s", said)
		}
		operate(t, accounts, 1, "mail")
		operate(t, accounts, 1, "mail", "burn")
		operate(t, accounts, 1, "mail", "list", "--nonsense")
		operate(t, accounts, 1, "mail", "list", "--most", "0")
		operate(t, accounts, 0, "mail", "list", "--help")
	})
}

// A mail that was given up is there for as long as Config.Retention says, and one that waits for longer.
func TestMailsGivenUpAreSweptInTime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		accounts, err := app.New(app.Config{
			URL: "https://shop.example", From: "no-reply@shop.example", Secrets: []string{strings.Repeat("s", 32)}, DB: conn,
			Mailer: &postman{trouble: errors.New("down")}, Retention: 10 * 24 * time.Hour,
			Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		must(t, err)
		must(t, accounts.Mail(t.Context(), conn, "orders.shipped", ada, components.Mail{Subject: "Order 4711", Text: "Words"}))
		for range 16 {
			must(t, accounts.DeliverMails(t.Context()))
			now = now.Add(6 * time.Hour)
		}
		now = now.Add(9 * 24 * time.Hour)
		must(t, accounts.Sweep(t.Context()))
		if said := operate(t, accounts, 0, "mail", "list"); !strings.Contains(said, "given up") {
			t.Errorf("it lists\n%s", said)
		}
		now = now.Add(24 * time.Hour)
		must(t, accounts.Sweep(t.Context()))
		if said := operate(t, accounts, 0, "mail", "list"); said != "every mail has gone out\n" {
			t.Errorf("it lists\n%s", said)
		}
	})
}
