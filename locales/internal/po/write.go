package po

import (
	"fmt"
	"strings"
)

// Bytes writes the catalogue: the same one always comes out the same.
func (f *File) Bytes() []byte {
	var b strings.Builder
	for _, line := range f.Lead {
		b.WriteString(line + "\n")
	}
	b.WriteString("msgid \"\"\n")
	field(&b, "", "msgstr", f.Header)
	for _, e := range f.Entries {
		e.write(&b)
	}
	return []byte(b.String())
}

func (e *Entry) write(b *strings.Builder) {
	b.WriteByte('\n')
	for _, line := range e.Remarks {
		b.WriteString(line + "\n")
	}
	for _, note := range e.Notes {
		b.WriteString("#. " + note + "\n")
	}
	for _, file := range e.Files {
		b.WriteString("#: " + file + "\n")
	}
	for _, line := range e.flagLine() {
		b.WriteString(line + "\n")
	}
	gone := ""
	if e.Obsolete {
		gone = "#~ "
	}
	if e.Context != "" {
		field(b, gone, "msgctxt", e.Context)
	}
	field(b, gone, "msgid", e.ID)
	if e.Plural == "" {
		field(b, gone, "msgstr", e.Forms[0])
		return
	}
	field(b, gone, "msgid_plural", e.Plural)
	for i, form := range e.Forms {
		field(b, gone, fmt.Sprintf("msgstr[%d]", i), form)
	}
}

func (e *Entry) flagLine() []string {
	if len(e.Flags) == 0 {
		return nil
	}
	return []string{"#, " + strings.Join(e.Flags, ", ")}
}

// field writes a keyword and its text; a text of many lines stands on many lines.
func field(b *strings.Builder, prefix, keyword, text string) {
	if strings.Count(text, "\n") == 0 || strings.Index(text, "\n") == len(text)-1 {
		b.WriteString(prefix + keyword + " " + quote(text) + "\n")
		return
	}
	b.WriteString(prefix + keyword + " \"\"\n")
	for line := range strings.Lines(text) {
		b.WriteString(prefix + quote(line) + "\n")
	}
}
