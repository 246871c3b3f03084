package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun/dialect"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A rival answers with a page of the kit's, from what the kit was seen to put into it: the same
// component with the same props, under the same headers. What it need not find out anew for each
// request it was told once: the language, the form, the anti-forgery token and the visitor's
// cookie. That work is the kit's.
type rival struct {
	ctx     context.Context
	frame   props.Page
	login   props.Login
	account props.Account

	headers [][2]string
	kind    string
	cookies []*fiber.Cookie
	body    []byte
}

// watch asks the kit for a page and writes down what went into it.
func (k *kit) watch(path, cookies string) (*rival, error) {
	v := &rival{}
	accounts, server, err := k.mount(app.Views{
		Login:   func(p props.Login) templ.Component { v.login = p; return pages.Login(p) },
		Account: func(p props.Account) templ.Component { v.account = p; return pages.Account(p) },
		Layout: func(p props.Page, view templ.Component) templ.Component {
			v.frame = p
			return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				v.ctx = locales.With(context.Background(), locales.From(ctx))
				return pages.Layout(p, view).Render(ctx, w)
			})
		},
	})
	if err != nil {
		return nil, err
	}
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
	r.Host = host
	for line := range strings.Lines(browser + "Cookie: " + cookies) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), ": "); value != "" && name != "Host" {
			r.Header.Set(name, value)
		}
	}
	answer, err := server.Test(r, -1)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if v.body, err = io.ReadAll(answer.Body); err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK || v.ctx == nil {
		return nil, fmt.Errorf("%s answered %d", path, answer.StatusCode)
	}
	token := strings.Repeat("t", 86) // 64 bytes, as they are written
	v.ctx = components.With(v.ctx, components.Scope{
		Static: accounts.URL("static"), Token: func() string { return token }, Elements: elements.Kit(),
	})
	v.keep(answer)
	return v, nil
}

// keep writes down the headers of an answer that are not Fiber's own doing.
func (v *rival) keep(answer *http.Response) {
	v.kind = answer.Header.Get(fiber.HeaderContentType)
	for _, c := range answer.Cookies() {
		v.cookies = append(v.cookies, &fiber.Cookie{
			Name: c.Name, Value: c.Value, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HttpOnly,
			SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: true,
		})
	}
	for name, values := range answer.Header {
		switch name {
		case fiber.HeaderDate, fiber.HeaderContentType, fiber.HeaderContentLength, fiber.HeaderSetCookie:
		default:
			v.headers = append(v.headers, [2]string{name, values[0]})
		}
	}
}

// bare is a Fiber server with one route and nothing else, not even a time limit.
func bare(path string, answer fiber.Handler) *fiber.App {
	server := fiber.New(fiber.Config{DisableStartupMessage: true})
	server.Get(path, answer)
	return server
}

func (v *rival) head(c *fiber.Ctx) {
	header := &c.Response().Header
	for _, h := range v.headers {
		header.Set(h[0], h[1])
	}
	header.SetContentType(v.kind)
	for _, cookie := range v.cookies {
		c.Cookie(cookie)
	}
}

// write sends what the kit once sent.
func (v *rival) write(c *fiber.Ctx) error {
	v.head(c)
	return c.Send(v.body)
}

// draw renders the sign-in page.
func (v *rival) draw(c *fiber.Ctx) error {
	v.head(c)
	return pages.Layout(v.frame, pages.Login(v.login)).Render(v.ctx, c.Response().BodyWriter())
}

// drawFor renders the account page of a person.
func (v *rival) drawFor(c *fiber.Ctx, name, email string, joined time.Time) error {
	v.head(c)
	who := props.Who{Name: name, Email: email, Initials: v.frame.Who.Initials}
	frame, account := v.frame, v.account
	frame.Who, account.Who, account.Joined = &who, who, joined
	return pages.Layout(frame, pages.Account(account)).Render(v.ctx, c.Response().BodyWriter())
}

var errNobody = errors.New("nobody is signed in")

// byBun reads who is signed in as the kit does.
func (v *rival) byBun(k *kit) fiber.Handler {
	return func(c *fiber.Ctx) error {
		now := time.Now()
		var user db.User
		if err := db.LoadSession(c.UserContext(), k.db, &user, session.Hash(c.Cookies("__Host-session")), now.Add(-10*time.Second)); err != nil {
			return err
		}
		if s := user.Session; !s.RevokedAt.IsZero() || !now.Before(s.ExpiresAt) || s.AuthVersion != user.AuthVersion || !user.Active() {
			return errNobody
		}
		return v.drawFor(c, user.Username, user.Primary.Email, user.CreatedAt)
	}
}

// byHand reads who is signed in by a prepared statement that asks for what the page shows and what
// tells whether the session is alive, and for nothing else.
func (v *rival) byHand(k *kit) (fiber.Handler, error) {
	query := `SELECT u.username, a.email, u.created_at, s.expires_at,
		(SELECT string_agg(r.name, ' ' ORDER BY r.name) FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = u.id)
		FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN addresses a ON a.user_id = u.id AND a.is_primary
		WHERE s.hash = ? AND s.revoked_at IS NULL AND s.auth_version = u.auth_version AND u.disabled_at IS NULL`
	if k.db.Dialect().Name() == dialect.PG {
		query = strings.Replace(query, "?", "$1", 1)
	}
	statement, err := k.db.DB.PrepareContext(context.Background(), query) //nolint:sqlclosecheck // it lives as long as the process
	if err != nil {
		return nil, err
	}
	return func(c *fiber.Ctx) error {
		var username, email, roles sql.NullString
		var joined, expires time.Time
		row := statement.QueryRowContext(c.UserContext(), session.Hash(c.Cookies("__Host-session")))
		if err := row.Scan(&username, &email, &joined, &expires, &roles); err != nil {
			return err
		}
		if !time.Now().Before(expires) {
			return errNobody
		}
		return v.drawFor(c, username.String, email.String, joined)
	}, nil
}
