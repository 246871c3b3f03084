// Package apptest runs stories about an application with accounts: a site with a database, a
// clock and a mailbox of its own, and browsers that do what people do.
//
//	func TestSignIn(t *testing.T) {
//		apptest.Run(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
//			s.User(apptest.Person{Email: "ada@example.com"})
//			b := s.Browser()
//			b.Visit("/login").Fill("email", "ada@example.com").Fill("password", apptest.Password).Submit()
//			b.At("/").SignedIn("ada@example.com")
//			s.Happened(app.SignedIn)
//		})
//	}
//
// Each story runs on SQLite and on Postgres, told by a browser without script, by one with htmx,
// and by a program that speaks JSON. The steps are the same: a browser fails on an input that the
// page lacks and sends what the page makes it send, so a story tests the markup too.
//
// Databases come from package dbtest, which says where it looks for Postgres.
package apptest

import (
	"io/fs"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A Transport is how a visitor talks to the site.
type Transport string

// The transports.
const (
	// Plain is a browser without script: whole pages, 303, cookies.
	Plain Transport = "plain"
	// HTMX is a browser with htmx 4: forms that say so are posted by script and their answers
	// swapped into the page.
	HTMX Transport = "htmx"
	// JSON is a program that posts the fields of the page's form as JSON.
	JSON Transport = "json"
)

// A Host is an application under test.
type Host struct {
	// Config is the application's. DB, Mailer, Now and Log are the site's own whatever stands
	// here; URL, Name, From, Secrets and Hashing have defaults that suit tests.
	Config app.Config
	// Migrations are the host's own, applied after the kit's. The default is none.
	Migrations fs.FS
	// Routes adds the host's own routes after the kit's. The default is a page at "/".
	Routes func(server *fiber.App, accounts *app.App)
	// Observe is shown every answer that the site gives to any browser. The default is nobody.
	Observe func(t testing.TB, answer *http.Response)
}

// Run tells a story on every database, by every transport or by those named.
func Run(t *testing.T, config app.Config, story func(t *testing.T, s *Site), by ...Transport) {
	t.Helper()
	Host{Config: config}.Run(t, story, by...)
}

// Run tells a story on every database, by every transport or by those named: subtests such as
// sqlite/plain, all at once.
func (h Host) Run(t *testing.T, story func(t *testing.T, s *Site), by ...Transport) {
	t.Helper()
	if len(by) == 0 {
		by = []Transport{Plain, HTMX, JSON}
	}
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for _, transport := range by {
			t.Run(name+"/"+string(transport), func(t *testing.T) {
				t.Parallel()
				story(t, h.Start(t, open(t), transport))
			})
		}
	}
}
