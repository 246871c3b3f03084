package app_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A stuck takes a mail and does not come back until it is let go.
type stuck struct{ took, letGo chan struct{} }

func (s stuck) Send(ctx context.Context, _ mail.Message) error {
	select {
	case s.took <- struct{}{}:
	default:
	}
	select {
	case <-s.letGo:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serving is the origin of a server that mails by a mailer of the test's, by a worker of its own.
func serving(t *testing.T, conn *bun.DB, mailer mail.Mailer) (origin string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	must(t, err)
	origin = "http://localhost:" + port
	accounts, err := app.New(app.Config{
		URL: origin, DB: conn, Mailer: mailer, Hashing: apptest.Fast(), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Features: []app.Feature{app.Login{}, app.Register{}},
	})
	must(t, err)
	server := fiber.New(accounts.FiberConfig())
	must(t, accounts.Mount(server))
	stopped := make(chan error, 1)
	go func() { stopped <- server.Listener(listener) }()
	t.Cleanup(func() {
		must(t, server.ShutdownWithTimeout(10*time.Second))
		must(t, <-stopped)
	})
	return origin
}

// An arrival tells of each mail as it is sent.
type arrival chan string

func (a arrival) Send(_ context.Context, m mail.Message) error {
	a <- m.To
	return nil
}

// A mail goes out once its change is committed, and not when the worker would have looked by itself:
// four of these, one after the other, would take four of its rounds, of five seconds each.
func TestMailsGoOutAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		arrived := make(arrival, 8)
		origin := serving(t, conn, arrived)
		began := time.Now()
		for _, email := range []string{"first@example.com", "second@example.com", "third@example.com", "fourth@example.com"} {
			if !register(t.Context(), origin, email) {
				t.Fatalf("%s cannot register", email)
			}
			if to := <-arrived; to != email {
				t.Errorf("the mail is to %s", to)
			}
		}
		if took := time.Since(began); took > 12*time.Second {
			t.Errorf("four mails took %v", took)
		}
	})
}

// While a mail server keeps the worker waiting, people register and are answered; their mails go
// out once it is well.
func TestNobodyWaitsForMail(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		mailer := stuck{make(chan struct{}, 1), make(chan struct{})}
		origin := serving(t, conn, mailer)
		if !register(t.Context(), origin, "first@example.com") {
			t.Fatal("nobody can register")
		}
		<-mailer.took
		for _, email := range []string{"second@example.com", "third@example.com", "first@example.com"} {
			if !register(t.Context(), origin, email) {
				t.Errorf("%s is not answered", email)
			}
		}
		waiting := func() int64 {
			n, err := conn.NewSelect().Model((*db.OutboxMail)(nil)).Where("done_at IS NULL").Count(t.Context())
			must(t, err)
			return n
		}
		if n := waiting(); n != 4 {
			t.Errorf("%d mails wait, not 4", n)
		}
		close(mailer.letGo)
		for deadline := time.Now().Add(30 * time.Second); waiting() > 0; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d mails still wait", waiting())
			}
		}
	})
}
