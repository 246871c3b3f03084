package diff3

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// A text is its lines without what ends them.
type text struct {
	lines   []string
	endings []string
	// open is set where nothing ends the last line.
	open bool
}

func split(content []byte) text {
	var t text
	for line := range strings.Lines(strings.TrimSuffix(string(content), "\r")) {
		bare, ended := strings.CutSuffix(line, "\n")
		if ended {
			bare = strings.TrimSuffix(bare, "\r")
		}
		t.lines, t.endings, t.open = append(t.lines, bare), append(t.endings, line[len(bare):]), !ended
	}
	return t
}

// ending is how most lines end.
func (t text) ending() string {
	returned := 0
	for _, e := range t.endings {
		returned += len(e) / len("\r\n")
	}
	if returned*2 > len(t.endings) {
		return "\r\n"
	}
	return "\n"
}

// Normal is a text with lines that end in LF.
func Normal(content []byte) []byte {
	return bytes.TrimSuffix(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), []byte("\r"))
}

// Same reports whether two texts differ in nothing but how their lines end.
func Same(one, other []byte) bool { return bytes.Equal(Normal(one), Normal(other)) }

// Unified is what makes after of before, as a unified diff; empty if they are the same.
func Unified(oldName string, before []byte, newName string, after []byte) []byte {
	_, told, _ := bytes.Cut(diff.Diff(oldName, Normal(before), newName, Normal(after)), []byte("\n"))
	return told // without its first line, which only diff knows
}

// A change is the lines of one text that stand for lines of another.
type change struct{ old, new span }

func (c change) grown() int { return c.new.to - c.new.from - (c.old.to - c.old.from) }

// before orders what two sides did: lines put before a line come before what is done to that line.
func (c change) before(other change) bool {
	if c.old.from != other.old.from {
		return c.old.from < other.old.from
	}
	return c.old.to < other.old.to
}

// changes are what makes b of a, in order; a line that is the same stands between any two. The
// library tells them as text, and is the one whose anchors keep braces and blank lines, which a
// template is full of, from being taken for each other.
func changes(a, b []string) []change {
	var list []change
	var now *change
	x, y := -1, -1 // the next lines, once the first part has begun
	for line := range strings.Lines(string(diff.Diff("a", ended(a), "b", ended(b)))) {
		if strings.HasPrefix(line, "@@ ") {
			x, y = begins(line)
			now = nil
			continue
		}
		if x < 0 {
			continue
		}
		if line[0] == ' ' {
			x, y, now = x+1, y+1, nil
			continue
		}
		if now == nil {
			list = append(list, change{span{x, x}, span{y, y}})
			now = &list[len(list)-1]
		}
		if line[0] == '-' {
			x++
			now.old.to = x
		} else {
			y++
			now.new.to = y
		}
	}
	return list
}

// begins reads where a part of a unified diff begins, counted from nothing. A part without lines is
// told by the line before it.
func begins(header string) (x, y int) {
	var xs, ys int
	if _, err := fmt.Sscanf(header, "@@ -%d,%d +%d,%d @@", &x, &xs, &y, &ys); err != nil {
		panic(fmt.Sprintf("diff3: %q: %v", header, err)) // the library's own words
	}
	if xs > 0 {
		x--
	}
	if ys > 0 {
		y--
	}
	return x, y
}

func ended(lines []string) []byte {
	var all bytes.Buffer
	for _, line := range lines {
		all.WriteString(line)
		all.WriteByte('\n')
	}
	return all.Bytes()
}
