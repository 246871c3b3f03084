package states

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func magiclinkStates() []shown {
	return []shown{
		{"magic-link", outside(), magicLink("")},
		{"magic-link-only", outside(), only(magicLink("ada"))},
		{"magic-link-invalid", outside(), noAddress(magicLink("ada@"))},
		{"magic-link-locked", outside(), locked(magicLink("ada@example.com"), "Form")},
		{"magic-link-long", outside(), only(magicLink(longName()))},
		{"magic-link-wait", outside(), waitingFor("ada@example.com")},
		{"magic-link-wait-invalid", outside(), wrongMagicCode(waitingFor("ada@example.com"))},
		{"magic-link-wait-long", outside(), locked(waitingFor(longName()), "Again")},
		{"magic-link-wait-locked", outside(), locked(waitingFor("ada@example.com"), "Code")},
		{"magic-link-here", outside(), opened(func(p *props.MagicLinkOpen) { p.Here = true; p.SignedInAs = "Grace Hopper" })},
		{"magic-link-open", outside(), opened(func(*props.MagicLinkOpen) {})},
		{"magic-link-open-unknown", outside(), opened(func(p *props.MagicLinkOpen) {
			p.Asker = props.Asker{Browser: say("an unknown browser"), At: p.Asker.At}
			p.Fail("number", say("Type the number that the other page shows."))
		})},
		{"magic-link-open-locked", outside(), locked(opened(func(*props.MagicLinkOpen) {}), "Form")},
		{"magic-link-open-long", outside(), opened(func(p *props.MagicLinkOpen) { p.SignedInAs = longName() })},
		{"magic-link-approved", outside(), opened(func(p *props.MagicLinkOpen) { p.Approved = true })},
		{"magic-link-refused", outside(), opened(func(p *props.MagicLinkOpen) { p.Refused = true })},
		{"magic-link-ended", outside(), opened(overLink)},
	}
}

func magicLink(email string) props.MagicLink {
	return props.MagicLink{
		Form: form.Blank("magic-link", "/login/email", &struct {
			Email    string `form:"email,required"`
			Remember bool   `form:"remember"`
		}{Email: email}),
		Login: "/login?next=%2Forders", Register: "/register",
	}
}

// only is the page of a site without passwords, and without registering.
func only(p props.MagicLink) props.MagicLink {
	p.Username, p.Login, p.Register = true, "", ""
	p.Drop("remember")
	return p
}

func noAddress(p props.MagicLink) props.MagicLink {
	p.Fail("email", say("This is not a full e-mail address, like name@example.com."))
	return p
}

func waitingFor(email string) props.MagicLinkWait {
	return props.MagicLinkWait{
		Code: form.Blank("magic-link-code", "/login/code", &struct {
			Code string `form:"code,required"`
		}{}),
		Wait: form.Blank("magic-link-wait", "/login/wait", &struct{}{}), Again: form.Blank("magic-link", "/login/email", &struct{}{}),
		Email: email, Number: 47, Other: "/login/email",
	}
}

func wrongMagicCode(p props.MagicLinkWait) props.MagicLinkWait {
	p.Code.Fail("code", say("This code is wrong or no longer good. Check it, or have a new message sent."))
	p.Inbox = "/dev/mailbox"
	return p
}

func opened(change func(*props.MagicLinkOpen)) props.MagicLinkOpen {
	p := props.MagicLinkOpen{
		Form: form.Blank("magic-link-open", "/login/x", &struct {
			Number string `form:"number,required"`
		}{}),
		Ask:   "/login/email",
		Asker: props.Asker{Browser: say("%s on %s").With("Firefox", "Windows"), Network: "192.0.2.7", At: time.Date(2026, 3, 4, 10, 4, 0, 0, time.UTC)},
	}
	change(&p)
	return p
}

func overLink(p *props.MagicLinkOpen) {
	p.Ended = true
	p.Drop("number")
	p.Fail("", say("This link has expired, was used, or a newer one was sent. Ask for another message where you want to sign in."))
}
