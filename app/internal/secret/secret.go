// Package secret makes the values that open something for whoever holds one: sessions, devices,
// mailed links. What is stored of a value is its hash.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// size is the length of a value's random bytes: 256 bits.
const size = 32

// Length is how many characters every value has.
const Length = 43

// written is how a value is written. Strict, so that it has one spelling.
var written = base64.RawURLEncoding.Strict()

// New makes a value, and the hash that is stored in its stead.
func New() (value string, hash []byte) {
	raw := make([]byte, size)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program instead
	sum := sha256.Sum256(raw)
	return written.EncodeToString(raw), sum[:]
}

// Hash returns what is stored of value, or nil for what New cannot have made.
func Hash(value string) []byte {
	if len(value) != Length {
		return nil
	}
	raw, err := written.DecodeString(value)
	if err != nil || len(raw) != size { // line breaks are skipped, even by the strict
		return nil
	}
	sum := sha256.Sum256(raw)
	return sum[:]
}
