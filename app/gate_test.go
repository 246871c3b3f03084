package app_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// quiz is a host's gate: people called "slow" must answer a question first, those called "barred"
// may not come.
func quiz(_ context.Context, s *app.SignIn) (app.Detour, error) {
	switch {
	case s.Account.Account().UsernameKey == "barred":
		return app.Detour{}, &app.Error{Status: http.StatusForbidden, Say: locales.Message{Code: "quiz.barred", English: "You are barred."}}
	case s.Account.Account().UsernameKey == "slow" && !s.Methods.Has("quiz"):
		return app.Detour{Path: "/quiz", State: "quiz", Say: locales.Message{Code: "quiz.ask", English: "Answer a question."}}, nil
	}
	return app.Detour{}, nil
}

func gated() app.Config { return app.Config{Gates: []app.Gate{app.GateFunc(quiz)}} }

// quizHost has the page that satisfies the gate.
func quizHost() apptest.Host {
	h := host(gated())
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Get("/quiz", func(c *fiber.Ctx) error {
			s, err := accounts.Pending(c)
			if err != nil {
				return err
			}
			name := s.Account.Account().Username
			return accounts.Show(c, locales.Message{English: "Quiz"}, templ.Raw(`<form method="post" action="/quiz"><p>Well, `+name+`?</p><button>Answer</button></form>`))
		})
		server.Post("/quiz", func(c *fiber.Ctx) error {
			s, err := accounts.Pending(c)
			if err != nil {
				return err
			}
			s.Methods = append(s.Methods, app.Method{Name: "quiz", At: time.Now()})
			return accounts.Resume(c, s)
		})
	}
	return h
}

func TestGateDetour(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "slow"})
		b := s.Browser().Visit("/orders").Fill("email", ada).Fill("password", apptest.Password).Submit()
		b.At("/quiz").Sees("Answer a question.").SignedOut()
		s.Happened()
		if b.Cookie("session") != "" || b.Cookie("pending") == "" {
			t.Error("half a sign-in gave a session, or is not waiting")
		}
		b.Visit("/orders").At("/login?next=%2Forders") // half is nothing
		b.Visit("/quiz").Press("Answer").At("/orders").SignedIn(ada)
		if b.Cookie("pending") != "" {
			t.Error("the cookie of the waiting sign-in is left")
		}
		s.Happened(app.SignedIn)
		var row db.Session
		must(t, s.DB.NewSelect().Model(&row).Scan(t.Context()))
		if names := row.Methods.Names(); len(names) != 2 || names[0] != app.ByPassword || names[1] != "quiz" {
			t.Errorf("the session was opened by %q", names)
		}
		if n, err := s.DB.NewSelect().Model((*db.Flow)(nil)).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d flows are left (%v)", n, err)
		}
	})
}

// Programs are told which gate it is and where it can be satisfied.
func TestGateForPrograms(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "slow"})
		b := s.Browser()
		answer := b.Send(apptest.Request{Path: "/login", Header: headers(apptest.JSON), Body: `{"email":"slow","password":"` + apptest.Password + `"}`})
		e := answer.JSON(t)
		if answer.Status != http.StatusOK || e.Response["tf_required"] != true || e.Response["tf_state"] != "quiz" || e.Response["next_url"] != "/quiz" ||
			e.Meta.MessageCode != "quiz.ask" || e.Response["user"] != nil {
			t.Errorf("%s", answer.Body)
		}
		e = b.Send(apptest.Request{Method: http.MethodPost, Path: "/quiz", Header: headers(apptest.JSON)}).JSON(t)
		if e.Response["tf_required"] != false || e.Response["user"] == nil {
			t.Errorf("%v", e)
		}
		b.SignedIn(ada)
	}, wired...)
}

func TestGateRefusal(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "barred"})
		signIn(s.Browser(), ada, "wrong").SeesError("", saysWrong).SeesNot("barred.")
		b := signIn(s.Browser(), ada, apptest.Password).Sees("You are barred.").SignedOut()
		if b.Cookie("session")+b.Cookie("pending") != "" {
			t.Error("a refusal left cookies")
		}
		s.Happened(app.SignInFailed)
	})
}

// What satisfied a gate a moment ago may not do so now: every gate is asked again at the end.
func TestGatesAreAskedAfresh(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		set  string
		says string
	}{
		"closed":              {"disabled_at = created_at", "This account has been closed."},
		"credentials changed": {"auth_version = auth_version + 1", "Signing in took too long"},
		"barred":              {"username_key = 'barred'", "You are barred."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
				user := s.User(apptest.Person{Email: ada, Username: "slow"})
				b := signIn(s.Browser(), ada, apptest.Password).Visit("/quiz").Sees("Well, slow?")
				_, err := s.DB.NewUpdate().Model((*db.User)(nil)).Set(change.set).Where("id = ?", user.ID).Exec(t.Context())
				must(t, err)
				b.Press("Answer").Sees(change.says).SignedOut()
				s.Happened()
			}, paged...)
		})
	}
}

func TestGateExpiry(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "slow"})
		b := signIn(s.Browser(), ada, apptest.Password).Visit("/quiz")
		s.Clock.Advance(10*time.Minute - time.Second)
		b.Visit("/quiz").Sees("Well, slow?")
		s.Clock.Advance(2 * time.Second)
		b.Press("Answer").Sees("Signing in took too long. Start again.").SignedOut()
		b.Visit("/quiz").SeesNot("Well, slow?")
		s.Happened()
	}, paged...)
}

// The cookie of a waiting sign-in opens one session once, and is no session itself.
func TestGateReplay(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "slow"})
		b := signIn(s.Browser(), ada, apptest.Password)
		pending := b.Cookie("pending")
		s.Browser().SetCookie("session", pending).SignedOut()
		b.Visit("/quiz").Press("Answer").SignedIn(ada)
		for name, thief := range map[string]*apptest.Browser{
			"again": s.Browser().SetCookie("pending", pending), "garbage": s.Browser().SetCookie("pending", "garbage"),
			"a session": s.Browser().SetCookie("pending", b.Cookie("session")),
		} {
			answer := thief.Send(apptest.Request{Method: http.MethodPost, Path: "/quiz", Header: headers(apptest.Plain)})
			if to := ledTo(t, answer); to != "/login" || thief.Cookie("session") != "" {
				t.Errorf("%s: %d to %q", name, answer.Status, to)
			}
		}
		s.Happened(app.SignedIn)

		// Two at once: one succeeds.
		b = signIn(s.Browser(), ada, apptest.Password)
		var all sync.WaitGroup
		for range 8 {
			twin := s.Browser().SetCookie("pending", b.Cookie("pending"))
			all.Go(func() {
				if status := twin.Send(apptest.Request{Method: http.MethodPost, Path: "/quiz", Header: headers(apptest.Plain)}).Status; status != http.StatusSeeOther {
					t.Errorf("status %d", status)
				}
			})
		}
		all.Wait()
		s.Happened(app.SignedIn)
	}, apptest.Plain)
}
