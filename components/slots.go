package components

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components/form"
)

// Slots are what a host adds to one page, in the places that the kit leaves for it; nil puts nothing
// there.
type Slots struct {
	HeadEnd, Header, Aside, Foot      templ.Component
	AboveForm, BelowForm, AfterSubmit func(form.Form) templ.Component
}

// WithSlots returns a context in which components see the slots of one page.
func WithSlots(ctx context.Context, slots Slots) context.Context {
	s := *scope(ctx)
	s.Slots = slots
	return context.WithValue(ctx, scopeKey{}, &s)
}

// Header is what the host puts at the top of a page, before anything of the kit's.
func Header() templ.Component { return templ.ComponentFunc(drawHeader) }

func drawHeader(ctx context.Context, w io.Writer) error {
	if own := scope(ctx).Slots.Header; own != nil {
		return header(own).Render(ctx, w)
	}
	return nil
}

// Foot is what the host puts at the very end of a page.
func Foot() templ.Component { return templ.ComponentFunc(drawFoot) }

func drawFoot(ctx context.Context, w io.Writer) error {
	return slot(scope(ctx).Slots.Foot).Render(ctx, w)
}

func slot(own templ.Component) templ.Component {
	if own == nil {
		return templ.NopComponent
	}
	return own
}

func slotFor(own func(form.Form) templ.Component, f form.Form) templ.Component {
	if own == nil {
		return templ.NopComponent
	}
	return own(f)
}
