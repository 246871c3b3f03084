package mail_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// start is a time that both databases can hold to the last digit.
var start = time.Date(2026, 3, 4, 5, 6, 7, 123456000, time.UTC)

var errDown = errors.New("the server is down")

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "gatehouse-mail-*")
	if err != nil {
		panic(err)
	}
	// Read once, at the first handshake: the authority that the tests' mail servers are signed by.
	trustOnly(folder)
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// A sender is a mailer made of a function.
type sender func(context.Context, mail.Message) error

func (s sender) Send(ctx context.Context, m mail.Message) error { return s(ctx, m) }

// A world is an outbox on a database of its own, what it has sent, and a clock to move.
type world struct {
	*mail.Outbox
	t     testing.TB
	since *atomic.Int64
	log   *safeBuffer
	sent  *sentList
}

type sentList struct {
	mu    sync.Mutex
	mails []mail.Message
}

func (s *sentList) add(m mail.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
}

func (s *sentList) subjects() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, m := range s.mails {
		all = append(all, m.Subject)
	}
	return all
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func each(t *testing.T, do func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) { do(t, newWorld(t, conn)) })
}

func newWorld(t testing.TB, conn *bun.DB) world {
	t.Helper()
	w := world{t: t, since: new(atomic.Int64), log: new(safeBuffer), sent: new(sentList)}
	w.Outbox = w.worker(conn, sender(func(_ context.Context, m mail.Message) error { w.sent.add(m); return nil }))
	return w
}

// worker is one more outbox on the same clock.
func (w world) worker(conn *bun.DB, mailer mail.Mailer) *mail.Outbox {
	now := func() time.Time { return start.Add(time.Duration(w.since.Load())) }
	ring := keyring.New([]string{"a secret of no less than 32 letters"})
	return mail.NewOutbox(conn, ring, mailer, now, slog.New(slog.NewTextHandler(w.log, nil)))
}

func (w world) pass(d time.Duration) { w.since.Add(int64(d)) }

func (w world) put(messages ...mail.Message) {
	w.t.Helper()
	err := db.InTx(w.t.Context(), w.DB, func(ctx context.Context, tx bun.Tx) error {
		for _, m := range messages {
			if err := w.Put(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w world) flush() {
	w.t.Helper()
	if err := w.Flush(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w world) rows() []db.OutboxMail {
	w.t.Helper()
	var rows []db.OutboxMail
	if err := w.DB.NewSelect().Model(&rows).Order("id").Scan(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func (w world) row() db.OutboxMail {
	w.t.Helper()
	rows := w.rows()
	if len(rows) != 1 {
		w.t.Fatalf("%d rows", len(rows))
	}
	return rows[0]
}

func letter(n int) mail.Message {
	return mail.Message{
		Kind: "recover.link", From: "Shop <no-reply@shop.example>", To: "ann@secret-domain.example",
		Subject: fmt.Sprintf("Mail %03d", n), Text: "Your code is 424242.", HTML: "<p>Your code is 424242.</p>", Props: json.RawMessage(`{"Code":"424242"}`), Lang: "en", At: start,
	}
}
