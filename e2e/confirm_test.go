package e2e

import "github.com/gatehouse-go/gatehouse/app"

// waits are the scenes of a site on which addresses are confirmed.
var waits = []scene{
	{"confirm", 200, func(p *tab) { p.enroll() }},
	{"confirm-unknown", 200, func(p *tab) { p.visit("/confirm") }},
	{"confirm-empty", 200, func(p *tab) { p.visit("/confirm").press("#confirm button").wrong("email") }},
	{"confirm-bad-code", 200, func(p *tab) {
		p.enroll().fill("code", "00000000").press("#confirm-code button").wrong("code")
	}},
	{"confirm-sent", 200, func(p *tab) {
		p.visit("/confirm?email=ada@example.com").press("#confirm button")
		p.until("the code to be asked for alone", `() => !document.querySelector('[name=email]') && !!document.querySelector('#flash p')`)
	}},
	{"confirm-link", 200, func(p *tab) { p.link() }},
	{"confirm-link-other", 200, func(p *tab) { p.enroll().as("ada@example.com").letter() }},
	{"confirm-link-bad", 422, func(p *tab) { p.visit("/confirm/x") }},
	{"confirmed", 200, func(p *tab) { p.link().press(submit).at("/login") }},
	{"confirm-address", 200, func(p *tab) { p.enroll().press("a[href='/confirm/address']").at("/confirm/address") }},
	{"confirm-address-empty", 200, func(p *tab) {
		p.enroll().press("a[href='/confirm/address']").at("/confirm/address").press(submit).wrong("email", "password")
	}},
	{"login-unconfirmed", 200, func(p *tab) { p.wrongPassword() }},
}

func waiting(c *app.Config) {
	everything(c)
	c.Features = append(c.Features, app.Confirm{}, app.Recover{})
}

// enroll registers and arrives at the page for waiting.
func (p *tab) enroll() *tab {
	p.t.Helper()
	p.visit("/register").fill("email", "grace@example.com").fill("password", secret).fill("password_confirm", secret).press("[name=terms]")
	return p.press(submit).at("/confirm")
}

// link registers and opens the link of the mail.
func (p *tab) link() *tab {
	p.t.Helper()
	return p.enroll().letter()
}

// letter opens the link of the newest mail.
func (p *tab) letter() *tab {
	p.t.Helper()
	p.visit("/dev/mailbox").press(".gh-letter").at("/dev/mailbox/1")
	return p.visit(value[string](p, `() => new URL(document.querySelector("main a[href*='/confirm/']").href).pathname`))
}
