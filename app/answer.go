package app

import (
	"context"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/locales"
)

// Answers are the host's own answers where the kit would give its own. Each gets the request that
// it answers; its UserContext knows the language. What one returns as an error is answered by the
// kit, so that a function that has nothing to say returns the error that it was given:
//
//	Answers: app.Answers{Unauthorized: func(c *fiber.Ctx, e *app.Error) error {
//		if app.CallerOf(c) == app.JSON {
//			return e
//		}
//		return accounts.Leave(c, "/plans", e.Say)
//	}}
//
// By then the security headers are set and the error is logged. [CallerOf] tells who asks, and
// [App.Leave] sends each of them to another page.
type Answers struct {
	// JSON writes what a program is told, of every route and every error. The default writes
	// [Envelope].
	JSON func(c *fiber.Ctx, a Answer) error
	// Unauthenticated answers who has to sign in first. The default tells programs 401, and leads
	// people to the sign-in page and back.
	Unauthenticated func(c *fiber.Ctx, e *Error) error
	// Unauthorized answers who is signed in and may not. The default is a page, or JSON, of status
	// 403; see Landings.Unauthorized.
	Unauthorized func(c *fiber.Ctx, e *Error) error
	// Failed answers every other error, of the kit's routes and of the host's: e.Status is 404 or
	// 500, say. The default is a page, or JSON, of that status.
	Failed func(c *fiber.Ctx, e *Error) error
}

// own is the host's own answer to an error, or nil.
func (a Answers) own(e *Error) func(*fiber.Ctx, *Error) error {
	switch {
	case e.Status == fiber.StatusUnauthorized:
		return a.Unauthenticated
	case e.Status == fiber.StatusForbidden && e.Say.Code != errForged.Say.Code:
		return a.Unauthorized
	}
	return a.Failed
}

// A Caller is who asks, which settles the form of the answer.
type Caller uint8

// The callers.
const (
	// HTML wants whole pages, and follows redirects by itself.
	HTML Caller = iota
	// HTMX wants what goes into the page that it is on, and is sent elsewhere by the header
	// HX-Redirect.
	HTMX
	// JSON is what programs want.
	JSON
)

// CallerOf tells who asks.
func CallerOf(c *fiber.Ctx) Caller {
	switch r := (&request{c: c}); {
	case r.json():
		return JSON
	case r.htmx():
		return HTMX
	}
	return HTML
}

// An Answer is what a program is told, and what [App.Do] returns.
type Answer struct {
	// Status is that of HTTP.
	Status int
	// Say is what has happened; zero where there is nothing to say.
	Say locales.Message
	// Response is what the route tells, such as "user", as plain JSON values.
	Response map[string]any
	// Errors are what is wrong, in order; a Field of "" stands for the form as a whole.
	Errors []FieldError
}

// Envelope is the form that Flask-Security gave every answer to a program, so that clients written
// for that work, with stable codes beside the sentences. Its sentences are in the language of ctx.
func Envelope(ctx context.Context, a Answer) any {
	var e envelope
	e.Meta.Code, e.Response = a.Status, wire{}
	if !a.Say.IsZero() {
		e.Meta.Message, e.Meta.Say = a.Say.In(ctx), a.Say.Code
	}
	if a.Errors != nil {
		// All that is wrong, once flat and once by field. Codes run parallel to the sentences.
		all, said, codes := []string{}, map[string][]string{}, map[string][]string{}
		for _, wrong := range a.Errors {
			all = append(all, wrong.Say.In(ctx))
			said[wrong.Field] = append(said[wrong.Field], wrong.Say.In(ctx))
			codes[wrong.Field] = append(codes[wrong.Field], wrong.Say.Code)
		}
		e.Response = wire{"errors": all, "field_errors": said, "codes": codes}
	}
	for name, value := range a.Response {
		e.Response[name] = value
	}
	return e
}

type envelope struct {
	Meta struct {
		Code    int    `json:"code"`
		Message string `json:"message,omitempty"`
		Say     string `json:"message_code,omitempty"`
	} `json:"meta"`
	Response map[string]any `json:"response"`
}

func inEnvelope(c *fiber.Ctx, a Answer) error {
	return c.Status(a.Status).JSON(Envelope(c.UserContext(), a))
}

// write hands an answer to whoever asked: a program, or the host's own code.
func (r *request) write(a Answer) error {
	if r.told != nil {
		*r.told = a
		return nil
	}
	if a.Errors == nil {
		a.Response[tokenField] = r.token(r.c)
	}
	r.c.SetUserContext(r.ctx)
	return r.Answers.JSON(r.c, a)
}

// plain is content, a struct or a map, as JSON has it.
func plain(content any) (wire, error) {
	as := wire{}
	if content == nil {
		return as, nil
	}
	raw, err := json.Marshal(content)
	if err == nil {
		err = json.Unmarshal(raw, &as)
	}
	return as, err
}
