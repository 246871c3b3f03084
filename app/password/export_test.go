package password

import (
	"context"
	"time"
)

// NewGate lets tests fill the line with work of their own.
func NewGate(slots, queue int, wait time.Duration) func(context.Context, func() error) error {
	return newGate(slots, queue, wait).do
}

// Slots is the number of hashes that memory and cores allow.
func Slots(memory uint32, limit int64, cores int) int { return slots(memory, limit, cores) }

// Watch calls around for each verification that h computes.
func (h *Hasher) Watch(around func(hash string, verify func() error)) {
	for i, e := range h.schemes {
		h.schemes[i].scheme = watched{e.scheme, around}
	}
}

type watched struct {
	scheme
	around func(hash string, verify func() error)
}

func (w watched) verify(plain, hash string) (ok, current bool, err error) {
	w.around(hash, func() error {
		ok, current, err = w.scheme.verify(plain, hash)
		return err
	})
	return ok, current, err
}

// Parameters returns memory, time and lanes that a hash asks for, or an error if it is refused.
func Parameters(hash string) (memory, passes uint32, lanes uint8, err error) {
	p, err := decode(hash)
	return p.Memory, p.Iterations, p.Parallelism, err
}

// Common returns the embedded list.
func Common() string { return string(common()) }

// HasCommon reports whether the embedded list has word.
func HasCommon(word string) bool { return common().has(word) }

// Resembles reports whether plain is a trivial variation of word.
func Resembles(plain, word string) bool { return resembles(plain, word) }
