package e2e

import "testing"

// Two tabs of one browser: what one does to the session, the other finds out in words.
func TestSignedOutInOtherTab(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	one := open(t, s).as("ada@example.com")
	two := one.another()
	one.visit("/note").fill("note", "milk")
	two.visit("/account").press(".gh-menu summary").button("Sign out").at("/").has("You are signed out.")

	one.mark().button("Keep").left().at("/login?next=%2Fnote").has("Sign in to see this page.").titled("Sign in · Shop")
	one.signIn("ada@example.com").at("/note")
}

// A form that was opened by one person and sent once another has signed in is sent by the other,
// as the page around the next answer says; and a sign-in form that is no longer needed changes
// nothing.
func TestSomebodyElseInOtherTab(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("grace@example.com")
	one := open(t, s).as("ada@example.com")
	two := one.another()
	one.visit("/logout").has("Sign out of Shop?")
	two.visit("/logout").button("Sign out").at("/").visit("/login").signIn("grace@example.com").at("/")
	one.button("Sign out").at("/").has("You are signed out.").titled("Home · Shop")
	two.visit("/account").at("/login?next=%2Faccount")

	one.visit("/login?next=/orders").fill("email", "ada@example.com").fill("password", secret)
	two.signIn("grace@example.com").at("/account").has("grace@example.com")
	one.button("Sign in").at("/").has("grace@example.com").lacks("ada@example.com").titled("Home · Shop")
	if n := s.sessions(); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// A page kept open since before signing out can be used to sign in: its token is of a visitor who
// is no more, and the browser's own word counts.
func TestStaleToken(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("grace@example.com")
	one := open(t, s)
	two := one.another()
	one.visit("/login")
	two.visit("/login").signIn("grace@example.com").at("/").visit("/logout").button("Sign out").at("/")
	one.signIn("grace@example.com").at("/").has("grace@example.com")
}
