package identity

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed confusables.txt
var confusables string

// likeness is what each letter is taken for.
var likeness = sync.OnceValue(func() map[rune]string {
	table := make(map[rune]string, strings.Count(confusables, "\n"))
	for line := range strings.Lines(confusables) {
		letter, size := utf8.DecodeRuneInString(line)
		if like := strings.TrimSuffix(line[size:], "\n"); letter != '#' {
			table[letter] = like
		}
	}
	return table
})

// Skeleton is what a username looks like: names that people take for one another share it
// (Unicode Technical Standard 39, section 4). Likeness is looked for as the name is written, since
// PayPaI with a capital I looks like paypal only so, and again without regard to case.
func Skeleton(shown string) string { return alike(alike(shown)) }

// alike puts what each letter is taken for into its place, and folds what comes of it.
func alike(name string) string {
	table := likeness()
	var looks strings.Builder
	for _, r := range norm.NFD.String(name) {
		if like, found := table[r]; found {
			looks.WriteString(like)
			continue
		}
		looks.WriteRune(r)
	}
	return fold(looks.String())
}

// Reserved reports whether a username looks like one of the names, whatever stands between its
// letters.
func Reserved(shown string, names []string) bool {
	bare := func(name string) string { return Skeleton(strings.Map(solid, name)) }
	looks := bare(shown)
	for _, name := range names {
		if bare(name) == looks {
			return true
		}
	}
	return false
}

// solid leaves out what can stand between letters.
func solid(r rune) rune {
	if strings.ContainsRune("-._", r) {
		return -1
	}
	return r
}
