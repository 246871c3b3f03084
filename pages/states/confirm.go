package states

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func confirmStates() []shown {
	return []shown{
		{"confirm", outside(), confirm("ada@example.com", "")},
		{"confirm-unknown", outside(), confirm("", "")},
		{"confirm-unknown-filled", outside(), failed(confirm("", "ada@example.com"), "Code", "code", say("This code is wrong or no longer good. Check it, or have a new message sent."))},
		{"confirm-unknown-invalid", outside(), failed(confirm("", "ada@"), "Send", "email", say("This is not a full e-mail address, like name@example.com."))},
		{"confirm-unknown-locked", outside(), locked(confirm("", "ada@example.com"), "Send")},
		{"confirm-code-locked", outside(), locked(confirm("", "ada@example.com"), "Code")},
		{"confirm-invalid", outside(), badCode(confirm("", ""))},
		{"confirm-wait", outside(), locked(confirm(longName(), ""), "Send")},
		{"confirm-link", outside(), confirmLink("")},
		{"confirm-link-other", outside(), confirmLink("Grace Hopper")},
		{"confirm-address", outside(), confirmAddress("")},
		{"confirm-address-filled", outside(), confirmAddress("ada@example.com")},
		{"confirm-address-long", outside(), confirmAddress(longName())},
		{"confirm-address-locked", outside(), locked(confirmAddress("ada@example.com"), "Form")},
		{"confirm-address-invalid", outside(), wrongAddress(confirmAddress(""))},
	}
}

func confirm(email, typed string) props.Confirm {
	type sendFields struct {
		Email string `form:"email,kind=email"`
	}
	type codeFields struct {
		Email string `form:"email,kind=email"`
		Code  string `form:"code,required"`
	}
	p := props.Confirm{
		Send: form.Blank("confirm", "/confirm", &sendFields{typed}), Code: form.Blank("confirm-code", "/confirm/code", &codeFields{Email: typed}),
		Email: email, Login: "/login",
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

func confirmLink(other string) props.ConfirmLink {
	return props.ConfirmLink{
		Form: form.Blank("confirm-link", "/confirm/x", &struct{}{}), Email: "ada@example.com", SignedInAs: other,
	}
}

func confirmAddress(typed string) props.ConfirmAddress {
	return props.ConfirmAddress{
		Form: form.Blank("confirm-address", "/confirm/address", &struct {
			Email    string `form:"email,required,kind=email"`
			Password string `form:"password,required,secret"`
		}{Email: typed}),
		Email: "ada@exmaple.com", Back: "/confirm",
	}
}

func wrongAddress(p props.ConfirmAddress) props.ConfirmAddress {
	p.Fail("email", say("Enter your e-mail address."))
	p.Fail("password", say("This is not the password that you have chosen. Try again."))
	return p
}
