package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/session"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A legacy is an application that was there before: with a users table, sessions and an error
// handler of its own, and pages for each.
type legacy struct {
	t        *testing.T
	server   *fiber.App
	db       *bun.DB
	accounts *app.App
	jar      map[string]string
}

// customer is a row of the application's own users table; account is the kit's id of the person.
type customer struct {
	bun.BaseModel `bun:"table:users"`
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	Account       string
}

var people = app.Extend(func(*db.User, *app.SignUp) error { return nil })

// newLegacy mounts the kit into an application whose tables lie at own; the kit's lie at kits.
func newLegacy(t *testing.T, own, kits string) *legacy {
	t.Helper()
	l := &legacy{t: t, db: db.MustOpen(own), jar: map[string]string{}}
	kit := db.MustOpen(kits)
	t.Cleanup(func() { _, _ = l.db.Close(), kit.Close() })
	_, err := l.db.NewCreateTable().Model((*customer)(nil)).Exec(t.Context())
	must(t, err)
	_, err = db.Migrate(t.Context(), kit)
	must(t, err)

	sessions := session.New()
	l.server = fiber.New(fiber.Config{
		Immutable: true,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			status := fiber.StatusInternalServerError
			var known *fiber.Error
			if errors.As(err, &known) {
				status = known.Code
			}
			return c.Status(status).SendString("legacy: " + err.Error())
		},
	})
	l.server.Get("/health", func(c *fiber.Ctx) error { return c.SendString("up") })
	l.server.Get("/cart", func(c *fiber.Ctx) error {
		s, err := sessions.Get(c)
		if err != nil {
			return err
		}
		n, _ := s.Get("items").(int)
		s.Set("items", n+1)
		return errors.Join(s.Save(), c.SendString(fmt.Sprint(n, " items")))
	})
	l.accounts, err = app.New(app.Config{
		URL: "https://legacy.example", Name: "Legacy", From: "legacy@example.com", Mailer: mail.NewMailbox(),
		Secrets: []string{strings.Repeat("s", 32)}, DB: kit, Log: slog.New(slog.DiscardHandler), Hashing: apptest.Fast(), Prefix: "/auth", Users: people,
		Hooks: app.Hooks{Happened: func(ctx context.Context, e app.Event) {
			if e.Name == app.Registered {
				_, err := l.db.NewInsert().Model(&customer{Name: e.User.Primary.Email, Account: e.User.ID.String()}).Exec(ctx)
				must(t, err)
			}
		}},
	})
	must(t, err)
	must(t, l.accounts.Mount(l.server))
	l.server.Get("/orders", l.accounts.Require(), func(c *fiber.Ctx) error {
		account, _ := people.Current(c)
		var who customer
		if err := l.db.NewSelect().Model(&who).Where("account = ?", account.ID.String()).Scan(c.UserContext()); err != nil {
			return err
		}
		return c.SendString(fmt.Sprintf("orders of customer %d, %s", who.ID, who.Name))
	})
	l.server.Get("/teapot", func(*fiber.Ctx) error { return fiber.NewError(fiber.StatusTeapot, "short and stout") })
	l.server.Get("/panic", func(*fiber.Ctx) error { panic("the secret cause") })
	l.server.Post("/cart", func(c *fiber.Ctx) error { return c.SendString("emptied") })
	return l
}

// ask sends a request with the cookies so far, as a browser would, and keeps those it gets.
func (l *legacy) ask(method, path, body string, header ...string) (status int, text, location string) {
	l.t.Helper()
	request := httptest.NewRequestWithContext(l.t.Context(), method, path, strings.NewReader(body))
	request.Host = "legacy.example"
	request.Header.Set("Accept", "text/html")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	for name, value := range l.jar {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := l.server.Test(request, 10_000)
	must(l.t, err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	must(l.t, err)
	for _, c := range answer.Cookies() {
		l.jar[c.Name] = c.Value
	}
	return answer.StatusCode, string(content), answer.Header.Get("Location")
}

func (l *legacy) says(method, path string, status int, words string, header ...string) {
	l.t.Helper()
	if got, text, _ := l.ask(method, path, "", header...); got != status || !strings.Contains(text, words) {
		l.t.Errorf("%s %s is answered by %d %.200q, not %d %q", method, path, got, text, status, words)
	}
}

// An application that was there before keeps its users, its sessions, its errors and its routes,
// and gains accounts beside them.
func TestMountIntoAnApplication(t *testing.T) {
	t.Parallel()
	dbtest.EachURL(t, func(t *testing.T, address string) {
		kits := "sqlite:" + filepath.Join(t.TempDir(), "accounts.db")
		if parsed, err := url.Parse(address); err == nil && strings.HasPrefix(parsed.Scheme, "postgres") {
			opened := db.MustOpen(address)
			_, err := opened.NewRaw("CREATE SCHEMA accounts").Exec(t.Context())
			must(t, errors.Join(err, opened.Close()))
			query := parsed.Query()
			query.Set("search_path", "accounts")
			parsed.RawQuery = query.Encode()
			kits = parsed.String()
		}
		l := newLegacy(t, address, kits)
		l.says("GET", "/health", 200, "up")
		l.says("GET", "/cart", 200, "0 items")
		form := url.Values{"email": {ada}, "password": {good}}.Encode()
		if status, text, to := l.ask("POST", "/auth/register", form); status != 303 || to != "/auth/login" {
			t.Fatalf("%d to %q: %s", status, to, text)
		}
		if status, _, to := l.ask("GET", "/orders", ""); status != 303 || to != "/auth/login?next=%2Forders" {
			t.Errorf("a guest is sent to %d %q", status, to)
		}
		if status, text, to := l.ask("POST", "/auth/login?next=%2Forders", form); status != 303 || to != "/orders" {
			t.Fatalf("%d to %q: %s", status, to, text)
		}
		l.says("GET", "/orders", 200, "orders of customer 1, "+ada)
		l.says("GET", "/auth/account", 200, "Your account")
		l.says("GET", "/cart", 200, "1 items") // its session outlives signing in

		// Its own errors are its own to answer, the kit's are the kit's; a panic shows nothing.
		l.says("GET", "/teapot", 418, "legacy: short and stout")
		l.says("GET", "/nowhere", 404, "legacy: ")
		l.says("POST", "/auth/account", 405, "legacy: ")
		l.says("GET", "/panic", 500, "legacy: Internal Server Error")
		if _, text, _ := l.ask("GET", "/panic", ""); strings.Contains(text, "secret") {
			t.Errorf("a panic shows %q", text)
		}
		// Its forms are protected from here on, those from before Mount are not looked at.
		l.says("POST", "/cart", 200, "emptied")
		l.says("POST", "/cart", 403, "This form can no longer be sent", "Sec-Fetch-Site", "cross-site")
		for _, table := range []string{"sessions", "addresses"} {
			if n, err := l.db.NewSelect().Table(table).Count(t.Context()); err == nil {
				t.Errorf("the application's own database has %d %s", n, table)
			}
		}
		if n, err := l.db.NewSelect().Model((*customer)(nil)).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d customers (%v)", n, err)
		}
		if status, _, to := l.ask("POST", "/auth/logout", ""); status != 303 || to != "/" {
			t.Errorf("signing out is answered by %d to %q", status, to)
		}
		l.says("GET", "/cart", 200, "2 items")
	})
}

// What would undo the kit's safety is refused.
func TestMountRefuses(t *testing.T) {
	t.Parallel()
	accounts, err := app.New(app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t)})
	must(t, err)
	if err := accounts.Mount(fiber.New()); err == nil || !strings.Contains(err.Error(), "Immutable") {
		t.Errorf("a server whose strings change: %v", err)
	}
	must(t, accounts.Mount(fiber.New(accounts.FiberConfig())))
	if err := accounts.Mount(fiber.New(accounts.FiberConfig())); err == nil || !strings.Contains(err.Error(), "mounted already") {
		t.Errorf("a second server: %v", err)
	}
}
