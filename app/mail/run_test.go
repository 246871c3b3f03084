package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/mail"
)

func TestMailerHasADeadline(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		w.Mailer = sender(func(ctx context.Context, _ mail.Message) error {
			if at, set := ctx.Deadline(); !set || time.Until(at) > time.Minute {
				t.Errorf("deadline %v, %v: one mail could hold up all others", at, set)
			}
			return nil
		})
		w.put(letter(1))
		w.flush()
	})
}

func TestRunDeliversWhenWoken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		arrived := make(chan string, 10)
		w.Mailer = sender(func(_ context.Context, m mail.Message) error { arrived <- m.Subject; return nil })
		w.put(letter(0)) // left over from before the start
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { w.Run(ctx); close(ended) }()
		defer func() { stop(); <-ended }()
		for i := range 3 {
			if i > 0 {
				w.put(letter(i))
				for range 5 {
					w.Wake() // never blocks
				}
			}
			select {
			case got := <-arrived:
				if want := letter(i).Subject; got != want {
					t.Fatalf("got %q, want %q", got, want)
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("mail %d did not come", i)
			}
		}
		stop()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Fatal("the worker goes on after its context")
		}
	})
}

// A database that cannot be read is said in the log, and the worker goes on.
func TestRunOutlivesItsDatabase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		if _, err := w.DB.NewRaw("ALTER TABLE outbox RENAME TO away").Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		arrived := make(chan struct{}, 1)
		w.Mailer = sender(func(context.Context, mail.Message) error { arrived <- struct{}{}; return nil })
		go func() { w.Run(ctx); close(ended) }()
		defer func() { stop(); <-ended }()
		for range 200 {
			if w.log.String() != "" {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if w.log.String() == "" {
			t.Fatal("nothing in the log")
		}
		if _, err := w.DB.NewRaw("ALTER TABLE away RENAME TO outbox").Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.put(letter(1))
		w.Wake()
		select {
		case <-arrived:
		case <-time.After(30 * time.Second):
			t.Fatal("the worker has not come back")
		}
	})
}
