package components

import "github.com/a-h/templ"

// A Kind is how much weight a button has. A page has one primary button.
type Kind string

// The kinds of button. The default is Primary.
const (
	Primary Kind = ""
	Plain   Kind = "plain"
	Quiet   Kind = "quiet"
	Danger  Kind = "danger"
)

// A Button does something: it posts the form that it stands in or, with a URL, leads on.
type Button struct {
	Label string
	Kind  Kind
	Icon  string
	// URL makes the button a link.
	URL string
	// Wide fills the line.
	Wide bool
	// Name and Value are posted, so that a form can have more than one button.
	Name, Value string
	// About tells screen readers what the button is for where its label alone leaves it open:
	// ten buttons that all say "Change" need it.
	About string
	// Attributes are added as they are.
	Attributes templ.Attributes
}
