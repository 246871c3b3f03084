package pages_test

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func confirm(email string) props.Confirm {
	type sendFields struct {
		Email string `form:"email,kind=email"`
	}
	type codeFields struct {
		Email string `form:"email,kind=email"`
		Code  string `form:"code,required"`
	}
	p := props.Confirm{
		Send: form.Blank("confirm", "/confirm", &sendFields{}), Code: form.Blank("confirm-code", "/confirm/code", &codeFields{}),
		AppName: "Shop", Email: email, Login: "/login",
	}
	p.Send.Require("email", true)
	p.Code.Require("email", true)
	if email != "" {
		p.Send.Drop("email")
		p.Code.Drop("email")
		p.Mistyped, p.Inbox = "/confirm/address", "/dev/mailbox?to="+email
	}
	return p
}

func badCode(p props.Confirm) props.Confirm {
	p.Code.Fail("email", say("Enter your e-mail address."))
	p.Code.Fail("code", say("This code is wrong or no longer good. Check it, or have a new message sent."))
	return p
}

func tooSoon(p props.Confirm) props.Confirm {
	p.Send.Fail("", say("Too many tries"), say("Wait a minute, then try again. Nothing is lost."))
	p.Send.Wait = 48
	return p
}

func confirmLink(other string) props.ConfirmLink {
	return props.ConfirmLink{
		Form: form.Blank("confirm-link", "/confirm/x", &struct{}{}), AppName: "Shop", Email: "ada@example.com", SignedInAs: other,
	}
}

func confirmAddress() props.ConfirmAddress {
	return props.ConfirmAddress{
		Form: form.Blank("confirm-address", "/confirm/address", &struct {
			Email    string `form:"email,required,kind=email"`
			Password string `form:"password,required,secret"`
		}{}),
		AppName: "Shop", Email: "ada@exmaple.com", Back: "/confirm",
	}
}

func wrongAddress(p props.ConfirmAddress) props.ConfirmAddress {
	p.Fail("email", say("Enter your e-mail address."))
	p.Fail("password", say("This is not the password that you have chosen. Try again."))
	return p
}
