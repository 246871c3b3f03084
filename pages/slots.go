package pages

import (
	"context"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Slots are the places in which a host adds what the kit knows nothing of, to every page at once.
// Each is told which page it is on, in which language, and who reads it; nil puts nothing there.
type Slots struct {
	// HeadEnd is the last thing in the head: the host's own style sheet, which wins over the kit's.
	HeadEnd func(props.Page) templ.Component
	// Header is at the very top of a page: news for everybody.
	Header func(props.Page) templ.Component
	// Aside stands beside the card of an entrance that is split.
	Aside func(props.Page) templ.Component
	// AboveForm and BelowForm stand around every form, AfterSubmit is the last thing within it, behind
	// its button. The form's name says which one it is.
	AboveForm, BelowForm, AfterSubmit func(props.Page, form.Form) templ.Component
	// Foot is the last thing on a page.
	Foot func(props.Page) templ.Component
}

// Empty reports whether the host adds nothing.
func (s Slots) Empty() bool {
	return s.HeadEnd == nil && s.Header == nil && s.Aside == nil && s.AboveForm == nil && s.BelowForm == nil && s.AfterSubmit == nil && s.Foot == nil
}

// In returns a context in which the page is drawn with what the host adds to it.
func (s Slots) In(ctx context.Context, p props.Page) context.Context {
	if s.Empty() {
		return ctx
	}
	return components.WithSlots(ctx, components.Slots{
		HeadEnd: on(s.HeadEnd, p), Header: on(s.Header, p), Aside: on(s.Aside, p), Foot: on(s.Foot, p),
		AboveForm: forms(s.AboveForm, p), BelowForm: forms(s.BelowForm, p), AfterSubmit: forms(s.AfterSubmit, p),
	})
}

func on(slot func(props.Page) templ.Component, p props.Page) templ.Component {
	if slot == nil {
		return nil
	}
	return slot(p)
}

func forms(slot func(props.Page, form.Form) templ.Component, p props.Page) func(form.Form) templ.Component {
	if slot == nil {
		return nil
	}
	return func(f form.Form) templ.Component { return slot(p, f) }
}
