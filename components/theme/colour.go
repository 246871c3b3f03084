package theme

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// A colour is in OKLCH, in which equal steps of lightness look equal (CSS Color 4, section 9).
type colour struct{ l, c, h float64 }

var (
	white = colour{l: 1}
	black = colour{l: 0}
)

// stock is the kit's own accent.
func stock() colour {
	c, _ := parse("#5850e6")
	return c
}

var (
	hexadecimal = regexp.MustCompile(`^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)
	inOKLCH     = regexp.MustCompile(`^oklch\(\s*([0-9.]+)(%?)\s+([0-9.]+)\s+(-?[0-9.]+)(?:deg)?\s*\)$`)
)

// parse reads the two ways of writing a colour that designers hand on.
func parse(text string) (colour, bool) {
	if hexadecimal.MatchString(text) {
		return fromHex(text[1:]), true
	}
	m := inOKLCH.FindStringSubmatch(text)
	if m == nil {
		return colour{}, false
	}
	l, err1 := strconv.ParseFloat(m[1], 64)
	c, err2 := strconv.ParseFloat(m[3], 64)
	h, err3 := strconv.ParseFloat(m[4], 64)
	if m[2] == "%" {
		l /= 100
	}
	return colour{l, c, h}, err1 == nil && err2 == nil && err3 == nil && l <= 1 && c <= .5
}

func fromHex(digits string) colour {
	if len(digits) == 3 {
		digits = strings.Join([]string{digits[:1], digits[:1], digits[1:2], digits[1:2], digits[2:], digits[2:]}, "")
	}
	var rgb [3]float64
	for i := range rgb {
		n, _ := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		rgb[i] = linear(float64(n) / 255)
	}
	return fromLinear(rgb)
}

// fromLinear and linear are the matrices of CSS Color 4, section 18.
func fromLinear(rgb [3]float64) colour {
	r, g, b := rgb[0], rgb[1], rgb[2]
	l := math.Cbrt(.4122214708*r + .5363325363*g + .0514459929*b)
	m := math.Cbrt(.2119034982*r + .6806995451*g + .1073969566*b)
	s := math.Cbrt(.0883024619*r + .2817188376*g + .6299787005*b)
	lightness := .2104542553*l + .793617785*m - .0040720468*s
	x := 1.9779984951*l - 2.428592205*m + .4505937099*s
	y := .0259040371*l + .7827717662*m - .808675766*s
	return colour{lightness, math.Hypot(x, y), math.Mod(math.Atan2(y, x)*180/math.Pi+360, 360)}
}

// light is the colour in linear light, cut to what a screen can show.
func (k colour) light() [3]float64 {
	x, y := k.c*math.Cos(k.h*math.Pi/180), k.c*math.Sin(k.h*math.Pi/180)
	l := cube(k.l + .3963377774*x + .2158037573*y)
	m := cube(k.l - .1055613458*x - .0638541728*y)
	s := cube(k.l - .0894841775*x - 1.291485548*y)
	return [3]float64{
		cut(4.0767416621*l - 3.3077115913*m + .2309699292*s),
		cut(-1.2684380046*l + 2.6097574011*m - .3413193965*s),
		cut(-.0041960863*l - .7034186147*m + 1.707614701*s),
	}
}

func cube(x float64) float64 { return x * x * x }

func cut(x float64) float64 { return min(1, max(0, x)) }

func linear(v float64) float64 {
	if v <= .04045 {
		return v / 12.92
	}
	return math.Pow((v+.055)/1.055, 2.4)
}

func encoded(v float64) float64 {
	if v <= .0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - .055
}

func (k colour) hex() string {
	rgb := k.light()
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(encoded(rgb[0])*255)), int(math.Round(encoded(rgb[1])*255)), int(math.Round(encoded(rgb[2])*255)))
}

// shown is the colour as it is written for a screen.
func (k colour) shown() colour { return fromHex(k.hex()[1:]) }

// contrast is that of WCAG 2.2, from 1 to 21.
func contrast(a, b colour) float64 {
	one, two := a.luminance(), b.luminance()
	return (max(one, two) + .05) / (min(one, two) + .05)
}

func (k colour) luminance() float64 {
	rgb := k.light()
	return .2126*rgb[0] + .7152*rgb[1] + .0722*rgb[2]
}

// least is the colour no lighter than l, its chroma less in proportion.
func (k colour) least(l float64) colour {
	l = min(k.l, l)
	return colour{l, k.c * l / max(k.l, .01), k.h}
}

func (k colour) at(l, c float64) colour { return colour{l, c, k.h} }

// until is k made darker, or lighter, until words can be read on it, or as far as that goes.
func (k colour) until(words colour) colour {
	step := -.005
	if contrast(words, black) < contrast(words, white) {
		step = .005
	}
	for contrast(words, k.shown()) < readable && k.l > 0 && k.l < 1 {
		if step < 0 {
			k = k.least(k.l + step)
		} else {
			k.l = min(1, k.l+step)
		}
	}
	return k
}
