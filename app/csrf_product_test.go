package app_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// An approach is what a request says of where it comes from, and the token it carries.
type approach struct{ site, origin, token string }

const own = "https://shop.example"

// welcome is the rule: the first of the three that is there decides.
func (a approach) welcome() bool {
	switch {
	case a.site != "":
		return a.site == "same-origin" || a.site == "none"
	case a.origin != "":
		return a.origin == own
	}
	return a.token == "right"
}

func approaches() []approach {
	var all []approach
	for _, site := range []string{"same-origin", "same-site", "cross-site", "none", ""} {
		for _, origin := range []string{own, "https://evil.example", "null", ""} {
			for _, token := range []string{"right", "wrong", "another visitor's", ""} {
				all = append(all, approach{site, origin, token})
			}
		}
	}
	return all
}

// post is the approach to a route, by a form or as JSON, its token in the body or in a header.
func (a approach) post(method, path, kind, in, token string) apptest.Request {
	header := map[string]string{"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
	for name, value := range map[string]string{"Sec-Fetch-Site": a.site, "Origin": a.origin} {
		if value != "" {
			header[name] = value
		}
	}
	fields := url.Values{"email": {ada}, "password": {apptest.Password}}
	if in == "body" && token != "" {
		fields.Set("csrf_token", token)
	} else if token != "" {
		header["X-CSRF-Token"] = token
	}
	by := apptest.Plain
	if kind == "JSON" {
		by = apptest.JSON
		header["Accept"], header["Content-Type"] = "application/json", "application/json"
	}
	return apptest.Request{Method: method, Path: path, Header: header, Body: encode(by, fields)}
}

// tampered is a token with one bit changed.
func tampered(t *testing.T, token string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(token)
	must(t, err)
	raw[len(raw)-1] ^= 1
	return base64.RawURLEncoding.EncodeToString(raw)
}

// unsafeRoutes are all by which something can change. One that is new is tried as soon as it is
// there; of these, all must be.
func unsafeRoutes(t *testing.T, s *apptest.Site) []string {
	t.Helper()
	var list []string
	for _, r := range s.Server.GetRoutes(true) {
		if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodConnect}, r.Method) {
			list = append(list, r.Method+" "+strings.ReplaceAll(r.Path, ":id", "1"))
		}
	}
	for _, there := range []string{"POST /login", "POST /logout", "POST /register", "POST /change", "POST /change-username", "POST /recover-username", "POST /orders", "POST /newsletter", "PUT /basket/1", "PATCH /basket/1", "DELETE /basket/1"} {
		if !slices.Contains(list, there) {
			t.Errorf("%s is no route", there)
		}
	}
	return list
}

// Every way to say, or not to say, where a request comes from × every token × how it is written,
// at every unsafe route of the kit and of the host, for guests and members: let through by the
// rule and refused by it, and what is refused changes not a byte in the database.
func TestForgeryProduct(t *testing.T) {
	t.Parallel()
	h := host(everything())
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		done := func(c *fiber.Ctx) error { return c.SendString("done") }
		server.Put("/basket/:id", done).Patch("/basket/:id", accounts.Require(), done).Delete("/basket/:id", done)
	}
	s := h.Start(t, dbtest.SQLite(t), apptest.Plain)
	user := s.User(apptest.Person{Email: ada})
	stranger := tokenOf(t, s.Browser())
	member := func() *apptest.Browser {
		now := reload(t, s, user) // what is let through may have changed it
		return s.As(&now)
	}
	for who, begin := range map[string]func() *apptest.Browser{"guest": s.Browser, "member": member} {
		for _, route := range unsafeRoutes(t, s) {
			method, path, _ := strings.Cut(route, " ")
			standing := begin()
			right := tokenOf(t, standing)
			s.Mails() // what the route before has promised is delivered, and changes nothing later
			before := contents(t, s)
			var welcome []func()
			for _, a := range approaches() {
				for _, kind := range []string{"form", "JSON"} {
					for _, in := range []string{"body", "header"} {
						if in == "header" && (a.site != "" || a.origin != "" || a.token == "") {
							continue // no token is looked for
						}
						try := func(b *apptest.Browser, right string) int {
							token := map[string]string{"right": right, "wrong": tampered(t, right), "another visitor's": stranger}[a.token]
							return b.Send(a.post(method, path, kind, in, token)).Status
						}
						if !a.welcome() {
							if status := try(standing, right); status != http.StatusForbidden {
								t.Errorf("%s %s by %+v, %s, token in the %s: %d", who, route, a, kind, in, status)
							}
							continue
						}
						welcome = append(welcome, func() {
							b := begin()
							if status := try(b, tokenOf(t, b)); status == http.StatusForbidden || status >= http.StatusInternalServerError {
								t.Errorf("%s %s by %+v, %s, token in the %s: %d", who, route, a, kind, in, status)
							}
						})
					}
				}
			}
			if after := contents(t, s); after != before {
				t.Errorf("%s %s was refused, and the database changed: %s", who, route, difference(before, after))
			}
			for _, try := range welcome {
				try()
			}
		}
	}
}

// contents is all that an SQLite database holds.
func contents(t *testing.T, s *apptest.Site) string {
	t.Helper()
	var tables []string
	must(t, s.DB.NewRaw("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").Scan(t.Context(), &tables))
	var all strings.Builder
	for _, table := range tables {
		rows, err := s.DB.QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			held := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range held {
				into[i] = &held[i]
			}
			must(t, rows.Scan(into...))
			fmt.Fprintf(&all, "%s", table)
			for i, value := range held {
				fmt.Fprintf(&all, " %s=%q", columns[i], fmt.Sprint(value))
				if raw, ok := value.([]byte); ok {
					fmt.Fprintf(&all, " or %q", raw)
				}
			}
			all.WriteByte('\n')
		}
		must(t, rows.Err())
		must(t, rows.Close())
	}
	return all.String()
}
