package password

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
)

// Params say what one hash costs and how many are computed at once. The zero value is the default.
type Params struct {
	// Memory is what one hash takes, in KiB. The default is 19456 (19 MiB), OWASP's least for a
	// Time of 2.
	Memory uint32
	// Time is the number of passes over the memory. The default is 2.
	Time uint32
	// Threads is how many lanes one hash has. More of them make one sign-in faster, not more
	// sign-ins possible. The default is 1.
	Threads uint8
	// SaltLength is in bytes. The default is 16.
	SaltLength uint32
	// KeyLength is in bytes. The default is 32.
	KeyLength uint32
	// Slots is how many hashes are computed at once. The default is one for each core
	// (GOMAXPROCS), or fewer if GOMEMLIMIT is set: hashing then plans with half of that limit, and
	// counts each hash twice, since its memory is freed a little later than it ends.
	Slots int
	// Queue is how many more may wait for a slot, first come first served. The default is 64.
	Queue int
	// Wait is how long one waits before [ErrBusy]. The default is 3 seconds.
	Wait time.Duration

	// FlaskSecuritySalt is Flask-Security's SECURITY_PASSWORD_SALT, or Flask-User's
	// USER_PASSWORD_SALT, for stored hashes that begin with [FlaskSecurity]. The default is none,
	// and such hashes are then malformed.
	FlaskSecuritySalt string
	// VerifyLegacy checks stored hashes that this package cannot read. The default is nil: they are
	// malformed.
	VerifyLegacy Legacy
}

func (p Params) withDefaults() Params {
	p.Memory = cmp.Or(p.Memory, 19456)
	p.Time = cmp.Or(p.Time, 2)
	p.Threads = cmp.Or(p.Threads, 1)
	p.SaltLength = cmp.Or(p.SaltLength, 16)
	p.KeyLength = cmp.Or(p.KeyLength, 32)
	p.Slots = cmp.Or(p.Slots, slots(p.Memory, debug.SetMemoryLimit(-1), runtime.GOMAXPROCS(0)))
	p.Queue = cmp.Or(p.Queue, 64)
	p.Wait = cmp.Or(p.Wait, 3*time.Second)
	return p
}

// slots is how many hashes of memory KiB the process can afford under its memory limit.
func slots(memory uint32, limit int64, cores int) int {
	affordable := limit / 2 / (2 * int64(memory) << 10)
	return int(max(1, min(int64(cores), affordable)))
}

// A Hasher stores and checks passwords with Argon2id (RFC 9106), never more at once than it has
// slots for. It is safe for use by many goroutines; an application has one.
//
// It reads hashes that other systems wrote as well, and replaces each by one of its own at the next
// sign-in: those of passlib and Django, and under the tag [FlaskSecurity] those of Flask-Security's
// double hash. A stored hash made elsewhere may ask for up to 128 MiB; with such hashes, count Slots
// by that.
//
// Call it neither inside a database transaction nor while holding a connection, and charge rate
// limits first: a hash is slow on purpose.
type Hasher struct {
	gate    *gate
	today   argon2idScheme
	schemes []entry
	legacy  entry // for what no scheme claims
	// decoy is checked for accounts that do not exist or have no password. It matches nothing.
	decoy string
}

// New makes a Hasher. It refuses parameters with which it could not verify its own hashes.
func New(params Params) (*Hasher, error) {
	p := params.withDefaults()
	today := argon2idScheme{argon2id.Params{
		Memory:      p.Memory,
		Iterations:  p.Time,
		Parallelism: p.Threads,
		SaltLength:  p.SaltLength,
		KeyLength:   p.KeyLength,
	}}
	if err := within(today.params); err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	if p.Slots < 0 || p.Queue < 0 || p.Wait < 0 {
		return nil, fmt.Errorf("password: Slots is %d, Queue is %d, Wait is %v; none may be negative", p.Slots, p.Queue, p.Wait)
	}
	// Random bytes in the place of a key: making a true one would cost a hash at every start.
	salt, key := make([]byte, p.SaltLength), make([]byte, p.KeyLength)
	rand.Read(salt)
	rand.Read(key)
	return &Hasher{
		gate:    newGate(p.Slots, p.Queue, p.Wait),
		today:   today,
		schemes: append([]entry{{prefix: argon2idPrefix, scheme: today}}, foreignEntries(p)...),
		legacy:  entry{scheme: legacyScheme{p.VerifyLegacy}, foreign: true},
		decoy:   encode(today.params, salt, key),
	}, nil
}

// Hash returns what to store for plain: a PHC string with its own salt and parameters.
func (h *Hasher) Hash(ctx context.Context, plain string) (string, error) {
	if !fits(plain) {
		return "", ErrTooLong
	}
	var hash string
	err := h.gate.do(ctx, func() (err error) {
		hash, err = h.today.hash(plain)
		return err
	})
	return hash, err
}

// Verify reports whether plain is the password behind hash. An empty hash matches nothing and
// takes just as long, so pass "" for accounts that do not exist. An error comes with false:
// [ErrBusy], [ErrTooLong], [ErrMalformed], that of VerifyLegacy, or that of ctx.
func (h *Hasher) Verify(ctx context.Context, plain, hash string) (bool, error) {
	ok, _, err := h.verify(ctx, plain, hash, false)
	return ok, err
}

// VerifyAndUpdate is [Hasher.Verify] that also returns a replacement to store, if the password is
// right and its hash is not as it would be made today. Otherwise the replacement is empty.
func (h *Hasher) VerifyAndUpdate(ctx context.Context, plain, hash string) (ok bool, replacement string, err error) {
	return h.verify(ctx, plain, hash, true)
}

// Dummy does the work of [Hasher.Hash] or [Hasher.Verify] and throws it away: for accounts that do not
// exist, where an answer without it would come early and tell so.
func (h *Hasher) Dummy(ctx context.Context, plain string) error {
	_, err := h.Verify(ctx, plain, "")
	return err
}

func (h *Hasher) verify(ctx context.Context, plain, hash string, update bool) (ok bool, replacement string, err error) {
	if !fits(plain) {
		return false, "", ErrTooLong
	}
	err = h.gate.do(ctx, func() error {
		var current bool
		ok, current, err = h.check(ctx, plain, hash)
		if err != nil || !ok || current || !update {
			return err
		}
		// In the same slot: a right password must not be refused because the line grew meanwhile.
		replacement, err = h.today.hash(plain)
		return err
	})
	return ok && err == nil, replacement, err
}

// check does the work of one verification whatever hash is.
func (h *Hasher) check(ctx context.Context, plain, hash string) (ok, current bool, err error) {
	e := h.lookup(hash)
	if hash != "" {
		ok, current, err = e.scheme.verify(ctx, plain, hash)
	}
	// A wrong password for a foreign hash costs today's work on top, as a right one does, which is
	// hashed anew. So a cheap foreign hash, SHA-1 say, does not give an account away by its speed.
	wrong := hash == "" || e.foreign && !ok && err == nil
	if wrong || errors.Is(err, ErrMalformed) || errors.Is(err, ErrTooLong) {
		_, _, decoyErr := h.lookup(h.decoy).scheme.verify(ctx, plain, h.decoy)
		return false, false, errors.Join(err, decoyErr)
	}
	return ok, current, err
}

func (h *Hasher) lookup(hash string) entry {
	for _, e := range h.schemes {
		if strings.HasPrefix(hash, e.prefix) {
			return e
		}
	}
	return h.legacy
}
