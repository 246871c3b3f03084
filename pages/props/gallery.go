package props

import "github.com/gatehouse-go/gatehouse/locales"

// Gallery is every mail of the application with sample data, in every language, in development.
type Gallery struct {
	Samples []Sample
}

// Title is what the page is called.
func (p Gallery) Title() locales.Message {
	return locales.Message{Code: "gallery.title", English: "Every mail"}
}

// A Sample is one mail of the gallery.
type Sample struct {
	Name     string
	Versions []SampleVersion
}

// A SampleVersion is a sample in one language.
type SampleVersion struct {
	// Language is what the language calls itself; Lang is its BCP 47 tag and Dir "ltr" or "rtl".
	Language, Lang, Dir string
	// Subject is the mail's, in that language, and URL leads to it.
	Subject, URL string
}
