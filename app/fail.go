package app

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// An Error ends a request. Say and Advice reach the visitor; Err, the cause, reaches the log only.
type Error struct {
	Status int
	// Say is what happened, Advice what to do next. The defaults go with Status.
	Say, Advice locales.Message
	// RetryAfter is how long to wait, where waiting helps.
	RetryAfter time.Duration
	Err        error
}

// Error is for the log.
func (e *Error) Error() string {
	text := strconv.Itoa(e.Status) + " " + e.Say.Code
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// A FieldError is shown at a field of the form. The function given to [Extend], gates and hooks
// return it.
type FieldError struct {
	Field string
	Say   locales.Message
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Say.Code }

// What the kit says of each status, and what to do next.
var (
	notSignedIn = locales.Message{Code: "error.not_signed_in", English: "Sign in to see this page."}
	failures    = map[int]struct{ say, advice locales.Message }{
		400: {
			locales.Message{Code: "error.bad_request", English: "This request could not be read"},
			locales.Message{Code: "error.bad_request.advice", English: "Go back, reload the page and try again."},
		},
		401: {notSignedIn, locales.Message{Code: "error.not_signed_in.advice", English: "You come back here afterwards."}},
		403: {
			locales.Message{Code: "error.forbidden", English: "You cannot open this page"},
			locales.Message{Code: "error.forbidden.advice", English: "Your account does not have access. If you think it should, ask whoever runs this site."},
		},
		404: {
			locales.Message{Code: "error.not_found", English: "There is no page here"},
			locales.Message{Code: "error.not_found.advice", English: "The link may be old, or a letter of the address is wrong."},
		},
		405: {
			locales.Message{Code: "error.method", English: "This page cannot be used that way"},
			locales.Message{Code: "error.method.advice", English: "Open it from a link, or go back and use the form."},
		},
		413: {
			locales.Message{Code: "error.too_large", English: "That was too much at once"},
			locales.Message{Code: "error.too_large.advice", English: "Go back and send less."},
		},
		415: {
			locales.Message{Code: "error.media_type", English: "This was sent in a form that is not read here"},
			locales.Message{Code: "error.media_type.advice", English: "Send it as a form or as JSON, uncompressed."},
		},
		429: {
			locales.Message{Code: "error.too_many", English: "Too many tries"},
			locales.Message{Code: "error.too_many.advice", English: "Wait a little, then try again. Nothing is lost."},
		},
		500: {
			locales.Message{Code: "error.internal", English: "Something went wrong on our side"},
			locales.Message{Code: "error.internal.advice", English: "It has been written down. Try again in a moment."},
		},
		503: {
			locales.Message{Code: "error.unavailable", English: "We are very busy right now"},
			locales.Message{Code: "error.unavailable.advice", English: "Nothing was changed. Try again in a few seconds."},
		},
	}
	errForged = &Error{
		Status: fiber.StatusForbidden,
		Say:    locales.Message{Code: "error.forged", English: "This form can no longer be sent"},
		Advice: locales.Message{Code: "error.forged.advice", English: "It may have been open for too long, or come from another site. Go back, reload the page and send it again."},
	}
	waitFor  = locales.Message{Code: "error.too_many.wait", English: "Wait %s, then try again. Nothing is lost."}
	goHome   = locales.Message{Code: "error.home", English: "Go to the start page"}
	tryLogin = locales.Message{Code: "error.login", English: "Sign in"}
)

// busyFor is how long to wait when everything is in use.
const busyFor = 5 * time.Second

// judge finds the answer that an error deserves.
func judge(err error) *Error {
	var known *Error
	var fromFiber *fiber.Error
	var wrong *FieldError
	var busy *password.Busy
	e := &Error{Status: fiber.StatusInternalServerError, Err: err}
	switch {
	case errors.As(err, &known):
		copied := *known
		e = &copied
	case errors.As(err, &wrong):
		e.Status, e.Say = fiber.StatusForbidden, wrong.Say
	case errors.As(err, &fromFiber):
		e.Status = fromFiber.Code
	case errors.As(err, &busy):
		e.Status, e.RetryAfter = fiber.StatusServiceUnavailable, busy.RetryAfter()
	case db.IsUnavailable(err), errors.Is(err, context.DeadlineExceeded):
		e.Status, e.RetryAfter = fiber.StatusServiceUnavailable, busyFor
	}
	says, listed := failures[e.Status]
	if !listed {
		says = failures[fiber.StatusBadRequest]
		if e.Status >= fiber.StatusInternalServerError {
			says = failures[fiber.StatusInternalServerError]
		}
	}
	if e.Say.IsZero() {
		e.Say = says.say
	}
	if e.Advice.IsZero() {
		e.Advice = says.advice
		if e.Status == fiber.StatusTooManyRequests && e.RetryAfter > 0 {
			e.Advice = waitFor.With(e.RetryAfter)
		}
	}
	return e
}

// fail answers with an error, in the form that the caller reads.
func (r *request) fail(err error) error {
	r.headers()
	e := judge(err)
	var id string
	if e.Status >= fiber.StatusInternalServerError {
		id = r.id()
		r.Log.ErrorContext(r.ctx, "request failed", "request", id, "route", r.route.name, "status", e.Status, "error", err)
	}
	r.retryAfter(e)
	if e.Status == fiber.StatusUnauthorized && !r.json() {
		return r.toLogin(e)
	}
	if r.json() {
		var f form.Form
		f.Fail("", e.Say)
		return r.replyErrors(e.Status, f)
	}
	p := props.Error{Status: e.Status, Headline: e.Say, Advice: e.Advice, RetryAfter: e.seconds(), RequestID: id, Links: r.waysOn()}
	r.ctx = r.drawing(r.ctx, p)
	if err := r.draw(e.Status, p.Title(), r.Views.Error(p)); err != nil {
		r.Log.ErrorContext(r.ctx, "error page failed", "request", r.id(), "error", err)
		return r.c.Status(e.Status).SendString(e.Say.In(r.ctx))
	}
	return nil
}

// retryAfter tells programs, and pages that count down, when to come back.
func (r *request) retryAfter(e *Error) {
	if e.RetryAfter > 0 {
		r.c.Set(fiber.HeaderRetryAfter, strconv.Itoa(e.seconds()))
	}
}

// seconds rounds up, so that nobody comes back too early.
func (e *Error) seconds() int { return int((e.RetryAfter + time.Second - 1) / time.Second) }

// toLogin sends someone who is not signed in to the sign-in page, and back here afterwards.
func (r *request) toLogin(e *Error) error {
	r.say(note, e.Say)
	to := withNext(r.URL("login"), r.back())
	if r.account() != nil && r.URL("logout") != "" {
		// Who is signed in, and has to do so again, would be turned away there.
		to = withNext(r.URL("logout"), to)
	}
	return r.to(fiber.StatusUnauthorized, to)
}

// back is the page to come back to. What htmx asked for may be a piece of a page: it is the page
// around it.
func (r *request) back() string {
	switch _, shown := r.at(r.route.path); {
	case r.partial():
		return r.follow(r.c.Get("HX-Current-URL"))
	case shown || r.c.Method() == fiber.MethodGet:
		return r.follow(r.c.OriginalURL())
	}
	return ""
}

func (r *request) waysOn() []props.Link {
	if host := string(r.c.Request().Host()); !r.atHome(host) {
		return []props.Link{{Label: goHome, URL: r.Config.URL + r.Home}}
	}
	ways := []props.Link{{Label: goHome, URL: r.Home}}
	if r.account() == nil && r.URL("login") != "" {
		ways = append(ways, props.Link{Label: tryLogin, URL: r.URL("login")})
	}
	return ways
}

// ErrorHandler answers what Fiber and the host's own handlers return as errors, in the kit's
// looks. [App.FiberConfig] has it.
func (a *App) ErrorHandler(c *fiber.Ctx, err error) error {
	r := a.request(c, &route{name: "error"})
	r.headers()
	return r.fail(err)
}
