package password

import (
	"context"
	"crypto/pbkdf2"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strings"

	xargon2 "github.com/go-crypt/x/argon2"
	"github.com/go-crypt/x/crypt"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// The most work that a stored hash of another system may ask for: a few seconds of one core, well
// above what those systems do by default (bcrypt 12; PBKDF2 1.5 million; SHA-crypt 656,000).
const (
	maxBcryptCost   = 16
	maxPBKDF2Rounds = 3_000_000
	maxCryptRounds  = 1_000_000
)

// cryptAlphabet is what bcrypt and SHA-crypt write in, each in an order of its own.
const cryptAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// matchBcrypt reads $2a$, $2b$ and $2y$, which mean the same. Like every bcrypt it takes the first 72
// bytes of the password; the whole of it counts once the hash is replaced.
func matchBcrypt(_ context.Context, plain, hash string) (bool, error) {
	if _, err := parseBcrypt(hash); err != nil {
		return false, err
	}
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(plain))
	if err != nil && !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, fmt.Errorf("%w: bcrypt refuses it", ErrMalformed)
	}
	// Bcrypt repeats the password, ended by a NUL: to it, "a" and "a\x00a" are one password.
	return err == nil && !strings.Contains(plain, "\x00"), nil
}

func parseBcrypt(hash string) (cost int, err error) {
	const head = len("$2b$12$")
	if len(hash) != head+22+31 || hash[0:2] != "$2" || !strings.Contains("aby", hash[2:3]) || hash[3] != '$' || hash[6] != '$' ||
		strings.Trim(hash[head:], cryptAlphabet) != "" {
		return 0, fmt.Errorf("%w: not a bcrypt string", ErrMalformed)
	}
	return count("bcrypt's cost", strings.TrimPrefix(hash[4:6], "0"), bcrypt.MinCost, maxBcryptCost)
}

// argon2Key is how the variants of Argon2 derive a key.
type argon2Key func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte

// argon2dKey lends Argon2d, which golang.org/x/crypto leaves out, the signature of its siblings.
func argon2dKey(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte {
	return xargon2.DKey(password, salt, time, memory, uint32(threads), keyLen)
}

// matchArgon2 reads PHC strings of all three variants.
func matchArgon2(_ context.Context, plain, hash string) (bool, error) {
	variant, rest, _ := strings.Cut(strings.TrimPrefix(hash, "$"), "$")
	var derive argon2Key
	switch variant {
	case "argon2id":
		derive = argon2.IDKey
	case "argon2i":
		derive = argon2.Key
	case "argon2d":
		derive = argon2dKey
	default:
		return false, fmt.Errorf("%w: not an Argon2 string", ErrMalformed)
	}
	params, salt, key, err := decode(argon2idPrefix + rest)
	if err != nil {
		return false, err
	}
	return matches(derive, plain, params, salt, key), nil
}

// A pbkdf2Hash is what PBKDF2 needs to be done again.
type pbkdf2Hash struct {
	rounds    int
	salt, key []byte
}

func pbkdf2Matcher(newHash func() hash.Hash, parse func(string) (pbkdf2Hash, error)) matcher {
	size := newHash().Size()
	return func(_ context.Context, plain, hash string) (bool, error) {
		h, err := parse(hash)
		if err != nil {
			return false, err
		}
		if len(h.key) != size {
			return false, fmt.Errorf("%w: a key of %d bytes, must be %d", ErrMalformed, len(h.key), size)
		}
		got, err := pbkdf2.Key(newHash, plain, h.salt, h.rounds, size)
		if err != nil {
			return false, fmt.Errorf("password: PBKDF2: %w", err)
		}
		return subtle.ConstantTimeCompare(got, h.key) == 1, nil
	}
}

// parsePasslibPBKDF2 reads $pbkdf2-sha256$rounds$salt$key, in base64 with . for + and no padding.
func parsePasslibPBKDF2(hash string) (h pbkdf2Hash, err error) {
	fields := strings.Split(hash, "$")
	if len(fields) != 5 || strings.Contains(hash, "+") {
		return h, fmt.Errorf("%w: not a PBKDF2 string of passlib", ErrMalformed)
	}
	h.rounds, err = count("PBKDF2's rounds", fields[2], 1, maxPBKDF2Rounds)
	if err != nil {
		return h, err
	}
	plus := strings.NewReplacer(".", "+")
	if h.salt, err = base64Field(unpadded, plus.Replace(fields[3])); err != nil {
		return h, err
	}
	h.key, err = base64Field(unpadded, plus.Replace(fields[4]))
	return h, err
}

// parseDjangoPBKDF2 reads pbkdf2_sha256$rounds$salt$key, with the salt as text and the key in base64.
func parseDjangoPBKDF2(hash string) (h pbkdf2Hash, err error) {
	fields := strings.Split(hash, "$")
	if len(fields) != 4 || fields[2] == "" {
		return h, fmt.Errorf("%w: not a PBKDF2 string of Django", ErrMalformed)
	}
	h.rounds, err = count("PBKDF2's rounds", fields[1], 1, maxPBKDF2Rounds)
	if err != nil {
		return h, err
	}
	h.salt = []byte(fields[2])
	h.key, err = base64Field(base64.StdEncoding.Strict(), fields[3])
	return h, err
}

// base64Field decodes text, once it is sure that nothing else decodes to the same.
func base64Field(encoding *base64.Encoding, text string) ([]byte, error) {
	data, err := encoding.DecodeString(text)
	if err != nil || len(data) == 0 || encoding.EncodeToString(data) != text {
		return nil, fmt.Errorf("%w: salt or key is no base64", ErrMalformed)
	}
	return data, nil
}

// A shaCryptHash is what SHA-crypt needs to be done again.
type shaCryptHash struct {
	rounds    int
	salt, key string
}

func shaCryptMatcher(newHash func() hash.Hash) matcher {
	size := (newHash().Size()*8 + 5) / 6 // in characters of six bits
	return func(_ context.Context, plain, hash string) (bool, error) {
		h, err := parseSHACrypt(hash)
		if err != nil {
			return false, err
		}
		if len(h.key) != size {
			return false, fmt.Errorf("%w: a key of %d characters, must be %d", ErrMalformed, len(h.key), size)
		}
		got := crypt.KeySHACrypt(newHash, []byte(plain), []byte(h.salt), h.rounds)
		return subtle.ConstantTimeCompare(got, []byte(h.key)) == 1, nil
	}
}

// parseSHACrypt reads $5$rounds=535000$salt$key, where the rounds may be left out: then they are 5000.
func parseSHACrypt(hash string) (h shaCryptHash, err error) {
	fields := strings.Split(hash, "$")
	h.rounds = 5000
	if len(fields) == 5 {
		digits, found := strings.CutPrefix(fields[2], "rounds=")
		if !found {
			return h, fmt.Errorf("%w: not a SHA-crypt string", ErrMalformed)
		}
		if h.rounds, err = count("SHA-crypt's rounds", digits, 1000, maxCryptRounds); err != nil {
			return h, err
		}
		fields = append(fields[:2], fields[3:]...)
	}
	if len(fields) != 4 {
		return h, fmt.Errorf("%w: not a SHA-crypt string", ErrMalformed)
	}
	h.salt, h.key = fields[2], fields[3]
	if h.salt == "" || len(h.salt) > 16 || strings.Trim(h.salt+h.key, cryptAlphabet) != "" {
		return h, fmt.Errorf("%w: salt or key of SHA-crypt", ErrMalformed)
	}
	return h, nil
}
