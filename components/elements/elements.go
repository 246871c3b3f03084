// Package elements draws the kit's own building blocks, one file for each. A file needs nothing of
// the others, so that a copy of it in a project of one's own is drawn as it was, and may then be
// changed. An element that only adds to the kit's calls it:
//
//	Elements: components.Elements{Button: func(b components.Button) templ.Component {
//		b.Icon = "check"
//		return elements.Button(b)
//	}}
package elements

import (
	"embed"

	"github.com/gatehouse-go/gatehouse/components"
)

// Kit returns the kit's own elements, every one of them.
func Kit() components.Elements {
	return components.Elements{
		Button: Button, Field: Field, Password: Password, Checkbox: Checkbox, Choice: Choice, Code: Code,
		Alert: Alert, Brand: Brand, Icon: Icon, Card: Card, Panel: Panel,
	}
}

//go:embed *.templ
var source embed.FS

// Source is the elements as they are written, for the tool that copies them into a project.
func Source() embed.FS { return source }
