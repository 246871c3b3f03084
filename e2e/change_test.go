package e2e

import "testing"

const lamps = "seventeen green lamps"

// After a change the browser's other tabs go on: the session has another id, which they share, and
// a form that was opened before can still be sent.
func TestChangeInOtherTab(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	one := open(t, s).as("ada@example.com")
	two := one.another()
	phone := open(t, s).signedIn(s.person("grace@example.com"))
	one.visit("/change")
	two.visit("/change").fill("password", secret).fill("new_password", lamps).button("Change your password")
	two.at("/account").has("Your password is changed. Every other device is signed out.")
	// What was typed stays, to be mended where it is wrong by now.
	one.fill("password", secret).fill("new_password", lamps+" again").button("Change your password").has("This is not your password")
	one.fill("password", lamps).button("Change your password").at("/account").has("Your password is changed.")
	two.visit("/account").has("ada@example.com")
	phone.visit("/account").has("grace@example.com")
	if n := s.sessions(); n != 2 {
		t.Errorf("%d sessions", n)
	}
}

// Without script the page does as much.
func TestChangeWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := open(t, s).as("ada@example.com").withoutScript()
	p.visit("/change").fill("password", "wrong horse").fill("new_password", lamps).press(submit).has("This is not your password")
	p.fill("password", secret).fill("new_password", lamps).press(submit).at("/account").has("Your password is changed.")
	p.visit("/logout").press(submit).at("/")
}
