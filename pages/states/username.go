package states

import (
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func usernameStates() []shown {
	return []shown{
		{"change-username", inside(), changeUsername("ada")},
		{"change-username-first", inside(), changeUsername("")},
		{"change-username-invalid", inside(), badUsername(changeUsername("ada"))},
		{"change-username-locked", inside(), locked(changeUsername("ada"), "Form")},
		{"change-username-bare", alone(inside()), bareUsername(changeUsername(""))},
		{"change-username-long", inside(), changeUsername(strings.Repeat("W", 32))},
		{"recover-username", outside(), recoverUsername("")},
		{"recover-username-invalid", outside(), noSuchAddress(recoverUsername("ada@"))},
		{"recover-username-wait", outside(), locked(recoverUsername(longName()), "Form")},
	}
}

func changeUsername(current string) props.ChangeUsername {
	p := props.ChangeUsername{
		Form: form.Blank("change-username", "/change-username", &struct {
			Username string `form:"username,max=254"`
			Password string `form:"password,required,secret"`
		}{Username: current}),
		Current: current, SignsIn: true, Removable: current != "", MinLength: 3, MaxLength: 32, Back: "/account",
	}
	if current != "" {
		p.Hold = 30 * 24 * time.Hour
	}
	p.Require("username", !p.Removable)
	return p
}

func badUsername(p props.ChangeUsername) props.ChangeUsername {
	p.Fail("username", say("This username looks like another one. Choose one that differs more."))
	p.Fail("password", say("This is not your password. Check it and try again."))
	return p
}

// bareUsername is of somebody without a password, where usernames do not sign in.
func bareUsername(p props.ChangeUsername) props.ChangeUsername {
	p.Drop("password")
	p.SignsIn, p.Back = false, ""
	return p
}

func recoverUsername(typed string) props.RecoverUsername {
	return props.RecoverUsername{
		Form: form.Blank("recover-username", "/recover-username", &struct {
			Email string `form:"email,required,kind=email"`
		}{Email: typed}),
		Login: "/login",
	}
}

func noSuchAddress(p props.RecoverUsername) props.RecoverUsername {
	p.Fail("email", say("This is not a full e-mail address, like name@example.com."))
	return p
}
