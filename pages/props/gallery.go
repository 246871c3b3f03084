package props

import "github.com/gatehouse-go/gatehouse/locales"

// Gallery is every page, component and mail with sample data, in development: those of one feature
// at a time, each in a frame of its own.
type Gallery struct {
	// Here is where the page is. What is chosen stands in its query, under the names of Choosers.
	Here string
	// Group is the feature that is shown, and Groups are all there are.
	Group  string
	Groups []GalleryGroup
	// Choosers say how it is shown.
	Choosers []Chooser
	// Width and Height are those of the screen that the frames stand for, in pixels.
	Width, Height int
	States        []GalleryState
}

// Title is what the page is called.
func (p Gallery) Title() locales.Message {
	return locales.Message{Code: "gallery.title", English: "Gallery"}
}

// A GalleryGroup is one feature, by the name that it has in the source, and leads to its states.
type GalleryGroup struct {
	Name, URL string
	Current   bool
}

// A Chooser is one of several values, by the name under which it is asked for.
type Chooser struct {
	Name    string
	Label   locales.Message
	Options []Option
}

// An Option is a value to choose, and what it is called.
type Option struct {
	Value  string
	Label  locales.Message
	Chosen bool
}

// A GalleryState is one state of a page, a component or a mail.
type GalleryState struct {
	Name string
	// View is what draws it, as the source calls it. Own says that this is not the kit's.
	View string
	Own  bool
	// URL leads to the state alone.
	URL string
	// Mail is set for a mail.
	Mail *GalleryMail
}

// A GalleryMail is what a mail is besides its looks: its subject, its text part, and how it would
// travel.
type GalleryMail struct {
	Subject, Text, Source string
	// Lang is a BCP 47 tag and Dir "ltr" or "rtl".
	Lang, Dir string
}
