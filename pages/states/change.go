package states

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func changeStates() []shown {
	return []shown{
		{"change", inside(), change()},
		{"change-invalid", inside(), unchanged(change())},
		{"change-locked", inside(), locked(change(), "Form")},
		{"change-first", inside(), first(change())},
		{"change-long", alone(inside()), lengthy(change())},
		{"change-removable", inside(), removable(change())},
		{"change-remove", inside(), changeRemove()},
		{"change-remove-long", inside(), lengthyRemove(changeRemove())},
		{"change-remove-last", inside(), failed(changeRemove(), "Form", "", say("The password is the only way into your account. Confirm your address first."))},
		{"change-remove-invalid", inside(), failed(changeRemove(), "Form", "password", say("This is not your password. Check it and try again."))},
		{"change-remove-locked", inside(), locked(changeRemove(), "Form")},
	}
}

type changeFields struct {
	Password    string `form:"password,required,secret"`
	NewPassword string `form:"new_password,required,secret,min=8"`
	Again       string `form:"new_password_confirm,required,secret"`
}

func change() props.Change {
	return props.Change{Form: form.Blank("change", "/change", &changeFields{}), Name: "ada@example.com", MinPassword: 8, Recover: "/reset", Back: "/account"}
}

func unchanged(p props.Change) props.Change {
	p.Fail("password", say("This is not your password. Check it and try again."))
	p.Fail("new_password", say("Use at least %d characters. A few words in a row are easy to remember.").With(8))
	return p
}

func first(p props.Change) props.Change {
	p.Drop("password", "new_password_confirm")
	return p
}

func lengthy(p props.Change) props.Change {
	p.Name, p.Back = longName(), ""
	return p
}

func changeRemove() props.ChangeRemove {
	return props.ChangeRemove{
		Form: form.Blank("change-remove", "/change/remove", &struct {
			Password string `form:"password,required,secret"`
		}{}),
		Name: "ada@example.com", Back: "/change",
	}
}

func lengthyRemove(p props.ChangeRemove) props.ChangeRemove {
	p.Name = longName()
	return p
}

func removable(p props.Change) props.Change {
	p.Remove = "/change/remove"
	return p
}
