package components

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components/form"
)

// Elements are the parts that a host most often wants its own way, and the slots into which it
// puts what the kit knows nothing of. A nil element means the kit's own, a nil slot nothing.
// Every page sees the change: an element is asked for anew each time it is drawn. An element that
// only adds to the kit's own calls [Kit] for it.
type Elements struct {
	Button   func(Button) templ.Component
	Field    func(Field) templ.Component
	Password func(Password) templ.Component
	Checkbox func(Checkbox) templ.Component
	Choice   func(Choice) templ.Component
	Code     func(Code) templ.Component
	Alert    func(Alert) templ.Component
	Brand    func(Brand) templ.Component
	Icon     func(name string) templ.Component

	// Card and Panel draw what stands in them from their children.
	Card  func(title, intro string) templ.Component
	Panel func(title, intro string) templ.Component

	// HeadEnd is the last thing in the head: the host's own style sheet, which wins over the kit's.
	HeadEnd func() templ.Component
	// AboveForm and BelowForm stand around every form; its name says which one it is.
	AboveForm, BelowForm func(form.Form) templ.Component
	// Foot is the last thing on the page.
	Foot func() templ.Component
}

// Kit returns the kit's own elements, for a host whose element adds to one of them.
func Kit() Elements { return Elements{}.WithDefaults() }

func nothing() templ.Component { return templ.NopComponent }

func noneFor(form.Form) templ.Component { return templ.NopComponent }

// WithDefaults returns e with the kit's own in every field that is nil.
func (e Elements) WithDefaults() Elements {
	fill(&e.Button, button)
	fill(&e.Field, field)
	fill(&e.Password, password)
	fill(&e.Checkbox, checkbox)
	fill(&e.Choice, choice)
	fill(&e.Code, code)
	fill(&e.Alert, alert)
	fill(&e.Brand, brand)
	fill(&e.Icon, icon)
	fill(&e.Card, card)
	fill(&e.Panel, panel)
	fill(&e.HeadEnd, nothing)
	fill(&e.AboveForm, noneFor)
	fill(&e.BelowForm, noneFor)
	fill(&e.Foot, nothing)
	return e
}

// An element is a function that draws one: what every field of [Elements] is.
type element interface {
	func() templ.Component | func(name string) templ.Component | func(title, intro string) templ.Component |
		func(Button) templ.Component | func(Field) templ.Component | func(Password) templ.Component | func(Choice) templ.Component |
		func(Checkbox) templ.Component | func(Code) templ.Component | func(Alert) templ.Component |
		func(Brand) templ.Component | func(form.Form) templ.Component
}

func fill[E element](own *E, kits E) {
	if *own == nil {
		*own = kits
	}
}

// Render draws the button.
func (b Button) Render(ctx context.Context, w io.Writer) error {
	return scope(ctx).Elements.Button(b).Render(ctx, w)
}

// Render draws the field.
func (f Field) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	s.focus(&f.Focus, &f.Field.Focus)
	return s.Elements.Field(f).Render(ctx, w)
}

// Render draws the password field.
func (p Password) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	s.focus(&p.Focus, &p.Field.Focus)
	return s.Elements.Password(p).Render(ctx, w)
}

// Render draws the checkbox.
func (c Checkbox) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	s.focus(&c.Focus)
	return s.Elements.Checkbox(c).Render(ctx, w)
}

// Render draws the choice.
func (c Choice) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	s.focus(&c.Focus, &c.Field.Focus)
	return s.Elements.Choice(c).Render(ctx, w)
}

// Render draws the field for a code.
func (c Code) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	s.focus(&c.Focus, &c.Field.Focus)
	return s.Elements.Code(c).Render(ctx, w)
}

// Render draws the alert.
func (a Alert) Render(ctx context.Context, w io.Writer) error {
	return scope(ctx).Elements.Alert(a).Render(ctx, w)
}

// Render draws the brand.
func (b Brand) Render(ctx context.Context, w io.Writer) error {
	return scope(ctx).Elements.Brand(b).Render(ctx, w)
}

// Render draws the row.
func (i Item) Render(ctx context.Context, w io.Writer) error {
	return i.row().Render(ctx, w)
}

// Icon draws an icon by name, and nothing for a name that it does not know.
func Icon(name string) templ.Component {
	return late(func(e *Elements) templ.Component { return e.Icon(name) })
}

// Card is the one thing that a page of the entrance is about.
func Card(title, intro string) templ.Component {
	return late(func(e *Elements) templ.Component { return e.Card(title, intro) })
}

// Panel groups what belongs together on a page of the hub.
func Panel(title, intro string) templ.Component {
	return late(func(e *Elements) templ.Component { return e.Panel(title, intro) })
}

func headEnd() templ.Component {
	return late(func(e *Elements) templ.Component { return e.HeadEnd() })
}

func aboveForm(f form.Form) templ.Component {
	return late(func(e *Elements) templ.Component { return e.AboveForm(f) })
}

func belowForm(f form.Form) templ.Component {
	return late(func(e *Elements) templ.Component { return e.BelowForm(f) })
}

// Foot is what the host puts at the very end of a page.
func Foot() templ.Component {
	return late(func(e *Elements) templ.Component { return e.Foot() })
}

// late picks an element when it is drawn, for only then is the context known.
func late(pick func(*Elements) templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return pick(&scope(ctx).Elements).Render(ctx, w)
	})
}
