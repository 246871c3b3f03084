// Package pages holds the application's pages: its own, and those of the kit's that it has made
// its own.
package pages

import (
	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
)

// Views are the kit's pages that this application draws itself. A page not named here is the
// kit's. gatehouse eject and uneject put lines into these three functions and take them out. A line
// that does not compile after an upgrade: gatehouse update, and "Ejected pages" in the changelog.
func Views() app.Views {
	return app.Views{}
}

// Mails are the kit's mails that this application writes itself.
func Mails() app.Mails {
	return app.Mails{}
}

// Elements are the kit's building blocks that this application draws itself.
func Elements() components.Elements {
	return components.Elements{}
}
