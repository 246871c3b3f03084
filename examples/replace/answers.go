package main

import (
	"context"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// routes are the shop's own.
func (s *shop) routes(server *fiber.App) {
	page := func(text string) fiber.Handler {
		return func(c *fiber.Ctx) error {
			return s.accounts.Show(c, locales.Message{Code: "shop", English: text}, heading(text))
		}
	}
	server.Get("/", page("Welcome"))
	server.Get("/bye", page("Bye"))
	server.Get("/help", page("Help"))
	server.Get("/plans", page("Plans"))
	server.Get("/orders", s.accounts.Require(), page("Your orders"))
	server.Post("/close", s.accounts.Require(), func(c *fiber.Ctx) error {
		return errors.Join(s.accounts.SignOut(c), s.accounts.Leave(c, "/bye", locales.Message{Code: "shop.closes", English: "The till is closed."}))
	})
	server.Get("/key", s.accounts.Require(), func(c *fiber.Ctx) error {
		change, err := s.accounts.Fragment(c, "change")
		if err != nil {
			return err
		}
		return s.accounts.Show(c, locales.Message{Code: "shop.key", English: "Another key"}, change)
	})
	server.Get("/office", s.accounts.Require(app.Role("boss")), page("The office"))
}

// aisles are the shop's own pages in the navigation.
func aisles(p props.Page) []app.Link {
	if p.Who == nil {
		return nil
	}
	return []app.Link{{Label: locales.Message{Code: "shop.orders", English: "Your orders"}, URL: "/orders"}}
}

// byNumber finds a customer by what stands on their card.
func (s *shop) byNumber(ctx context.Context, name string) (uuid.UUID, error) {
	number, is := strings.CutPrefix(name, "C-")
	if !is {
		number = uuid.Nil.String() // and takes as long
	}
	id, err := uuid.Parse(number)
	if err != nil {
		return uuid.Nil, nil
	}
	return id, ctx.Err()
}

// stranger answers who is not signed in: programs as the kit does, people with an offer to join.
func (s *shop) stranger(c *fiber.Ctx, e *app.Error) error {
	if app.CallerOf(c) == app.JSON || c.Path() != "/orders" {
		return e
	}
	return s.accounts.Leave(c, accountsURL+s.accounts.URL("register"), e.Say)
}

// sorry answers every other error.
func (s *shop) sorry(c *fiber.Ctx, e *app.Error) error {
	if app.CallerOf(c) == app.JSON {
		return e
	}
	return c.Status(e.Status).SendString("Sorry. " + e.Say.In(c.UserContext()) + ".")
}

// problems is the shop's JSON: what is wrong as a list, all else as the kit has it.
func problems(c *fiber.Ctx, a app.Answer) error {
	if a.Errors == nil {
		return c.Status(a.Status).JSON(app.Envelope(c.UserContext(), a))
	}
	list := []fiber.Map{}
	for _, wrong := range a.Errors {
		list = append(list, fiber.Map{"at": wrong.Field, "code": wrong.Say.Code, "say": wrong.Say.In(c.UserContext())})
	}
	return c.Status(a.Status).JSON(fiber.Map{"problems": list})
}

// recover has the kit send the mail, and leads to a page of the shop's.
func (s *shop) recover(c *fiber.Ctx) error {
	if _, err := s.accounts.Do(c, "recover", map[string]any{"email": strings.Clone(c.FormValue("email"))}); err != nil {
		return err
	}
	return s.accounts.Leave(c, "/help", locales.Message{Code: "shop.mailed", English: "Look into your inbox."})
}

// login signs in who holds up a card that the till has read, and has the kit sign in all others.
func (s *shop) login(c *fiber.Ctx) error {
	name := strings.Clone(c.FormValue("email"))
	if card := c.FormValue("card"); card != "" {
		if err := s.accounts.Charge(c, name); err != nil {
			return err
		}
		account, err := s.accounts.FindUser(c.UserContext(), name)
		if err != nil || card != "read by the till" {
			return &app.Error{Status: fiber.StatusForbidden, Say: locales.Message{Code: "shop.card", English: "This card opens nothing"}, Err: err}
		}
		return s.accounts.SignIn(c, account, false, "card")
	}
	_, err := s.accounts.Do(c, "login", map[string]any{"email": name, "password": c.FormValue("password"), "sum": c.FormValue("sum")})
	var rejected *app.Rejected
	switch {
	case errors.As(err, &rejected) && app.CallerOf(c) != app.JSON:
		return s.accounts.Leave(c, accountsURL+s.accounts.URL("login"), rejected.Errors[0].Say)
	case err != nil:
		return err
	}
	return s.accounts.Leave(c, shopURL+"/orders", locales.Message{})
}

// open24h is a gate that lets everybody pass but who is called after closing time.
func open24h(_ context.Context, s *app.SignIn) (app.Detour, error) {
	if s.Account.Account().Username == "nightowl" {
		return app.Detour{}, &app.Error{Status: fiber.StatusForbidden, Say: locales.Message{Code: "shop.closed", English: "Come back in the morning"}}
	}
	return app.Detour{}, nil
}

func (s *shop) happened(_ context.Context, e app.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e.Name)
}
