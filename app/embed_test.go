package app_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
)

// insets is a host whose page at /with/NAME holds the kit's view of that name, from the beginning, and
// at /fetches/NAME fetches it.
func insets() apptest.Host {
	h := host(app.Config{})
	h.Routes = func(server *fiber.App, accounts *app.App) {
		cart := locales.Message{English: "Cart"}
		server.Get("/with/:name", func(c *fiber.Ctx) error {
			view, err := accounts.Fragment(c, c.Params("name"))
			if err != nil {
				return err
			}
			return accounts.Show(c, cart, templ.Join(templ.Raw("<h1>Your cart</h1>"), view))
		})
		server.Get("/fetches/:name", func(c *fiber.Ctx) error {
			embed := components.Embed(accounts.URL(c.Params("name")), "Go there")
			return accounts.Show(c, cart, templ.Join(templ.Raw("<h1>Your cart</h1>"), embed))
		})
	}
	return h
}

// What is wrong is shown where the form stands; what was right leads back to the page around it.
func TestFragmentSignsIn(t *testing.T) {
	t.Parallel()
	insets().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/with/login?step=2").Sees("Your cart")
		b.Fill("email", ada).Fill("password", "wrong").Submit().SeesError("", saysWrong)
		if s.Transport == apptest.HTMX {
			b.Sees("Your cart").At("/with/login?step=2")
		}
		b.Fill("password", apptest.Password).Submit().SignedIn(ada).At("/with/login?step=2")
		if n := b.Page().Find("form#login").Length(); n != 0 {
			t.Error("who is signed in is asked to sign in")
		}
	}, paged...)
}

func TestFragmentChangesPassword(t *testing.T) {
	t.Parallel()
	insets().Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada})).Visit("/with/change")
		b.Fill("password", "wrong").Fill("new_password", "seventeen green lamps").Submit().SeesError("password", "")
		b.Fill("password", apptest.Password).Fill("new_password", "seventeen green lamps").Submit()
		b.At("/with/change").Sees("Your password is changed").SignedIn(ada)
	}, paged...)
}

// A way on that the host gives is taken, though the kit could show it in the same place.
func TestEmbeddedLeadsWhereItSays(t *testing.T) {
	t.Parallel()
	insets().Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada})).Visit("/with/change?next=%2Faccount")
		b.Fill("password", apptest.Password).Fill("new_password", "seventeen green lamps").Submit()
		b.At("/account").Sees("Your password is changed").SeesNot("Your cart")
		b.Visit("/with/change-email").Fill("email", "ada@lovelace.example").Fill("password", "seventeen green lamps").Submit()
		b.Sees("Your cart").Sees("ada@lovelace.example")
	}, apptest.HTMX)
}

// A step that follows follows in the same place, with its message.
func TestEmbeddedStepsFollow(t *testing.T) {
	t.Parallel()
	insets().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for _, path := range []string{"/with/recover", "/fetches/recover"} {
			b := s.Browser().Visit(path)
			if strings.HasPrefix(path, "/fetches") {
				b.Embedded()
			}
			b.In("recover").Fill("email", ada).Submit()
			b.At(path).Sees("Your cart").Sees("a message is on its way").Sees("Look into your inbox")
			if got := b.Page().Find("[data-fragment=recover] .gh-alert").Length(); got != 1 {
				t.Errorf("%d messages stand in the view", got)
			}
		}
	}, apptest.HTMX)
}

// What cannot be shown is not: a view for guests to who is signed in, one for members to nobody, one
// that does not exist to anybody.
func TestFragmentsThatAreNot(t *testing.T) {
	t.Parallel()
	insets().Run(t, func(t *testing.T, s *apptest.Site) {
		member := s.As(s.User(apptest.Person{Email: ada}))
		if n := member.Visit("/with/login").Sees("Your cart").Page().Find("form#login").Length(); n != 0 {
			t.Error("a member is shown the form for guests")
		}
		answer := member.Send(apptest.Request{Path: "/login", Header: headers(apptest.HTMX, "Gatehouse-Embed", "1")})
		if answer.Status != http.StatusOK || answer.Body != "" || answer.Header.Get("HX-Redirect") != "" {
			t.Errorf("fetched: %d %q to %q", answer.Status, answer.Body, answer.Header.Get("HX-Redirect"))
		}
		s.Browser().Visit("/with/change").At("/login?next=%2Fwith%2Fchange")
		for _, name := range []string{"nowhere", "recover-link", "static"} {
			if b := s.Browser().Visit("/with/" + name); b.Status() != http.StatusInternalServerError {
				t.Errorf("%s: %d", name, b.Status())
			}
		}
		if got := s.Logged(); !strings.Contains(got, `Fragment \"nowhere\"`) || !strings.Contains(got, "components.Embed fetches those") {
			t.Errorf("the log says %s", got)
		}
	}, apptest.Plain)
}

// A document that is the host's own from its first line on has what the kit's components need.
func TestContextOfAnOwnDocument(t *testing.T) {
	t.Parallel()
	h := host(app.Config{Theme: app.Theme{Accent: "#0a7d5a"}})
	h.Routes = func(server *fiber.App, accounts *app.App) {
		server.Get("/own", func(c *fiber.Ctx) error {
			view, err := accounts.Fragment(c, "login")
			page := templ.Join(templ.Raw(`<!DOCTYPE html><html lang="en"><head>`), components.Head("Own"), templ.Raw(`</head><body><main>`), view, templ.Raw(`</main></body></html>`))
			return errors.Join(err, page.Render(accounts.Context(c.Type("html", "utf-8")), c.Response().BodyWriter()))
		})
	}
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		answer := s.Browser().Send(apptest.Request{Path: "/own"})
		if answer.Header.Get("Cache-Control") != "no-store" || !strings.Contains(answer.Body, "/theme.") {
			t.Errorf("%v %s", answer.Header, answer.Body)
		}
		s.Browser().Visit("/own").Fill("email", ada).Fill("password", apptest.Password).Submit().SignedIn(ada)
	}, paged...)
}
