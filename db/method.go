package db

import "time"

// A Method is one way a person proved who they are, and when.
type Method struct {
	// Name is "password", "totp", "passkey+uv" and so on.
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// Methods are the proofs of one sign-in, in order; stored as JSON.
type Methods []Method

// Has reports whether one of the methods is called name.
func (m Methods) Has(name string) bool {
	for _, method := range m {
		if method.Name == name {
			return true
		}
	}
	return false
}

// Names lists the methods without their times.
func (m Methods) Names() []string {
	names := make([]string, len(m))
	for i, method := range m {
		names[i] = method.Name
	}
	return names
}
