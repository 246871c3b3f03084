package app

import (
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/db"
)

// A Handler answers a route in the kit's place. Who may come, the protection against forged
// requests, the headers and the limit per network stand before it as before the kit's; an error that
// it returns is answered as the kit's are. It works by [App.Do], which is the kit's own act, by
// [App.SignIn] and its neighbours, and answers by [App.Show] and [App.Leave], or as it likes.
type Handler struct {
	// Show answers GET, and changes nothing: mail scanners follow links. The default is the kit's.
	Show fiber.Handler
	// Act answers POST. The default is the kit's.
	Act fiber.Handler
}

// placeHandlers refuses handlers of what cannot be handled, and puts the others in their place.
func (a *App) placeHandlers() (errs []error) {
	for name, own := range a.Handlers {
		wrong := func(why string) { errs = append(errs, fmt.Errorf("app: Config.Handlers[%q] %s", name, why)) }
		r := a.routeCalled(name)
		switch {
		case r == nil:
			wrong("names no route of the features listed; see the routes command")
			continue
		case r.files:
			wrong("would answer for the kit's style and scripts: lay your own files elsewhere")
		case own.Show == nil && own.Act == nil:
			wrong("has neither Show nor Act: set one, or leave it out")
		case own.Show != nil && r.show == nil:
			wrong("has a Show, and nothing is shown there: use Act")
		case own.Act != nil && r.act == nil:
			wrong("has an Act, and nothing is posted there: use Show")
		}
		r.host = own
	}
	return errs
}

// hosted has the host's own function answer.
func hosted(own fiber.Handler) handler {
	return func(r *request) error {
		r.c.SetUserContext(r.ctx)
		return own(r.c)
	}
}

// acting has the host's own function act, once the try is counted on its network.
func acting(rt route) handler {
	return func(r *request) error {
		if !rt.harmless {
			if err := r.charge(""); err != nil {
				return err
			}
		}
		r.visit.hosted, r.visit.paid = rt.name, !rt.harmless
		return hosted(rt.host.Act)(r)
	}
}

// handlers are what answers GET and POST at a route: the host's or else the kit's, nil for nothing.
func (r route) handlers() (show, act handler) {
	show, act = r.show, r.act
	if r.host.Show != nil {
		show = hosted(r.host.Show)
	}
	if r.host.Act != nil {
		act = acting(r)
	}
	return show, act
}

// ByHost is the method of who signed in by a way of the host's own.
const ByHost = "host"

// SignIn signs an account in that has shown who it is by a way of the host's own, such as a
// company's directory, and answers: the session opens if every gate lets it pass, and who has a page
// to see first is sent there. A gate's refusal comes back as a *[FieldError] or an *[Error], for a form of
// the host's or to be returned. Methods are recorded with the session; the default is [ByHost].
//
//	account, err := accounts.FindUser(ctx, entry.Mail)
//	…
//	return accounts.SignIn(c, account, remember, "ldap")
//
// Whoever calls it vouches for who asks, and for that the form was sent by this site's page or the
// answer of another site belongs to a request begun in this browser.
func (a *App) SignIn(c *fiber.Ctx, account db.Account, remember bool, methods ...string) error {
	if account == nil || account.Account() == nil {
		return errors.New("sign in: there is no account: answer those who have none by yourself")
	}
	r := a.request(c, a.hostsRoute(c))
	r.headers()
	if len(methods) == 0 {
		methods = []string{ByHost}
	}
	now := r.Now()
	s := &SignIn{Account: account, AuthVersion: account.Account().AuthVersion, Remember: remember, Begun: now, tries: r.visit.tries}
	for _, name := range methods {
		s.Methods = append(s.Methods, db.Method{Name: name, At: now})
	}
	s.ReturnTo, _ = r.next()
	if r.visit.paid && r.visit.hosted == r.route.name || s.tries != nil {
		if err := r.acquit(); err != nil {
			return err
		}
	}
	return r.signIn(s)
}

// SignOut ends the session of this browser, forgets its device, and answers nothing. Who has no
// session may call it.
func (a *App) SignOut(c *fiber.Ctx) error {
	r := a.request(c, &route{name: hostRoute})
	return r.signOut(r.account())
}

// Charge counts a try on whoever goes by name, known or not, before a handler of the host's judges
// a secret of theirs. It fails with an *[Error] of status 429 for who has to wait. A route of the kit
// has its own limit, and other routes have that of [Login]; [App.SignIn] clears it.
func (a *App) Charge(c *fiber.Ctx, name string) error {
	r := a.request(c, a.hostsRoute(c))
	r.visit.tries = r.accountKey(name)
	return r.charge(name)
}

// hostsRoute is the route that a function of the host's is answering.
func (a *App) hostsRoute(c *fiber.Ctx) *route {
	if r := a.routeCalled(a.visit(c).hosted); r != nil {
		return r
	}
	return &route{name: hostRoute, limit: loginLimit, path: c.Path()}
}
