package theme

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
)

// What other programs make of these colours (CSS Color 4 has some of them as examples).
func TestColoursAreConverted(t *testing.T) {
	t.Parallel()
	for hex, want := range map[string]colour{
		"#ffffff": {1, 0, 0}, "#000": {0, 0, 0}, "#ff0000": {.628, .2577, 29.23}, "#00ff00": {.8664, .2948, 142.5},
		"#0000ff": {.452, .3132, 264.05}, "#663399": {.4403, .1603, 303.37},
	} {
		got, ok := parse(hex)
		if !ok || math.Abs(got.l-want.l) > .002 || math.Abs(got.c-want.c) > .002 || want.c > 0 && math.Abs(got.h-want.h) > .7 {
			t.Errorf("%s is %+v, want %+v", hex, got, want)
		}
		if back := got.hex(); len(hex) == 7 && back != hex {
			t.Errorf("%s comes back as %s", hex, back)
		}
	}
	one, _ := parse("oklch(62.8% .2577 29.23)")
	two, _ := parse("oklch(.628 .2577 29.23deg)")
	if one.hex() != "#ff0000" || one != two {
		t.Errorf("read as %s and %+v", one.hex(), two)
	}
	if got := contrast(white, black); math.Abs(got-21) > .01 {
		t.Errorf("white on black has %v:1", got)
	}
	if grey, _ := parse("#767676"); math.Abs(contrast(grey, white)-4.54) > .01 {
		t.Errorf("#767676 on white has %v:1", contrast(grey, white))
	}
}

// Whatever accent a host chooses, the words on a button and the links on a page can be read.
func TestEveryAccentCanBeRead(t *testing.T) {
	t.Parallel()
	paper, night := white, colour{l: .215}
	tried := 0
	for r := 0; r < 256; r += 17 {
		for g := 0; g < 256; g += 17 {
			for b := 0; b < 256; b += 17 {
				k := Theme{Accent: fmt.Sprintf("#%02x%02x%02x", r, g, b)}.Colours()
				tried++
				for what, pair := range map[string][2]colour{
					"a button": {must(k.Fill), must(k.OnFill)}, "a link": {paper, must(k.Link)},
					"a button in the dark": {must(k.DarkFill), must(k.DarkOnFill)}, "a link in the dark": {night, must(k.DarkLink)},
				} {
					if got := contrast(pair[0], pair[1]); got < readable {
						t.Errorf("#%02x%02x%02x: %s has %.2f:1, %s on %s", r, g, b, what, got, pair[1].hex(), pair[0].hex())
					}
				}
			}
		}
	}
	if tried != 4096 {
		t.Errorf("%d accents tried", tried)
	}
}

func must(hex string) colour {
	c, ok := parse(hex)
	if !ok {
		panic(hex)
	}
	return c
}

func TestThemesAreRefusedInSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		theme Theme
		says  string
	}{
		{Theme{Accent: "gren"}, `Accent "gren" is not a colour that can be computed with`},
		{Theme{Accent: "#12345"}, "Accent"},
		{Theme{Accent: "oklch(2 .1 20)"}, "Accent"},
		{Theme{Accent: "oklch(.5 .1 20); } body { display: none"}, "Accent"},
		{Theme{DarkAccent: "red"}, `DarkAccent "red"`},
		{Theme{OnAccent: "white"}, `OnAccent "white"`},
		{Theme{Accent: "#39c2a0", OnAccent: "#fff"}, "OnAccent #ffffff on Accent #39c2a0 has a contrast of 2.2:1, and words need 4.5:1: make Accent #"},
		{Theme{OnAccent: "#5850e6"}, "on Accent #5850e6 has a contrast of 1.0:1"},
		{Theme{Accent: "#123456", DarkAccent: "#88bbee", OnAccent: "#fff"}, "on DarkAccent #88bbee"},
		{Theme{Radius: "4"}, `Radius "4" is not a length: write it in px or rem`},
		{Theme{Radius: "50%"}, "Radius"},
		{Theme{Radius: "3rem"}, `Radius "3rem" is 48 px: use something from 0 to 32 px`},
		{Theme{Width: "90rem"}, "Width"},
		{Theme{Width: "0"}, "Width"},
		{Theme{Font: `Inter; } body { display: none`}, "Font"},
		{Theme{Font: `"Inter`}, "Font"},
		{Theme{Font: "url(//evil.example/f)"}, "Font"},
		{Theme{Font: "Inter,"}, "Font"},
		{Theme{Scheme: "dim"}, `Scheme "dim" is none: use Auto, Light or Dark`},
		{Theme{Entrance: "wide"}, `Entrance "wide" is none: use Card, Plain or Split`},
	} {
		errs := c.theme.Check()
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), c.says) {
			t.Errorf("%+v: %v; want it to say %q", c.theme, errors.Join(errs...), c.says)
		}
		if css := c.theme.CSS(); css != "" {
			t.Errorf("%+v makes the style sheet %s", c.theme, css)
		}
	}
	if errs := (Theme{Accent: "x", Radius: "x", Font: "{}"}).Check(); len(errs) != 3 {
		t.Errorf("not all is told at once: %v", errs)
	}
}

// What the message says to do is taken by the next start.
func TestRemediesDo(t *testing.T) {
	t.Parallel()
	told := regexp.MustCompile(`(?:make|or) (OnAccent|Accent|DarkAccent) (#[0-9a-f]{6})`)
	tried := 0
	for _, words := range []string{"#ffffff", "#000000", "#777777", "#ffee88", "#301010"} {
		for _, accent := range []string{"#39c2a0", "#ff0000", "#5850e6", "#ffffff", "#000000", "#808080", "#aabb00"} {
			errs := Theme{Accent: accent, OnAccent: words}.Check()
			for _, err := range errs {
				for _, m := range told.FindAllStringSubmatch(err.Error(), -1) {
					tried++
					mended := Theme{Accent: accent, OnAccent: words}
					if m[1] == "Accent" {
						mended.Accent = m[2]
					} else {
						mended.OnAccent = m[2]
					}
					if errs := mended.Check(); len(errs) > 0 {
						t.Errorf("%v; did so: %v", err, errs)
					}
				}
			}
		}
	}
	if tried < 20 {
		t.Errorf("%d remedies were tried", tried)
	}
}

func TestStyleSheets(t *testing.T) {
	t.Parallel()
	for want, theme := range map[string]Theme{
		"":                                     {Entrance: Plain},
		":root { --radius: 0 }\n":              {Radius: "0"},
		":root { --font: \"Inter\", serif }\n": {Font: `"Inter", serif`},
		":root { --width: 30rem; color-scheme: light }\n":    {Width: "30rem", Scheme: Light},
		":root { --accent: light-dark(#5850e6, #88bbee) }\n": {DarkAccent: "#88bbee"},
		".gh { --fill: var(--accent); --on-fill: #fff }\n":   {OnAccent: "#fff"},
	} {
		if errs := theme.Check(); len(errs) > 0 {
			t.Errorf("%+v: %v", theme, errs)
		}
		if got := theme.CSS(); got != want {
			t.Errorf("%+v makes\n%s\nwant\n%s", theme, got, want)
		}
	}
	full := Theme{Accent: "#0a7d5a", Font: "system-ui, 'Noto Sans'"}.CSS()
	for _, want := range []string{"--accent: #0a7d5a", "@supports not", "--fill: #0a7d5a", "--on-fill: #ffffff"} {
		if !strings.Contains(full, want) {
			t.Errorf("no %q in\n%s", want, full)
		}
	}
}
