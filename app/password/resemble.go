package password

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// disguise is how many characters may be added to a word before the result counts as more than
	// a variation of it: a whole date.
	disguise = 8
	// telling is how long a word must be for its variations to be refused with it.
	telling = 3
)

// resembles reports whether plain is word, in other case, backwards, with other separators, or with
// digits around it ("Shop", "pohs", "s-h-o-p", "shop2024!"). A longer password that merely
// contains word does not resemble it.
func resembles(plain, word string) bool {
	p, w := fold(plain), fold(word)
	if w == "" {
		return false
	}
	if p == w {
		return true
	}
	letters, of := bare(p), bare(w)
	if runes(of) < telling || runes(p)-runes(letters) > disguise {
		return false
	}
	if letters == of || letters == reverse(of) {
		return true
	}
	core := trimDigits(letters)
	if runes(core) < telling || runes(p)-runes(core) > disguise {
		return false
	}
	return core == of || core == trimDigits(of)
}

// words lists what about consists of: each entry, its parts, and both sides of an address.
func words(about []string) []string {
	var all []string
	for _, entry := range about {
		entry = head(entry, 256) // an address has at most 254 (RFC 5321)
		all = append(all, entry)
		all = append(all, strings.FieldsFunc(entry, func(r rune) bool { return !wordly(r) })...)
		if local, domain, ok := strings.Cut(entry, "@"); ok {
			name, _, _ := strings.Cut(local, "+")
			all = append(all, local, name, domain)
		}
	}
	return all
}

// wordly reports whether r belongs to a word: letters, what stands above or below them, digits.
func wordly(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }

// bare leaves of text what belongs to words.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if wordly(r) {
			return r
		}
		return -1
	}, text)
}

func trimDigits(text string) string { return strings.TrimFunc(text, unicode.IsNumber) }

func reverse(text string) string {
	r := []rune(text)
	slices.Reverse(r)
	return string(r)
}

func runes(text string) int { return utf8.RuneCountInString(text) }

// head returns at most the first n code points of text.
func head(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}
