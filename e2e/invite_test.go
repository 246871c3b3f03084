package e2e

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/db"
)

// invitations are the scenes of a site on which people invite others.
var invitations = []scene{
	{"invite", 200, func(p *tab) { p.host().visit("/invite") }},
	{"invite-missing", 200, func(p *tab) { p.host().visit("/invite").press(submit).wrong("email") }},
	{"invite-sent", 200, func(p *tab) {
		p.host().invite("grace@example.com").invite(strings.Repeat("very-long-", 6) + "name@" + strings.Repeat("long.", 20) + "example")
	}},
	{"invite-revoked", 200, func(p *tab) {
		p.host().invite("grace@example.com").press("form[id^=invite-revoke] button")
		p.until("no button", `() => !document.querySelector("form[id^=invite-revoke]")`)
	}},
	{"invite-forbidden", 403, func(p *tab) { p.as("ada@example.com").visit("/invite") }},
	{"account-invite", 200, func(p *tab) { p.host().visit("/account") }},
	{"register-invited", 200, func(p *tab) { p.host().invite("grace@example.com").guest().invitation() }},
	{"login-invited", 200, func(p *tab) {
		p.site.person("grace@example.com")
		p.host().invite("grace@example.com").guest().invitation()
	}},
	{"invitation", 200, func(p *tab) {
		p.host().invite("grace@example.com").guest().as("grace@example.com").invitation()
	}},
	{"invitation-other", 200, func(p *tab) { p.host().invite("grace@example.com").invitation() }},
	{"invitation-accepted", 200, func(p *tab) { p.host().invite("grace@example.com").invitation().press(submit).at("/") }},
	{"invitation-unknown", 404, func(p *tab) { p.visit("/invitation/x") }},
	{"invite-only", 403, func(p *tab) { p.visit("/register") }},
}

func hosting(c *app.Config) {
	everything(c)
	c.Features = append(c.Features, app.Invite{Only: true, Roles: []string{"editor", "translator"}, By: func(a db.Account) bool {
		return strings.Contains(a.Account().RoleNames, "editor")
	}})
}

// host is somebody signed in who may invite.
func (p *tab) host() *tab {
	p.t.Helper()
	user := p.site.person("ada@example.com")
	for _, name := range []string{"editor", "translator"} {
		role := &db.Role{ID: db.NewID(), Name: name, CreatedAt: user.CreatedAt}
		for _, row := range []any{role, &db.UserRole{UserID: user.ID, RoleID: role.ID}} {
			_, err := p.site.db.NewInsert().Model(row).Exec(p.t.Context())
			must(p.t, err)
		}
	}
	return p.signedIn(user)
}

func (p *tab) invite(email string) *tab {
	p.t.Helper()
	p.visit("/invite").fill("email", email).press(submit)
	p.until("it to be sent", `() => !!document.querySelector("#flash .gh-alert--good")`)
	return p
}

// guest is nobody.
func (p *tab) guest() *tab {
	p.t.Helper()
	return p.visit("/logout").press(submit).at("/")
}

// invitation opens the link of the newest mail.
func (p *tab) invitation() *tab {
	p.t.Helper()
	p.visit("/dev/mailbox").press(".gh-letter").at("/dev/mailbox/1")
	return p.visit(value[string](p, `() => new URL(document.querySelector("main a[href*='/invitation/']").href).pathname`))
}

// A person is invited, registers and is in; whoever invited them sees it.
func TestInvited(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t, hosting))
	p.host().visit("/invite").mark()
	p.fill("email", "grace@example.com").button("Send the invitation").has("An invitation is on its way to grace@example.com.", "Waiting").stayed()
	if typed := p.field("email"); typed != "" {
		t.Errorf("%q stands in the form still", typed)
	}
	p.guest().invitation().has("ada@example.com invites you to", "Your account will have the address grace@example.com.")
	p.fill("password", secret).fill("password_confirm", secret).press("[name=terms]").press(submit).at("/").has("grace@example.com")
}
