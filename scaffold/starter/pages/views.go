// Package pages holds the application's pages: its own, and those of the kit's that it has made
// its own.
package pages

import "github.com/gatehouse-go/gatehouse/app"

// Views are the kit's pages that this application draws itself. A page not named here is the
// kit's.
func Views() app.Views {
	return app.Views{}
}
