package states

import (
	"strings"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// lengthyAddress is as long as an address may be.
func lengthyAddress() string {
	return strings.Repeat("very-long-", 6) + "name@" + strings.Repeat("long.", 20) + "example"
}

func addressStates() []shown {
	return []shown{
		{"change-email", inside(), changeEmail("")},
		{"change-email-filled", inside(), changeEmail("ada@new.example")},
		{"change-email-long", inside(), lengthyEmail(changeEmail(longName()))},
		{"change-email-invalid", inside(), unmoved(changeEmail("ada@"))},
		{"change-email-locked", inside(), locked(changeEmail("ada@new.example"), "Form")},
		{"change-email-first", alone(inside()), firstEmail(changeEmail(""))},
		{"addresses", inside(), addresses("")},
		{"addresses-one", inside(), oneAddress(addresses(""))},
		{"addresses-unconfirmed", inside(), unconfirmedOne(addresses(""))},
		{"addresses-invalid", inside(), wrongOne(addresses("ada@work.example"))},
		{"addresses-locked", inside(), locked(addresses("ada@third.example"), "Form")},
		{"addresses-full", inside(), fullOf(addresses(""))},
		{"address-waiting", inside(), address(props.Address{Email: "ada@work.example"})},
		{"address-replaces", inside(), address(props.Address{Email: lengthyAddress(), Replaces: true})},
		{"address-invalid", inside(), wrongCode(address(props.Address{Email: "ada@work.example"}))},
		{"address-locked", inside(), locked(address(props.Address{Email: "ada@work.example"}), "Send")},
		{"address-code-locked", inside(), locked(address(props.Address{Email: "ada@work.example"}), "Code")},
		{"address-confirmed", inside(), address(props.Address{Email: "ada@work.example", Confirmed: true})},
		{"address-confirmed-invalid", inside(), notMine(address(props.Address{Email: "ada@work.example", Confirmed: true}))},
		{"address-confirmed-locked", inside(), locked(address(props.Address{Email: "ada@work.example", Confirmed: true}), "MakePrimary")},
		{"address-primary", inside(), address(props.Address{Email: "ada@example.com", Confirmed: true, Primary: true})},
		{"address-link", inside(), addressLink(false)},
		{"address-link-over", inside(), addressLink(true)},
		{"address-undo", outside(), addressUndo(false)},
		{"address-undo-over", outside(), addressUndo(true)},
	}
}

type claimFields struct {
	Email    string `form:"email,required,kind=email"`
	Password string `form:"password,required,secret"`
}

func changeEmail(typed string) props.ChangeEmail {
	return props.ChangeEmail{Form: form.Blank("change-email", "/change-email", &claimFields{Email: typed}), Email: "ada@example.com", Account: "ada", Back: "/account"}
}

func unmoved(p props.ChangeEmail) props.ChangeEmail {
	p.Fail("email", say("This is not a full e-mail address, like name@example.com."))
	p.Fail("password", say("This is not your password. Check it and try again."))
	return p
}

func firstEmail(p props.ChangeEmail) props.ChangeEmail {
	p.Drop("password")
	p.Email = ""
	return p
}

func lengthyEmail(p props.ChangeEmail) props.ChangeEmail {
	p.Email, p.Account = lengthyAddress(), longName()
	return p
}

func addresses(typed string) props.Addresses {
	return props.Addresses{
		Form: form.Blank("addresses", "/addresses", &claimFields{Email: typed}), Account: "ada", Most: 5, Change: "/change-email", Back: "/account",
		List: []props.AddressRow{
			{Email: "ada@example.com", Primary: true, Confirmed: true, URL: "/addresses/1"},
			{Email: "ada@work.example", Confirmed: true, URL: "/addresses/2"},
			{Email: "ada@new.example", Replaces: true, URL: "/addresses/3"},
			{Email: lengthyAddress(), URL: "/addresses/4"},
		},
	}
}

func oneAddress(p props.Addresses) props.Addresses {
	p.List, p.Change = p.List[:1], ""
	return p
}

func unconfirmedOne(p props.Addresses) props.Addresses {
	p.List[0].Confirmed, p.List, p.Confirm = false, p.List[:1], "/confirm?next=%2Faddresses"
	return p
}

func wrongOne(p props.Addresses) props.Addresses {
	p.Fail("email", say("This address is on your account already."))
	return p
}

func fullOf(p props.Addresses) props.Addresses {
	p.Most = 3
	return p
}

func address(p props.Address) props.Address {
	type code struct {
		Code string `form:"code,required"`
	}
	type password struct {
		Password string `form:"password,required,secret"`
	}
	p.Code, p.Send = form.Blank("address-code", "/addresses/2/code", &code{}), form.Blank("address-send", "/addresses/2/send", &struct{}{})
	p.Remove, p.MakePrimary = form.Blank("address-remove", "/addresses/2/remove", &struct{}{}), form.Blank("address-primary", "/addresses/2/primary", &password{})
	p.Account, p.Back, p.Inbox = "ada", "/addresses", "/dev/mailbox?to=ada%40work.example"
	return p
}

func wrongCode(p props.Address) props.Address {
	p.Code.Fail("code", say("This code is wrong or no longer good. Check it, or have a new message sent."))
	return p
}

func notMine(p props.Address) props.Address {
	p.MakePrimary.Fail("password", say("This is not your password. Check it and try again."))
	return p
}

func addressLink(over bool) props.AddressLink {
	p := props.AddressLink{Form: form.Blank("address-link", "/change-email/x", &struct{}{}), Email: "ada@new.example"}
	if over {
		p.Fail("", say("This message has expired, or a newer one was sent. Use the newest, or ask for another."))
		p.Email, p.Over, p.Back = "", true, "/addresses"
	}
	return p
}

func addressUndo(over bool) props.AddressUndo {
	p := props.AddressUndo{Form: form.Blank("address-undo", "/change-email/undo/x", &struct{}{}), Email: "ada@example.com"}
	if over {
		p.Fail("", say("This change was undone already."))
		p.Email, p.Over, p.Home = "", true, "/"
	}
	return p
}
