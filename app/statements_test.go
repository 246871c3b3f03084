package app_test

import (
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// What stands for anything in a pattern stands for itself in a name: nobody is signed in, mailed or
// kept from registering by it.
func TestNamesAreNoPatterns(t *testing.T) {
	tell(t, asked(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "axb@example.com", Username: "axbxc"})
		s.Clock.Advance(time.Hour)
		for _, pattern := range []string{"a_b@example.com", "%@example.com", "a%b@example.com", "axb@example_com", "a_b_c", "a%c", "%"} {
			signIn(s.Browser(), pattern, apptest.Password).SignedOut()
			forget(s.Browser(), pattern)
			ask(s.Browser(), pattern)
		}
		for _, pattern := range []string{"a_b@example.com", "%@example.com", "a%b@example.com"} {
			askUsername(s.Browser(), pattern)
		}
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
		s.Browser().Visit("/register").Fill("email", "a_b@example.com").Fill("username", "a_b_c").Fill("password", good).Submit().At("/confirm")
		if letter := s.Mail("a_b@example.com"); letter.Kind != "confirm" {
			t.Errorf("registering is answered by %+v", letter.Message)
		}
	})
}

// A password is what was typed, blanks and all, in whatever form a keyboard writes it; whether it is
// chosen by a mail, changed, or chosen at first.
func TestPasswordsAsTyped(t *testing.T) {
	const composed, other = "  ﬁfty café lanterns ", "  fifty cafe\u0301 lanterns "
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		signs := func(email string) {
			t.Helper()
			signIn(s.Browser(), email, other).SignedIn(email)
			signIn(s.Browser(), email, other[1:]).SignedOut()
			signIn(s.Browser(), email, "  fifty café lanterns").SignedOut()
		}
		user := s.User(apptest.Person{Email: ada})
		change(s.As(user), apptest.Password, composed)
		signs(ada)
		// An account that has no password gets one by a mail.
		s.User(apptest.Person{Email: "bob@example.com", NoPassword: true})
		forget(s.Browser(), "bob@example.com")
		choose(s.Browser(), s.Mail("bob@example.com").Link(), composed).Sees(saysRecover)
		signs("bob@example.com")
		s.Browser().Visit("/register").Fill("email", "eve@example.com").Fill("password", composed).Submit()
		signs("eve@example.com")
	})
}

// Of several addresses, the primary one decides whether the account has shown that it is theirs: that
// is where mail goes.
func TestPrimaryAddressCounts(t *testing.T) {
	tell(t, asked(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		addFor(b, third).Visit(s.Mail(third).Link()).Submit()
		if addressOf(t, s, user, third).ConfirmedAt.IsZero() {
			t.Fatal("the second address is not confirmed")
		}
		signIn(s.Browser(), third, apptest.Password).SignedIn(ada)
		run(t, s, "UPDATE addresses SET confirmed_at = NULL WHERE address_key = ?", ada)
		for _, name := range []string{ada, third} {
			signIn(s.Browser(), name, apptest.Password).SignedOut()
		}
	})
}
