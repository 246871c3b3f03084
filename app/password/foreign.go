package password

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// FlaskSecurity goes before a stored hash that Flask-Security made of HMAC-SHA512(salt, password),
// its double hash, or Flask-User in its Flask-Security mode. Nothing in the hash itself tells, so
// the row has to: write FlaskSecurity+hash when importing, and set [Params].FlaskSecuritySalt.
const FlaskSecurity = "flask-security$"

// A Legacy verifies hashes of a kind that this package does not know.
type Legacy interface {
	// VerifyLegacy reports whether plain, as typed, is the password behind hash. It runs in a slot
	// of the Hasher, and should compare in constant time. For a hash that it does not know either,
	// text that is no hash among them, it returns [ErrMalformed]. Under the tag [FlaskSecurity],
	// plain is what Flask-Security would have hashed, and hash what follows the tag.
	//
	// A hash that matches is replaced by one of the Hasher's own.
	VerifyLegacy(ctx context.Context, plain, hash string) (bool, error)
}

// A LegacyFunc is a function as a [Legacy].
type LegacyFunc func(ctx context.Context, plain, hash string) (bool, error)

// VerifyLegacy calls f.
func (f LegacyFunc) VerifyLegacy(ctx context.Context, plain, hash string) (bool, error) {
	return f(ctx, plain, hash)
}

// legacyScheme stands for hashes that no other scheme claims.
type legacyScheme struct{ verifier Legacy }

func (s legacyScheme) verify(ctx context.Context, plain, hash string) (ok, current bool, err error) {
	if s.verifier == nil {
		return false, false, fmt.Errorf("%w: no known scheme", ErrMalformed)
	}
	ok, err = s.verifier.VerifyLegacy(ctx, plain, hash)
	if err != nil {
		return false, false, fmt.Errorf("password: VerifyLegacy: %w", err)
	}
	return ok, false, nil
}

// A matcher reports whether the bytes of plain, not normalised, are behind hash.
type matcher func(ctx context.Context, plain, hash string) (bool, error)

// A kind is a matcher and how the hashes begin that it reads.
type kind struct {
	prefix string
	match  matcher
}

// kinds are the hashes that passlib and Django write.
func kinds() []kind {
	return []kind{
		{"$2a$", matchBcrypt},
		{"$2b$", matchBcrypt},
		{"$2y$", matchBcrypt},
		{"$argon2id$", matchArgon2},
		{"$argon2i$", matchArgon2},
		{"$argon2d$", matchArgon2},
		{"$pbkdf2-sha256$", pbkdf2Matcher(sha256.New, parsePasslibPBKDF2)},
		{"$pbkdf2-sha512$", pbkdf2Matcher(sha512.New, parsePasslibPBKDF2)},
		{"pbkdf2_sha256$", pbkdf2Matcher(sha256.New, parseDjangoPBKDF2)},
		{"$5$", shaCryptMatcher(sha256.New)},
		{"$6$", shaCryptMatcher(sha512.New)},
		// Django puts a name before what others wrote.
		{"argon2$argon2", renamed("argon2", matchArgon2)},
		{"bcrypt$", renamed("bcrypt$", matchBcrypt)},
		{"bcrypt_sha256$", renamed("bcrypt_sha256$", func(ctx context.Context, plain, hash string) (bool, error) {
			digest := sha256.Sum256([]byte(plain))
			return matchBcrypt(ctx, hex.EncodeToString(digest[:]), hash)
		})},
	}
}

func renamed(name string, match matcher) matcher {
	return func(ctx context.Context, plain, hash string) (bool, error) {
		return match(ctx, plain, strings.TrimPrefix(hash, name))
	}
}

// foreignEntries is the table of all that other systems wrote.
func foreignEntries(p Params) []entry {
	var entries []entry
	for _, k := range kinds() {
		entries = append(entries, entry{k.prefix, foreignScheme{k.match}, true})
	}
	return append(entries, entry{FlaskSecurity, foreignScheme{doubleHash(p.FlaskSecuritySalt, p.VerifyLegacy)}, true})
}

// doubleHash matches hashes of HMAC-SHA512(salt, password) in base64, behind their tag.
func doubleHash(salt string, legacy Legacy) matcher {
	known := kinds()
	return func(ctx context.Context, plain, hash string) (bool, error) {
		if salt == "" {
			return false, fmt.Errorf("%w: it is tagged %s, but Params.FlaskSecuritySalt is empty", ErrMalformed, FlaskSecurity)
		}
		mac := hmac.New(sha512.New, []byte(salt))
		mac.Write([]byte(plain))
		first := base64.StdEncoding.EncodeToString(mac.Sum(nil))
		second := strings.TrimPrefix(hash, FlaskSecurity)
		for _, k := range known {
			if strings.HasPrefix(second, k.prefix) {
				return k.match(ctx, first, second)
			}
		}
		ok, _, err := legacyScheme{legacy}.verify(ctx, first, second)
		return ok, err
	}
}

// foreignScheme reads hashes that this package never writes, so that none of them is current.
type foreignScheme struct{ match matcher }

func (s foreignScheme) verify(ctx context.Context, plain, hash string) (ok, current bool, err error) {
	if len(hash) > maxHash {
		return false, false, fmt.Errorf("%w: %d characters long", ErrMalformed, len(hash))
	}
	tried := false
	for _, spelling := range spellings(plain) {
		// The work of SHA-crypt grows with the password.
		if len(spelling) > MaxBytes {
			continue
		}
		tried = true
		if ok, err = s.match(ctx, spelling, hash); ok || err != nil {
			return ok, false, err
		}
	}
	if !tried {
		return false, false, ErrTooLong
	}
	return false, false, nil
}

// spellings are the forms in which another system may have hashed what was typed: passlib and Django
// take it as it comes, Flask-Security normalises to NFKD unless told otherwise.
func spellings(plain string) []string {
	if decomposed := norm.NFKD.String(plain); decomposed != plain {
		return []string{plain, decomposed}
	}
	return []string{plain}
}

// count reads a number as its one honest spelling, and refuses what lies outside least and most.
func count(name, digits string, least, most int) (int, error) {
	n, err := strconv.Atoi(digits)
	if err != nil || strconv.Itoa(n) != digits {
		return 0, fmt.Errorf("%w: %s is no number in canonical form", ErrMalformed, name)
	}
	if n < least || n > most {
		return 0, fmt.Errorf("%w: %s is %d, must be between %d and %d", ErrMalformed, name, n, least, most)
	}
	return n, nil
}
