package e2e

import (
	"strings"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
)

// A scene is a page in one of its states, and how a person gets there. It names no words, since it
// is played in every language.
type scene struct {
	name   string
	status int
	play   func(*tab)
}

const submit = `main form button[type=submit]`

var scenes = []scene{
	{"home", 200, func(p *tab) { p.visit("/") }},
	{"home-member", 200, func(p *tab) { p.as("ada@example.com").visit("/") }},
	{"login", 200, func(p *tab) { p.visit("/login") }},
	{"login-empty", 200, func(p *tab) { p.visit("/login").press(submit).wrong("email", "password") }},
	{"login-wrong", 200, func(p *tab) { p.wrongPassword() }},
	{"login-shown", 200, func(p *tab) { p.visit("/login").fill("password", secret).press(".gh-peek__button") }},
	{"login-note", 200, func(p *tab) { p.visit("/account").at("/login?next=%2Faccount") }},
	{"login-too-many", 200, func(p *tab) {
		p.wrongPassword().fill("password", "wrong again").press(submit)
		p.until("another message", `() => !document.querySelector('[aria-invalid]') && document.querySelectorAll('[role=alert]').length === 1`)
	}},
	{"register", 200, func(p *tab) { p.visit("/register") }},
	{"register-typed", 200, func(p *tab) { p.visit("/register").fill("password", "Tr0ub4dor") }},
	{"register-empty", 200, func(p *tab) {
		p.visit("/register").press(submit).wrong("email", "password", "password_confirm", "terms")
	}},
	{"register-wrong", 200, func(p *tab) {
		p.visit("/register").fill("email", "not an address").fill("username", "a b").fill("password", "password").fill("password_confirm", "other")
		p.press(submit).wrong("email", "username", "password", "password_confirm", "terms")
	}},
	{"registered", 200, func(p *tab) { p.register() }},
	{"account", 200, func(p *tab) { p.as("ada@example.com").visit("/account") }},
	{"account-menu", 200, func(p *tab) { p.as("ada@example.com").visit("/account").press(".gh-menu summary") }},
	{"account-long", 200, func(p *tab) {
		p.as(strings.Repeat("very-long-", 6) + "name@" + strings.Repeat("long.", 20) + "example").visit("/account")
	}},
	{"change", 200, func(p *tab) { p.as("ada@example.com").visit("/change") }},
	{"change-typed", 200, func(p *tab) { p.as("ada@example.com").visit("/change").fill("new_password", "Tr0ub4dor") }},
	{"change-empty", 200, func(p *tab) {
		p.as("ada@example.com").visit("/change").press(submit).wrong("password", "new_password", "new_password_confirm")
	}},
	{"change-wrong", 200, func(p *tab) {
		p.as("ada@example.com").visit("/change").changeTo("wrong horse", "seventeen green lamps").wrong("password")
	}},
	{"change-too-many", 200, func(p *tab) {
		p.as("ada@example.com").visit("/change").changeTo("wrong horse", "seventeen green lamps").wrong("password").press(submit)
		p.until("another message", `() => !document.querySelector('[aria-invalid]') && document.querySelectorAll('[role=alert]').length === 1`)
	}},
	{"change-first", 200, func(p *tab) { p.withoutPassword("ada@example.com").visit("/change") }},
	{"change-long", 200, func(p *tab) {
		p.as(strings.Repeat("very-long-", 6) + "name@" + strings.Repeat("long.", 20) + "example").visit("/change")
	}},
	{"changed", 200, func(p *tab) {
		p.as("ada@example.com").visit("/change").changeTo(secret, "seventeen green lamps").at("/account")
	}},
	{"username", 200, func(p *tab) { p.as("ada@example.com").visit("/change-username") }},
	{"username-empty", 200, func(p *tab) {
		p.as("ada@example.com").visit("/change-username").press(submit).wrong("username", "password")
	}},
	{"username-wrong", 200, func(p *tab) { p.as("ada@example.com").visit("/change-username").nameMe("admin").wrong("username") }},
	{"username-refused", 200, func(p *tab) {
		p.as("ada@example.com").visit("/change-username").fill("username", "countess").fill("password", "wrong horse").press(submit).wrong("password")
	}},
	{"username-chosen", 200, func(p *tab) { p.as("ada@example.com").visit("/change-username").nameMe("countess").at("/account") }},
	{"username-change", 200, func(p *tab) {
		p.as("ada@example.com").visit("/change-username").nameMe(strings.Repeat("W", 32)).at("/account").visit("/change-username")
	}},
	{"username-first", 200, func(p *tab) { p.withoutPassword("ada@example.com").visit("/change-username") }},
	{"recover-username", 200, func(p *tab) { p.visit("/recover-username") }},
	{"recover-username-empty", 200, func(p *tab) { p.visit("/recover-username").press(submit).wrong("email") }},
	{"recover-username-sent", 200, func(p *tab) {
		p.visit("/recover-username").fill("email", "ada@example.com").press(submit).at("/login")
	}},
	{"account-without-password", 200, func(p *tab) { p.withoutPassword("ada@example.com").visit("/account") }},
	{"logout", 200, func(p *tab) { p.as("ada@example.com").visit("/logout") }},
	{"logout-done", 200, func(p *tab) { p.visit("/logout") }},
	{"signed-out", 200, func(p *tab) { p.as("ada@example.com").visit("/logout").press(submit).at("/") }},
	{"403", 403, func(p *tab) { p.as("ada@example.com").visit("/admin") }},
	{"404", 404, func(p *tab) { p.visit("/nowhere") }},
	{"405", 405, func(p *tab) { p.visit("/").send("/account", 1) }},
	{"413", 413, func(p *tab) { p.visit("/").send("/login", 300<<10) }},
	{"429", 429, func(p *tab) { p.visit("/error/429") }},
	{"500", 500, func(p *tab) { p.visit("/error/500") }},
	{"503", 503, func(p *tab) { p.visit("/error/503") }},
	{"mailbox-empty", 200, func(p *tab) { p.visit("/dev/mailbox") }},
	{"mailbox", 200, func(p *tab) { p.register().visit("/dev/mailbox") }},
	{"mailbox-narrowed", 200, func(p *tab) {
		p.register().visit("/dev/mailbox").fill("to", "ada@example.com").press(`[role=search] button`)
		p.at("/dev/mailbox?to=ada%40example.com")
	}},
	{"gallery", 200, func(p *tab) { p.visit("/dev/gallery?group=error").framed() }},
	{"gallery-dark", 200, func(p *tab) { p.visit("/dev/gallery?group=account&theme=dark&width=1280&in=fa").framed() }},
	{"gallery-mails", 200, func(p *tab) {
		p.visit("/dev/mailbox").press(`main a[href*="/dev/gallery"]`).at("/dev/gallery?group=mails").framed()
	}},
	{"mail-code", 200, func(p *tab) {
		p.post("grace@example.com", "Your code", "Type this:\n\n4821 9037\n\nor follow\n\n"+p.site.url+"/tour/1?token="+strings.Repeat("long", 20)+"\n")
		p.visit("/dev/mailbox/1").press("details.gh-folded summary")
	}},
	{"mail", 200, func(p *tab) {
		p.register().visit("/dev/mailbox").press(".gh-letter").at("/dev/mailbox/1")
	}},
}

// pairs are the scenes of a site with one page for signing in and registering.
var pairs = []scene{
	{"pair", 200, func(p *tab) { p.visit("/login") }},
	{"pair-register", 200, func(p *tab) { p.visit("/register") }},
	{"pair-wrong", 200, func(p *tab) {
		p.visit("/login").fill("email", "ada").press("#register button[type=submit]")
		p.until("the half to be answered", `() => document.querySelectorAll('#view-register [aria-invalid=true]').length > 2`)
		p.until("the other half to stay", `() => document.querySelector('#login-email').value === 'ada' && !document.querySelector('#view-login [role=alert]')`)
	}},
}

// together has both forms on one page, and a field each for the kinds of names.
func together(c *app.Config) {
	everything(c)
	c.Features[0] = app.Login{WithRegister: true, Apart: true}
	c.Features = append(c.Features, app.Remember{})
}

// everything turns on what makes pages longer.
func everything(c *app.Config) {
	c.Features = []app.Feature{
		app.Login{Limit: app.Limit{PerAccount: app.Delay{Free: 1, Within: 3600e9, First: 30e9, Longest: 3600e9}}},
		app.Logout{},
		app.Register{Username: app.Optional, Retype: true, Terms: "/tour/1"},
		app.Account{},
		app.Change{Retype: true, Limit: app.Limit{PerAccount: app.Delay{Free: 1, Within: 3600e9, First: 30e9, Longest: 3600e9}}},
		app.ChangeUsername{},
		app.RecoverUsername{},
	}
}

// nameMe fills in the form for another username.
func (p *tab) nameMe(username string) *tab {
	p.t.Helper()
	return p.fill("username", username).fill("password", secret).press(submit)
}

// changeTo fills in the form for another password.
func (p *tab) changeTo(from, to string) *tab {
	p.t.Helper()
	return p.fill("password", from).fill("new_password", to).fill("new_password_confirm", to).press(submit)
}

// withoutPassword is somebody who has just come in by another way.
func (p *tab) withoutPassword(email string) *tab {
	p.t.Helper()
	user := p.site.person(email)
	_, err := p.site.db.NewRaw("UPDATE users SET password_hash = NULL, password_changed_at = NULL WHERE id = ?", user.ID).Exec(p.t.Context())
	must(p.t, err)
	return p.signedIn(user)
}

func (p *tab) wrongPassword() *tab {
	p.t.Helper()
	p.visit("/login").fill("email", "ada@example.com").fill("password", "wrong horse").press(submit)
	p.until("an answer", `() => !!document.querySelector('[role=alert]')`)
	return p
}

// wrong waits for fields to be marked as in error.
func (p *tab) wrong(fields ...string) *tab {
	p.t.Helper()
	for _, name := range fields {
		p.until(name+" to be marked", `(name) => !!document.querySelector('[name="' + name + '"][aria-invalid=true]')`, name)
	}
	return p
}

// post has the site send a mail of the host's.
func (p *tab) post(to, subject, text string) {
	p.t.Helper()
	must(p.t, p.site.app.Mail(p.ctx, p.site.db, "host.mail", to, components.Mail{Subject: subject, Text: text, HTML: components.MailText(text)}))
	must(p.t, p.site.app.DeliverMails(p.ctx))
}

func (p *tab) register() *tab {
	p.t.Helper()
	p.visit("/register").fill("email", "grace@example.com").fill("password", secret).fill("password_confirm", secret).press("[name=terms]")
	return p.press(submit).at("/login")
}

// send posts a form that no page has, with a field of so many bytes.
func (p *tab) send(path string, size int) {
	p.t.Helper()
	p.mark()
	value[bool](p, `(path, size) => {
		const form = document.createElement('form')
		form.method = 'post'
		form.action = path
		const field = document.createElement('input')
		field.type = 'hidden'
		field.name = 'field'
		field.value = 'x'.repeat(size)
		form.append(field)
		document.body.append(form)
		form.submit()
		return true
	}`, path, size)
	p.left()
}
