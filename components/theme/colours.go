package theme

// Colours are those of a theme in hex, for what no style sheet reaches: mails. The dark ones are for
// readers in the dark.
type Colours struct {
	Fill, OnFill, Link             string
	DarkFill, DarkOnFill, DarkLink string
}

// Coloured reports whether the theme has colours of its own.
func (t Theme) Coloured() bool { return t.Accent != "" || t.OnAccent != "" || t.DarkAccent != "" }

// Colours derives them, by the rules of theme.css.
func (t Theme) Colours() Colours {
	light, dark := stock(), stock()
	if c, ok := parse(t.Accent); ok {
		light, dark = c, c
	}
	if c, ok := parse(t.DarkAccent); ok {
		dark = c
	}
	var k Colours
	k.Fill, k.OnFill = t.filled(light)
	k.DarkFill, k.DarkOnFill = t.filled(dark)
	k.Link, k.DarkLink = light.least(.5).hex(), dark.at(max(dark.l, .78), min(dark.c, .13)).hex()
	return k
}

// filled is a button and its words: as given, or such that they can be read.
func (t Theme) filled(accent colour) (fill, words string) {
	if on, ok := parse(t.OnAccent); ok {
		return accent.hex(), on.hex()
	}
	if accent.l > .72 {
		return accent.hex(), accent.at(.18, .04).hex()
	}
	return accent.least(.54).hex(), white.hex()
}
