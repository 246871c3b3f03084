// Package theme makes a style sheet of what a host decides about colour and shape, and refuses what
// could not be read.
package theme

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Scheme is light, dark, or what the reader's system says.
type Scheme string

// The schemes. The default is Auto.
const (
	Auto  Scheme = ""
	Light Scheme = "light"
	Dark  Scheme = "dark"
)

// A Shape is how the pages of the entrance are laid out.
type Shape string

// The shapes. The default is Card; Split has something of the host's beside the card, where there is
// room for both.
const (
	Card  Shape = ""
	Plain Shape = "plain"
	Split Shape = "split"
)

// A Theme is how every page looks. Every colour follows from Accent, in light and dark, with contrast
// kept.
type Theme struct {
	// Accent is the colour of buttons and links: #0a7d5a, or oklch(.52 .12 165). Where words would not
	// read on it, a button is a little darker. The default is #5850e6.
	Accent string
	// OnAccent is the colour of the words on a button, which then has exactly the colour of Accent. The
	// default is white or nearly black, whichever can be read.
	OnAccent string
	// DarkAccent takes the place of Accent in the dark. The default is Accent.
	DarkAccent string
	// Radius is how round corners are, such as 4px. The default is 10px.
	Radius string
	// Font is a list of families as in a style sheet: "Inter", sans-serif. The default is the
	// system's own.
	Font string
	// Width is how wide the pages of the entrance are, such as 30rem. The default is 27rem.
	Width string
	// Scheme says whether pages are light or dark. The default is Auto.
	Scheme Scheme
	// Entrance is how the pages of the entrance are laid out. The default is Card.
	Entrance Shape
}

// readable is the contrast that words need (WCAG 2.2, 1.4.3; EN 301 549, 9.1.4.3).
const readable = 4.5

// Check returns everything that is wrong with t, each in a sentence that names the field.
func (t Theme) Check() (errs []error) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	colours := map[string]colour{}
	for _, given := range []struct{ name, value string }{{"Accent", t.Accent}, {"OnAccent", t.OnAccent}, {"DarkAccent", t.DarkAccent}} {
		if given.value == "" {
			continue
		}
		c, ok := parse(given.value)
		if !ok {
			wrong("%s %q is not a colour that can be computed with: write it as #0a7d5a or oklch(.52 .12 165)", given.name, given.value)
			continue
		}
		colours[given.name] = c
	}
	if words, given := colours["OnAccent"]; given {
		for _, name := range []string{"Accent", "DarkAccent"} {
			ground, known := colours[name]
			if !known && name == "Accent" && t.Accent == "" {
				ground, known = stock(), true
			}
			if known && contrast(words, ground) < readable {
				wrong("OnAccent %s on %s %s has a contrast of %.1f:1, and words need 4.5:1: %s", words.hex(), name, ground.hex(), contrast(words, ground), remedy(words, ground, name))
			}
		}
	}
	length(wrong, "Radius", t.Radius, 0, 32)
	length(wrong, "Width", t.Width, 320, 768)
	if !fonts(t.Font) {
		wrong("Font %q is not a list of font families: write it as in a style sheet, such as %s", t.Font, `"Inter", sans-serif`)
	}
	if t.Scheme != Auto && t.Scheme != Light && t.Scheme != Dark {
		wrong("Scheme %q is none: use Auto, Light or Dark", t.Scheme)
	}
	if t.Entrance != Card && t.Entrance != Plain && t.Entrance != Split {
		wrong("Entrance %q is none: use Card, Plain or Split", t.Entrance)
	}
	return errs
}

// remedy says what would do, the nearest first.
func remedy(words, ground colour, name string) string {
	other := black
	if contrast(white, ground) > contrast(black, ground) {
		other = white
	}
	nearest := ground.until(words)
	if contrast(words, nearest) < readable { // words of a middling colour read on nothing
		return fmt.Sprintf("make OnAccent %s, or leave it out and the kit sees to it", other.hex())
	}
	return fmt.Sprintf("make %s %s, or OnAccent %s, or leave OnAccent out and the kit sees to it", name, nearest.hex(), other.hex())
}

var aLength = regexp.MustCompile(`^(\d{1,4}(?:\.\d{1,3})?|\.\d{1,3})(px|rem)$`)

// length tells of what is no length, or one that nobody can have meant.
func length(wrong func(string, ...any), name, value string, least, most float64) {
	if value == "" || value == "0" && least == 0 {
		return
	}
	m := aLength.FindStringSubmatch(value)
	if m == nil {
		wrong("%s %q is not a length: write it in px or rem, such as 12px or .75rem", name, value)
		return
	}
	pixels, _ := strconv.ParseFloat(m[1], 64)
	if m[2] == "rem" {
		pixels *= 16
	}
	if pixels < least || pixels > most {
		wrong("%s %q is %g px: use something from %g to %g px", name, value, pixels, least, most)
	}
}

var aFamily = regexp.MustCompile(`^\s*(?:"[^"\\<>{};]+"|'[^'\\<>{};]+'|[\pL_-][\pL\pN_ -]*)\s*$`)

func fonts(list string) bool {
	if list == "" {
		return true
	}
	for family := range strings.SplitSeq(list, ",") {
		if !aFamily.MatchString(family) || strings.ContainsAny(family, "\r\n") {
			return false
		}
	}
	return true
}

// CSS is the theme as a style sheet that lies over the kit's; "" for a theme that changes nothing of
// that. A theme that [Theme.Check] refuses makes none.
func (t Theme) CSS() string {
	if len(t.Check()) > 0 {
		return ""
	}
	var tokens []string
	set := func(name, value string) {
		if value != "" {
			tokens = append(tokens, name+": "+value)
		}
	}
	set("--accent", t.accent())
	set("--radius", t.Radius)
	set("--font", t.Font)
	set("--width", t.Width)
	set("color-scheme", string(t.Scheme))
	var sheet strings.Builder
	rule(&sheet, ":root", tokens)
	if t.OnAccent != "" {
		rule(&sheet, ".gh", []string{"--fill: var(--accent)", "--on-fill: " + t.OnAccent})
	}
	if t.Accent != "" {
		sheet.WriteString("@supports not (color: light-dark(oklch(from red l c h), red)) {\n")
		rule(&sheet, ".gh", t.plain())
		sheet.WriteString("}\n")
	}
	return sheet.String()
}

func rule(sheet *strings.Builder, selector string, declarations []string) {
	if len(declarations) > 0 {
		fmt.Fprintf(sheet, "%s { %s }\n", selector, strings.Join(declarations, "; "))
	}
}

func (t Theme) accent() string {
	if t.DarkAccent == "" {
		return t.Accent
	}
	light := t.Accent
	if light == "" {
		light = stock().hex()
	}
	return "light-dark(" + light + ", " + t.DarkAccent + ")"
}

// plain are the colours in hex, for browsers that cannot derive them.
func (t Theme) plain() []string {
	k := t.Colours()
	a, _ := parse(t.Accent)
	return []string{
		"--fill: " + k.Fill, "--fill-hover: " + k.Fill, "--on-fill: " + k.OnFill, "--link: " + k.Link,
		"--ring: " + a.least(.56).hex(), "--tint: " + a.at(.955, min(a.c*.12, .022)).hex(), "--glow: " + a.at(.925, min(a.c*.2, .042)).hex(),
	}
}
