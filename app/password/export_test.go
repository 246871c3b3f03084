package password

import (
	"context"
	"strings"
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
	h.legacy.scheme = watched{h.legacy.scheme, around}
}

type watched struct {
	scheme
	around func(hash string, verify func() error)
}

func (w watched) verify(ctx context.Context, plain, hash string) (ok, current bool, err error) {
	w.around(hash, func() error {
		ok, current, err = w.scheme.verify(ctx, plain, hash)
		return err
	})
	return ok, current, err
}

// Parameters returns memory, time and lanes that a hash asks for, or an error if it is refused.
func Parameters(hash string) (memory, passes uint32, lanes uint8, err error) {
	p, _, _, err := decode(hash)
	return p.Memory, p.Iterations, p.Parallelism, err
}

// Common returns the embedded list.
func Common() string { return string(common()) }

// HasCommon reports whether the embedded list has word.
func HasCommon(word string) bool { return common().has(word) }

// Resembles reports whether plain is a trivial variation of word.
func Resembles(plain, word string) bool { return resembles(plain, word) }

// ParseBcrypt returns the cost of a bcrypt hash, or an error if it is refused.
func ParseBcrypt(hash string) (cost int, err error) { return parseBcrypt(hash) }

// ParsePasslibPBKDF2 returns what a hash of passlib's PBKDF2 is made of, or an error if it is refused.
func ParsePasslibPBKDF2(hash string) (rounds int, salt, key []byte, err error) {
	h, err := parsePasslibPBKDF2(hash)
	return h.rounds, h.salt, h.key, err
}

// ParseDjangoPBKDF2 returns what a hash of Django's PBKDF2 is made of, or an error if it is refused.
func ParseDjangoPBKDF2(hash string) (rounds int, salt, key []byte, err error) {
	h, err := parseDjangoPBKDF2(hash)
	return h.rounds, h.salt, h.key, err
}

// ParseSHACrypt returns what a SHA-crypt hash is made of, or an error if it is refused.
func ParseSHACrypt(hash string) (rounds int, salt, key string, err error) {
	h, err := parseSHACrypt(hash)
	return h.rounds, h.salt, h.key, err
}

// Slow reports whether a hash is permitted, and takes long.
func Slow(hash string) bool {
	bare := strings.TrimPrefix(hash, FlaskSecurity)
	if inner, ok := strings.CutPrefix(bare, "argon2$argon2"); ok {
		bare = "$argon2" + inner
	}
	for _, name := range []string{"bcrypt$", "bcrypt_sha256$"} {
		bare = strings.TrimPrefix(bare, name)
	}
	for _, variant := range []string{"$argon2i$", "$argon2d$"} {
		if rest, ok := strings.CutPrefix(bare, variant); ok {
			bare = argon2idPrefix + rest
		}
	}
	memory, passes, _, _ := Parameters(bare)
	cost, _ := parseBcrypt(bare)
	passlib, _ := parsePasslibPBKDF2(bare)
	django, _ := parseDjangoPBKDF2(bare)
	crypt, _ := parseSHACrypt(bare)
	return uint64(memory)*uint64(passes) > 4096 || cost > 5 || max(passlib.rounds, django.rounds, crypt.rounds) > 2000
}
