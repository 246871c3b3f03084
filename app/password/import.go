package password

import (
	"context"
	"errors"
	"strings"
)

// ErrHashed means that what was to be imported as a password in plain text is a hash already.
var ErrHashed = errors.New("password: this is a hash, not a password in plain text")

// ImportPlaintext returns what to store for a row that held plain in plain text. Such a row never
// verifies, so hash it while importing. An empty plain gives an empty hash, with which nobody signs
// in. [ErrHashed] is for what begins like a hash that this package reads: store that as it is, since
// hashing it again would shut its owner out. No policy is asked: people keep the password they have.
func (h *Hasher) ImportPlaintext(ctx context.Context, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	for _, e := range h.schemes {
		if strings.HasPrefix(plain, e.prefix) {
			return "", ErrHashed
		}
	}
	return h.Hash(ctx, plain)
}
