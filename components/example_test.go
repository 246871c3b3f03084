package components_test

import (
	"context"
	"fmt"
	"os"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/components/form"
)

// Each element replaced once, and drawn where pages ask for it.
func ExampleElements() {
	own := func(name, label string) templ.Component { return templ.Raw(name + " " + label + "\n") }
	ctx := components.With(context.Background(), components.Scope{Elements: components.Elements{
		Button:   func(b components.Button) templ.Component { return own("button", b.Label) },
		Field:    func(f components.Field) templ.Component { return own("field", f.Label) },
		Password: func(p components.Password) templ.Component { return own("password", p.Label) },
		Checkbox: func(c components.Checkbox) templ.Component { return own("checkbox", c.Label) },
		Choice:   func(c components.Choice) templ.Component { return own("choice", c.Label) },
		Code:     func(c components.Code) templ.Component { return own("code", c.Label) },
		Alert:    func(a components.Alert) templ.Component { return own("alert", a.Text) },
		Brand:    func(b components.Brand) templ.Component { return own("brand", b.Name) },
		Icon:     func(name string) templ.Component { return own("icon", name) },
		Card:     func(title, _ string) templ.Component { return own("card", title) },
		Panel:    func(title, _ string) templ.Component { return own("panel", title) },
	}.Or(elements.Kit())})

	labelled := form.Field{Name: "town", Label: "Town"}
	for _, part := range []templ.Component{
		components.Button{Label: "Go"},
		components.Field{Field: labelled},
		components.Password{Field: labelled, Label: "Password"},
		components.Checkbox{Field: labelled},
		components.Choice{Field: labelled},
		components.Code{Field: labelled},
		components.Alert{Text: "Done."},
		components.Brand{Name: "Shop"},
		components.Icon("mail"), components.Card("Sign in", ""), components.Panel("Devices", ""),
	} {
		if err := part.Render(ctx, os.Stdout); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// button Go
	// field Town
	// password Password
	// checkbox Town
	// choice Town
	// code Town
	// alert Done.
	// brand Shop
	// icon mail
	// card Sign in
	// panel Devices
}
