package password

import (
	"context"
	"sync"
)

// standard is a Hasher with default parameters, made on first use and never changed.
var standard = sync.OnceValues(func() (*Hasher, error) { return New(Params{}) })

// Hash is [Hasher.Hash] with the default parameters, for seed data, imports and tests. A server
// uses a [Hasher] of its own, which waits no longer than its request does.
func Hash(plain string) (string, error) {
	h, err := standard()
	if err != nil {
		return "", err
	}
	return h.Hash(context.Background(), plain)
}

// Verify is [Hasher.Verify] with the default parameters.
func Verify(plain, hash string) (bool, error) {
	h, err := standard()
	if err != nil {
		return false, err
	}
	return h.Verify(context.Background(), plain, hash)
}

// VerifyAndUpdate is [Hasher.VerifyAndUpdate] with the default parameters.
func VerifyAndUpdate(plain, hash string) (ok bool, replacement string, err error) {
	h, err := standard()
	if err != nil {
		return false, "", err
	}
	return h.VerifyAndUpdate(context.Background(), plain, hash)
}
