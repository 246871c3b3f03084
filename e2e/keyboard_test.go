package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/gatehouse-go/gatehouse/app"
)

// From the keyboard alone: every stop is where the eye expects it, and can be seen.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		member bool
		path   string
		first  string // where the page puts the cursor
		stops  []string
	}{
		"login": {false, "/login", "email", []string{
			"password", "Show", "Sign in", "Create an account", "Have it mailed to you", "Privacy", "Mailbox",
		}},
		"recover-username": {false, "/recover-username", "email", []string{"Send the message", "Sign in", "Privacy", "Mailbox"}},
		"username": {true, "/change-username", "username", []string{
			"password", "Show", "Choose a username", "Back to your account", "Privacy", "Mailbox",
		}},
		"register": {false, "/register", "email", []string{
			"username", "password", "Show", "password_confirm", "Show", "terms", "Read the terms", "Create account", "Sign in", "Privacy", "Mailbox",
		}},
		"account": {true, "/account", "BODY", []string{
			"Skip to content", "Shop", "A", "Choose one: Username", "Change: Password", "Sign out: This browser", "Privacy", "Mailbox",
		}},
		"gallery": {false, "/dev/gallery?group=error", "BODY", []string{
			"Skip to content", "Shop", "Sign in", "Create an account", "in", "theme", "dir", "width", "login",
		}},
		"logout": {true, "/logout", "BODY", []string{
			"Skip to content", "Shop", "Sign out", "Stay signed in", "Privacy", "Mailbox",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, newSite(t, func(c *app.Config) {
				everything(c)
			}))
			if test.member {
				p.as("ada@example.com")
			}
			p.visit(test.path)
			if got := p.focused(); !strings.HasPrefix(got, test.first) && test.first != "BODY" {
				t.Errorf("the cursor begins at %s", got)
			}
			var stops []string
			for range test.stops {
				stops = append(stops, p.step())
				p.outlined()
			}
			if !slices.Equal(stops, test.stops) {
				t.Errorf("Tab leads to %q, not %q", stops, test.stops)
			}
		})
	}
}

func TestSkipLink(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t)).as("ada@example.com")
	p.visit("/account")
	if got := p.step(); got != "Skip to content" {
		t.Fatalf("Tab leads to %s", got)
	}
	p.until("the link to be in view", `() => document.activeElement.getBoundingClientRect().top >= 0`)
	p.keys(kb.Enter)
	if got := p.step(); got != "Change: E-mail address" {
		t.Errorf("after skipping, Tab leads to %s", got)
	}
}

// The menu opens and closes from the keyboard, and signs out.
func TestMenuByKeyboard(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t)).as("ada@example.com")
	p.visit("/account")
	value[bool](p, `() => { document.querySelector('.gh-menu summary').focus(); return true }`)
	opened := `() => document.querySelector('.gh-menu').open`
	p.keys(kb.Enter).until("the menu to open", opened)
	p.keys(kb.Escape).until("the menu to close", `() => !document.querySelector('.gh-menu').open && document.activeElement.tagName === 'SUMMARY'`)
	p.keys(" ").until("the menu to open", opened)
	if stops := []string{p.step(), p.step()}; !slices.Equal(stops, []string{"Account", "Sign out"}) {
		t.Errorf("the menu holds %q", stops)
	}
	p.outlined()
	p.keys(kb.Tab, chromedp.ModifierShift).keys(kb.Tab).keys(kb.Enter).at("/").has("You are signed out.")
}

// The list of what is wrong leads to the fields.
func TestErrorsLeadToFields(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/register").press(submit).wrong("email", "password")
	p.button("Choose a password.")
	p.until("the cursor in the field", `() => document.activeElement.name === 'password'`)
}

// outlined demands that one can see where the cursor is.
func (p *tab) outlined() {
	p.t.Helper()
	if !value[bool](p, `() => {
		const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement)
		return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
	}`) {
		p.t.Errorf("nobody can see that the cursor is at %s", p.focused())
	}
}

// What moves while a form is on its way does not for people who asked for calm.
func TestReducedMotion(t *testing.T) {
	t.Parallel()
	for preference, moves := range map[string]bool{"reduce": false, "no-preference": true} {
		t.Run(preference, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			answer := s.hold("POST /login")
			p := open(t, s).prefer("reduced-motion", preference)
			p.visit("/login").fill("email", "ada@example.com").fill("password", secret).button("Sign in")
			p.until("the form to be on its way", `() => !!document.querySelector('form.htmx-request')`)
			n := value[int](p, `() => document.getAnimations().length`)
			if moving := n > 0; moving != moves {
				t.Errorf("%d animations", n)
			}
			answer()
			p.has("The name or the password is wrong")
		})
	}
}
