package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// newShopAndStaff are two Apps in one process, at one host: customers, and staff below /staff. One server
// listens, and hands to the other what is its.
func newShopAndStaff(t *testing.T) (server *fiber.App, staff *app.App, box *mail.Mailbox) {
	t.Helper()
	box = mail.NewMailbox()
	make := func(tune func(*app.Config)) (*app.App, *fiber.App) {
		config := app.Config{
			URL: "https://legacy.example", From: "shop@shop.example", Mailer: box, Secrets: []string{strings.Repeat("s", 32)}, DB: dbtest.SQLite(t),
			Hashing: apptest.Fast(), Features: []app.Feature{app.Login{}, app.Logout{}, app.Account{}, app.Recover{}},
		}
		tune(&config)
		accounts, err := app.New(config)
		must(t, err)
		server := fiber.New(accounts.FiberConfig())
		must(t, accounts.Mount(server))
		return accounts, server
	}
	customers, shop := make(func(*app.Config) {})
	staff, inner := make(func(c *app.Config) { c.Prefix, c.Home, c.Cookies, c.Name = "/staff", "/staff", "staff-", "Staff" })
	for name, a := range map[string]*app.App{"customer": customers, "staff": staff} {
		_, err := a.CreateUser(t.Context(), app.NewUser{Email: name + "@shop.example", Confirmed: true, Password: good})
		must(t, err)
	}
	inner.Get("/staff/till", staff.Require(), func(c *fiber.Ctx) error { return c.SendString("the till") })
	shop.Get("/orders", customers.Require(), func(c *fiber.Ctx) error { return c.SendString("your orders") })
	outer := fiber.New(fiber.Config{Immutable: true})
	hand := func(to fasthttp.RequestHandler) fiber.Handler {
		return func(c *fiber.Ctx) error { to(c.Context()); return nil }
	}
	outer.All("/staff*", hand(inner.Handler()))
	outer.All("*", hand(shop.Handler()))
	return outer, staff, box
}

// Two Apps in one process share nothing: not accounts, not sessions, not cookies, not looks.
func TestSeveralApps(t *testing.T) {
	t.Parallel()
	server, staff, box := newShopAndStaff(t)
	s := &legacy{t: t, server: server, jar: map[string]string{}}
	ask := func(method, path, body string, status int, words, to string) {
		t.Helper()
		got, text, location := s.ask(method, path, body)
		if got != status || !strings.Contains(text, words) || location != to {
			t.Errorf("%s %s: %d %q to %q, not %d %q to %q", method, path, got, text[:min(len(text), 200)], location, status, words, to)
		}
	}
	const right = "&password=seventeen+green+lamps"
	ask(http.MethodPost, "/login", "email=staff@shop.example"+right, 422, "wrong", "")
	ask(http.MethodPost, "/login", "email=customer@shop.example"+right, 303, "", "/")
	ask(http.MethodGet, "/orders", "", 200, "your orders", "")
	ask(http.MethodGet, "/staff/till", "", 303, "", "/staff/login?next=%2Fstaff%2Ftill")
	ask(http.MethodGet, "/staff/login", "", 200, "· Staff</title>", "")
	ask(http.MethodPost, "/staff/login", "email=customer@shop.example"+right, 422, "wrong", "")
	ask(http.MethodPost, "/staff/login", "email=staff@shop.example"+right, 303, "", "/staff")
	ask(http.MethodGet, "/staff/till", "", 200, "the till", "")
	ask(http.MethodGet, "/orders", "", 200, "your orders", "")
	if s.jar["__Host-session"] == "" || s.jar["__Host-staff-session"] == "" || s.jar["__Host-session"] == s.jar["__Host-staff-session"] {
		t.Errorf("the cookies are %v", s.jar)
	}
	// A session of the one opens nothing of the other.
	mine := s.jar["__Host-staff-session"]
	s.jar["__Host-staff-session"] = s.jar["__Host-session"]
	ask(http.MethodGet, "/staff/till", "", 303, "", "/staff/login?next=%2Fstaff%2Ftill")
	s.jar["__Host-staff-session"] = mine
	ask(http.MethodPost, "/logout", "", 303, "", "/")
	ask(http.MethodGet, "/orders", "", 303, "", "/login?next=%2Forders")
	ask(http.MethodGet, "/staff/till", "", 200, "the till", "")

	// Mails of an App whose server does not listen go out while it runs.
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); staff.Run(ctx) }()
	ask(http.MethodPost, "/staff/reset", "email=staff@shop.example", 303, "", "/staff/reset")
	for range 500 {
		if len(box.All()) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	<-ended
	if all := box.All(); len(all) != 1 || !strings.Contains(all[0].Text, "https://legacy.example/staff/reset/") {
		t.Errorf("sent: %d mails", len(all))
	}
}

// A server takes one App: the second would refuse what is the first's.
func TestOneAppToAServer(t *testing.T) {
	t.Parallel()
	one, two := apptest.Host{}.Start(t, dbtest.SQLite(t), apptest.Plain), apptest.Host{}.Start(t, dbtest.SQLite(t), apptest.Plain)
	fresh, err := app.New(app.Config{URL: "http://localhost", DB: two.DB})
	must(t, err)
	if err := fresh.Mount(one.Server); err == nil || !strings.Contains(err.Error(), "has an App already") {
		t.Errorf("it is taken: %v", err)
	}
}
