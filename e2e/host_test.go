package e2e

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// routes are the host's own pages: what people build around the kit.
func (s *site) routes(server *fiber.App) {
	show := func(path, title string, view templ.Component, before ...fiber.Handler) {
		server.Get(path, append(before, func(c *fiber.Ctx) error { return s.app.Show(c, text(title), view) })...)
	}
	member := s.app.Require()
	show("/", "Home", view("home", `<h1>Home</h1><p>This page is the host's.</p>`))
	show("/tour/1", "Tour 1", tour(`<h1>Tour one</h1><p><a href="/tour/2" hx-boost="true">On to two</a></p>`))
	show("/tour/2", "Tour 2", tour(`<h1>Tour two</h1><p><a href="/tour/1" hx-boost="true">Back to one</a></p>`))

	show("/orders", "Orders", view("orders", `<h1>Orders</h1>
		<button class="gh-button" type="button" hx-get="/orders/more" hx-target="#more">More</button><div id="more"></div>
		<p><a href="/tour/2" hx-boost="true">The tour</a></p>`), member)
	show("/orders/more", "More orders", view("more", `<p>Order 17</p>`), member)
	show("/admin", "Admin", view("admin", `<h1>Admin</h1>`), s.app.Require(app.Role("admin")))

	show("/nested", "Nested", view("nested", `<h1>Nested</h1>
		<button class="gh-button" type="button" hx-get="/login" hx-target="#here">Fetch</button>
		<button class="gh-button" type="button" hx-get="/admin" hx-target="#here">Forbidden</button>
		<button class="gh-button" type="button" hx-get="/nowhere" hx-target="#here">Missing</button>
		<button class="gh-button" type="button" hx-get="/error/429" hx-target="#here">Limited</button>
		<button class="gh-button" type="button" hx-get="/error/500" hx-target="#here">Broken</button>
		<div id="here"></div>`))
	show("/door", "Door", view("door", `<h1>Door</h1>`, components.Embed("/login?next=/orders", "Sign in")))

	show("/exit", "Exit", view("exit", `<h1>Exit</h1>`, within(components.Form(form.Form{Name: "exit", Action: "/logout?next=/account"}),
		components.Button{Label: "Sign out"})), member)
	show("/note", "Note", note(), member)
	server.Post("/note", member, s.keepNote)

	// A page that a browser may keep in memory: it lacks the kit's headers, no-store among them.
	server.Get("/kept", func(c *fiber.Ctx) error {
		ctx := components.With(c.UserContext(), components.Scope{Static: s.app.URL("static"), Elements: elements.Kit()})
		c.Type("html", "utf-8")
		return kept().Render(ctx, c.Response().BodyWriter())
	})
	server.Post("/kept", func(c *fiber.Ctx) error {
		c.Set("HX-Redirect", "/tour/1")
		return c.SendStatus(fiber.StatusOK)
	})

	server.Get("/probe", s.app.Headers(), func(c *fiber.Ctx) error {
		return c.Type("html").SendString(`<!DOCTYPE html><html lang="en"><title>Probe</title><script src="/probe.js"></script><h1>Probe</h1>`)
	})
	server.Get("/probe.js", func(c *fiber.Ctx) error { return c.Type("js").SendString(probe) })

	server.Get("/bad", func(c *fiber.Ctx) error { return c.Type("html").SendString(bad) })

	server.Get("/error/429", func(*fiber.Ctx) error {
		return &app.Error{Status: fiber.StatusTooManyRequests, RetryAfter: 90 * time.Second}
	})
	server.Get("/error/500", func(*fiber.Ctx) error { return errors.New("the disk is on fire") })
	server.Get("/error/503", func(*fiber.Ctx) error { return fiber.ErrServiceUnavailable })
}

type noteForm struct {
	Note string `form:"note,required,max=20"`
}

// keepNote answers a form of the host's, which stays on its page.
func (s *site) keepNote(c *fiber.Ctx) error {
	var typed noteForm
	form.Decode("note", "/note", &typed, form.Input{"note": c.FormValue("note")})
	return s.app.Show(c, text("Note kept"), view("note", `<h1>Note</h1><p>Kept: `, templ.EscapeString(typed.Note), `</p>`))
}

// note is a page of the host's with a form made of the kit's parts.
func note() templ.Component {
	f := form.Blank("note", "/note", &noteForm{})
	inside := parts(components.Field{Field: f.Field("note"), Label: "Note"}, components.Button{Label: "Keep"})
	return view("note", `<h1>Note</h1>`, within(components.Form(f), inside))
}

func kept() templ.Component {
	form := within(components.Form(form.Form{Name: "kept", Action: "/kept"}), components.Button{Label: "Go"})
	return parts(`<!DOCTYPE html><html lang="en"><head>`, components.Head("Kept"), `</head><body class="gh"><main>`,
		view("kept", `<h1>Kept</h1>`, form), `</main></body></html>`)
}

const probe = `try { eval('1'); document.documentElement.dataset.eval = 'ran' } catch { document.documentElement.dataset.eval = 'refused' }
const inline = document.createElement('script')
inline.textContent = 'document.documentElement.dataset.inline = "ran"'
document.documentElement.append(inline)
const style = document.createElement('style')
style.textContent = 'html { --inline: ran }'
document.head.append(style)
document.documentElement.dataset.style = getComputedStyle(document.documentElement).getPropertyValue('--inline') || 'refused'
document.documentElement.dataset.inline ??= 'refused'`

// bad has what the checks of pages look for.
const bad = `<!DOCTYPE html><html lang="en"><title>Bad</title><link rel="icon" href="data:,"><script src="/probe.js"></script>
<style>a { display: block; height: 20px }</style>
<h1>One</h1><h1 id="bad">Two</h1><p id="bad" style="color: #999; background: #aaa; width: 900px">Pale and wide</p>
<input tabindex="3" style="width: 20px"><a href="/">Low</a>`

// tampered is what a proxy with ideas of its own makes of a script.
func tampered(c *fiber.Ctx) error {
	return c.Type("js").SendString(`window.tampered = true; document.documentElement.classList.add('gh-js')`)
}

func text(english string) locales.Message { return locales.Message{English: english} }

// view is the fragment of a page of the host's.
func view(name string, content ...any) templ.Component {
	return within(components.View(name), parts(content...))
}

func tour(content string) templ.Component { return view("tour", content) }

// within draws inside as the children of around.
func within(around, inside templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return around.Render(templ.WithChildren(ctx, inside), w)
	})
}

// parts draws markup and components one after the other.
func parts(content ...any) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, part := range content {
			var err error
			switch part := part.(type) {
			case string:
				_, err = io.WriteString(w, part)
			case templ.Component:
				err = part.Render(templ.ClearChildren(ctx), w)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
