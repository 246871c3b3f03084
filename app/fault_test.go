package app_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// sending is a form as a browser posts it.
func sending(path string, more ...string) apptest.Request {
	form := url.Values{}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return apptest.Request{Path: path, Header: headers(apptest.Plain), Body: form.Encode()}
}

// A full disk is told as such, and nothing is half written: no account without its audit, no
// cookie without its session. What only reads goes on, and all does once there is room.
func TestDiskFull(t *testing.T) {
	tellOnce(t, patient(), func(t *testing.T, s *apptest.Site) {
		s.Logged()
		member := s.As(s.User(apptest.Person{Email: ada}))
		s.DB.SetMaxOpenConns(1)
		room := func(pages int) {
			_, err := s.DB.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
			must(t, err)
		}
		refused := func(request func(i int) apptest.Request) {
			for i := range 400 {
				b := s.Browser()
				// SQLite raises it to what the file has already; a few rows still fit in those. It goes
				// with the connection, which the pool may have replaced.
				room(1)
				before := revoked(t, s) + fmt.Sprint(rows(t, s)["sessions"])
				switch answer := b.Send(request(i)); answer.Status {
				case http.StatusSeeOther:
				case http.StatusServiceUnavailable:
					unavailable(t, s, answer)
					if after := revoked(t, s) + fmt.Sprint(rows(t, s)["sessions"]); b.Cookie("session") != "" || after != before {
						t.Errorf("it was refused, and sessions went from %s to %s", before, after)
					}
					return
				default:
					t.Fatalf("answered by %d", answer.Status)
				}
			}
			t.Fatal("the disk was never full")
		}
		refused(func(i int) apptest.Request {
			return sending("/register", "email", fmt.Sprintf("a%d@example.com", i), "password", good)
		})
		whole(t, s)
		refused(func(int) apptest.Request { return sending("/login", "email", ada, "password", apptest.Password) })
		whole(t, s)
		member.SignedIn(ada)
		if answer := member.Send(apptest.Request{Path: "/account", Header: headers(apptest.Plain)}); answer.Status != http.StatusOK {
			t.Errorf("reading is answered by %d", answer.Status)
		}
		room(1 << 30)
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
	}, apptest.Plain)
}

// whole demands that everything that belongs together is there: each account of a visitor's has its
// address, its audit and its mail, each open session its event.
func whole(t *testing.T, s *apptest.Site) {
	t.Helper()
	count := func(query string) (n int) {
		must(t, s.DB.NewRaw("SELECT count(*) FROM "+query).Scan(t.Context(), &n))
		return n
	}
	registered := count("audit WHERE event = 'registered'")
	for what, n := range map[string]int{
		"accounts":          count("users u WHERE EXISTS (SELECT 1 FROM audit a WHERE a.user_id = u.id AND a.event = 'registered')"),
		"addresses of them": count("addresses d WHERE EXISTS (SELECT 1 FROM audit a WHERE a.user_id = d.user_id AND a.event = 'registered')"),
		"welcomes":          count("outbox WHERE kind = 'register.welcome'"),
	} {
		if n != registered {
			t.Errorf("%d registrations and %d %s", registered, n, what)
		}
	}
	if lonely := count("users u WHERE NOT EXISTS (SELECT 1 FROM addresses d WHERE d.user_id = u.id)"); lonely > 0 {
		t.Errorf("%d accounts have no address", lonely)
	}
}

// A visitor who hangs up in the midst of it, at any moment, has registered or has not: nothing is
// left half done, and the next request finds the site as it was.
func TestClientGone(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := host(patient()).Start(t, open(t), apptest.Plain)
			s.Logged()
			var all sync.WaitGroup
			for i := range 60 {
				body := url.Values{"email": {fmt.Sprintf("a%d@example.com", i)}, "password": {good}}.Encode()
				request := fmt.Sprintf("POST /register HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\n"+
					"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
				all.Go(func() {
					conn := connect(t, s.Addr).(*net.TCPConn)
					cut := len(request)
					if i%3 == 0 {
						cut -= 1 + i/3%len(body)
					}
					if _, err := conn.Write([]byte(request[:cut])); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Duration(i%10) * 400 * time.Microsecond)
					_ = conn.SetLinger(0) // not even a farewell
					_ = conn.Close()
				})
			}
			all.Wait()
			b := s.Browser()
			b.Visit("/register").Fill("email", ada).Fill("password", good).Submit().At("/login")
			// Those that were sent whole are carried out, sooner or later, each of them once.
			deadline := time.Now().Add(10 * time.Second)
			for n := int64(0); n < 41; time.Sleep(10 * time.Millisecond) {
				var err error
				n, err = s.DB.NewSelect().Model((*db.User)(nil)).Count(t.Context())
				must(t, err)
				if time.Now().After(deadline) {
					t.Fatalf("%d of 41 have registered", n)
				}
			}
			whole(t, s)
			if n := len(s.Mails()); n != 41 {
				t.Errorf("%d mails for 41 accounts", n)
			}
		})
	}
}

// What panics before the change is committed leaves nothing of it, in the browser or in the
// database; what panics after it takes nothing back, and the browser holds what is true.
func TestPanicLeavesNoSession(t *testing.T) {
	t.Parallel()
	for where, opened := range map[string]bool{"in the transaction": false, "after it": true, "in the page that follows": true} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			var breaks atomic.Bool
			breaking := func(here string) {
				if breaks.Load() && here == where {
					panic(here)
				}
			}
			config := patient()
			config.Features = append(config.Features, app.Remember{})
			config.Hooks.SigningIn = func(context.Context, bun.Tx, *app.SignIn) error { breaking("in the transaction"); return nil }
			config.Hooks.Happened = func(context.Context, app.Event) { breaking("after it") }
			usual := app.Views{}.WithDefaults().Account
			config.Views.Account = func(p props.Account) templ.Component { breaking("in the page that follows"); return usual(p) }
			s := host(config).Start(t, dbtest.SQLite(t), apptest.Plain)
			s.Logged()
			s.User(apptest.Person{Email: ada})
			b := remembered(s, ada)
			before := rows(t, s)["sessions"]
			breaks.Store(true)
			answer := b.Send(apptest.Request{Path: "/account", Header: headers(apptest.Plain)})
			breaks.Store(false)
			if answer.Status != http.StatusInternalServerError || !strings.Contains(s.Logged(), where) {
				t.Errorf("answered by %d", answer.Status)
			}
			has, wrote := b.Cookie("session") != "", rows(t, s)["sessions"] > before
			if has != opened || wrote != opened {
				t.Errorf("a session was given out: %v, written: %v; want %v", has, wrote, opened)
			}
			// The device is as remembered as before, whichever it was.
			b.SignedIn(ada)
			b.SetCookie("session", "").SignedIn(ada)
		})
	}
}

// A cookie is given out, or taken away, once what it stands for is committed. Where the database
// says no at the very last, browser and database are what they were.
func TestCookiesWaitForTheCommit(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := patient()
			config.Features = append(config.Features, app.Remember{})
			s := host(config).Start(t, open(t), apptest.Plain)
			s.Logged()
			user := s.User(apptest.Person{Email: ada})
			device, member := remembered(s, ada), s.As(user)
			for _, statement := range refusing(name) {
				run(t, s, statement)
			}
			ticket, session, before := device.Cookie("remember"), member.Cookie("session"), rows(t, s)["sessions"]
			b := s.Browser()
			for who, answer := range map[string]apptest.Answer{
				"signing in":   b.Send(sending("/login", "email", ada, "password", apptest.Password, "remember", "on")),
				"signing out":  member.Send(sending("/logout", "x", "")),
				"coming back":  device.Send(apptest.Request{Path: "/account", Header: headers(apptest.Plain)}),
				"registering":  s.Browser().Send(sending("/register", "email", "new@example.com", "password", good)),
				"coming again": s.Browser().SetCookie("remember", ticket).Send(apptest.Request{Path: "/account", Header: headers(apptest.Plain)}),
			} {
				if set := strings.Join(answer.Header["Set-Cookie"], "; "); answer.Status != http.StatusInternalServerError || strings.Contains(set, "session") || strings.Contains(set, "remember") {
					t.Errorf("%s is answered by %d, and sets %q", who, answer.Status, set)
				}
			}
			if member.Cookie("session") != session || device.Cookie("remember") != ticket || rows(t, s)["sessions"] != before {
				t.Error("a browser or the database is not what it was")
			}
			s.Happened()
			member.SignedIn(ada)
		})
	}
}

// refusing are statements after which no event can be written: on Postgres at the commit alone.
func refusing(database string) []string {
	if database == "sqlite" {
		return []string{"CREATE TRIGGER refuse BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'refused'); END"}
	}
	return []string{
		"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused''; END'",
		"CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
	}
}

// A request that is still being answered when its person signs out brings nothing back: neither the
// cookie nor the session, though it was used in the meantime.
func TestSlowRequestAfterLogout(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	h := host(app.Config{})
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Get("/slow", accounts.Require(), func(c *fiber.Ctx) error {
			close(arrived)
			<-release
			return accounts.Show(c, locales.Message{English: "Slow"}, templ.Raw("<p>Slow</p>"))
		})
	}
	s := h.Start(t, dbtest.Postgres(t), apptest.Plain)
	b := s.As(s.User(apptest.Person{Email: ada}))
	value := b.Cookie("session")
	s.Clock.Advance(5 * time.Minute) // so that its use is worth writing down
	slow := s.Browser().SetCookie("session", value)
	done := make(chan apptest.Answer)
	go func() { done <- slow.Send(apptest.Request{Path: "/slow", Header: headers(apptest.Plain)}) }()
	<-arrived
	b.Send(apptest.Request{Method: http.MethodPost, Path: "/logout", Header: headers(apptest.Plain)})
	close(release)
	answer := <-done
	if set := fmt.Sprint(answer.Header["Set-Cookie"]); strings.Contains(set, "session") {
		t.Errorf("the slow answer sets %s", set)
	}
	s.Browser().SetCookie("session", value).SignedOut()
	var row db.Session
	must(t, s.DB.NewSelect().Model(&row).Scan(t.Context()))
	if row.RevokedAt.IsZero() || row.RevokedReason != "signed out" {
		t.Errorf("the session is %+v", row)
	}
}
