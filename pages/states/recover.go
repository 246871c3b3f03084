package states

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func recoverStates() []shown {
	return []shown{
		{"recover", outside(), forgotten("", "")},
		{"recover-waits", outside(), forgotten("ada@example.com", "")},
		{"recover-no-code", outside(), noCode(forgotten("", ""))},
		{"recover-code-filled", outside(), noCode(forgotten("", "ada@example.com"))},
		{"recover-code-locked", outside(), locked(forgotten("", "ada@example.com"), "Code")},
		{"recover-waits-locked", outside(), locked(forgotten("ada", ""), "Code")},
		{"recover-missing", outside(), nameless(forgotten("", ""))},
		{"recover-bad-code", outside(), noCode(forgotten(longName(), ""))},
		{"recover-too-soon", outside(), locked(forgotten("ada", ""), "Send")},
		{"recover-link", outside(), recoverLink("ada@example.com", "")},
		{"recover-link-other", inside(), recoverLink(longName(), "Grace Hopper")},
		{"recover-link-locked", outside(), locked(recoverLink("ada@example.com", ""), "Form")},
		{"recover-link-invalid", outside(), tooShort(recoverLink("ada@example.com", "Grace Hopper"))},
	}
}

func forgotten(name, typed string) props.Recover {
	type sendFields struct {
		Email string `form:"email"`
	}
	type codeFields struct {
		Email string `form:"email"`
		Code  string `form:"code,required"`
	}
	p := props.Recover{
		Send: form.Blank("recover", "/reset", &sendFields{name}), Code: form.Blank("recover-code", "/reset/code", &codeFields{Email: typed}),
		Email: true, Username: true, Waits: name != "", Login: "/login",
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

func recoverLink(name, other string) props.RecoverLink {
	p := props.RecoverLink{
		Form: form.Blank("recover-link", "/reset/x", &struct {
			Password        string `form:"password,required,secret,min=8"`
			PasswordConfirm string `form:"password_confirm,required,secret"`
		}{}),
		Name: name, MinPassword: 8, SignedInAs: other,
	}
	if other == "" {
		p.Drop("password_confirm")
	}
	return p
}

func tooShort(p props.RecoverLink) props.RecoverLink {
	p.Fail("password", say("Use at least %d characters. A few words in a row are easy to remember.").With(8))
	p.Fail("password_confirm", say("The two passwords differ. Type the same one twice."))
	return p
}
