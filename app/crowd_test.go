package app_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// Where every connection to the database is taken, a request waits a little and is told to come
// back; none of them keeps a connection.
func TestPoolExhausted(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := host(app.Config{}).Start(t, open(t), apptest.Plain)
			s.Logged()
			member := s.As(s.User(apptest.Person{Email: ada}))
			s.DB.SetMaxOpenConns(2)
			var held []bun.Conn
			for range 2 {
				conn, err := s.DB.Conn(t.Context())
				must(t, err)
				held = append(held, conn)
			}
			var all sync.WaitGroup
			for _, request := range []apptest.Request{
				{Path: "/account", Header: headers(apptest.Plain)},
				{Path: "/orders", Header: headers(apptest.Plain)},
				sending("/login", "email", "b@example.com", "password", "x"), sending("/register", "email", "b@example.com", "password", good),
			} {
				b := s.Browser().SetCookie("session", member.Cookie("session"))
				if request.Body != "" {
					b = s.Browser()
				}
				all.Go(func() {
					began := time.Now()
					answer := b.Send(request)
					if took := time.Since(began); answer.Status != http.StatusServiceUnavailable || took > 12*time.Second || request.Body == "" && took > 5*time.Second {
						t.Errorf("%s: %d after %v", request.Path, answer.Status, took)
					}
				})
			}
			all.Wait()
			for _, conn := range held {
				must(t, conn.Close())
			}
			member.Visit("/account").At("/account")
			whole(t, s)
			for deadline := time.Now().Add(5 * time.Second); s.DB.Stats().InUse > 0; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%d connections are still in use", s.DB.Stats().InUse)
				}
			}
		})
	}
}

// Thirty-two visitors at once who register, sign in and sign out: whoever writes waits for their
// turn, and nobody hears of it.
func TestCrowdOfWriters(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := host(patient()).Start(t, open(t), apptest.Plain)
			var all sync.WaitGroup
			for i := range 32 {
				b := s.Browser()
				all.Go(func() {
					email := fmt.Sprintf("a%d@example.com", i)
					for _, request := range []apptest.Request{
						sending("/register", "email", email, "password", good), sending("/login", "email", email, "password", good), sending("/logout", "x", ""),
					} {
						if answer := b.Send(request); answer.Status != http.StatusSeeOther {
							t.Errorf("%s is answered by %d", request.Path, answer.Status)
						}
					}
				})
			}
			all.Wait()
			whole(t, s)
			if n := len(s.Mails()); n != 32 {
				t.Errorf("%d mails", n)
			}
		})
	}
}
