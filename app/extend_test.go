package app_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A Member is a host's own account.
type Member struct {
	db.User    `bun:",extend"`
	Company    string `bun:"company,nullzero"`
	Newsletter bool   `bun:"newsletter,notnull"`
}

// A MemberSignUp is a host's own registration form.
type MemberSignUp struct {
	app.SignUp
	Company    string `form:"company,required,max=20,label=Company"`
	Newsletter bool   `form:"newsletter,label=Write to me"`
}

func (*MemberSignUp) Missing(field string) locales.Message {
	if field == "company" {
		return locales.Message{Code: "company.missing", English: "Say where you work."}
	}
	return new(app.SignUp).Missing(field)
}

// memberHost is a site with accounts of its own, and a page that reads them.
func memberHost() apptest.Host {
	members := app.Extend(func(m *Member, f *MemberSignUp) error {
		if f.Company == "Evil Inc" {
			return &app.FieldError{Field: "company", Say: locales.Message{Code: "company.evil", English: "Not them."}}
		}
		if f.Company == "Broken Inc" {
			return errors.New("the secret cause")
		}
		m.Company, m.Newsletter = f.Company, f.Newsletter
		return nil
	})
	config := patient()
	config.Users = members
	h := host(config)
	h.Migrations = fstest.MapFS{"0001_members.up.sql": &fstest.MapFile{
		Data: []byte("ALTER TABLE users ADD COLUMN company text; ALTER TABLE users ADD COLUMN newsletter boolean NOT NULL DEFAULT false;"),
	}}
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Get("/company", func(c *fiber.Ctx) error {
			m, ok := members.Current(c)
			if !ok {
				return c.SendString("nobody's")
			}
			return c.SendString("at " + m.Company + " as " + m.Account().Primary.Email)
		})
	}
	return h
}

func TestExtend(t *testing.T) {
	t.Parallel()
	memberHost().Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", ada).Fill("password", good).Submit()
		b.SeesError("company", "Say where you work.")
		b.Fill("company", "Analytical Engines Limited").Fill("password", good).Submit().SeesError("company", "Use at most 20 characters.")
		b.Fill("company", "Evil Inc").Fill("password", good).Submit().SeesError("company", "Not them.")
		s.Happened()
		b.Fill("company", " Engines <Ltd> ").Tick("newsletter").Fill("password", good).Submit().At("/login")
		s.Happened(app.Registered)
		var m Member
		must(t, s.DB.NewSelect().Model(&m).Where("company IS NOT NULL").Scan(t.Context()))
		if m.Company != "Engines <Ltd>" || !m.Newsletter {
			t.Errorf("the account is %+v", m)
		}
		signIn(b, ada, good).SignedIn(ada)
		if text := b.Send(apptest.Request{Path: "/company"}).Body; text != "at Engines <Ltd> as "+ada {
			t.Errorf("the host reads %q", text)
		}
		if text := s.Browser().Send(apptest.Request{Path: "/company"}).Body; text != "nobody's" {
			t.Errorf("of a stranger the host reads %q", text)
		}
	})
}

func TestExtendPage(t *testing.T) {
	t.Parallel()
	memberHost().Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Sees("Company").Sees("Write to me")
		b.Fill("email", ada).Fill("company", "Evil Inc").Tick("newsletter").Fill("password", good).Submit()
		b.Holds("company", "Evil Inc").Holds("email", ada)
		if _, ticked := b.Page().Find(`input[name="newsletter"]`).Attr("checked"); !ticked {
			t.Error("the tick is lost")
		}
	}, paged...)
}

// A cause that is no FieldError is nobody's business, and nothing is written.
func TestExtendFails(t *testing.T) {
	t.Parallel()
	memberHost().Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", ada).Fill("company", "Broken Inc").Fill("password", good).Submit()
		b.SeesNot("secret cause")
		if b.Status() != http.StatusInternalServerError || !strings.Contains(s.Logged(), "the secret cause") {
			t.Errorf("status %d", b.Status())
		}
		s.Happened()
		if n, err := s.DB.NewSelect().Model((*db.User)(nil)).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d accounts (%v)", n, err)
		}
	})
}

// What the host thinks of the form must not tell whether the address has an account.
func TestExtendRefusesAlike(t *testing.T) {
	t.Parallel()
	memberHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.com"})
		s.Clock.Advance(time.Hour)
		for _, company := range []string{"Evil Inc", "", "Engines"} {
			alike(t, s, "/register", []string{"known@example.com", "other@example.com"}, url.Values{"password": {good}, "company": {company}})
		}
	})
}

// A hook may veto, in words at a field, or undo it all.
func TestRegisteringHook(t *testing.T) {
	var refuse error
	config := patient()
	config.Hooks.Registering = func(_ context.Context, _ bun.Tx, a db.Account) error {
		if a.Account().Primary.Email == ada {
			return refuse
		}
		return nil
	}
	refuse = &app.FieldError{Field: "email", Say: locales.Message{Code: "host.no", English: "Not from there."}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", ada).Fill("password", good).Submit().SeesError("email", "Not from there.")
		s.Happened()
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
		b.Fill("email", "bob@example.com").Fill("password", good).Submit().At("/login")
		s.Happened(app.Registered)
	})
}

func TestSigningInHook(t *testing.T) {
	config := app.Config{}
	config.Hooks.SigningIn = func(_ context.Context, _ bun.Tx, s *app.SignIn) error {
		if s.Account.Account().Username == "late" {
			return &app.Error{Status: http.StatusForbidden, Say: locales.Message{Code: "host.late", English: "Come back tomorrow."}}
		}
		return nil
	}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "late"})
		s.User(apptest.Person{Email: "bob@example.com"})
		b := signIn(s.Browser(), ada, apptest.Password).Sees("Come back tomorrow.").SignedOut()
		if b.Cookie("session") != "" {
			t.Error("a cookie was set for a session that is not there")
		}
		s.Happened()
		signIn(s.Browser(), "bob@example.com", apptest.Password).SignedIn("bob@example.com")
	})
}

// Mistakes in a host's own types are told at start, each in a sentence.
func TestExtendChecked(t *testing.T) {
	t.Parallel()
	conn := dbFor(t)
	for name, test := range map[string]struct {
		users app.Model
		says  string
	}{
		"no db.User":   {app.Extend(func(*stranger, *app.SignUp) error { return nil }), "does not embed db.User"},
		"no extend":    {app.Extend(func(*apart, *app.SignUp) error { return nil }), "tag its db.User"},
		"a column":     {app.Extend(func(*clash, *app.SignUp) error { return nil }), "rename it"},
		"a bad option": {app.Extend(func(*Member, *misspelt) error { return nil }), `unknown option "requird"`},
		"a field more": {app.Extend(func(*Member, *twice) error { return nil }), `two fields of app_test.twice are called "email"`},
	} {
		_, err := app.New(app.Config{URL: "http://localhost:3000", DB: conn, Users: test.users})
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var _ form.Sayer = new(MemberSignUp)
}

type (
	stranger struct {
		bun.BaseModel `bun:"table:users"`
		kept          *db.User
	}
	apart struct {
		db.User
	}
	clash struct {
		db.User `bun:",extend"`
		Mine    string `bun:"username"`
	}
	misspelt struct {
		app.SignUp
		Company string `form:"company,requird"`
	}
	twice struct {
		app.SignUp
		Second string `form:"email"`
	}
)

func (s *stranger) Account() *db.User { return s.kept }
