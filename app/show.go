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
	if r.json() {
		return r.replyAsking(wire)
	}
	if r.partial() && r.route.form && r.c.Get(components.EmbedHeader) == "" && r.flash.Message.IsZero() {
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
	view := r.whole(heading, body)
	if r.partial() {
		view = r.fragment(heading, body)
	}
	r.c.Response().ResetBody()
	// A request that has run out of time is told so by a page, too.
	if err := view.Render(context.WithoutCancel(r.ctx), r.c.Response().BodyWriter()); err != nil {
		r.c.Response().ResetBody()
		return err
	}
	r.c.Status(status).Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return nil
}

func (r *request) whole(title string, body templ.Component) templ.Component {
	if r.route.with != "" {
		other := r.other(r.route.with)
		if beside := other.route.fresh(other); beside != nil {
			body = r.Views.LoginOrRegister(body, beside)
		}
	}
	return r.Views.Layout(r.page(title), body)
}

// fragment is the bare view, the document's new title, and a message beside them.
func (r *request) fragment(title string, body templ.Component) templ.Component {
	return components.Fragment(r.titled(title), components.Alert{Kind: r.flash.Kind, Text: r.flash.Message.In(r.ctx)}, body)
}

func (r *request) titled(title string) string { return title + " · " + r.Name }

// page is what the layout around a view needs to know.
func (r *request) page(title string) props.Page {
	locale := locales.From(r.ctx)
	p := props.Page{
		Title: r.titled(title), AppName: r.Name, Lang: locale.Tag(), Dir: locale.Dir(), Home: r.Home,
		Entrance: r.route.who != member && !r.route.wide, Flash: r.flash, Foot: r.Foot, SignOut: r.URL("logout"),
	}
	if p.Flash.Message.IsZero() {
		p.Flash = r.heard()
	}
	if r.account() != nil {
		who := r.person()
		p.Who, p.Nav = &who, r.nav()
	} else if !p.Entrance {
		p.Guest = r.doors()
	}
	for _, link := range []props.Link{{Label: mailboxLink, URL: r.URL("mailbox"), Icon: "inbox"}, {Label: galleryLink, URL: r.URL("gallery"), Icon: "eye"}} {
		if link.URL != "" {
			p.Dev = append(p.Dev, link)
		}
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
