package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
)

// mailed are the scenes of a site where one signs in by mail as well, and passwordless of one where
// there is no other way.
var (
	mailed = []scene{
		{"login-or-mail", 200, func(p *tab) { p.visit("/login") }},
		{"magic-link", 200, func(p *tab) { p.visit("/login/email") }},
		{"magic-link-empty", 200, func(p *tab) { p.visit("/login/email").press(submit).wrong("email") }},
		{"magic-link-wait", 200, func(p *tab) { p.asks() }},
		{"magic-link-bad-code", 200, func(p *tab) {
			p.asks().fill("code", "00000000").press("#magic-link-code button").wrong("code")
		}},
		{"magic-link-gone", 200, func(p *tab) { p.visit("/login/wait").at("/login/email") }},
		{"magic-link-here", 200, func(p *tab) { p.asks().visit(p.magic()) }},
		{"magic-link-open", 200, func(p *tab) { p.visit(p.theirs()) }},
		{"magic-link-open-empty", 200, func(p *tab) { p.visit(p.theirs()).press(submit).wrong("number") }},
		{"magic-link-bad-number", 200, func(p *tab) {
			p.visit(p.theirs()).fill("number", "1").press(submit)
			p.until("the end", `() => !document.querySelector('[name=number]')`)
		}},
		{"magic-link-refused", 200, func(p *tab) {
			p.visit(p.theirs()).press("[name=refuse]")
			p.until("the end", `() => !document.querySelector('[name=number]')`)
		}},
		{"magic-link-approved", 200, func(p *tab) {
			other := open(p.t, p.site)
			number := other.asks().number()
			p.visit(other.magic()).fill("number", number).press(submit)
			p.until("the end", `() => !document.querySelector('[name=number]')`)
		}},
		{"magic-link-bad", 422, func(p *tab) { p.visit("/login/x") }},
		{"change-removable", 200, func(p *tab) { p.as("ada@example.com").visit("/change") }},
		{"change-remove", 200, func(p *tab) { p.as("ada@example.com").visit("/change/remove") }},
		{"change-remove-empty", 200, func(p *tab) { p.as("ada@example.com").visit("/change/remove").press(submit).wrong("password") }},
		{"change-removed", 200, func(p *tab) {
			p.as("ada@example.com").visit("/change/remove").fill("password", secret).press(submit).at("/account")
		}},
	}
	passwordless = []scene{
		{"passwordless", 200, func(p *tab) { p.visit("/login") }},
		{"passwordless-register", 200, func(p *tab) { p.visit("/register") }},
	}
)

func alsoByMail(c *app.Config) {
	everything(c)
	c.Features = append(c.Features, app.MagicLink{}, app.Remember{}, app.Track{})
}

func onlyByMail(c *app.Config) {
	c.Features = []app.Feature{app.MagicLink{By: app.Email | app.Username}, app.Logout{}, app.Register{Username: app.Optional}, app.Account{}, app.Remember{}}
}

// asks asks for the mail and arrives at the page for waiting.
func (p *tab) asks() *tab {
	p.t.Helper()
	p.site.person("grace@example.com")
	return p.visit("/login/email").fill("email", "grace@example.com").press(submit).at("/login/wait")
}

// number is what the page for waiting shows.
func (p *tab) number() string {
	p.t.Helper()
	return value[string](p, `() => document.querySelector('.gh-number strong').textContent`)
}

// magic is where the link of the newest mail leads.
func (p *tab) magic() string {
	p.t.Helper()
	reader := p.another().visit("/dev/mailbox").press(".gh-letter").at("/dev/mailbox/1")
	return value[string](reader, `() => new URL(document.querySelector("main a[href*='/login/']").href).pathname`)
}

// theirs is a link that was asked for in another browser.
func (p *tab) theirs() string {
	p.t.Helper()
	return open(p.t, p.site).asks().magic()
}

// The tab that waits goes on by itself once the link is approved in another browser, loses nothing
// that was typed meanwhile, and that other browser is signed in to nothing.
func TestMagicLinkMovesOn(t *testing.T) {
	t.Parallel()
	s := newSite(t, alsoByMail)
	s.person("ada@example.com")
	waits := open(t, s).visit("/login?next=%2Fnote").press(".gh-ways a").at("/login/email?next=%2Fnote")
	waits.fill("email", "ada@example.com").press(submit).at("/login/wait?next=%2Fnote")
	waits.fill("code", "1234").mark()
	for before := s.requests("POST /login/wait"); s.requests("POST /login/wait") < before+2; {
		time.Sleep(50 * time.Millisecond)
	}
	if got := value[string](waits, `() => document.querySelector('[name=code]').value`); !strings.HasPrefix(got, "1234") {
		t.Errorf("after two polls the code is %q", got)
	}
	other := open(t, s).visit(waits.magic()).has("Another browser asks to sign in", "Chrome")
	other.fill("number", waits.number()).press(submit).has("It signs in by itself")
	waits.left().at("/note").has("Shop")
	other.visit("/account").at("/login?next=%2Faccount")
	if n := s.sessions(); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// The link opened in the tab beside signs in there, and the tab that waits follows.
func TestMagicLinkInTabBeside(t *testing.T) {
	t.Parallel()
	s := newSite(t, alsoByMail)
	waits := open(t, s).asks().mark()
	beside := waits.another().visit(waits.magic())
	beside.button("Sign in").at("/").has("grace@example.com")
	waits.left().at("/").has("grace@example.com")
	if n := s.sessions(); n != 1 {
		t.Errorf("%d sessions", n)
	}
}
