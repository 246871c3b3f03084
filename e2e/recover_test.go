package e2e

import "strings"

// forgets are the scenes of who has forgotten their password, on the site of waits.
var forgets = []scene{
	{"recover", 200, func(p *tab) { p.visit("/reset") }},
	{"recover-empty", 200, func(p *tab) { p.visit("/reset").press("#recover button").wrong("email") }},
	{"recover-code-empty", 200, func(p *tab) {
		p.visit("/reset").press("details summary").press("#recover-code button").wrong("email", "code")
	}},
	{"recover-unfolded", 200, func(p *tab) { p.visit("/reset").press("details summary") }},
	{"recover-member", 200, func(p *tab) { p.as("ada@example.com").visit("/reset") }},
	{"recover-waits", 200, func(p *tab) { p.forget("ada@example.com") }},
	{"recover-waits-long", 200, func(p *tab) {
		p.forget(strings.Repeat("very-long-", 6) + "name@" + strings.Repeat("long.", 20) + "example")
	}},
	{"recover-bad-code", 200, func(p *tab) {
		p.forget("ada@example.com").fill("code", "00000000").press("#recover-code button").wrong("code")
	}},
	{"recover-link", 200, func(p *tab) { p.forgotten() }},
	{"recover-link-typed", 200, func(p *tab) { p.forgotten().fill("password", "Tr0ub4dor") }},
	{"recover-link-short", 200, func(p *tab) {
		p.forgotten().fill("password", "short").press(submit).wrong("password")
	}},
	{"recover-link-other", 200, func(p *tab) { p.forgotten().as("grace@example.com").reload() }},
	{"recover-link-bad", 422, func(p *tab) { p.visit("/reset/x") }},
	{"recovered", 200, func(p *tab) { p.forgotten().fill("password", "seventeen green lamps").press(submit).at("/login") }},
	{"change-forgotten", 200, func(p *tab) { p.as("ada@example.com").visit("/change") }},
	{"login-forgotten", 200, func(p *tab) { p.visit("/login") }},
}

// forget asks for the mail and arrives where its code is asked for.
func (p *tab) forget(email string) *tab {
	p.t.Helper()
	p.site.person(email)
	p.visit("/reset").fill("email", email).press("#recover button")
	p.until("the code to be asked for", `() => document.activeElement.name === 'code'`)
	return p
}

// forgotten follows the code to the form for a new password.
func (p *tab) forgotten() *tab {
	p.t.Helper()
	p.forget("ada@example.com").visit("/dev/mailbox").press(".gh-letter").at("/dev/mailbox/1")
	code := value[string](p, `() => document.querySelector('#code-0').textContent`)
	p.visit("/reset").fill("code", code).mark().press("#recover-code button").left()
	return p
}
