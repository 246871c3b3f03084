package pages_test

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func magicLink(email string) props.MagicLink {
	return props.MagicLink{
		Form: form.Blank("magic-link", "/login/email", &struct {
			Email    string `form:"email,required"`
			Remember bool   `form:"remember"`
		}{Email: email}),
		AppName: "Shop", Login: "/login?next=%2Forders", Register: "/register",
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
		AppName: "Shop", Email: email, Number: 47, Other: "/login/email",
	}
}

func wrongMagicCode(p props.MagicLinkWait) props.MagicLinkWait {
	p.Code.Fail("code", say("This code is wrong or no longer good. Check it, or have a new message sent."))
	p.Inbox = "/dev/mailbox"
	return p
}

func againTooSoon(p props.MagicLinkWait) props.MagicLinkWait {
	p.Again.Fail("", say("Too many tries"), say("Wait a minute, then try again. Nothing is lost."))
	p.Again.Wait = 48
	return p
}

func opened(change func(*props.MagicLinkOpen)) props.MagicLinkOpen {
	p := props.MagicLinkOpen{
		Form: form.Blank("magic-link-open", "/login/x", &struct {
			Number string `form:"number,required"`
		}{}),
		AppName: "Shop", Ask: "/login/email",
		Asker: props.Asker{Browser: say("Firefox on Windows"), Network: "192.0.2.7", At: time.Date(2026, 3, 4, 10, 4, 0, 0, time.UTC)},
	}
	change(&p)
	return p
}

func overLink(p *props.MagicLinkOpen) {
	p.Ended = true
	p.Drop("number")
	p.Fail("", say("This link has expired, was used, or a newer one was sent. Ask for another message where you want to sign in."))
}

func changeRemove() props.ChangeRemove {
	return props.ChangeRemove{
		Form: form.Blank("change-remove", "/change/remove", &struct {
			Password string `form:"password,required,secret"`
		}{}),
		AppName: "Shop", Name: "ada@example.com", Back: "/change",
	}
}

func lastWayIn(p props.ChangeRemove) props.ChangeRemove {
	p.Fail("", say("The password is the only way into your account. Confirm your address first."))
	return p
}

func removable(p props.Change) props.Change {
	p.Remove = "/change/remove"
	return p
}
