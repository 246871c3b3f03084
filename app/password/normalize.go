package password

import (
	"encoding/base64"
	"errors"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxBytes is the longest password that is hashed, in bytes of UTF-8 after normalisation. Without
// an end, each sign-in could cost whatever the sender likes.
const MaxBytes = 1024

// maxTyped bounds what is normalised at all. NFKC makes text at most four times as short (the four
// bytes of a mathematical bold letter become one), so that nothing is refused here that would fit.
const maxTyped = 4 * MaxBytes

// ErrTooLong means that a password exceeds [MaxBytes]. It is found before any work is done, for
// known and unknown accounts alike.
var ErrTooLong = errors.New("password: longer than 1024 bytes")

var unpadded = base64.RawStdEncoding.Strict()

// normalize makes the spellings of one password the same: keyboards and systems differ in how they
// compose é (NIST SP 800-63B-4, section 3.1.1.2). Nothing is trimmed and no case is changed.
func normalize(plain string) string { return norm.NFKC.String(plain) }

// Same reports whether two passwords are spellings of the same one.
func Same(a, b string) bool { return fits(a) && fits(b) && normalize(a) == normalize(b) }

// fold is the form in which a password is compared with words: normalised, without case.
func fold(text string) string { return normalize(cases.Fold().String(normalize(text))) }

func fits(plain string) bool {
	return len(plain) <= maxTyped && len(normalize(plain)) <= MaxBytes
}

// points counts what a person would call characters, nearly: code points after normalisation.
func points(plain string) int { return utf8.RuneCountInString(normalize(plain)) }
