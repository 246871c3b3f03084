package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"
	"github.com/valyala/fasthttp"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

const (
	accountsURL = "http://accounts.shop.localhost:3000"
	shopURL     = "http://shop.localhost:3000"
)

//go:embed locales/*.po
var words embed.FS

// A shop is two sites in one process: the shop, whose accounts have a host of their own, and its
// staff's below /staff.
type shop struct {
	accounts, staff *app.App
	front           *fiber.App

	mu     sync.Mutex
	events []app.EventName
}

// open makes both and one server before them.
func open(conn, staffs *bun.DB, mailer mail.Mailer) (*shop, error) {
	s := &shop{}
	catalogues, err := fs.Sub(words, "locales")
	if err != nil {
		return nil, err
	}
	argon, err := password.New(password.Params{})
	if err != nil {
		return nil, err
	}
	config := app.Config{
		URL: accountsURL, Name: "The Shop", From: "The Shop <hello@shop.localhost>", DB: conn, Mailer: mailer,
		Features: []app.Feature{
			app.Login{}, app.Logout{}, app.Register{Username: app.Optional}, app.Confirm{}, app.Recover{}, app.Account{}, app.Change{}, app.Remember{},
		},

		// What it looks like, and says.
		Views:    app.Views{Logout: leaving},
		Mails:    app.Mails{Welcome: welcome},
		Elements: components.Elements{Brand: brand},
		Slots:    app.Slots{BelowForm: helpLine},
		Theme:    app.Theme{Accent: "#7a1f2b"},
		Nav:      aisles,
		Letter:   app.Letter{Signature: locales.Message{Code: "shop.signed", English: "The people at the counter"}},
		Locales:  catalogues,
		Words:    locales.Words{"en": {"Forgot it?": "Lost your key?"}},
		Flash:    told,
		ReplyTo:  "people@shop.localhost",

		// Who its people are, and what they are asked.
		Users:     members,
		Forms:     map[string]app.Form{"login": app.Asks(sum)},
		Identify:  s.byNumber,
		Hasher:    peppered{argon, []byte("from a vault, in a shop")},
		Reserved:  append(app.ReservedNames(), "shopkeeper"),
		Emails:    app.EmailPolicy{Refuse: noTrash},
		Usernames: app.UsernamePolicy{Min: 4},
		Passwords: password.Policy{Min: 10},

		// Where it is, and where people go.
		Prefix:    "/me",
		Paths:     map[string]string{"login": "/in"},
		Domain:    "shop.localhost",
		Hosts:     []string{"shop.localhost:3000"},
		Home:      shopURL + "/",
		Origins:   []string{"https://*.partners.example"},
		MayFollow: func(_ context.Context, to string) bool { return !strings.Contains(to, "//old.") },
		Landings:  app.Landings{Logout: "/bye", RecoverError: "/help", Unauthorized: "/plans"},

		// What answers.
		Answers: app.Answers{Unauthenticated: s.stranger, Failed: s.sorry, JSON: problems},
		Handlers: map[string]app.Handler{
			"recover": {Act: s.recover},
			"login":   {Act: s.login},
		},

		// What stands in the way, and what is told.
		Gates: []app.Gate{app.GateFunc(open24h)},
		Hooks: app.Hooks{Happened: s.happened, Drawing: s.clerk},
	}
	if s.accounts, err = app.New(config); err != nil {
		return nil, err
	}
	outer := fiber.New(s.accounts.FiberConfig())
	if err := s.accounts.Mount(outer); err != nil {
		return nil, err
	}
	s.routes(outer)

	s.staff, err = app.New(app.Config{
		URL: shopURL, Prefix: "/staff", Home: "/staff", Cookies: "staff-", Name: "Staff", DB: staffs, Mailer: mailer, Users: members,
		Features: []app.Feature{app.Login{By: app.Username}, app.Logout{}},
	})
	if err != nil {
		return nil, err
	}
	inner := fiber.New(s.staff.FiberConfig())
	if err := s.staff.Mount(inner); err != nil {
		return nil, err
	}
	inner.Get("/staff", s.staff.Require(), func(c *fiber.Ctx) error { return c.SendString("the till") })
	s.front = behindOne(inner.Handler(), outer.Handler())
	return s, nil
}

// behindOne is a server that hands requests on by their path.
func behindOne(staff, rest fasthttp.RequestHandler) *fiber.App {
	front := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	front.Use(func(c *fiber.Ctx) error {
		if path := c.Path(); path == "/staff" || strings.HasPrefix(path, "/staff/") {
			staff(c.Context())
		} else {
			rest(c.Context())
		}
		return nil
	})
	return front
}

// members has the shop's own columns; here there are none.
var members = app.Extend(func(*db.User, *app.SignUp) error { return nil })

// A peppered hasher keys what is hashed, so that a stolen table alone is worth nothing.
type peppered struct {
	*password.Hasher
	key []byte
}

func (p peppered) of(plain string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(plain))
	return hex.EncodeToString(mac.Sum(nil))
}

func (p peppered) Hash(ctx context.Context, plain string) (string, error) {
	return p.Hasher.Hash(ctx, p.of(plain))
}

func (p peppered) Verify(ctx context.Context, plain, hash string) (bool, error) {
	return p.Hasher.Verify(ctx, p.of(plain), hash)
}

func (p peppered) VerifyAndUpdate(ctx context.Context, plain, hash string) (bool, string, error) {
	return p.Hasher.VerifyAndUpdate(ctx, p.of(plain), hash)
}
