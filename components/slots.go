package components

import (
	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components/form"
)

// Slots are the places into which a host puts what the kit knows nothing of. Each is told what it
// needs to know of where it stands; nil puts nothing there.
type Slots struct {
	// HeadEnd is the last thing in the head: the host's own style sheet, which wins over the kit's.
	HeadEnd func() templ.Component
	// AboveForm and BelowForm stand around every form; its name says which one it is.
	AboveForm, BelowForm func(form.Form) templ.Component
	// Foot is the last thing on the page.
	Foot func() templ.Component
}

func headEnd() templ.Component {
	return late(func(s *Scope) templ.Component { return slot(s.Slots.HeadEnd) })
}

func aboveForm(f form.Form) templ.Component {
	return late(func(s *Scope) templ.Component { return slotFor(s.Slots.AboveForm, f) })
}

func belowForm(f form.Form) templ.Component {
	return late(func(s *Scope) templ.Component { return slotFor(s.Slots.BelowForm, f) })
}

// Foot is what the host puts at the very end of a page.
func Foot() templ.Component {
	return late(func(s *Scope) templ.Component { return slot(s.Slots.Foot) })
}

func slot(own func() templ.Component) templ.Component {
	if own == nil {
		return templ.NopComponent
	}
	return own()
}

func slotFor[P any](own func(P) templ.Component, p P) templ.Component {
	if own == nil {
		return templ.NopComponent
	}
	return own(p)
}
