package e2e

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
)

// A rejected form is put right where it stands: nothing typed is lost, the cursor goes to what is
// wrong, and the page is still the same document.
func TestRejectedInPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *app.Config) {
		c.Features = []app.Feature{app.Login{}, app.Logout{}, app.Register{Username: app.Optional, Retype: true, Terms: "/tour/1", SignIn: true}, app.Account{}}
	})
	s.person("ada@example.com")
	p := open(t, s)

	p.visit("/register?next=/orders").mark()
	p.fill("email", "not an address").fill("username", "ada").fill("password", "short 1").fill("password_confirm", "short 2")
	p.button("Create account").has("This is not a full e-mail address", "The two passwords differ", "Accept the terms")
	p.stayed().at("/register?next=/orders")
	for name, want := range map[string]string{"email": "not an address", "username": "ada", "password": "short 1", "password_confirm": "short 2"} {
		if got := p.field(name); got != want {
			t.Errorf("%s is %q after the answer, not %q", name, got, want)
		}
	}
	if got := p.focused(); got != "email" {
		t.Errorf("the cursor is at %s", got)
	}
	p.keys("x") // and the caret where typing left it
	if got := p.field("email"); got != "not an addressx" {
		t.Errorf("after one more key the address is %q", got)
	}
	p.announced("This is not a full e-mail address").titled("Error: Create an account · Shop")

	// A second answer, one fault fewer: the cursor moves on.
	p.fill("email", "grace@example.com").button("Create account")
	p.until("the address to be accepted", `() => !document.querySelector('[name=email][aria-invalid]')`)
	p.stayed().has("The two passwords differ")
	if got := p.focused(); got != "password" {
		t.Errorf("the cursor is at %s", got)
	}

	p.fill("password", secret).fill("password_confirm", secret).press(`[name=terms]`)
	p.button("Create account").left().at("/orders").has("Orders", "ada")
	if n := s.requests("POST /register"); n != 3 {
		t.Errorf("%d posts", n)
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ada@example.com")
	p := open(t, s)
	p.visit("/login").mark().fill("email", "ada@example.com").fill("password", "wrong horse").button("Sign in")
	p.has("The name or the password is wrong").stayed().at("/login")
	p.announced("The name or the password is wrong").titled("Error: Sign in · Shop")
	if email, password := p.field("email"), p.field("password"); email != "ada@example.com" || password != "wrong horse" {
		t.Errorf("the fields hold %q and %q", email, password)
	}
	if got := p.focused(); got != "password" {
		t.Errorf("the cursor is at %s", got)
	}

	// A password manager that fills both again, then the Enter key instead of the button.
	p.fill("password", secret).keys("\r").left().at("/").has("Home").lacks("wrong")
	p.visit("/account").has("ada@example.com")
}

// The message of what was done is shown once.
func TestFlashOnce(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/register").mark().fill("email", "ada@example.com").fill("password", secret).button("Create account")
	p.left().at("/login").has("We have sent a message to ada@example.com.")
	p.reload().has("Sign in to Shop").lacks("We have sent")
}

// Without script the answer is a page of its own, with the same words and the cursor in the same
// place. The password is never in it.
func TestRejectedWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ada@example.com")
	p := open(t, s)
	p.withoutScript().visit("/login?next=/account").mark().fill("email", "ada@example.com").fill("password", "wrong horse").button("Sign in")
	p.left().at("/login?next=%2Faccount").has("The name or the password is wrong")
	p.titled("Error: Sign in · Shop")
	if email, password := p.field("email"), p.field("password"); email != "ada@example.com" || password != "" {
		t.Errorf("the fields hold %q and %q", email, password)
	}
	if got := p.focused(); got != "password" {
		t.Errorf("the cursor is at %s", got)
	}
	p.fill("password", secret).button("Sign in").at("/account").has("ada@example.com")
}

// announced demands that words are told to a screen reader when they appear.
func (p *tab) announced(words string) *tab {
	p.t.Helper()
	p.until("an alert: "+words, `(words) => [...document.querySelectorAll('[role=alert]')].some((e) => e.innerText.includes(words))`, words)
	return p
}

// titled demands a title, and one heading that goes with it.
func (p *tab) titled(want string) *tab {
	p.t.Helper()
	p.until("the title "+want, `(want) => document.title === want`, want)
	if n := value[int](p, `() => document.querySelectorAll('h1').length`); n != 1 {
		p.t.Errorf("%d headings of the first level", n)
	}
	if n := value[int](p, `() => document.querySelectorAll('main [data-fragment]').length`); n != 1 {
		p.t.Errorf("%d views in the page: one is nested in another\n%s", n, p.describe())
	}
	return p
}
