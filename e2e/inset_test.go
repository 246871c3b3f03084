package e2e

import (
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
)

// insets are pages of the host's in which views of the kit's stand: from the beginning in a document
// that is the host's own from its first line on, and fetched into a dialog of a page in the kit's
// layout.
func (s *site) insets(server *fiber.App) {
	server.Get("/logo.svg", func(c *fiber.Ctx) error {
		return c.Type("svg").SendString(`<svg xmlns="http://www.w3.org/2000/svg" width="96" height="32"><rect width="96" height="32" rx="6" fill="#b3470f"/></svg>`)
	})
	for _, name := range []string{"login", "register", "recover", "change"} {
		server.Get("/own/"+name, s.app.Headers(), func(c *fiber.Ctx) error {
			inset, err := s.app.Fragment(c, name)
			if err != nil {
				return err
			}
			c.Type("html", "utf-8")
			return own(inset).Render(s.app.Context(c), c.Response().BodyWriter())
		})
		server.Get("/inset/"+name, func(c *fiber.Ctx) error {
			inset, err := s.app.Fragment(c, name)
			if err != nil {
				return err
			}
			return s.app.Show(c, text("Cart"), view("cart", `<div class="gh-stack"><h1>Cart</h1><p>Three clocks.</p>`, inset, `</div>`))
		})
		server.Get("/dialog/"+name, func(c *fiber.Ctx) error {
			opens := components.DialogButton("inset", components.Button{Label: "Open", URL: s.app.URL(name)})
			dialog := within(components.Dialog("inset", "Your account"), components.Embed(s.app.URL(name), "Go there"))
			return s.app.Show(c, text("Cart"), view("cart", `<h1>Cart</h1><p>Three clocks.</p>`, opens, dialog))
		})
	}
}

func own(inset templ.Component) templ.Component {
	return parts(`<!DOCTYPE html><html lang="en"><head>`, components.Head("Own"), `</head><body class="gh"><main class="gh-stack"><h1>Own page</h1>`,
		inset, `</main></body></html>`)
}

// A place is where a view stands.
type place struct {
	path, around string
	open         func(*tab) *tab
}

func places(name string) map[string]place {
	return map[string]place{
		"page": {"/own/" + name, "Own page", func(p *tab) *tab { return p.visit("/own/" + name).has("Own page") }},
		"dialog": {"/dialog/" + name, "Cart", func(p *tab) *tab {
			p.visit("/dialog/" + name).has("Cart")
			p.until("the view to be fetched", `() => !!document.querySelector('dialog [data-fragment]')`)
			return p.button("Open")
		}},
	}
}

// insetLooks are how that looks.
func insetLooks() []scene {
	list := []scene{
		{"inset-login", 200, func(p *tab) { p.visit("/inset/login") }},
		{"inset-login-empty", 200, func(p *tab) { p.visit("/inset/login").press("form#login button[type=submit]").wrong("password") }},
		{"inset-change", 200, func(p *tab) { p.as("ada@example.com").visit("/inset/change") }},
	}
	for _, name := range []string{"login", "register", "recover"} {
		opened := places(name)["dialog"].open
		list = append(list, scene{"dialog-" + name, 200, func(p *tab) { opened(p) }},
			scene{"dialog-" + name + "-empty", 200, func(p *tab) { opened(p).press("form#" + name + " button[type=submit]").wrong("email") }})
	}
	return append(list, scene{"dialog-change", 200, func(p *tab) { places("change")["dialog"].open(p.as("ada@example.com")) }})
}

// inset tells a story wherever a view can stand. With is what the site offers.
func inset(t *testing.T, name string, with func(*app.Config), story func(*testing.T, *site, *tab, place)) {
	t.Helper()
	for where, at := range places(name) {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, with)
			s.person("ada@example.com")
			story(t, s, open(t, s), at)
		})
	}
}

// plain are features as they are by themselves, without a limit that two tries reach.
func plain(c *app.Config) {
	c.Features = []app.Feature{app.Login{}, app.Register{}, app.Recover{}, app.Account{}, app.Change{}}
}

// kept checks that the page of the host's is still the one that was opened, title and all.
func (p *tab) kept(at place) {
	p.t.Helper()
	p.stayed().at(at.path).has(at.around)
	if title := value[string](p, `() => document.title`); !strings.HasPrefix(title, "Own") && !strings.HasPrefix(title, "Cart") {
		p.t.Errorf("the page is called %q now", title)
	}
	if n := value[int](p, `() => document.querySelectorAll('[data-fragment] [data-fragment] [data-fragment]').length`); n > 0 {
		p.t.Errorf("views stand in views: %d", n)
	}
}

func TestInsetSignIn(t *testing.T) {
	t.Parallel()
	inset(t, "login", plain, func(t *testing.T, s *site, p *tab, at place) {
		at.open(p).mark()
		p.fill("email", "ada@example.com").fill("password", "wrong horse").press("form#login button[type=submit]")
		p.has("The name or the password is wrong").kept(at)
		if got := p.focused(); got != "password" {
			t.Errorf("the cursor is at %s", got)
		}
		p.fill("password", secret)
		p.press("form#login button[type=submit]").left().at(at.path)
		// Who is signed in needs no form any more.
		p.until("the form to be gone", `() => !document.querySelector('form#login')`)
		if n := s.sessions(); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestInsetChange(t *testing.T) {
	t.Parallel()
	inset(t, "change", plain, func(t *testing.T, s *site, p *tab, at place) {
		at.open(p.as("ada@lovelace.example")).mark()
		p.fill("password", "wrong horse").fill("new_password", "seventeen green lamps").press("form#change button[type=submit]").wrong("password").kept(at)
		p.fill("password", secret).press("form#change button[type=submit]").left().at(at.path)
		if at.around == "Cart" { // the layout around it has a place for messages
			p.has("Your password is changed")
		}
		open(t, s).visit("/login").fill("email", "ada@lovelace.example").fill("password", "seventeen green lamps").press(submit).at("/")
	})
}

func TestInsetRegister(t *testing.T) {
	t.Parallel()
	inset(t, "register", plain, func(t *testing.T, s *site, p *tab, at place) {
		at.open(p).mark()
		p.press("form#register button[type=submit]").wrong("email", "password").kept(at)
		p.fill("email", "grace@example.com").fill("password", "seventeen green lamps").press("form#register button[type=submit]")
		// The next step follows in the same place, and says what was done.
		p.until("the way in", `() => !!document.querySelector('form#login')`)
		p.kept(at)
		p.until("the message", `() => !!document.querySelector('[data-fragment=login] [role=status]')`)
		p.fill("email", "grace@example.com").fill("password", "seventeen green lamps").press("form#login button[type=submit]").left().at(at.path)
		if n := s.sessions(); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestInsetRecover(t *testing.T) {
	t.Parallel()
	inset(t, "recover", plain, func(t *testing.T, s *site, p *tab, at place) {
		at.open(p).mark()
		p.press("form#recover button[type=submit]").wrong("email").kept(at)
		p.fill("email", "ada@example.com").press("form#recover button[type=submit]").has("a message is on its way").kept(at)
		p.fill("code", "0000 0000").press("form#recover-code button[type=submit]").wrong("code").kept(at)
	})
}

// Without script the page that has the form in it posts it to the kit, and comes back.
func TestInsetWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t, plain)
	s.person("ada@example.com")
	p := open(t, s)
	p.withoutScript().visit("/own/login").fill("email", "ada@example.com").fill("password", "wrong horse").press("form#login button[type=submit]")
	p.at("/login?next=%2Fown%2Flogin").has("The name or the password is wrong")
	p.fill("password", secret).press("form#login button[type=submit]").at("/own/login")
}
