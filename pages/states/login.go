package states

import (
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func loginStates() []shown {
	return []shown{
		{"login", outside(), login(loginFields{})},
		{"login-full", flashed(outside(), "note", "Sign in to see this page."), full(login(loginFields{Email: "ada@example.com", Remember: true, Next: "/orders?page=2"}))},
		{"login-refused", outside(), refused(login(loginFields{Email: "ada@example.com"}))},
		{"login-missing", outside(), missing(login(loginFields{}))},
		{"login-locked", outside(), locked(login(loginFields{Email: "ada@example.com"}), "Form")},
		{"login-long", outside(), long(login(loginFields{Email: longName()}))},
		{"logout", outside(), props.Logout{Form: form.Blank("logout", "/logout", &struct{}{}), SignedIn: true, Home: "/"}},
		{"logout-done", outside(), props.Logout{Home: "/"}},
	}
}

type loginFields struct {
	Email    string `form:"email,required,kind=text"`
	Password string `form:"password,required,secret"`
	Remember bool   `form:"remember"`
	Next     string `form:"next"`
}

func login(typed loginFields) props.Login {
	p := props.Login{Form: form.Blank("login", "/login", &typed), Email: true, Username: true, Register: "/register", Recover: "/reset"}
	if !typed.Remember {
		p.Drop("remember")
	}
	return p
}

func full(p props.Login) props.Login {
	p.RecoverUsername = "/recover-username"
	p.Ways = []props.Link{{Label: say("Sign in with a passkey"), URL: "/wan-signin", Icon: "key-round"}, {Label: say("Mail me a link"), URL: "/us-signin", Icon: "mail"}}
	return p
}

func refused(p props.Login) props.Login {
	p.Fail("", say("The name or the password is wrong. Check both and try again."))
	p.FocusOn("password")
	return p
}

func missing(p props.Login) props.Login {
	p.Fail("email", say("Enter your e-mail address or username."))
	p.Fail("password", say("Enter your password."))
	return p
}

func long(p props.Login) props.Login {
	p.AppName = "The Donaudampfschifffahrtsgesellschaft of Lower Austria"
	return full(p)
}
