package components

// A Brand is the name of the site and where it leads.
type Brand struct {
	Name string
	URL  string
}
