// Package components holds the parts that pages are put together from. Parts that stand alone are
// structs which render themselves; parts that hold others are functions with children:
//
//	@components.Form(p.Form) {
//		@components.Field{Field: p.Field("email"), Label: locales.T(ctx, "E-mail")}
//		@components.Button{Label: locales.T(ctx, "Sign in"), Wide: true}
//	}
//
// What a request knows and pages need not (the anti-forgery token, where static files are, the
// host's own elements) travels in the context as a [Scope].
package components

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components/theme"
	"github.com/gatehouse-go/gatehouse/static"
)

// A Scope is what components learn from the request rather than from the page.
type Scope struct {
	// Token goes into every form that posts. Without it, a page on another site could post the
	// form in the name of whoever is signed in here.
	// It is called when a form is drawn, so that a page without one leaves no cookie behind.
	Token func() string
	// Static is the URL under which static files are served. Default "/static".
	Static string
	// Theme is the style sheet of the host's theme, which lies over the kit's. Default none.
	Theme *static.File
	// Mail are the colours of the host's theme in a mail. Default the kit's.
	Mail *theme.Colours
	// Elements draw the parts that a host can replace. A part that has none is an error when it is
	// drawn; package elements has the kit's.
	Elements Elements
	// Slots hold what the host adds to this page. Default nothing.
	Slots Slots

	// within is set where a view stands in a page of the host's; told is what it then has to tell.
	within bool
	told   Alert
	// beside is set within a view that stands next to the one that was asked for.
	beside bool
}

type scopeKey struct{}

// With returns a context in which components see s.
func With(ctx context.Context, s Scope) context.Context {
	if s.Static == "" {
		s.Static = "/static"
	}
	s.Elements = s.Elements.Or(undrawn())
	return context.WithValue(ctx, scopeKey{}, &s)
}

func scope(ctx context.Context) *Scope {
	if s, ok := ctx.Value(scopeKey{}).(*Scope); ok {
		return s
	}
	return &Scope{Static: "/static", Elements: undrawn()}
}

// Beside draws a view next to the one that was asked for, where the cursor stays.
func Beside(view templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		s := *scope(ctx)
		s.beside = true
		return view.Render(context.WithValue(ctx, scopeKey{}, &s), w)
	})
}

// Within returns a context in which a view stands in a page of the host's: its heading is not the
// page's, and it begins with what there is to tell, since nothing around it does.
func Within(ctx context.Context, told Alert) context.Context {
	s := *scope(ctx)
	s.within, s.told = true, told
	return context.WithValue(ctx, scopeKey{}, &s)
}

// Inset reports whether a view stands in a page of the host's, which has a heading of its own.
func Inset(ctx context.Context) bool { return scope(ctx).within }

// Still returns a context in which forms carry no token: for a page that is looked at, and leaves no
// cookie behind.
func Still(ctx context.Context) context.Context {
	s := *scope(ctx)
	s.Token = nil
	return context.WithValue(ctx, scopeKey{}, &s)
}

// focus lets a field have the cursor, if its view is the one that was asked for.
func (s *Scope) focus(wanted bool) bool { return wanted && !s.beside }

// EmbedHeader is what [Embed], and whatever stands in it, sends: to have a page's bare view, and to stay where it is.
const EmbedHeader = "Gatehouse-Embed"

func antiForgery(ctx context.Context) string {
	if token := scope(ctx).Token; token != nil {
		return token()
	}
	return ""
}

// asset is where a static file is for this request.
func asset(ctx context.Context, name string) string {
	return static.URL(scope(ctx).Static, name)
}

// nonceAttributes carry the nonce of a host that asks for one in its content security policy.
func nonceAttributes(ctx context.Context) templ.Attributes {
	if nonce := templ.GetNonce(ctx); nonce != "" {
		return templ.Attributes{"nonce": nonce}
	}
	return nil
}
