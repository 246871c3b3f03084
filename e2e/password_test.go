package e2e

import "testing"

const kind = `() => document.querySelector('[name=password]').type`

// What is typed can be looked at, and is hidden again before it is sent: browsers remember text.
func TestShowPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	answer := s.hold("POST /login")
	p := open(t, s)
	p.visit("/login").fill("email", "ada@example.com").fill("password", "wrong horse")
	named := func(want string) {
		t.Helper()
		if got := value[string](p, `() => [...document.querySelectorAll('.gh-peek__button .gh-sr')].find((e) => e.checkVisibility()).innerText`); got != want {
			t.Errorf("the button is called %q, not %q", got, want)
		}
	}
	shown := func(want string) {
		t.Helper()
		if got := value[string](p, kind); got != want {
			t.Errorf("the field is of type %s, not %s", got, want)
		}
	}
	shown("password")
	named("Show password")
	p.press(".gh-peek__button")
	shown("text")
	named("Hide password")
	p.press(".gh-peek__button")
	shown("password")
	p.press(".gh-peek__button")
	shown("text")

	p.button("Sign in").until("the form to be on its way", `() => !!document.querySelector('form.htmx-request')`)
	shown("password")
	answer()
	p.has("The name or the password is wrong")
	shown("password")
	named("Show password")
	if got := p.field("password"); got != "wrong horse" {
		t.Errorf("the password is %q", got)
	}
	p.press(".gh-peek__button") // the new fragment's button works like the old one's
	shown("text")
	named("Hide password")
}

// A form that the browser itself sends hides it, too.
func TestShowPasswordPlainForm(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/login").fill("password", "wrong horse").press(".gh-peek__button")
	value[bool](p, `() => {
		const form = document.querySelector('main form')
		form.removeAttribute('hx-post')
		addEventListener('submit', (e) => { e.preventDefault(); window.sent = e.target.elements.password.type })
		return true
	}`)
	p.keys("").press(submit).until("the form to be sent", `() => window.sent === 'password'`)
}

// Without script there is no button that would do nothing.
func TestNoButtonsWithoutScript(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.withoutScript().visit("/register")
	if n := value[int](p, `() => [...document.querySelectorAll('.gh-peek__button, .gh-copy, .gh-meter')].filter((e) => e.checkVisibility()).length`); n != 0 {
		t.Errorf("%d things that need script are shown", n)
	}
	if width := value[float64](p, `() => parseFloat(getComputedStyle(document.querySelector('[name=password]')).paddingRight)`); width > 30 {
		t.Errorf("%v px are kept free for a button that is not there", width)
	}
}

// How hard a password is to guess is said while it is typed, in words.
func TestStrength(t *testing.T) {
	t.Parallel()
	p := open(t, newSite(t))
	p.visit("/register").fill("email", "grace.hopper@example.com")
	words := []string{"Too short", "Easy to guess", "Fair", "Hard to guess"}
	p.lacks(words...)
	for typed, level := range map[string]int{
		"abc":                0,
		"password1":          1,
		"gracehopper":        1, // what stands in the field above is known
		"12345678901234567":  1,
		secret:               3,
		"gå till stranden i": 3,
	} {
		p.fill("password", typed).has(words[level])
		for other, word := range words {
			if other != level {
				p.lacks(word)
			}
		}
		if n := value[int](p, `() => [...document.querySelectorAll('[role=status]')].filter((e) => e.checkVisibility() && e.innerText).length`); n != 1 {
			t.Errorf("%d things are announced", n)
		}
	}
	p.fill("password", "").lacks(words...)

	// A strong one stays strong in the answer that rejects something else, and a click away.
	p.fill("password", secret).fill("email", "no address").press(submit).wrong("email").has("Hard to guess")
}
