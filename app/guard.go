package app

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/locales"
)

var (
	alreadySignedIn = locales.Message{Code: "error.signed_in", English: "You are signed in already."}
	anonymousOnly   = &Error{Status: fiber.StatusBadRequest, Say: alreadySignedIn}
)

// hostRoute stands for any route of the host's.
const hostRoute = "host"

// errorRoute stands for whatever route ended in an error.
const errorRoute = "error"

// admitted lets a request through to its route, or answers it.
func (r *request) admitted() error {
	switch {
	case r.visit.err != nil:
		return r.visit.err
	case r.c.Get(fiber.HeaderContentEncoding) != "" && r.route.name != hostRoute:
		return &Error{Status: fiber.StatusUnsupportedMediaType}
	case r.route.who.admits(r.account()):
		return nil
	case r.route.who == member:
		return &Error{Status: fiber.StatusUnauthorized}
	}
	return r.turnAway()
}

// turnAway answers someone who is signed in and asks for a page for guests. The way back that
// they carry is not followed, since it may be what sent them here; but it was not if they were nobody
// until this request brought their device back.
func (r *request) turnAway() error {
	r.answered = true
	to := r.landed()
	if next, _ := r.next(); r.visit.restored && next != "" {
		to = next
	}
	switch {
	case r.embedded():
		return nil // a form for guests in a page of the host's gives way to nothing
	case !r.json():
		return r.to(fiber.StatusOK, to)
	case r.c.Method() == fiber.MethodGet:
		return r.reply(fiber.StatusOK, wire{"user": r.userWire(), "identity_attributes": r.identities})
	}
	return anonymousOnly
}

// A Demand is something that a guard asks of who is signed in.
type Demand func(*request) error

// Role demands one of the named roles.
func Role(names ...string) Demand {
	return func(r *request) error {
		has := r.account().Roles()
		if slices.ContainsFunc(names, func(name string) bool { return slices.Contains(has, name) }) {
			return nil
		}
		return &Error{Status: fiber.StatusForbidden}
	}
}

// Require returns middleware that lets through who is signed in and meets every demand. Others
// are sent to the sign-in page and back, or told that they may not come.
//
//	server.Get("/orders", accounts.Require(), orders)
//	server.Get("/admin", accounts.Require(app.Role("admin")), admin)
func (a *App) Require(demands ...Demand) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r := a.request(c, &route{name: hostRoute, who: member, path: c.Path()})
		if err := r.admitted(); err != nil {
			return r.fail(err)
		}
		for _, demand := range demands {
			if err := demand(r); err != nil {
				return r.fail(err)
			}
			if r.answered {
				return nil
			}
		}
		c.SetUserContext(r.ctx)
		return c.Next()
	}
}
