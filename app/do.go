package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/components/form"
)

// A Rejected is a form that was not accepted, each thing that is wrong a [FieldError].
type Rejected struct {
	// Status is 400, or 429 and 503 where waiting helps.
	Status int
	// Errors are what is wrong, one at least.
	Errors []FieldError
}

// Error is for the log.
func (e *Rejected) Error() string {
	all := make([]string, len(e.Errors))
	for i := range e.Errors {
		all[i] = e.Errors[i].Error()
	}
	return strings.Join(all, "; ")
}

// Unwrap gives each thing that is wrong.
func (e *Rejected) Unwrap() []error {
	all := make([]error, len(e.Errors))
	for i := range e.Errors {
		all[i] = &e.Errors[i]
	}
	return all
}

// Do does what posting fields to a route does, for a handler of the host's: with the same checks, limits,
// transaction, mails, events and cookies, equal answers and equal work included. Fields and what comes
// of it are those of the route's JSON, in the route's page of the documentation; params fill its path.
//
//	_, err := accounts.Do(c, "recover", map[string]any{"email": name})
//	told, err := accounts.Do(c, "recover-code", map[string]any{"email": name, "code": code})
//	_, err = accounts.Do(c, "recover-link", map[string]any{"password": new}, told.Response["token"].(string))
//
// A form that is not accepted is a *[Rejected]; who may not come to the route, or has to wait, is an
// *[Error]. Nothing is answered: the handler does. A GET changes nothing, and so may not call it.
func (a *App) Do(c *fiber.Ctx, name string, fields map[string]any, params ...string) (Answer, error) {
	rt := a.routeCalled(name)
	switch {
	case rt == nil || rt.act == nil:
		return Answer{}, fmt.Errorf("do: %q is no route that is posted to; see the routes command", name)
	case c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead:
		return Answer{}, fmt.Errorf("do: %s within a %s: scanners and prefetches follow links, so change things by POST", name, c.Method())
	}
	r := a.request(c, rt)
	r.told, r.sent, r.params = &Answer{}, form.Input{}, map[string]string{}
	maps.Copy(r.sent, fields)
	for part := range strings.SplitSeq(rt.path, "/") {
		if parameter, is := strings.CutPrefix(part, ":"); is {
			if len(params) == 0 {
				return Answer{}, fmt.Errorf("do: %s needs its %s", name, parameter)
			}
			r.params[parameter], params = params[0], params[1:]
		}
	}
	err := r.admitted()
	if err == nil && !r.answered {
		err = rt.act(r)
	}
	if err == nil && r.told.Errors != nil {
		err = &Rejected{r.told.Status, r.told.Errors}
	}
	return *r.told, err
}

// param is what stands in the path for a parameter.
func (r *request) param(name string) string {
	if r.params != nil {
		return r.params[name]
	}
	return r.c.Params(name)
}

// A LinkState is how a mailed link stands.
type LinkState string

// The states of a link. LinkOver has expired, was replaced by a newer one, or was ended by what
// happened to the account since.
const (
	LinkUnknown LinkState = "unknown"
	LinkValid   LinkState = "valid"
	LinkOver    LinkState = "over"
	LinkUsed    LinkState = "used"
)

// LinkState says how the link of a mail stands, without using it up, however often it is asked.
// Name is the route that the link leads to, such as "confirm-link", "recover-link", "magic-link-open",
// "address-link", "address-undo" or "invitation", and secret what its path ends in.
func (a *App) LinkState(ctx context.Context, name, secret string) (LinkState, error) {
	rt := a.routeCalled(name)
	if rt == nil || rt.state == nil {
		return LinkUnknown, fmt.Errorf("link state: no mail leads to route %q; see the routes command", name)
	}
	state, err := rt.state(a.operator(ctx), mend(secret))
	return LinkState(state.String()), err
}

// linked is how a link stands by its token alone.
func linked(purpose string) func(*request, string) (token.State, error) {
	return func(r *request, secret string) (token.State, error) {
		_, state, err := r.tokens.Look(r.ctx, r.DB, purpose, secret)
		return state, err
	}
}

// linked is how an invitation stands.
func (f Invite) linked(r *request, secret string) (token.State, error) {
	i, err := r.lookInvited(secret)
	var wrong *Error
	switch {
	case err == nil:
		return token.Valid, nil
	case !errors.As(err, &wrong):
		return token.Unknown, err
	case i == nil:
		return token.Unknown, nil
	case errors.Is(err, inviteUsed):
		return token.Used, nil
	}
	return token.Over, nil
}
