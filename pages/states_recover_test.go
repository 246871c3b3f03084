package pages_test

import (
	"strings"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func forgotten(name string) props.Recover {
	type sendFields struct {
		Email string `form:"email"`
	}
	type codeFields struct {
		Email string `form:"email"`
		Code  string `form:"code,required"`
	}
	p := props.Recover{
		Send: form.Blank("recover", "/reset", &sendFields{name}), Code: form.Blank("recover-code", "/reset/code", &codeFields{}),
		AppName: "Shop", Email: true, Username: true, Waits: name != "", Login: "/login",
	}
	p.Send.Require("email", true)
	p.Code.Require("email", true)
	if p.Waits {
		p.Code.Drop("email")
		p.Inbox = "/dev/mailbox"
	}
	return p
}

func noCode(p props.Recover) props.Recover {
	p.Code.Fail("code", say("This code is wrong or no longer good. Check it, or have a new message sent."))
	return p
}

func nameless(p props.Recover) props.Recover {
	p.Send.Fail("email", say("Enter your e-mail address or username."))
	p.Login, p.Username = "", false
	return p
}

func askedTooSoon(p props.Recover) props.Recover {
	p.Send.Fail("", say("Too many tries"), say("Wait a minute, then try again. Nothing is lost."))
	p.Send.Wait = 48
	return p
}

func recoverLink(name, other string) props.RecoverLink {
	p := props.RecoverLink{
		Form: form.Blank("recover-link", "/reset/x", &struct {
			Password        string `form:"password,required,secret,min=8"`
			PasswordConfirm string `form:"password_confirm,required,secret"`
		}{}),
		AppName: "Shop", Name: name, MinPassword: 8, SignedInAs: other,
	}
	if other == "" {
		p.Drop("password_confirm")
	}
	return p
}

func tooShort(p props.RecoverLink) props.RecoverLink {
	p.Fail("password", say("Use at least 8 characters."))
	p.Fail("password_confirm", say("The two passwords differ. Type the same one twice."))
	return p
}

var longName = strings.Repeat("long", 20) + "@example.com"
