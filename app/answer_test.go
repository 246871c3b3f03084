package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/locales"
)

// answering is a site that answers by itself: in its own words, its own pages, and its own JSON.
func answering() app.Config {
	said := func(what string) func(*fiber.Ctx, *app.Error) error {
		return func(c *fiber.Ctx, e *app.Error) error {
			switch {
			case app.CallerOf(c) == app.JSON:
				return e // in the site's JSON
			case c.Query("fall") == "back":
				return e
			case c.Query("fail") != "":
				return http.ErrBodyNotAllowed
			}
			return c.Status(e.Status).SendString(what + " for " + map[app.Caller]string{app.HTML: "a browser", app.HTMX: "htmx"}[app.CallerOf(c)] + ": " + e.Say.In(c.UserContext()))
		}
	}
	return app.Config{Answers: app.Answers{
		Unauthenticated: said("a door"), Unauthorized: said("a wall"), Failed: said("a fault"),
		JSON: func(c *fiber.Ctx, a app.Answer) error {
			type problem struct{ Field, Code, Text string }
			told := struct {
				OK       bool
				Data     map[string]any
				Problems []problem
			}{OK: len(a.Errors) == 0, Data: a.Response}
			for _, e := range a.Errors {
				told.Problems = append(told.Problems, problem{e.Field, e.Say.Code, e.Say.In(c.UserContext())})
			}
			if c.Get("X-Fail") != "" {
				return http.ErrBodyNotAllowed
			}
			return c.Status(a.Status).JSON(told, "application/vnd.shop+json")
		},
	}}
}

// What ends in an error is answered by the host's functions, each caller as it wants, with the kit's headers.
func TestAnswers(t *testing.T) {
	t.Parallel()
	h := host(answering())
	h.Observe = nil
	s := h.Start(t, dbtest.SQLite(t), apptest.Plain)
	member := s.As(s.User(apptest.Person{Email: ada}))
	for _, test := range []struct {
		by     apptest.Transport
		b      *apptest.Browser
		path   string
		status int
		says   string
	}{
		{apptest.Plain, s.Browser(), "/orders", 401, "a door for a browser: Sign in to see this page."},
		{apptest.Plain, s.Browser(), "/account", 401, "a door for a browser"},
		{apptest.HTMX, s.Browser(), "/account", 401, "a door for htmx"},
		{apptest.Plain, s.Browser(), "/account?lang=fa", 401, "a door for a browser: " + "برای"},
		{apptest.Plain, s.Browser(), "/account?fall=back", 303, ""},
		{apptest.Plain, member, "/admin", 403, "a wall for a browser: You cannot open this page"},
		{apptest.HTMX, member, "/admin", 403, "a wall for htmx"},
		{apptest.Plain, member, "/admin?fall=back", 403, "<h1"},
		{apptest.Plain, member, "/nowhere", 404, "a fault for a browser"},
		{apptest.Plain, member, "/nowhere?fail=1", 500, "Something went wrong on our side"},
		{apptest.JSON, member, "/admin", 403, `{"OK":false,"Data":{},"Problems":[{"Field":"","Code":"error.forbidden","Text":"You cannot open this page"}]}`},
		{apptest.JSON, s.Browser(), "/account", 401, `"Code":"error.not_signed_in"`},
		{apptest.JSON, member, "/account", 200, `"OK":true`},
	} {
		answer := test.b.Send(apptest.Request{Path: test.path, Header: headers(test.by)})
		if answer.Status != test.status || !strings.Contains(answer.Body, test.says) || answer.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s %s: %d %.300s", test.by, test.path, answer.Status, answer.Body)
		}
	}
	forged := member.Send(apptest.Request{Method: http.MethodPost, Path: "/logout", Header: headers(apptest.Plain, "Sec-Fetch-Site", "cross-site")})
	if forged.Status != 403 || !strings.Contains(forged.Body, "a fault for a browser: This form can no longer be sent") {
		t.Errorf("forged: %d %s", forged.Status, forged.Body)
	}
	broken := member.Send(apptest.Request{Path: "/account", Header: headers(apptest.JSON, "X-Fail", "1")})
	if broken.Status != 500 || !strings.Contains(broken.Body, `"error.internal"`) || !strings.Contains(s.Logged(), "Answers.JSON failed") {
		t.Errorf("a function that fails is answered by %d %s", broken.Status, broken.Body)
	}
	s.Logged()
}

// A form that is refused is told in the host's shape, field by field and in the caller's language.
func TestAnswersJSONOfForms(t *testing.T) {
	t.Parallel()
	h := host(answering())
	h.Observe = nil
	s := h.Start(t, dbtest.SQLite(t), apptest.JSON)
	answer := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(apptest.JSON), Body: `{"email":"x"}`})
	var told struct {
		Problems []struct{ Field, Code string }
	}
	must(t, json.Unmarshal([]byte(answer.Body), &told))
	if answer.Status != 400 || len(told.Problems) != 1 || told.Problems[0].Field != "password" || answer.Header.Get("Content-Type") != "application/vnd.shop+json" {
		t.Errorf("%d %v %s", answer.Status, answer.Header, answer.Body)
	}
}

// The envelope is what clients of Flask-Security read.
func TestEnvelope(t *testing.T) {
	t.Parallel()
	say := func(code, text string) locales.Message { return locales.Message{Code: code, English: text} }
	for want, a := range map[string]app.Answer{
		`{"meta":{"code":200},"response":{}}`:                                                 {Status: 200},
		`{"meta":{"code":200,"message":"Done.","message_code":"done"},"response":{"user":1}}`: {Status: 200, Say: say("done", "Done."), Response: map[string]any{"user": 1}},
		`{"meta":{"code":400},"response":{"codes":{"":["c"],"a":["a","b"]},"errors":["A","B","C"],"field_errors":{"":["C"],"a":["A","B"]}}}`: {
			Status: 400, Errors: []app.FieldError{{"a", say("a", "A")}, {"a", say("b", "B")}, {"", say("c", "C")}},
		},
	} {
		if got, err := json.Marshal(app.Envelope(t.Context(), a)); err != nil || string(got) != want {
			t.Errorf("%s, not %s (%v)", got, want, err)
		}
	}
}
