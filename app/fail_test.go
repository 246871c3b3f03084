package app_test

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Each failure is a page that says what happened and what to do, a fragment, or an envelope.
func TestErrorPages(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.Logged()
		member := s.As(s.User(apptest.Person{Email: ada}))
		for _, test := range []struct {
			method, path string
			status       int
			code, says   string
			advice       string
		}{
			{http.MethodGet, "/nowhere", 404, "error.not_found", "There is no page here", "The link may be old"},
			{http.MethodGet, "/static/gatehouse/nothing.css", 404, "error.not_found", "There is no page here", "The link may be old"},
			{http.MethodPost, "/account", 405, "error.method", "This page cannot be used that way", "go back and use the form"},
			{http.MethodDelete, "/login", 405, "error.method", "This page cannot be used that way", "go back and use the form"},
			{http.MethodGet, "/admin", 403, "error.forbidden", "You cannot open this page", "Your account does not have access"},
			{http.MethodGet, "/broken", 500, "error.internal", "Something went wrong on our side", "It has been written down"},
		} {
			answer := member.Send(apptest.Request{Method: test.method, Path: test.path, Header: headers(s.Transport)})
			if answer.Status != test.status {
				t.Errorf("%s %s: %d", test.method, test.path, answer.Status)
			}
			if strings.Contains(answer.Body, "secret cause") {
				t.Errorf("%s tells the cause", test.path)
			}
			if s.Transport == apptest.JSON {
				if e := answer.JSON(t); e.Codes("")[0] != test.code {
					t.Errorf("%s: %s", test.path, answer.Body)
				}
				continue
			}
			if !strings.Contains(answer.Body, test.says) || !strings.Contains(answer.Body, test.advice) || !strings.Contains(answer.Body, `href="/"`) {
				t.Errorf("%s: %s", test.path, answer.Body)
			}
			whole := strings.Contains(answer.Body, "<html")
			if whole != (s.Transport == apptest.Plain) || whole && !strings.Contains(answer.Body, "<title>"+test.says+" · Shop</title>") {
				t.Errorf("%s: %s", test.path, answer.Body)
			}
		}
		// The page for our fault names what an operator finds in the log.
		if s.Transport == apptest.Plain {
			name := member.Visit("/broken").Page().Find("main code").Text()
			if len(name) < 8 || !strings.Contains(s.Logged(), "request="+name) || !strings.Contains(s.Logged(), "the secret cause") {
				t.Errorf("the page names %q, the log says %s", name, s.Logged())
			}
		}
	})
}

// When as many passwords are hashed as the machine can bear, a visitor is told to wait, keeps what
// was typed, and nothing is counted as a wrong password.
func TestBusy(t *testing.T) {
	t.Parallel()
	for _, transport := range anyway {
		t.Run(string(transport), func(t *testing.T) {
			config := patient()
			config.Hashing = password.Params{Memory: 64 << 10, Time: 2, Threads: 1, Slots: 1, Queue: 1, Wait: time.Millisecond}
			s := host(config).Start(t, dbtest.SQLite(t), transport)
			s.Logged()
			stop, done := make(chan struct{}), make(chan struct{})
			crowd := s.BrowserBy(apptest.Plain)
			go func() {
				defer close(done)
				for {
					select {
					case <-stop:
						return
					default:
						crowd.Send(apptest.Request{Path: "/login", Header: headers(apptest.Plain), Body: "email=crowd&password=x"})
					}
				}
			}()
			defer func() { close(stop); <-done }()
			for _, path := range []string{"/login", "/register"} {
				form := url.Values{"email": {ada}, "password": {good}}
				var answer apptest.Answer
				for range 200 {
					if answer = s.Browser().Send(apptest.Request{Path: path, Header: headers(transport), Body: encode(transport, form)}); answer.Status == http.StatusServiceUnavailable {
						break
					}
				}
				wait, err := strconv.Atoi(answer.Header.Get("Retry-After"))
				if answer.Status != http.StatusServiceUnavailable || err != nil || wait < 1 || wait > 60 {
					t.Fatalf("%s: %d, Retry-After %q", path, answer.Status, answer.Header.Get("Retry-After"))
				}
				if transport == apptest.JSON {
					if codes := answer.JSON(t).Codes(""); codes[0] != "error.unavailable" {
						t.Errorf("%s: %s", path, answer.Body)
					}
					continue
				}
				if !strings.Contains(answer.Body, `value="`+ada+`"`) || strings.Contains(answer.Body, good) || !strings.Contains(answer.Body, "We are very busy right now") ||
					strings.Contains(answer.Body, "<html") != (transport == apptest.Plain) {
					t.Errorf("%s: %s", path, answer.Body)
				}
			}
			if transport == apptest.HTMX {
				b := s.Browser().Visit("/login").Fill("email", ada).Fill("password", good)
				for range 200 {
					if b.Submit(); b.Status() == http.StatusServiceUnavailable {
						break
					}
				}
				b.SeesError("", "We are very busy right now").Holds("email", ada).Holds("password", good)
			}
		})
	}
}

// Too many tries are answered by the form, with how long to wait.
func TestTooMany(t *testing.T) {
	limit := app.Limit{PerAccount: app.Delay{Free: 3, Within: time.Hour, First: time.Minute, Longest: time.Hour}, PerNetwork: app.Quota{Most: 6, Within: time.Hour}}
	config := app.Config{Features: []app.Feature{app.Login{Limit: limit}, app.Logout{}, app.Register{Limit: limit}}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		b := s.Browser()
		for range 3 {
			signIn(b, ada, "wrong").SeesError("", saysWrong)
		}
		b.Fill("password", apptest.Password).Submit().SeesError("", "Too many tries").SignedOut()
		if b.Status() != http.StatusTooManyRequests {
			t.Errorf("status %d", b.Status())
		}
		form := encode(s.Transport, url.Values{"email": {" ADA@example.com"}, "password": {apptest.Password}})
		answer := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(s.Transport), Body: form})
		if answer.Status != http.StatusTooManyRequests || answer.Header.Get("Retry-After") != "60" {
			t.Errorf("another browser, another spelling: %d, Retry-After %q", answer.Status, answer.Header.Get("Retry-After"))
		}
		s.Clock.Advance(time.Minute)
		signIn(b, ada, apptest.Password).SignedIn(ada)
	})
}

// A database that is gone is answered by 503, as is one that cannot be written; what needs none
// still works, and all does once it is back.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	for _, transport := range anyway {
		t.Run("postgres/"+string(transport), func(t *testing.T) {
			t.Parallel()
			address, down, up := wire(t, dbtest.PostgresURL(t))
			conn, err := db.Open(address)
			must(t, err)
			t.Cleanup(func() { _ = conn.Close() })
			s := host(app.Config{}).Start(t, conn, transport)
			s.Logged()
			member := s.As(s.User(apptest.Person{Email: ada}))
			down()
			gone(t, s, member)
			if answer := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(apptest.Plain)}); answer.Status != http.StatusOK {
				t.Errorf("the page for signing in needs a database: %d", answer.Status)
			}
			up()
			deadline := time.Now().Add(10 * time.Second)
			for member.Send(apptest.Request{Path: "/account", Header: headers(transport)}).Status != http.StatusOK {
				if time.Now().After(deadline) {
					t.Fatal("the database is back and the site is not")
				}
				time.Sleep(20 * time.Millisecond)
			}
			member.SignedIn(ada)
		})
		t.Run("sqlite/"+string(transport), func(t *testing.T) {
			t.Parallel()
			conn := dbtest.SQLite(t)
			conn.SetMaxOpenConns(1)
			s := host(app.Config{}).Start(t, conn, transport)
			s.Logged()
			s.User(apptest.Person{Email: ada})
			_, err := conn.ExecContext(t.Context(), "PRAGMA query_only = 1")
			must(t, err)
			form := encode(transport, url.Values{"email": {ada}, "password": {apptest.Password}})
			unavailable(t, s, s.Browser().Send(apptest.Request{Path: "/login", Header: headers(transport), Body: form}))
			_, err = conn.ExecContext(t.Context(), "PRAGMA query_only = 0")
			must(t, err)
			signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		})
	}
}

func gone(t *testing.T, s *apptest.Site, member *apptest.Browser) {
	t.Helper()
	for _, path := range []string{"/account", "/orders", "/login", "/"} {
		if path == "/" && s.Transport == apptest.JSON {
			continue // a page of the host's, which has one form
		}
		unavailable(t, s, member.Send(apptest.Request{Path: path, Header: headers(s.Transport)}))
	}
	for path, form := range map[string]url.Values{"/login": {"email": {ada}, "password": {apptest.Password}}, "/register": {"email": {ada}, "password": {good}}} {
		b := s.Browser()
		unavailable(t, s, b.Send(apptest.Request{Path: path, Header: headers(s.Transport), Body: encode(s.Transport, form)}))
		if b.Cookie("session") != "" {
			t.Errorf("%s set a session cookie", path)
		}
	}
}

func unavailable(t *testing.T, s *apptest.Site, answer apptest.Answer) {
	t.Helper()
	if wait, err := strconv.Atoi(answer.Header.Get("Retry-After")); answer.Status != http.StatusServiceUnavailable || err != nil || wait < 1 {
		t.Errorf("%d, Retry-After %q: %.300s", answer.Status, answer.Header.Get("Retry-After"), answer.Body)
	}
	for _, secret := range []string{"127.0.0.1", "gatehouse_test", "SQL", "readonly", "connect to"} {
		if strings.Contains(answer.Body, secret) {
			t.Errorf("the answer tells %q", secret)
		}
	}
	switch {
	case s.Transport == apptest.JSON:
		if codes := answer.JSON(t).Codes(""); len(codes) == 0 || codes[0] != "error.unavailable" {
			t.Errorf("%s", answer.Body)
		}
	case strings.Contains(answer.Body, "<html") != (s.Transport == apptest.Plain):
		t.Errorf("%s", answer.Body)
	}
}

// A view or a handler that panics costs one request and not the server. Told in a process of its
// own, since it may cost that.
func TestPanic(t *testing.T) {
	if os.Getenv("PANIC") == "" {
		t.Parallel()
	}
	survive(t, func() {
		config := app.Config{Views: app.Views{Logout: func(props.Logout) templ.Component { panic("a view") }}}
		h := host(config)
		h.Routes = func(server *fiber.App, accounts *app.App) {
			shop(server, accounts)
			server.Get("/panic", accounts.Require(), func(*fiber.Ctx) error { panic("a handler") })
		}
		s := h.Start(t, dbtest.SQLite(t), apptest.Plain)
		b := s.As(s.User(apptest.Person{Email: ada}))
		for _, path := range []string{"/logout", "/panic"} {
			if answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.Plain)}); answer.Status != http.StatusInternalServerError || !strings.Contains(answer.Body, "<h1>Something went wrong on our side<") {
				t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
			}
		}
		if !strings.Contains(s.Logged(), "a view") || !strings.Contains(s.Logged(), "a handler") {
			t.Error("nobody has written it down")
		}
		b.Visit("/account").At("/account")
	})
}

// survive tells a story in a process of its own.
func survive(t *testing.T, story func()) {
	t.Helper()
	if os.Getenv("PANIC") == t.Name() {
		story()
		return
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1")
	child.Env = append(os.Environ(), "PANIC="+t.Name())
	if said, err := child.CombinedOutput(); err != nil {
		t.Errorf("the server did not survive (%v):\n%.1500s", err, said)
	}
}
