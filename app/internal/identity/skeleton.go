package identity

import (
	_ "embed"
	"slices"
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
	return undotted.Replace(fold(looks.String()))
}

// undotted takes a second dot from letters that have one: it is drawn in the place of the first.
var undotted = strings.NewReplacer("i\u0307", "i", "j\u0307", "j")

// Reserved reports whether a username reads or looks like one of the names, in capitals or not and
// whatever stands between its letters.
func Reserved(shown string, names []string) bool {
	bare := strings.Map(solid, shown)
	looks := []string{Skeleton(bare), Skeleton(fold(bare))}
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains(looks, Skeleton(fold(strings.Map(solid, name))))
	})
}

// solid leaves out what can stand between letters.
func solid(r rune) rune {
	if strings.ContainsRune("-._", r) {
		return -1
	}
	return r
}
