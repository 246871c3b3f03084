package app_test

import (
	"errors"
	"net/http"
	"strings"
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
)

// handling is a site whose own functions answer at the kit's routes.
func handling(accounts **app.App) app.Config {
	title := locales.Message{English: "The shop's own page"}
	show := func(c *fiber.Ctx) error { return (*accounts).Show(c, title, templ.Raw("<h1>Own</h1>")) }
	// do has the kit do what the form asks for, and says what came of it.
	do := func(name string, fields ...string) fiber.Handler {
		return func(c *fiber.Ctx) error {
			in := map[string]any{}
			for _, field := range fields {
				in[field] = c.FormValue(field)
			}
			var params []string
			if token := c.Params("token"); token != "" {
				params = append(params, token)
			}
			told, err := (*accounts).Do(c, name, in, params...)
			var rejected *app.Rejected
			if errors.As(err, &rejected) {
				first := rejected.Errors[0]
				return c.Status(rejected.Status).SendString("rejected: " + first.Field + " " + first.Say.Code)
			}
			if err != nil {
				return err
			}
			return c.SendString("done: " + told.Say.Code)
		}
	}
	few := app.Limit{PerNetwork: app.Quota{Most: 3, Within: time.Hour}}
	return app.Config{
		Features: []app.Feature{app.Login{Limit: few}, app.Logout{}, app.Register{Limit: few}, app.Confirm{}, app.Recover{}, app.Change{}, app.Account{}},
		Handlers: map[string]app.Handler{
			"login":        {Show: show, Act: do("login", "email", "password")},
			"register":     {Act: do("register", "email", "password")},
			"confirm-link": {Show: show, Act: do("confirm-link")},
			"recover":      {Act: do("recover", "email")},
			"recover-link": {Act: do("recover-link", "password")},
			"change":       {Act: do("change", "password", "new_password")},
			"account": {Show: func(c *fiber.Ctx) error {
				return &app.Error{Status: http.StatusTeapot, Say: locales.Message{Code: "tea", English: "Tea"}}
			}},
		},
	}
}

func handled(t *testing.T, story func(t *testing.T, s *apptest.Site, post func(b *apptest.Browser, path, body, want string))) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
		var accounts *app.App
		s := host(handling(&accounts)).Start(t, conn, apptest.Plain)
		accounts = s.App
		story(t, s, func(b *apptest.Browser, path, body, want string) {
			t.Helper()
			if answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.Plain), Body: body}); !strings.Contains(answer.Body, want) || answer.Header.Get("Content-Security-Policy") == "" {
				t.Errorf("POST %s %s is answered by %d %.200s, not by %q", path, body, answer.Status, answer.Body, want)
			}
		})
	})
}

// A host's own handlers stand in the kit's place and have the kit do its work: accounts are opened, confirmed,
// signed in to, changed and recovered by them.
func TestHandlers(t *testing.T) {
	handled(t, func(t *testing.T, s *apptest.Site, post func(b *apptest.Browser, path, body, want string)) {
		b := s.Browser()
		b.Visit("/login").Sees("Own")
		post(b, "/register", "email=nonsense&password="+good, "rejected: email register.bad_email")
		post(b, "/register", "email="+ada+"&password="+good, "done: confirm.asked")
		link := s.Mail(ada).Link()
		state := func(name string, want app.LinkState) {
			t.Helper()
			secret := link[strings.LastIndex(link, "/")+1:]
			for range 2 { // asking changes nothing
				if got, err := s.App.LinkState(t.Context(), name, secret); got != want || err != nil {
					t.Errorf("%s is %s, not %s (%v)", name, got, want, err)
				}
			}
		}
		state("confirm-link", app.LinkValid)
		state("recover-link", app.LinkUnknown)
		b.Visit(link).Sees("Own")
		post(b, strings.TrimPrefix(link, s.URL), "x=y", "done: confirm.done")
		state("confirm-link", app.LinkUsed)
		s.Mail(ada)
		post(b, "/login", "email="+ada+"&password=wrong", "rejected:  confirm.later")
		b.SignedOut()
		post(b, "/login", "email="+ada+"&password="+good, "done: ")
		b.SignedIn(ada)
		post(b, "/change", "password="+good+"&new_password=eighteen+green+lamps", "done: change.done")
		b.SignedIn(ada)
		s.Mail(ada)
		s.Happened(app.Registered, app.EmailConfirmed, app.SignInFailed, app.SignedIn, app.PasswordChanged)

		post(b, "/reset", "email="+ada, "done: recover.sent")
		first := s.Mail(ada).Link()
		s.Clock.Advance(2 * time.Minute)
		post(b, "/reset", "email="+ada, "done: recover.sent")
		link, first = first, link
		state("recover-link", app.LinkOver) // there is a newer one
		link = s.Mail(ada).Link()
		state("recover-link", app.LinkValid)
		post(b, strings.TrimPrefix(link, s.URL), "password=short", "rejected: password ")
		post(b, strings.TrimPrefix(link, s.URL), "password=nineteen+green+lamps", "done: recover.done")
		state("recover-link", app.LinkUsed)
		b.SignedOut()
		s.Happened(app.RecoverSent, app.RecoverSent, app.PasswordRecovered)
		if _, err := s.App.LinkState(t.Context(), "login", first); err == nil {
			t.Error("a route that no mail leads to has a state")
		}
	})
}

// What stands before the kit's routes stands before the host's handlers at them.
func TestHandlersAreGuarded(t *testing.T) {
	handled(t, func(t *testing.T, s *apptest.Site, post func(b *apptest.Browser, path, body, want string)) {
		b := s.Browser()
		forged := b.Send(apptest.Request{Path: "/login", Header: headers(apptest.Plain, "Sec-Fetch-Site", "cross-site"), Body: "email=x"})
		if forged.Status != http.StatusForbidden {
			t.Errorf("a forged form is answered by %d", forged.Status)
		}
		b.Visit("/account").At("/login?next=%2Faccount")
		member := s.As(s.User(apptest.Person{Email: ada}))
		member.Visit("/login").At("/") // which is for guests
		if answer := member.Send(apptest.Request{Path: "/account", Header: headers(apptest.Plain)}); answer.Status != http.StatusTeapot || !strings.Contains(answer.Body, "Tea") {
			t.Errorf("an error of the handler's is answered by %d %s", answer.Status, answer.Body)
		}
		// Three tries from one network, counted once each.
		for range 3 {
			post(b, "/login", "email="+ada+"&password=wrong", "rejected:  confirm.later")
		}
		post(b, "/login", "email="+ada+"&password="+apptest.Password, "Too many tries")
		b.SignedOut()
		s.Happened(wrongly(3)...)
	})
}

// Nothing is changed by a GET, nobody comes who may not, and what is no route is none.
func TestDoRefuses(t *testing.T) {
	type probe struct {
		name   string
		params []string
		want   string
	}
	probes := map[string]probe{
		"/do-get":  {"logout", nil, "within a GET"},
		"/do-none": {"nonsense", nil, "no route that is posted to"},
		"/do-show": {"account", nil, "no route that is posted to"},
		"/do-bare": {"recover-link", nil, "needs its token"},
		"/do-in":   {"change", nil, "401 "},
	}
	t.Parallel()
	h := host(app.Config{})
	h.Observe = nil
	h.Routes = func(server *fiber.App, accounts *app.App) {
		for path, p := range probes {
			server.All(path, func(c *fiber.Ctx) error {
				_, err := accounts.Do(c, p.name, nil, p.params...)
				if err == nil {
					return c.SendString("done")
				}
				return c.SendString(err.Error())
			})
		}
	}
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		for path, p := range probes {
			method := http.MethodPost
			if path == "/do-get" {
				method = http.MethodGet
			}
			if answer := s.Browser().Send(apptest.Request{Method: method, Path: path, Header: headers(apptest.Plain)}); !strings.Contains(answer.Body, p.want) {
				t.Errorf("%s: %s", path, answer.Body)
			}
		}
	}, apptest.Plain)
}

// By SignIn a host's own way in passes every gate, keeps what was asked for, and is recorded; SignOut ends it.
func TestSignInFromGo(t *testing.T) {
	t.Parallel()
	h := host(app.Config{Features: []app.Feature{app.Login{}, app.Logout{}, app.Register{}, app.Remember{}, app.Account{}}})
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Post("/badge", func(c *fiber.Ctx) error {
			if err := accounts.Charge(c, c.FormValue("who")); err != nil {
				return err
			}
			account, err := accounts.FindUser(c.UserContext(), c.FormValue("who"))
			if err != nil || c.FormValue("badge") != "true" {
				return &app.Error{Status: http.StatusForbidden}
			}
			return accounts.SignIn(c, account, c.FormValue("remember") != "", "badge")
		})
		server.Post("/leave", func(c *fiber.Ctx) error {
			return errors.Join(accounts.SignOut(c), accounts.Leave(c, "/", locales.Message{Code: "left", English: "You have left."}))
		})
	}
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		s.User(apptest.Person{Email: "closed@example.com", Disabled: true})
		send := func(b *apptest.Browser, path, body string) apptest.Answer {
			return b.Send(apptest.Request{Path: path, Header: headers(apptest.Plain), Body: body})
		}
		b := s.Browser()
		if answer := send(b, "/badge?next=/orders", "who="+ada+"&badge=true&remember=1"); ledTo(t, answer) != "/orders" {
			t.Errorf("%d %v", answer.Status, answer.Header)
		}
		b.SignedIn(ada)
		if b.Cookie("remember") == "" {
			t.Error("the device is not remembered")
		}
		var row db.Session
		must(t, s.DB.NewSelect().Model(&row).Limit(1).Scan(t.Context()))
		if len(row.Methods) != 1 || row.Methods[0].Name != "badge" || row.AuthAt.IsZero() {
			t.Errorf("recorded as %+v", row.Methods)
		}
		if answer := send(b, "/leave", "x=y"); ledTo(t, answer) != "/" {
			t.Errorf("%d %v", answer.Status, answer.Header)
		}
		b.Visit("/").Sees("You have left.").SignedOut()
		if answer := send(s.Browser(), "/badge", "who=closed@example.com&badge=true"); answer.Status != http.StatusForbidden || !strings.Contains(answer.Body, saysClosed) {
			t.Errorf("a closed account: %d %s", answer.Status, answer.Body)
		}
		s.Happened(app.SignedIn, app.SignedOut)
		// Charge slows down who tries many badges at one account, known or not.
		for _, who := range []string{ada, "nobody@example.com"} {
			var last apptest.Answer
			for range 6 {
				last = send(s.Browser(), "/badge", "who="+who)
			}
			if last.Status != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
				t.Errorf("the sixth try at %s is answered by %d", who, last.Status)
			}
		}
	}, apptest.Plain)
}
