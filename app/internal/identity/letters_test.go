package identity_test

import (
	"testing"
	"unicode"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
)

// Every letter there is, in its cases: they share a key, the key is stable under reading it again,
// and nobody else's letter leads to it.
func TestEveryLetterFolds(t *testing.T) {
	t.Parallel()
	apart := map[rune]bool{
		'ı':      true, // its upper case is the I of another letter
		'\u0345': true, // a mark under a letter, whose upper case is a letter of its own
		'İ':      true, // its lower case is i with the dot beside it, and no letter of one rune
	}
	for _, table := range []*unicode.RangeTable{unicode.Letter, unicode.Mark, unicode.Nd} {
		for _, r := range runes(table) {
			if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Tangut) {
				continue // tens of thousands, and none of them has a case
			}
			email, err := identity.Email("a" + string(r) + "b@shop.example")
			username, err2 := identity.Username("a" + string(r) + "b")
			if err == nil {
				sound(t, string(r), email.Key)
				if again, err := identity.Email(email.Key); err != nil || again.Key != email.Key {
					t.Errorf("%+q: the key %+q is read as %+q, %v", r, email.Key, again.Key, err)
				}
			}
			if err2 == nil {
				sound(t, string(r), username.Key)
				if again, err := identity.Username(username.Key); err != nil || again.Key != username.Key {
					t.Errorf("%+q: the key %+q is read as %+q, %v", r, username.Key, again.Key, err)
				}
			}
			for _, cased := range []rune{unicode.ToUpper(r), unicode.ToLower(r), unicode.ToTitle(r)} {
				if cased == r || apart[r] || apart[cased] {
					continue
				}
				other, err := identity.Email("A" + string(cased) + "B@shop.example")
				if err == nil && email.Key != "" && other.Key != email.Key {
					t.Errorf("e-mail: %+q is %+q and %+q is %+q", r, email.Key, cased, other.Key)
				}
				name, err := identity.Username("A" + string(cased) + "B")
				if err == nil && username.Key != "" && name.Key != username.Key {
					t.Errorf("username: %+q is %+q and %+q is %+q", r, username.Key, cased, name.Key)
				}
			}
		}
	}
}

// Whatever is neither letter, digit nor mark stays out, but for the punctuation that each allows.
func TestEveryOtherSignIsRefused(t *testing.T) {
	t.Parallel()
	for _, table := range []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Z, unicode.P, unicode.S} {
		for _, r := range runes(table) {
			if unicode.Is(unicode.Co, r) && r%977 != 0 {
				continue // private use: one table, a hundred thousand of the same
			}
			typed := "a" + string(r) + "b"
			if got, err := identity.Username(typed); err == nil && !plain(got.Shown, "-._") {
				t.Errorf("%U: username %+q", r, got)
			}
			if got, err := identity.Email(typed + "@shop.example"); err == nil && !plain(got.Shown[:len(got.Shown)-len("@shop.example")], ".!#$%&'*+-/=?^_`{|}~") {
				t.Errorf("%U: address %+q", r, got)
			}
		}
	}
}

// plain reports whether s is letters, digits and marks, and what else is allowed.
func plain(s, allowed string) bool {
	for _, r := range s {
		ok := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		for _, a := range allowed {
			ok = ok || r == a
		}
		if !ok {
			return false
		}
	}
	return true
}

func runes(table *unicode.RangeTable) []rune {
	var all []rune
	for _, r := range table.R16 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			all = append(all, c)
		}
	}
	for _, r := range table.R32 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			all = append(all, c)
		}
	}
	return all
}
