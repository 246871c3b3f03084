// Package identity reads the names by which people call their accounts: it normalises first and
// judges afterwards, so that what was judged is what is stored.
package identity

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// Why a name was refused.
var (
	ErrMalformed = errors.New("not an address")
	ErrLength    = errors.New("too short or too long")
	ErrLetters   = errors.New("letters that a username cannot have")
)

// Lengths of usernames, in code points, and of addresses, in bytes (RFC 5321, section 4.5.3.1).
const (
	MinUsername = 3
	MaxUsername = 32
	MaxEmail    = 254
	maxLocal    = 64
)

// A Name is an identity: as its owner writes it, and folded for uniqueness and look-up.
type Name struct {
	Shown, Key string
}

// Email reads an e-mail address: one mailbox, no display name, no quoted or commented parts. The
// domain is shown in its own script and folded to its IDNA form; the local part keeps its letters
// and is folded to lower case.
func Email(typed string) (Name, error) {
	if len(typed) > 4*MaxEmail {
		return Name{}, ErrMalformed
	}
	address := norm.NFKC.String(strings.TrimSpace(typed))
	local, domain, _ := strings.Cut(address, "@")
	if len(address) > MaxEmail || !utf8.ValidString(address) || len(local) > maxLocal || !dotAtom(local) {
		return Name{}, ErrMalformed
	}
	ascii, err := hosts.ToASCII(domain)
	if err != nil || len(local)+len("@")+len(ascii) > MaxEmail || !mailable(ascii) {
		return Name{}, ErrMalformed
	}
	shown, err := idna.Display.ToUnicode(ascii)
	if err != nil {
		shown = ascii
	}
	return Name{Shown: local + "@" + shown, Key: fold(local) + "@" + strings.ToLower(ascii)}, nil
}

// hosts reads domains as browsers do and, unlike idna.Lookup, refuses empty labels and lengths
// that no DNS server can hold.
var hosts = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.VerifyDNSLength(true))

// mailable wants a domain below a top-level one, which is never a number: 127.0.0.1 is a host to
// whoever connects to it (RFC 3696, section 2).
func mailable(domain string) bool {
	last := strings.LastIndexByte(domain, '.')
	return last > 0 && strings.Trim(domain[last+1:], "0123456789") != ""
}

// dotAtom is RFC 5322's dot-atom with the letters that RFC 6532 adds.
func dotAtom(local string) bool {
	for part := range strings.SplitSeq(local, ".") {
		if part == "" {
			return false
		}
		for i, r := range part {
			if r < utf8.RuneSelf && !asciiAtom(r) || r >= utf8.RuneSelf && !letter(r, i == 0) {
				return false
			}
		}
	}
	return true
}

func asciiAtom(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// letter reports whether r is a letter, a digit or a mark that can be seen. A mark needs something
// before it to stand on. Some letters and marks show nothing, and two names would look like one.
func letter(r rune, first bool) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && !first) &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// fold makes spellings that people take for the same one the same. By way of upper case, letters
// with two lower-case forms meet, as the two sigmas do; the dotless i would meet the dotted one,
// another person's (CVE-2019-19844), and stays; so does the dot of the capital that has one.
func fold(s string) string {
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		if r == 'ı' || unicode.IsMark(r) {
			return r
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, strings.ReplaceAll(s, "İ", "i\u0307")))
}

// Username reads a username: letters and digits of any script, and among them dash, dot and
// underscore. It can never look like an address, so the two share one field.
func Username(typed string) (Name, error) {
	if len(typed) > 4*MaxEmail {
		return Name{}, ErrLength
	}
	shown := norm.NFKC.String(strings.TrimSpace(typed))
	if n := utf8.RuneCountInString(shown); n < MinUsername || n > MaxUsername {
		return Name{}, ErrLength
	}
	for i, r := range shown {
		if !letter(r, i == 0) && !strings.ContainsRune("-._", r) {
			return Name{}, ErrLetters
		}
	}
	if strings.Trim(shown, "-._") == "" || mixed(shown) {
		return Name{}, ErrLetters
	}
	key, err := precis.UsernameCaseMapped.String(fold(shown))
	if err != nil {
		return Name{}, ErrLetters
	}
	return Name{Shown: shown, Key: key}, nil
}

// mixed reports whether s is spelt with more than one of the alphabets whose letters pass for each
// other's, as the Cyrillic а does in аdmin (Unicode Technical Standard 39, section 5.2).
func mixed(s string) bool {
	used := 0
	for _, alphabet := range []*unicode.RangeTable{
		unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu,
	} {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(alphabet, r) }) {
			used++
		}
	}
	return used > 1
}

// Key folds whatever was typed into a field that takes either, and says which of the two it can
// be. What is neither has no key.
func Key(typed string) (email, username string) {
	if name, err := Email(typed); err == nil {
		return name.Key, ""
	}
	name, _ := Username(typed)
	return "", name.Key
}
