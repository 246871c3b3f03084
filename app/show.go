package app

import (
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A page's props know what the page is called.
type titled interface{ Title() locales.Message }

// show answers with a page: whole, as a fragment, or as the wire struct that stands beside it.
func show[P titled](r *request, view func(P) templ.Component, p P, wire any) error {
	switch {
	case r.inset != nil:
		r.ctx = r.drawing(r.ctx, p)
		r.inset.title, r.inset.view = p.Title(), view(p)
		return nil
	case r.json():
		return r.replyAsking(wire)
	case r.partial() && r.route.form && !r.embedded() && r.flash.Message.IsZero():
		return r.reload()
	}
	r.ctx = r.drawing(r.ctx, p)
	return r.draw(fiber.StatusOK, p.Title(), view(p))
}

// reject answers with the form again, what was typed in it and what is wrong with it.
func reject[P titled](r *request, view func(P) templ.Component, page func(*request, form.Form) P, f form.Form) error {
	if err := r.halted; err != nil {
		r.halted = nil
		return excuse(r, view, page, f, err)
	}
	return again(r, view, page, f, fiber.StatusUnprocessableEntity)
}

// astray answers for a mailed link that is no longer good: at the host's own page for that, if it has
// one, or else by a form.
func astray[P titled](r *request, to string, view func(P) templ.Component, page func(*request, form.Form) P, f form.Form) error {
	if to == "" || r.json() {
		return reject(r, view, page, f)
	}
	return r.leaveSaying(to, bad, f.Errors[0], nil)
}

// excuse answers with the form again, nothing typed lost, where err is of the kind that the
// visitor can do something about: wait, or choose otherwise. Any other err it returns.
func excuse[P titled](r *request, view func(P) templ.Component, page func(*request, form.Form) P, f form.Form, err error) error {
	if err = complain(&f, err); err == nil {
		return reject(r, view, page, f)
	}
	switch e := judge(err); e.Status {
	case fiber.StatusForbidden:
		f.Fail("", e.Say)
		return reject(r, view, page, f)
	case fiber.StatusTooManyRequests, fiber.StatusServiceUnavailable:
		r.retryAfter(e)
		f.Fail("", e.Say, e.Advice)
		if e.Status == fiber.StatusTooManyRequests {
			f.Wait = e.seconds()
		}
		return again(r, view, page, f, e.Status)
	}
	return err
}

func again[P titled](r *request, view func(P) templ.Component, page func(*request, form.Form) P, f form.Form, status int) error {
	if r.json() {
		if status == fiber.StatusUnprocessableEntity {
			status = fiber.StatusBadRequest
		}
		return r.replyErrors(status, f)
	}
	p := page(r, f)
	r.ctx, r.wrong = r.drawing(r.ctx, p), true
	return r.draw(status, p.Title(), view(p))
}

// drawing is a context in which what the host adds for a page or a mail about p is found.
func (a *App) drawing(ctx context.Context, p any) context.Context {
	if a.Hooks.Drawing == nil {
		return ctx
	}
	return a.Hooks.Drawing(ctx, p)
}

// beside is a view about p that stands on the page of another.
func beside[P any](r *request, view func(P) templ.Component, p P) templ.Component {
	drawn := view(p)
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error { return drawn.Render(r.drawing(ctx, p), w) })
}

// draw renders into the answer, which is not sent yet: what fails to render is answered by a page
// for that.
func (r *request) draw(status int, title locales.Message, body templ.Component) error {
	heading := title.In(r.ctx)
	if r.wrong {
		heading = locales.T(r.ctx, "Error: %s", heading)
	}
	page := r.page(heading)
	ctx := r.Slots.In(context.WithoutCancel(r.ctx), page)
	var view templ.Component
	switch {
	case r.embedded(): // the title and the message's place are the host's
		view, ctx = r.quiet(body), components.Within(ctx, r.saying())
	case r.partial():
		view = components.Fragment(page.Title, r.saying(), body)
	default:
		view = r.whole(page, body)
	}
	r.c.Response().ResetBody()
	// A request that has run out of time is told so by a page, too.
	if err := view.Render(ctx, r.c.Response().BodyWriter()); err != nil {
		r.c.Response().ResetBody()
		return err
	}
	r.c.Status(status).Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return nil
}

func (r *request) whole(p props.Page, body templ.Component) templ.Component {
	if r.route.with != "" {
		other := r.other(r.route.with)
		if beside := other.route.fresh(other); beside != nil {
			body = r.Views.LoginOrRegister(body, beside)
		}
	}
	if p.Flash.Message.IsZero() {
		p.Flash = r.heard()
	}
	return r.Views.Around(p, body)
}

// quiet keeps a view that arrives in a page of the host's from taking the cursor, which it may have
// once somebody uses it.
func (r *request) quiet(body templ.Component) templ.Component {
	if r.c.Method() == fiber.MethodGet {
		return components.Beside(body)
	}
	return body
}

// saying is what this same request has to tell beside the view.
func (r *request) saying() components.Alert {
	return components.Alert{Kind: r.flash.Kind, Text: r.flash.Message.In(r.ctx)}
}

// page is what the layout around a view needs to know, and what the host adds to it.
func (r *request) page(title string) props.Page {
	locale := locales.From(r.ctx)
	p := props.Page{
		View: r.route.name, Title: title + " · " + r.Name, AppName: r.Name, Lang: locale.Tag(), Dir: locale.Dir(), Home: r.Home,
		Entrance: r.route.who != member && !r.route.wide, Shape: string(r.Theme.Entrance), Flash: r.flash, Foot: r.Foot, SignOut: r.URL("logout"),
	}
	if r.account() != nil {
		who := r.person()
		p.Who, p.Nav = &who, r.nav()
	} else if !p.Entrance {
		p.Guest = r.doors()
	}
	r.addNav(&p)
	for _, w := range r.tools {
		p.Dev = append(p.Dev, props.Link{Label: w.label, URL: r.URL(w.route), Icon: w.icon})
	}
	return p
}

// reload sends htmx to this page by a full load: password managers and passkeys overlook a form
// that arrives inside another page.
func (r *request) reload() error {
	next, _ := r.next()
	if next == "" && r.here() != r.path() {
		next = r.follow(r.c.Get("HX-Current-URL"))
	}
	return r.to(fiber.StatusOK, withNext(r.path(), next))
}
