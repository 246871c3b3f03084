package app

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/locales"
)

// Show answers a route of the host's with a view in the layout around all pages, with the same
// headers, language and person signed in. For htmx it is the bare view.
//
//	server.Get("/orders", accounts.Require(), func(c *fiber.Ctx) error {
//		return accounts.Show(c, locales.Message{Code: "orders.title", English: "Orders"}, pages.Orders(list))
//	})
func (a *App) Show(c *fiber.Ctx, title locales.Message, view templ.Component) error {
	r := a.request(c, &route{name: hostRoute, wide: true, path: c.Path()})
	if r.visit.err != nil {
		return r.fail(r.visit.err)
	}
	r.headers()
	r.ctx = r.drawing(r.ctx, nil)
	if err := r.draw(fiber.StatusOK, title, view); err != nil {
		return r.fail(err)
	}
	return nil
}
