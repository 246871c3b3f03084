package app

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Fragment is the view of one of the kit's routes, such as "login" or "change", for a page of the
// host's. Its form posts to the kit, shows there what is wrong, and leads back to the host's page once it is done; components.Embed
// fetches the same view later. Who may not see it sees nothing, if it is for guests, or is sent to
// sign in by the error, which a handler returns.
//
//	server.Get("/settings", accounts.Require(), func(c *fiber.Ctx) error {
//		change, err := accounts.Fragment(c, "change")
//		if err != nil {
//			return err
//		}
//		return accounts.Show(c, settingsTitle, pages.Settings(change))
//	})
func (a *App) Fragment(c *fiber.Ctx, name string) (templ.Component, error) {
	rt := a.routeCalled(name)
	if rt == nil || rt.show == nil || strings.Contains(rt.path, ":") {
		return nil, fmt.Errorf("app: Fragment %q: the features listed have no page of that name, or one whose path has a parameter: components.Embed fetches those", name)
	}
	r := a.request(c, rt)
	switch {
	case r.visit.err != nil:
		return nil, r.visit.err
	case !r.route.who.admits(r.account()) && r.route.who == member:
		return nil, &Error{Status: fiber.StatusUnauthorized}
	case !r.route.who.admits(r.account()):
		return templ.NopComponent, nil
	}
	r.inset, r.sent = &inset{}, form.Input{}
	if err := r.route.show(r); err != nil || r.inset.view == nil {
		return templ.NopComponent, err
	}
	// The form holds what is for this visitor alone.
	c.Set(fiber.HeaderCacheControl, "no-store")
	ctx := r.Slots.In(context.WithoutCancel(r.ctx), r.page(r.inset.title.In(r.ctx)))
	ctx = components.Within(ctx, components.Alert{})
	view := components.Embedded(components.Beside(r.inset.view))
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { return view.Render(ctx, w) }), nil
}

// Context is the context in which components draw for this visitor, for a host that renders a page of
// its own, layout included: in their language, with the host's elements and theme, and with forms
// that will be taken.
func (a *App) Context(c *fiber.Ctx) context.Context {
	return a.request(c, &route{name: hostRoute, wide: true, path: c.Path()}).ctx
}

// An inset is a view on its way into a page of the host's.
type inset struct {
	title locales.Message
	view  templ.Component
}

// embedded reports whether htmx asks for a view, or posts a form of one, that stands in a page of the
// host's.
func (r *request) embedded() bool { return r.c.Get(components.EmbedHeader) != "" && r.partial() }

// around is the page of the host's that a view stands in.
func (r *request) around() string {
	switch {
	case r.inset != nil:
		return r.follow(r.c.OriginalURL())
	case r.embedded():
		return r.follow(r.c.Get("HX-Current-URL"))
	}
	return ""
}
