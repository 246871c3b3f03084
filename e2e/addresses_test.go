package e2e

import (
	"strings"

	"github.com/gatehouse-go/gatehouse/app"
)

// moves are the scenes of a site on which addresses are changed, added and removed.
var moves = []scene{
	{"change-email", 200, func(p *tab) { p.as("ada@example.com").visit("/change-email") }},
	{"change-email-wrong", 200, func(p *tab) {
		p.as("ada@example.com").visit("/change-email").fill("email", "ada@").press(submit).wrong("email", "password")
	}},
	{"change-email-asked", 200, func(p *tab) { p.as("ada@example.com").moveTo() }},
	{"change-email-link", 200, func(p *tab) { p.as("ada@example.com").moveTo().mailed("ada@new.example") }},
	{"change-email-stale", 422, func(p *tab) { p.as("ada@example.com").visit("/change-email/x") }},
	{"change-email-done", 200, func(p *tab) { p.moved() }},
	{"change-email-undo", 200, func(p *tab) { p.moved().mailed("ada@example.com") }},
	{"change-email-undone", 200, func(p *tab) { p.moved().mailed("ada@example.com").press(submit).at("/reset") }},
	{"change-email-undo-stale", 422, func(p *tab) { p.visit("/change-email/undo/x") }},
	{"addresses", 200, func(p *tab) {
		p.as("ada@example.com").adds("ada@work.example").mailed("ada@work.example").press(submit).at("/addresses").moveTo().visit("/addresses")
	}},
	{"addresses-wrong", 200, func(p *tab) {
		p.as("ada@example.com").visit("/addresses").fill("email", "ada@example.com").fill("password", secret).press(addressForm).wrong("email")
	}},
	{"addresses-long", 200, func(p *tab) {
		p.as("ada@example.com").adds(strings.Repeat("very-long-", 6) + "name@" + strings.Repeat("long.", 20) + "example").visit("/addresses")
	}},
	{"address-waiting", 200, func(p *tab) { p.as("ada@example.com").adds("ada@work.example").opened() }},
	{"address-confirmed", 200, func(p *tab) {
		p.as("ada@example.com").adds("ada@work.example").mailed("ada@work.example").press(submit).at("/addresses").opened()
	}},
	{"account-addresses", 200, func(p *tab) { p.as("ada@example.com").visit("/account") }},
}

const addressForm = "form[id^=addresses] button[type=submit]"

func moving(c *app.Config) {
	waiting(c)
	c.Features = append(c.Features, app.ChangeEmail{}, app.Addresses{})
}

// moveTo asks for another address.
func (p *tab) moveTo() *tab {
	p.t.Helper()
	p.visit("/change-email").fill("email", "ada@new.example").fill("password", secret).press(submit)
	p.until("the code to be asked for", `() => !!document.querySelector('[name=code]')`)
	return p
}

// moved has changed the address.
func (p *tab) moved() *tab {
	p.t.Helper()
	return p.as("ada@example.com").moveTo().mailed("ada@new.example").press(submit).at("/addresses")
}

// adds asks for one more address.
func (p *tab) adds(email string) *tab {
	p.t.Helper()
	p.visit("/addresses").fill("email", email).fill("password", secret).press(addressForm)
	p.until("the form to be empty", `() => [...document.querySelectorAll('form[id^=addresses] input[name]:not([type=hidden])')].every((i) => i.value === '')`)
	p.until("the address to be listed", `(email) => [...document.querySelectorAll('h3')].some((h) => h.innerText.includes(email))`, email)
	return p
}

// opened opens the page about the address that was added.
func (p *tab) opened() {
	p.t.Helper()
	p.press(`main a[href^="/addresses/"]`)
	p.until("the page about it", `() => !!document.querySelector('#view-address')`)
}

// mailed opens the link of the newest mail to an address.
func (p *tab) mailed(to string) *tab {
	p.t.Helper()
	p.visit("/dev/mailbox?to=" + to).press(".gh-letter")
	p.until("the mail", `() => location.pathname.startsWith('/dev/mailbox/') && !!document.querySelector("main a[href*='/change-email/']")`)
	return p.visit(value[string](p, `() => new URL(document.querySelector("main a[href*='/change-email/']").href).pathname`))
}
