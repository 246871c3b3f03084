package po

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A reader holds what has been read so far.
type reader struct {
	file  *File
	entry *Entry
	// into is the string that a quoted line adds to.
	into *string
	seen map[[2]string]int
	// header is set once the empty msgid has come.
	header bool
}

// Parse reads a catalogue.
func Parse(data []byte) (*File, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := validText(data); err != nil {
		return nil, err
	}
	r := &reader{file: &File{}, seen: map[[2]string]int{}}
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		if err := r.line(strings.TrimSpace(line), number); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := r.finish(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number, err)
	}
	return r.file, nil
}

func (r *reader) line(line string, number int) error {
	obsolete := false
	if rest, ok := strings.CutPrefix(line, "#~"); ok {
		// What an obsolete entry was before ("#~|") is of no use to anyone.
		line, obsolete = strings.TrimSpace(rest), !strings.HasPrefix(rest, "|")
		if !obsolete {
			return nil
		}
	}
	if line == "" {
		return nil
	}
	if line[0] == '#' {
		return r.comment(line, number)
	}
	if line[0] == '"' {
		if r.into == nil {
			return errors.New("a quoted line follows nothing")
		}
		text, err := unquote(line)
		*r.into += text
		return err
	}
	keyword, rest, _ := strings.Cut(line, " ")
	text, err := unquote(strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	return r.keyword(keyword, text, number, obsolete)
}

func (r *reader) comment(line string, number int) error {
	e, err := r.open(number)
	if err != nil {
		return err
	}
	rest := strings.TrimSpace(line[min(2, len(line)):])
	switch {
	case strings.HasPrefix(line, "#:"):
		e.Files = append(e.Files, strings.Fields(rest)...)
	case strings.HasPrefix(line, "#."):
		e.Notes = append(e.Notes, rest)
	case strings.HasPrefix(line, "#,"):
		for flag := range strings.SplitSeq(rest, ",") {
			e.Flags = append(e.Flags, strings.TrimSpace(flag))
		}
	case strings.HasPrefix(line, "#|"):
	default:
		e.Remarks = append(e.Remarks, line)
	}
	return nil
}

func (r *reader) keyword(keyword, text string, number int, obsolete bool) error {
	switch keyword {
	case "msgctxt", "msgid":
		e, err := r.open(number)
		if err != nil {
			return err
		}
		e.Obsolete = e.Obsolete || obsolete
		r.into = &e.ID
		if keyword == "msgctxt" {
			r.into = &e.Context
		}
		if *r.into != "" {
			return fmt.Errorf("a second %s before a msgstr", keyword)
		}
		*r.into = text
		return nil
	}
	e := r.entry
	if e == nil {
		return fmt.Errorf("%s stands without a msgid", keyword)
	}
	if keyword == "msgid_plural" {
		if len(e.Forms) > 0 || e.Plural != "" {
			return errors.New("msgid_plural stands in the wrong place")
		}
		e.Plural, r.into = text, &e.Plural
		return nil
	}
	want := "msgstr"
	if e.Plural != "" {
		want = "msgstr[" + strconv.Itoa(len(e.Forms)) + "]"
	} else if len(e.Forms) > 0 {
		return errors.New("a second msgstr for one msgid")
	}
	if keyword != want {
		return fmt.Errorf("%s stands where %s should", keyword, want)
	}
	if len(e.Forms) == cap(e.Forms) {
		// Grown here, so that the string into which quoted lines are added does not move.
		e.Forms = append(make([]string, 0, len(e.Forms)+10), e.Forms...)
	}
	e.Forms = append(e.Forms, text)
	r.into = &e.Forms[len(e.Forms)-1]
	return nil
}

// open returns the entry being read, a new one if the last has its translation.
func (r *reader) open(number int) (*Entry, error) {
	if r.entry != nil && len(r.entry.Forms) > 0 {
		if err := r.finish(); err != nil {
			return nil, err
		}
	}
	if r.entry == nil {
		r.entry = &Entry{Line: number}
	}
	return r.entry, nil
}

func (r *reader) finish() error {
	e := r.entry
	r.entry, r.into = nil, nil
	if e == nil {
		return nil
	}
	if len(e.Forms) == 0 {
		if e.ID == "" && e.Context == "" {
			return nil // comments at the very end
		}
		return fmt.Errorf("%s has no msgstr", e.Name())
	}
	if e.ID == "" && e.Context == "" {
		if r.header || len(r.file.Entries) > 0 {
			return errors.New("the empty msgid is the header and stands once, at the top")
		}
		r.header, r.file.Lead, r.file.Header = true, append(e.Remarks, e.flagLine()...), e.Forms[0]
		return nil
	}
	if e.ID == "" {
		return errors.New("a msgid is empty")
	}
	if !e.Obsolete {
		key := [2]string{e.Context, e.ID}
		if first, twice := r.seen[key]; twice {
			return fmt.Errorf("%s stands twice, first in line %d", e.Name(), first)
		}
		r.seen[key] = e.Line
	}
	r.file.Entries = append(r.file.Entries, e)
	return nil
}
