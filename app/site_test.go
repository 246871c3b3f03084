package app_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/locales"
)

const (
	ada  = "ada@example.com"
	good = "seventeen green lamps" // a password that the policy likes

	saysWrong       = "The name or the password is wrong."
	saysNotSignedIn = "Sign in to see this page."
	saysBadNext     = "The link that brought you here leads to another site."
	saysClosed      = "This account has been closed."
	saysSignedOut   = "You are signed out."
	saysSignedIn    = "You are signed in already."
	saysWrongType   = "This must be sent as another type."
)

// tell tells a story at a shop that has routes of its own. Every answer of every story is watched.
func tell(t *testing.T, config app.Config, story func(*testing.T, *apptest.Site), by ...apptest.Transport) {
	t.Helper()
	t.Parallel()
	host(config).Run(t, story, by...)
}

// tellOnce tells a story on SQLite alone: one in which no database has a say.
func tellOnce(t *testing.T, config app.Config, story func(*testing.T, *apptest.Site), by ...apptest.Transport) {
	t.Helper()
	t.Parallel()
	for _, transport := range by {
		t.Run(string(transport), func(t *testing.T) {
			t.Parallel()
			story(t, host(config).Start(t, dbtest.SQLite(t), transport))
		})
	}
}

// patient is a configuration for stories that try more often than anybody is let.
func patient() app.Config {
	limit := app.Limit{PerAccount: app.Delay{Free: 1e6, Within: time.Hour}, PerNetwork: app.Quota{Most: 1e6, Within: time.Hour}}
	return app.Config{Features: []app.Feature{app.Login{Limit: limit}, app.Logout{}, app.Register{Limit: limit}, app.Account{}, app.Change{Limit: limit}}}
}

func host(config app.Config) apptest.Host {
	return apptest.Host{Config: config, Routes: shop, Observe: watch}
}

// shop is what the host adds: pages that everyone, members and admins may see, and a form each
// for everyone and for members.
func shop(server *fiber.App, accounts *app.App) {
	page := func(text string) fiber.Handler {
		return func(c *fiber.Ctx) error {
			return accounts.Show(c, locales.Message{English: text}, templ.Raw(`<div data-fragment="host"><h1>`+text+`</h1></div>`))
		}
	}
	done := func(c *fiber.Ctx) error { return c.SendString("done") }
	server.Get("/", page("Welcome to the shop"))
	server.Get("/orders", accounts.Require(), page("Your orders"))
	server.Post("/orders", accounts.Require(), done)
	server.Post("/newsletter", done)
	server.Get("/admin", accounts.Require(app.Role("admin")), page("All orders"))
	server.Get("/broken", func(*fiber.Ctx) error { return errors.New("the secret cause") })
}

// cookies is every cookie that the kit may set: how long it lives, by its name without prefix.
var cookies = map[string]time.Duration{
	"session": 0, "visitor": 0, "flash": 2 * time.Minute, "pending": 10 * time.Minute, "remember": 30 * 24 * time.Hour, "language": 365 * 24 * time.Hour,
	"inbox": 24 * time.Hour, "device": 180 * 24 * time.Hour,
}

// watch checks what holds for every answer, whatever was asked.
func watch(t testing.TB, answer *http.Response) {
	t.Helper()
	for _, c := range answer.Cookies() {
		name, secure := strings.CutPrefix(c.Name, "__Host-")
		life, known := cookies[name]
		if age := time.Duration(c.MaxAge) * time.Second; name == "remember" && 0 < age && age < life {
			life = age // counted from the sign-in, not from the last use
		}
		taken := c.Value == "" && !c.Expires.IsZero() && c.Expires.Before(time.Unix(1, 0))
		switch {
		case !known:
			t.Errorf("%s set the unknown cookie %q", answer.Request.URL, c.Raw)
		case secure != (answer.Request.URL.Scheme == "https"), c.Secure != secure, !c.HttpOnly,
			c.SameSite != http.SameSiteLaxMode, c.Path != "/", c.Domain != "", len(c.Raw) > 1024:
			t.Errorf("%s set the cookie %q", answer.Request.URL, c.Raw)
		case !taken && (c.Value == "" || time.Duration(c.MaxAge)*time.Second != life || !c.Expires.IsZero()):
			t.Errorf("%s set the cookie %q, which should live for %v", answer.Request.URL, c.Raw, life)
		}
	}
	if to := answer.Header.Get("Location") + answer.Header.Get("HX-Redirect"); to != "" && !onSite(to) {
		t.Errorf("%s led to %q", answer.Request.URL, to)
	}
	if answer.StatusCode == http.StatusFound || answer.StatusCode == http.StatusMovedPermanently {
		t.Errorf("%s was answered by %d", answer.Request.URL, answer.StatusCode)
	}
	if answer.Header.Get("Server") != "" || answer.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("%s was answered with %v", answer.Request.URL, answer.Header)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// plainly is a story of browsers alone, of pages; wired one of programs alone.
var (
	plainly = []apptest.Transport{apptest.Plain}
	paged   = []apptest.Transport{apptest.Plain, apptest.HTMX}
	wired   = []apptest.Transport{apptest.JSON}
	anyway  = []apptest.Transport{apptest.Plain, apptest.HTMX, apptest.JSON}
)

// signIn signs in by the form.
func signIn(b *apptest.Browser, email, password string) *apptest.Browser {
	return b.Visit("/login").Fill("email", email).Fill("password", password).Submit()
}

// headers make a request look as if it came from a form of this site, from htmx or from a program.
func headers(by apptest.Transport, more ...string) map[string]string {
	h := map[string]string{"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
	switch by {
	case apptest.HTMX:
		h["HX-Request"], h["HX-Request-Type"] = "true", "partial"
	case apptest.JSON:
		h["Accept"], h["Content-Type"] = "application/json", "application/json"
	case apptest.Plain:
	}
	for i := 0; i < len(more); i += 2 {
		h[more[i]] = more[i+1]
	}
	return h
}

// catchAll guards every path there is.
func catchAll(server *fiber.App, accounts *app.App) {
	server.Get("/*", accounts.Require(), func(c *fiber.Ctx) error { return c.SendString("in") })
}

// encode writes a form as its transport does.
func encode(by apptest.Transport, form url.Values) string {
	if by != apptest.JSON {
		return form.Encode()
	}
	fields := map[string]string{}
	for name := range form {
		fields[name] = strings.ToValidUTF8(form.Get(name), "")
	}
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(body)
}

// dbFor is a database for a site that is told of once.
func dbFor(t testing.TB) *bun.DB { return dbtest.SQLite(t) }
