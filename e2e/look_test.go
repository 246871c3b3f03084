package e2e

import (
	"strconv"
	"testing"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/components/theme"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// looksOf are the pages that a theme and what a host adds change most.
func looksOf(name string) []scene {
	return []scene{
		{name + "-home", 200, func(p *tab) { p.visit("/") }},
		{name + "-login", 200, func(p *tab) { p.visit("/login") }},
		{name + "-login-wrong", 200, func(p *tab) { p.wrongPassword() }},
		{name + "-register", 200, func(p *tab) { p.visit("/register") }},
		{name + "-account", 200, func(p *tab) { p.as("ada@example.com").visit("/account") }},
		{name + "-mail", 200, func(p *tab) { p.visit("/dev/gallery?group=mails").framed() }},
		{name + "-change", 200, func(p *tab) { p.as("ada@example.com").visit("/change") }},
	}
}

func plainly(c *app.Config) {
	everything(c)
	c.Theme = app.Theme{Entrance: theme.Plain, Accent: "#111111", DarkAccent: "#f2f2f2", OnAccent: "", Radius: "2px", Font: `Georgia, "Liberation Serif", serif`}
}

func split(c *app.Config) {
	everything(c)
	c.Theme = app.Theme{Entrance: theme.Split, Accent: "#0a7d5a", Width: "25rem"}
	c.Slots.Aside = func(props.Page) templ.Component {
		return templ.Raw(`<h2 dir="auto">Everything for the workshop, from one account.</h2><p dir="auto">What a host has to say stands here.</p>`)
	}
}

func adorned(c *app.Config) {
	everything(c)
	c.Theme = app.Theme{Accent: "oklch(.62 .19 40)", DarkAccent: "#ffb28a", Radius: "1rem"}
	c.Slots = app.Slots{
		Header: func(props.Page) templ.Component {
			return templ.Raw(`<p>Our servers move on Sunday. <a href="/tour/1">What that means</a></p>`)
		},
		AboveForm: func(p props.Page, f form.Form) templ.Component {
			return when(p.View == "login", `<p class="gh-soft">New since Monday: a username is enough.</p>`)
		},
		AfterSubmit: func(_ props.Page, f form.Form) templ.Component {
			return when(f.Name == "login", `<p class="gh-soft">By signing in you keep to the <a href="/tour/1">rules</a>.</p>`)
		},
		BelowForm: func(p props.Page, f form.Form) templ.Component {
			return when(p.Who != nil && f.Name == "change", `<p class="gh-soft">A sentence of four words does.</p>`)
		},
		Foot: func(props.Page) templ.Component {
			return templ.Raw(`<p class="gh-links gh-soft">Shop Ltd, Bristol</p>`)
		},
	}
	c.Letter = app.Letter{Logo: "/logo.svg", SubjectPrefix: "[Shop] ", Greeting: text("Hello,"), Signature: text("Grace\nwho keeps the shop")}
	c.Nav = func(p props.Page) []app.Link {
		if p.Who == nil {
			return []app.Link{{Label: text("Prices"), URL: "/tour/2"}}
		}
		return []app.Link{{Label: text("Orders"), URL: "/orders", Icon: "scroll-text"}}
	}
}

func when(here bool, html string) templ.Component {
	if !here {
		return templ.NopComponent
	}
	return templ.Raw(html)
}

// What is worked out when the program starts is what a browser then draws, in light and dark.
func TestThemeIsDrawn(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]app.Theme{
		"green": {Accent: "#0a7d5a"}, "pale": {Accent: "#ffd25e"}, "both": {Accent: "#b3261e", DarkAccent: "#88bbee"},
		"exact": {Accent: "#39c2a0", OnAccent: "#0b2b22"}, "stock": {Radius: "0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, newSite(t, func(c *app.Config) { c.Theme = look })).prefer("reduced-motion", "reduce")
			p.visit("/login")
			want := look.Colours()
			for scheme, is := range map[string][3]string{
				"light": {want.Fill, want.OnFill, want.Link}, "dark": {want.DarkFill, want.DarkOnFill, want.DarkLink},
			} {
				p.prefer("color-scheme", scheme, "reduced-motion", "reduce")
				drawn := value[[3]string](p, `() => {
					const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
					const hex = (colour) => {
						paint.fillStyle = colour
						paint.fillRect(0, 0, 1, 1)
						return '#' + [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3).map((n) => n.toString(16).padStart(2, '0')).join('')
					}
					const button = getComputedStyle(document.querySelector('form#login .gh-button'))
					return [hex(button.backgroundColor), hex(button.color), hex(getComputedStyle(document.querySelector('.gh-below a')).color)]
				}`)
				for i, what := range []string{"the button", "its words", "a link"} {
					if !alike(drawn[i], is[i]) {
						t.Errorf("%s, %s: %s is drawn %s, and worked out to be %s", name, scheme, what, drawn[i], is[i])
					}
				}
			}
		})
	}
}

// alike allows for what is lost where a colour lies outside what a screen can show: the two are cut
// to it in different ways.
func alike(a, b string) bool {
	for i := 1; i < 7; i += 2 {
		x, errX := strconv.ParseInt(a[i:i+2], 16, 32)
		y, errY := strconv.ParseInt(b[i:i+2], 16, 32)
		if errX != nil || errY != nil || x-y > 6 || y-x > 6 {
			return false
		}
	}
	return true
}

// A site that is dark is so for whoever's system is light.
func TestSchemeOverrulesTheSystem(t *testing.T) {
	t.Parallel()
	for scheme, dark := range map[theme.Scheme]bool{theme.Auto: false, theme.Light: false, theme.Dark: true} {
		p := open(t, newSite(t, func(c *app.Config) { c.Theme.Scheme = scheme })).prefer("color-scheme", "light").visit("/login")
		if got := value[bool](p, `() => getComputedStyle(document.querySelector('.gh-card')).backgroundColor !== 'rgb(255, 255, 255)'`); got != dark {
			t.Errorf("%q is dark: %v", scheme, got)
		}
	}
}

// What stands beside the card is there from 900 px on.
func TestAsideNeedsRoom(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t, split)).visit("/login")
	for width, want := range map[int64]bool{390: false, 899: false, 900: true, 1280: true} {
		p.width(width)
		if got := value[bool](p, `() => document.querySelector('.gh-aside').getBoundingClientRect().width > 0`); got != want {
			t.Errorf("%d px wide: %v", width, got)
		}
	}
}
