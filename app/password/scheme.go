package password

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"github.com/alexedwards/argon2id"
	"golang.org/x/crypto/argon2"
)

// ErrMalformed means that a stored hash is none that this package can read, or asks for more work
// than it will do. Nobody can sign in with it: log the error, it holds nothing secret.
var ErrMalformed = errors.New("password: malformed hash")

// The most that a stored hash may ask for, so that a poisoned row exhausts neither memory nor time.
const (
	maxMemory  = 128 << 10 // KiB
	maxTime    = 10
	maxThreads = 16
	minSalt    = 8
	maxSalt    = 64
	minKey     = 16
	maxKey     = 128
	maxHash    = 512 // characters of the whole string
)

// A scheme is one way in which passwords were once stored. It gets the password as typed and
// normalises it in its own manner, because other systems did so in theirs.
type scheme interface {
	// verify reports whether plain matches hash, and whether hash is what would be stored today.
	verify(ctx context.Context, plain, hash string) (ok, current bool, err error)
}

// An entry says which scheme reads the hashes that begin with prefix.
type entry struct {
	prefix  string
	scheme  scheme
	foreign bool // none of ours, whatever its parameters
}

// argon2idPrefix starts every hash that this package writes.
const argon2idPrefix = "$argon2id$"

// argon2idScheme reads and writes PHC strings of Argon2id (RFC 9106).
type argon2idScheme struct{ params argon2id.Params }

func (s argon2idScheme) hash(plain string) (string, error) {
	hash, err := argon2id.CreateHash(normalize(plain), &s.params)
	if err != nil {
		return "", fmt.Errorf("password: hash: %w", err)
	}
	return hash, nil
}

func (s argon2idScheme) verify(_ context.Context, plain, hash string) (ok, current bool, err error) {
	params, salt, key, err := decode(hash)
	if err != nil {
		return false, false, err
	}
	today := normalize(plain)
	ok, current = matches(argon2.IDKey, today, params, salt, key), params == s.params
	if ok || current {
		return ok, current, nil
	}
	// Other parameters may mean another writer, which did not normalise as this package does.
	for _, spelling := range spellings(plain) {
		if spelling != today && matches(argon2.IDKey, spelling, params, salt, key) {
			return true, false, nil
		}
	}
	return false, false, nil
}

// matches reports whether derive makes key of plain.
func matches(derive argon2Key, plain string, p argon2id.Params, salt, key []byte) bool {
	got := derive([]byte(plain), salt, p.Iterations, p.Memory, p.Parallelism, p.KeyLength)
	return subtle.ConstantTimeCompare(got, key) == 1
}

// decode reads an Argon2id hash and refuses what no honest writer produces. An empty key would match
// every password; zero passes would panic; junk after a number would be silently dropped, so that
// two strings meant the same hash.
func decode(hash string) (p argon2id.Params, salt, key []byte, err error) {
	refuse := func(why string) (argon2id.Params, []byte, []byte, error) {
		return argon2id.Params{}, nil, nil, fmt.Errorf("%w: %s", ErrMalformed, why)
	}
	if len(hash) > maxHash {
		return refuse(fmt.Sprintf("%d characters long", len(hash)))
	}
	params, salt, key, err := argon2id.DecodeHash(hash)
	if err != nil {
		// The library's error may quote the hash, which logs must not hold.
		return refuse("not an Argon2 string")
	}
	if err := within(*params); err != nil {
		return refuse(err.Error())
	}
	if encode(*params, salt, key) != hash {
		return refuse("not in canonical form")
	}
	return *params, salt, key, nil
}

func encode(p argon2id.Params, salt, key []byte) string {
	return fmt.Sprintf("%sv=%d$m=%d,t=%d,p=%d$%s$%s", argon2idPrefix, argon2.Version,
		p.Memory, p.Iterations, p.Parallelism, unpadded.EncodeToString(salt), unpadded.EncodeToString(key))
}

// within refuses parameters outside what this package computes, all at once.
func within(p argon2id.Params) error {
	var wrong []string
	check := func(name string, got, least, most uint32) {
		if got < least || got > most {
			wrong = append(wrong, fmt.Sprintf("%s is %d, must be between %d and %d", name, got, least, most))
		}
	}
	check("Threads", uint32(p.Parallelism), 1, maxThreads)
	// RFC 9106, section 3.1: at least eight blocks for each lane.
	check("Memory (KiB)", p.Memory, 8*uint32(max(p.Parallelism, 1)), maxMemory)
	check("Time", p.Iterations, 1, maxTime)
	check("SaltLength", p.SaltLength, minSalt, maxSalt)
	check("KeyLength", p.KeyLength, minKey, maxKey)
	if wrong == nil {
		return nil
	}
	return errors.New(strings.Join(wrong, "; "))
}
