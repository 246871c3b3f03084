package apptest_test

import (
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// shop is the application under test, with the routes that the host adds to the kit's.
func shop() apptest.Host {
	return apptest.Host{
		Config: app.Config{Features: []app.Feature{app.Login{}, app.Logout{}, app.Register{Username: app.Optional}, app.Account{}}},
		Routes: func(server *fiber.App, accounts *app.App) {
			page := func(text string) fiber.Handler {
				return func(c *fiber.Ctx) error {
					return c.Type("html").SendString("<!DOCTYPE html><title>Shop</title><main><h1>" + text + "</h1><a href=/orders>Orders</a></main>")
				}
			}
			server.Get("/", page("Welcome"))
			server.Get("/orders", accounts.Require(), page("Your orders"))
			server.Get("/admin", accounts.Require(app.Role("admin")), page("All orders"))
		},
	}
}

// ordering is a story: it is told by every kind of visitor, on every database.
func ordering(t *testing.T, s *apptest.Site) {
	b := s.Browser()
	b.Visit("/register")
	b.Fill("email", "ada@example.com").Fill("username", "ada").Fill("password", "seventeen green lamps").Submit()
	if link := s.Mail("ada@example.com").Link(); link != s.URL+"/login" {
		t.Errorf("the mail leads to %s", link)
	}

	b.Visit("/orders").At("/login?next=%2Forders")
	b.Fill("email", "ada").Fill("password", "wrong").Submit()
	b.SeesError("", "The name or the password is wrong.").SignedOut()
	b.Fill("password", "seventeen green lamps").Submit()
	b.At("/orders").SignedIn("ada@example.com")
	s.Happened(app.Registered, app.SignInFailed, app.SignedIn)

	b.Visit("/admin").SeesNot("All orders")
	if b.Status() != fiber.StatusForbidden {
		t.Errorf("status %d", b.Status())
	}
	s.As(s.User(apptest.Person{Username: "grace"}), "admin").Visit("/admin").Sees("All orders")

	s.Clock.Advance(25 * time.Hour)
	b.Visit("/orders").At("/login?next=%2Forders").SignedOut()
}

func Example() {
	var t *testing.T // as given to func TestOrdering(t *testing.T)
	shop().Run(t, ordering)
}
