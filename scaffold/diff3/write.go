package diff3

import (
	"bytes"
	"strings"
)

// The marks of git.
const (
	opens   = "<<<<<<<"
	divides = "======="
	closes  = ">>>>>>>"
)

// Unresolved reports whether a text still holds the marks of a conflict.
func Unresolved(content []byte) bool {
	opened := false
	for line := range strings.Lines(string(content)) {
		opened = opened || strings.HasPrefix(line, opens+" ")
		if opened && strings.HasPrefix(line, closes+" ") {
			return true
		}
	}
	return false
}

// A writer puts a merge together. Lines that are in yours it takes from there, each with its end.
type writer struct {
	from      text
	names     Names
	out       bytes.Buffer
	conflicts int
}

func (w *writer) line(bare, ending string) {
	w.out.WriteString(bare)
	if ending == "" {
		ending = w.from.ending() // the last line of a text need not be the last of the merge
	}
	w.out.WriteString(ending)
}

// keep writes lines of yours.
func (w *writer) keep(from, to int) {
	for i := from; i < to; i++ {
		w.line(w.from.lines[i], w.from.endings[i])
	}
}

func (w *writer) add(lines []string) {
	for _, line := range lines {
		w.line(line, "")
	}
}

// common is how many lines stand between two conflicts at least: fewer are read faster twice than
// in pieces.
const common = 3

// conflict writes both versions between marks, and outside of them what they have in common.
func (w *writer) conflict(yours span, ours []string) {
	apart := changes(w.from.lines[yours.from:yours.to], ours)
	at := yours.from
	for len(apart) > 0 {
		n := 1
		for n < len(apart) && apart[n].old.from-apart[n-1].old.to < common {
			n++
		}
		first, last := apart[0], apart[n-1]
		apart = apart[n:]
		w.keep(at, yours.from+first.old.from)
		w.line(opens+" "+w.names.Yours, "")
		w.keep(yours.from+first.old.from, yours.from+last.old.to)
		w.line(divides, "")
		w.add(ours[first.new.from:last.new.to])
		w.line(closes+" "+w.names.Ours, "")
		w.conflicts++
		at = yours.from + last.old.to
	}
	w.keep(at, yours.to)
}

// done leaves the last line without an end if it is to be open. A mark is ended always, and so is an
// empty line, which would be none without its end.
func (w *writer) done(open bool) Merge {
	written := w.out.Bytes()
	bare := bytes.TrimSuffix(bytes.TrimSuffix(written, []byte("\n")), []byte("\r"))
	if last := bare[bytes.LastIndexByte(bare, '\n')+1:]; open && len(last) > 0 && string(last) != closes+" "+w.names.Ours {
		written = bare
	}
	return Merge{Text: written, Conflicts: w.conflicts}
}
