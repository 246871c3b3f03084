package apptest_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

func TestOrdering(t *testing.T) {
	t.Parallel()
	shop().Run(t, ordering)
}

// A witness notes how a test fails instead of failing. Cleanups are its own.
type witness struct {
	testing.TB
	said     []string
	cleanups []func()
}

func (w *witness) Helper()                   {}
func (w *witness) Cleanup(f func())          { w.cleanups = append(w.cleanups, f) }
func (w *witness) Failed() bool              { return len(w.said) > 0 }
func (w *witness) Logf(string, ...any)       {}
func (w *witness) Error(args ...any)         { w.said = append(w.said, fmt.Sprint(args...)) }
func (w *witness) Errorf(f string, a ...any) { w.said = append(w.said, fmt.Sprintf(f, a...)) }
func (w *witness) Fatal(args ...any)         { w.Error(args...); runtime.Goexit() }
func (w *witness) Fatalf(f string, a ...any) { w.Errorf(f, a...); runtime.Goexit() }

// failure tells a story and returns what was wrong with it.
func failure(t *testing.T, by apptest.Transport, story func(s *apptest.Site)) string {
	t.Helper()
	w := &witness{TB: t}
	conn := dbtest.SQLite(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		h := shop()
		routes := h.Routes
		h.Routes = func(server *fiber.App, accounts *app.App) {
			routes(server, accounts)
			page := func(text string) fiber.Handler {
				return func(c *fiber.Ctx) error { return c.Type("html").SendString(text) }
			}
			server.Get("/form", page(`<main id=main data-fragment=x><form method=post action=/moved hx-post=/moved><input name=a><input type=hidden name=h><input name=off disabled><button>Go</button></form></main>`))
			server.Get("/two", page(`<main><form method=post><input name=a><button>Go</button></form><form method=post><input name=a><button>Go</button></form></main>`))
			server.Post("/moved", func(c *fiber.Ctx) error { return c.Redirect("/", fiber.StatusFound) })
			server.Get("/round", func(c *fiber.Ctx) error { return c.Redirect("/round") })
			server.Get("/broken", func(*fiber.Ctx) error { return fmt.Errorf("broken") })
		}
		story(h.Start(w, conn, by))
	}()
	<-done
	for _, f := range w.cleanups {
		f()
	}
	return strings.Join(w.said, "; ")
}

// Whoever would be stuck, or sees something else, fails.
func TestStories(t *testing.T) {
	t.Parallel()
	type stories = map[string]func(s *apptest.Site)
	for by, all := range map[apptest.Transport]stories{
		apptest.Plain: {
			"": func(s *apptest.Site) {
				s.Browser().Visit("/login").Fill("email", "x").Submit().SeesError("password", "Enter your password.")
			},
			"on no page":             func(s *apptest.Site) { s.Browser().Fill("email", "x") },
			"0 inputs are called":    func(s *apptest.Site) { s.Browser().Visit("/login").Fill("username", "x") },
			"2 inputs are called":    func(s *apptest.Site) { s.Browser().Visit("/two").Fill("a", "x") },
			"is disabled":            func(s *apptest.Site) { s.Browser().Visit("/form").Fill("off", "x") },
			"0 inputs are called \"": func(s *apptest.Site) { s.Browser().Visit("/form").Fill("h", "x") },
			"no checkbox":            func(s *apptest.Site) { s.Browser().Visit("/form").Tick("a") },
			"no link":                func(s *apptest.Site) { s.Browser().Visit("/").Follow("Nothing") },
			"no button":              func(s *apptest.Site) { s.Browser().Visit("/form").Press("Nothing") },
			"2 forms to send":        func(s *apptest.Site) { s.Browser().Visit("/two").Submit() },
			"is not on":              func(s *apptest.Site) { s.Browser().Visit("/").Sees("Nothing") },
			"is on":                  func(s *apptest.Site) { s.Browser().Visit("/").SeesNot("Welcome") },
			"the error of":           func(s *apptest.Site) { s.Browser().Visit("/login").SeesError("email", "Wrong.") },
			"is at / , not at":       func(s *apptest.Site) { s.Browser().Visit("/").At("/orders") },
			"holds \"x\", not":       func(s *apptest.Site) { s.Browser().Visit("/form").Fill("a", "x").Holds("a", "y") },
			"\"\" is signed in, not": func(s *apptest.Site) { s.Browser().SignedIn("ada") },
			"may post again":         func(s *apptest.Site) { s.Browser().Visit("/form").Submit() },
			"ten redirects":          func(s *apptest.Site) { s.Browser().Visit("/round") },
			"no mail to":             func(s *apptest.Site) { s.Mail("ada@example.com") },
			"hooks were told of []":  func(s *apptest.Site) { s.Happened(app.SignedIn) },
			"[], not":                func(s *apptest.Site) { s.Happened(app.SignedIn) },
			"logged an error":        func(s *apptest.Site) { s.Browser().Visit("/broken") },
			"of [\"signed_out\"]":    signOutUnnoticed,
		},
		apptest.HTMX: {
			"answered by 302": func(s *apptest.Site) { s.Browser().Visit("/form").Submit() },
			"hx-get":          func(s *apptest.Site) { s.Browser().Visit("/").Embedded() },
		},
		apptest.JSON: {
			"the answer is 401": func(s *apptest.Site) { s.Browser().Visit("/orders").At("/orders") },
			"is not on":         func(s *apptest.Site) { s.Browser().Visit("/login").Sees("Nothing") },
		},
	} {
		for want, story := range all {
			t.Run(string(by)+"/"+want, func(t *testing.T) {
				t.Parallel()
				said := failure(t, by, story)
				if !strings.Contains(said, strings.Replace(want, " ,", ",", 1)) || want == "" && said != "" {
					t.Errorf("the story failed with %q", said)
				}
			})
		}
	}
}

func signOutUnnoticed(s *apptest.Site) {
	b := s.As(s.User(apptest.Person{}))
	b.Send(apptest.Request{Method: http.MethodPost, Path: "/logout", Header: map[string]string{"Sec-Fetch-Site": "same-origin"}})
	s.Happened()
}
