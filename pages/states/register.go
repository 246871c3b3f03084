package states

import (
	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func registerStates() []shown {
	return []shown{
		{"register", outside(), register(signUp{})},
		{"register-invalid", outside(), wrong(register(signUp{Email: "ada@", Company: "Analytical Engines"}))},
		{"login-or-register", outside(), pair{login(loginFields{}), register(signUp{})}},
		{"login-or-register-invalid", outside(), pair{missing(login(loginFields{})), register(signUp{})}},
		{"register-locked", outside(), locked(register(signUp{Email: "ada@example.com", Company: "Analytical Engines"}), "Form")},
		{"register-long", outside(), register(signUp{Email: longName(), Company: "The Donaudampfschifffahrtsgesellschaft of Lower Austria"})},
	}
}

type baseSignUp struct {
	Email    string `form:"email,required,max=254,kind=email"`
	Username string `form:"username,max=32"`
	Password string `form:"password,required,secret,min=8"`
	Again    string `form:"password_confirm,required,secret"`
	Terms    bool   `form:"terms,required"`
	Next     string `form:"next"`
}

type hostSignUp struct {
	baseSignUp
	Company string `form:"company,required,max=80,label=Company"`
	News    bool   `form:"news,label=Send me news twice a year"`
}

type signUp struct{ Email, Company string }

func register(typed signUp) props.Register {
	dst := hostSignUp{Company: typed.Company}
	dst.Email = typed.Email
	return props.Register{
		Form: form.Blank("register", "/register", &dst), MinPassword: 8, Terms: "/terms", Login: "/login",
	}
}

func wrong(p props.Register) props.Register {
	p.Fail("email", say("This is not a full e-mail address, like name@example.com."))
	p.Fail("password", say("Use at least %d characters. A few words in a row are easy to remember.").With(8), say("This password is easy to guess. Make it longer: three or four words that have nothing to do with each other work well."))
	p.Fail("terms", say("Accept the terms to open an account."))
	return p
}

// A pair is both ways in on one page, the one that was asked for first.
type pair struct {
	props.Login
	Beside props.Register
}

func (p pair) view() string { return "Views.LoginOrRegister" }

func (p pair) draw(v pages.Views) templ.Component {
	p.Beside.AppName = p.AppName
	return v.LoginOrRegister(v.Login(p.Login), v.Register(p.Beside))
}
