package components

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"
)

// Elements draw the parts that a host most often wants its own way. Every page sees the change: an
// element is asked for anew each time it is drawn. What it is given is settled: the label is there,
// whoever gave it, and so is whether the cursor goes there. The kit's own are in package elements,
// and an element that only adds to one calls it.
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
}

// Or returns e with the other's element in every field that is nil.
func (e Elements) Or(other Elements) Elements {
	fill(&e.Button, other.Button)
	fill(&e.Field, other.Field)
	fill(&e.Password, other.Password)
	fill(&e.Checkbox, other.Checkbox)
	fill(&e.Choice, other.Choice)
	fill(&e.Code, other.Code)
	fill(&e.Alert, other.Alert)
	fill(&e.Brand, other.Brand)
	fill(&e.Icon, other.Icon)
	fill(&e.Card, other.Card)
	fill(&e.Panel, other.Panel)
	return e
}

// undrawn fails to draw each of them, saying why: what is missing is not left out of a page in
// silence, nor does it end the process.
func undrawn() Elements {
	return Elements{
		Button:   func(Button) templ.Component { return missing("Button") },
		Field:    func(Field) templ.Component { return missing("Field") },
		Password: func(Password) templ.Component { return missing("Password") },
		Checkbox: func(Checkbox) templ.Component { return missing("Checkbox") },
		Choice:   func(Choice) templ.Component { return missing("Choice") },
		Code:     func(Code) templ.Component { return missing("Code") },
		Alert:    func(Alert) templ.Component { return missing("Alert") },
		Brand:    func(Brand) templ.Component { return missing("Brand") },
		Icon:     func(string) templ.Component { return missing("Icon") },
		Card:     func(string, string) templ.Component { return missing("Card") },
		Panel:    func(string, string) templ.Component { return missing("Panel") },
	}
}

func missing(name string) templ.Component {
	return templ.ComponentFunc(func(context.Context, io.Writer) error {
		return fmt.Errorf("components: nothing in this context draws a %s: render within components.With(ctx, components.Scope{Elements: elements.Kit()})", name)
	})
}

// An element is a function that draws one: what every field of [Elements] is.
type element interface {
	func(name string) templ.Component | func(title, intro string) templ.Component |
		func(Button) templ.Component | func(Field) templ.Component | func(Password) templ.Component | func(Choice) templ.Component |
		func(Checkbox) templ.Component | func(Code) templ.Component | func(Alert) templ.Component | func(Brand) templ.Component
}

func fill[E element](own *E, other E) {
	if *own == nil {
		*own = other
	}
}

// Render draws the button.
func (b Button) Render(ctx context.Context, w io.Writer) error {
	return scope(ctx).Elements.Button(b).Render(ctx, w)
}

// Render draws the field.
func (f Field) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	f.Label = cmp.Or(f.Label, f.Field.Label)
	f.Focus = s.focus(f.Focus || f.Field.Focus)
	return s.Elements.Field(f).Render(ctx, w)
}

// Render draws the password field.
func (p Password) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	p.Label = cmp.Or(p.Label, p.Field.Label)
	p.Focus = s.focus(p.Focus || p.Field.Focus)
	return s.Elements.Password(p).Render(ctx, w)
}

// Render draws the checkbox.
func (c Checkbox) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	c.Label = cmp.Or(c.Label, c.Field.Label)
	c.Focus = s.focus(c.Focus)
	return s.Elements.Checkbox(c).Render(ctx, w)
}

// Render draws the choice.
func (c Choice) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	c.Label = cmp.Or(c.Label, c.Field.Label)
	c.Focus = s.focus(c.Focus || c.Field.Focus)
	return s.Elements.Choice(c).Render(ctx, w)
}

// Render draws the field for a code.
func (c Code) Render(ctx context.Context, w io.Writer) error {
	s := scope(ctx)
	c.Label = cmp.Or(c.Label, c.Field.Label)
	c.Focus = s.focus(c.Focus || c.Field.Focus)
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
	return late(func(s *Scope) templ.Component { return s.Elements.Icon(name) })
}

// Card is the one thing that a page of the entrance is about.
func Card(title, intro string) templ.Component {
	return late(func(s *Scope) templ.Component { return s.Elements.Card(title, intro) })
}

// Panel groups what belongs together on a page of the hub.
func Panel(title, intro string) templ.Component {
	return late(func(s *Scope) templ.Component { return s.Elements.Panel(title, intro) })
}

// late picks what to draw when it is drawn, for only then is the context known.
func late(pick func(*Scope) templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return pick(scope(ctx)).Render(ctx, w)
	})
}
