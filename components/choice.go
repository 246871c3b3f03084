package components

import "github.com/gatehouse-go/gatehouse/components/form"

// A Choice is one of several names, or none of them.
type Choice struct {
	form.Field
	Label, Hint string
	// None is what choosing none of them is called.
	None string
	// Options are the names to choose from.
	Options []string
	// Focus puts the cursor here when the page opens.
	Focus bool
}
