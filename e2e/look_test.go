package e2e

import (
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
		return templ.Raw(`<h2 dir="auto">“We moved the whole workshop to Shop in a week.”</h2><p dir="auto">Grace, who builds clocks</p>`)
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
