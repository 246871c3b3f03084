package password

import (
	"strings"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/text/unicode/norm"
)

// seen is how many characters are estimated. What is strong is so long before that, and the
// estimate tries every substitution of letters by figures: a hundred characters made for it take a
// third of a second, forty about as long as one hash.
const seen = 40

// Strength estimates how hard plain is to guess, from 0 (at once) to 4 (hardly ever), by zxcvbn.
// About lists words that say little here, as in [Policy.Check].
func Strength(plain string, about ...string) int {
	if !fits(plain) || !utf8.ValidString(plain) {
		return 0
	}
	var known []string
	for _, word := range words(about) {
		if word = single(fold(word)); len(word) >= telling {
			known = append(known, word)
		}
	}
	return zxcvbn.PasswordStrength(head(single(normalize(plain)), seen), known).Score
}

// single maps text to one byte for each character, which is all that the estimator counts rightly:
// it takes "ééé…" for random, and some random text with emoji for nothing at all. Latin letters
// lose their accents; all else becomes control characters, which stand in no dictionary, repeating
// and following one another as before.
func single(text string) string {
	const first, span = 0x0e, 0x20 - 0x0e // the longest run of control characters without line ends
	var b strings.Builder
	for _, r := range text {
		if r >= utf8.RuneSelf {
			if r = leading(r); r >= utf8.RuneSelf {
				r = first + r%span
			}
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}

// leading returns the letter that r is composed upon, which may be r itself.
func leading(r rune) rune {
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	return base
}
