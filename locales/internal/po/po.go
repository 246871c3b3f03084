// Package po reads and writes gettext catalogues. It is strict where other readers are lenient:
// a line that it does not understand, a translation whose verbs differ from the English or a
// plural rule that does not fit is an error that names the place, because the other outcome is a
// page with "%!s(MISSING)" on it, seen only by those who read that language.
package po

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A File is one catalogue.
type File struct {
	// Lead are the comment lines before the header.
	Lead []string
	// Header is the msgstr of the empty msgid: lines of "Name: value".
	Header string
	// Entries are the sentences, in the order of the file, obsolete ones included.
	Entries []*Entry
}

// An Entry is one sentence and its translation.
type Entry struct {
	// Context tells apart sentences that read the same in English (msgctxt).
	Context string
	// ID is the English (msgid).
	ID string
	// Plural is the English for many things (msgid_plural), or empty.
	Plural string
	// Forms are the translations: one, or one for each plural form.
	Forms []string
	// Remarks are the translator's comment lines, Notes the extractor's and Files where the
	// sentence stands.
	Remarks, Notes, Files []string
	// Flags are gettext's, such as "fuzzy".
	Flags []string
	// Obsolete marks a sentence that the source no longer has.
	Obsolete bool
	// Line is where the entry begins.
	Line int
}

// Name is how errors call the entry.
func (e *Entry) Name() string {
	if e.Context != "" {
		return fmt.Sprintf("msgid %q (msgctxt %q)", e.ID, e.Context)
	}
	return fmt.Sprintf("msgid %q", e.ID)
}

// Spoken reports whether the entry has a translation to be used: a fuzzy one is a guess that
// nobody has looked at, and of a half-filled plural nobody knows which half will be asked for.
func (e *Entry) Spoken() bool {
	return !e.Obsolete && len(e.Forms) > 0 && !slices.Contains(e.Forms, "") && !slices.Contains(e.Flags, "fuzzy")
}

// Field returns the value that the header gives to name, in any case, or "".
func (f *File) Field(name string) string {
	for line := range strings.Lines(f.Header) {
		field, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(strings.TrimSpace(field), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Rule reads the Plural-Forms of the header; a catalogue without one counts as English does.
func (f *File) Rule() (Plural, error) {
	header := f.Field("Plural-Forms")
	if header == "" {
		return Plural{}, nil
	}
	return ParsePlural(header)
}

// Check returns everything that would make a translation come out broken.
func (f *File) Check() error {
	rule, err := f.Rule()
	if err != nil {
		return err
	}
	if charset := f.Field("Content-Type"); charset != "" && !strings.Contains(strings.ToLower(charset), "charset=utf-8") {
		return fmt.Errorf("header Content-Type is %q, and only UTF-8 is read", charset)
	}
	var faults []error
	for _, e := range f.Entries {
		if err := e.check(rule); err != nil {
			faults = append(faults, fmt.Errorf("line %d: %s: %w", e.Line, e.Name(), err))
		}
	}
	return errors.Join(faults...)
}

func (e *Entry) check(rule Plural) error {
	if !e.Spoken() {
		return nil
	}
	if e.Plural == "" {
		return sameVerbs(e.ID, e.Forms[0], false)
	}
	if len(e.Forms) != rule.Forms() {
		return fmt.Errorf("there are %d plural forms, and Plural-Forms counts %d", len(e.Forms), rule.Forms())
	}
	for i, form := range e.Forms {
		if err := sameVerbs(e.Plural, form, rule.single(i)); err != nil {
			return fmt.Errorf("msgstr[%d]: %w", i, err)
		}
	}
	return nil
}

// unquote reads a C string with its quotes.
func unquote(s string) (string, error) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", fmt.Errorf("%s is not in double quotes", s)
	}
	s = s[1 : len(s)-1]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return "", errors.New(`a double quote inside a sentence is written \"`)
		case s[i] != '\\':
			b.WriteByte(s[i])
			continue
		}
		i++
		if i == len(s) {
			return "", errors.New(`the line ends in a lone \`)
		}
		at := strings.IndexByte(`ntr"\`, s[i])
		if at < 0 {
			return "", fmt.Errorf(`\%c is no escape: \n, \t, \r, \" and \\ are`, s[i])
		}
		b.WriteByte("\n\t\r\"\\"[at])
	}
	return b.String(), nil
}

// quote writes a C string with its quotes.
func quote(s string) string {
	return `"` + strings.NewReplacer("\n", `\n`, "\t", `\t`, "\r", `\r`, `"`, `\"`, `\`, `\\`).Replace(s) + `"`
}

func validText(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("it is not UTF-8")
	}
	return nil
}
