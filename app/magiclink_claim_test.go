package app_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// Somebody opened an account with an address that is not theirs, and a password of theirs. Its
// owner comes by mail: the account is theirs, and the password and what it opened are dead.
func TestMagicLinkTakesBack(t *testing.T) {
	tell(t, byMail(app.MagicLink{}, app.Confirm{SignInUnconfirmed: true}), func(t *testing.T, s *apptest.Site) {
		thief := enroll(s.Browser(), ada)
		signIn(thief, ada, good).SignedIn(ada)
		s.Happened(app.Registered, app.SignedIn)
		s.Clock.Advance(time.Hour)
		b := ask(s.Browser(), ada)
		typeCode(b, s.Mail(ada).Code()).At("/").SignedIn(ada)
		s.Happened(app.MagicLinkSent, app.EmailConfirmed, app.PasswordRemoved, app.SignedIn)
		thief.SignedOut()
		signIn(s.Browser(), ada, good).SeesError("", saysWrong)
		var kinds []string
		for _, m := range s.Mails() {
			kinds = append(kinds, m.Kind)
			if m.Kind == "change.removed" && !strings.Contains(m.Text, "somebody else's choice") {
				t.Errorf("the notice says %s", m.Text)
			}
		}
		if got := strings.Join(kinds, " "); got != "confirm magic_link change.removed" {
			t.Errorf("the mails are %s", got)
		}
		if !isConfirmed(t, s, ada) {
			t.Error("the address is not confirmed")
		}
		// The second time it is an account like any other.
		user := new(db.User)
		must(t, s.DB.NewSelect().Model(user).Scan(t.Context()))
		must(t, s.App.SetPassword(t.Context(), user, better))
		s.Clock.Advance(time.Hour)
		b = ask(s.Browser(), ada)
		typeCode(b, s.Mail(ada).Code()).SignedIn(ada)
		signIn(s.Browser(), ada, better).SignedIn(ada)
	})
}

// Who registered in this same browser has chosen the password, and keeps it.
func TestMagicLinkKeepsOnesOwn(t *testing.T) {
	tell(t, byMail(app.MagicLink{}, app.Confirm{}), func(t *testing.T, s *apptest.Site) {
		b := enroll(s.Browser(), ada)
		s.Clock.Advance(time.Hour)
		ask(b, ada)
		typeCode(b, s.Mail(ada).Code()).SignedIn(ada)
		s.Happened(app.Registered, app.MagicLinkSent, app.EmailConfirmed, app.SignedIn)
		signIn(s.Browser(), ada, good).SignedIn(ada)
	})
}

// Having registered in this browser, too, is nothing that makes another account one's own.
func TestMagicLinkKeepsNobodyElses(t *testing.T) {
	tell(t, byMail(app.MagicLink{}, app.Confirm{SignInUnconfirmed: true}), func(t *testing.T, s *apptest.Site) {
		thief := enroll(s.Browser(), ada)
		signIn(thief, ada, good).SignedIn(ada)
		b := enroll(s.Browser(), "ada.two@example.com")
		s.Happened(app.Registered, app.SignedIn, app.Registered)
		s.Clock.Advance(time.Hour)
		ask(b, ada)
		typeCode(b, s.Mail(ada).Code()).SignedIn(ada)
		s.Happened(app.MagicLinkSent, app.EmailConfirmed, app.PasswordRemoved, app.SignedIn)
		thief.SignedOut()
		signIn(s.Browser(), ada, good).SeesError("", saysWrong)
	})
}

// A site without any password: one registers by an address, and signs in by mail.
func TestMagicLinkAlone(t *testing.T) {
	tell(t, mailOnly(), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register?next=%2Forders")
		if s.Transport != apptest.JSON && b.Page().Find(`[type="password"]`).Length() != 0 {
			t.Error("a password is asked for")
		}
		b.Fill("email", ada).Submit().At("/login/wait?next=%2Forders").Sees("Thank you. We have sent a message to " + ada).SignedOut()
		s.Happened(app.Registered, app.MagicLinkSent)
		b.Visit("/login/wait?next=%2Forders").In("magic-link-code").Fill("code", s.Mail(ada).Code()).Submit().At("/orders").SignedIn(ada)
		s.Happened(app.EmailConfirmed, app.SignedIn)
		other := s.Browser().Visit("/orders").At("/login?next=%2Forders")
		s.Clock.Advance(time.Minute)
		other.Visit("/login?next=%2Forders").Fill("email", ada).Submit().At("/login/wait?next=%2Forders")
		other.Visit(s.Mail(ada).Link()).Submit().At("/orders").SignedIn(ada)
		s.Happened(app.MagicLinkSent, app.SignedIn)
		// Who has an account already gets into it, and who only typed the address into nothing.
		eve := s.Browser()
		s.Clock.Advance(time.Hour)
		eve.Visit("/register").Fill("email", ada).Submit().At("/login/wait").SignedOut()
		s.Happened(app.RegisterExisting, app.MagicLinkSent)
		typeCode(eve, "12345678").SignedOut()
		s.User(apptest.Person{Email: "known@example.com"})
		names := []string{"known@example.com", "new@example.com"}
		alike(t, s, "/register", names, url.Values{})
		s.Clock.Advance(10 * time.Second) // while no mail may be sent
		alike(t, s, "/register", append(names, "known@example.com")[1:], url.Values{})
		if s.Transport != apptest.JSON {
			b.Visit("/account").Sees("Sign-in by e-mail").Sees(ada)
			b.Visit("/login/wait").At("/")
		}
	})
}

// With Confirm, either of the two mails will do.
func TestMagicLinkAloneConfirmed(t *testing.T) {
	tell(t, mailOnly(app.Confirm{SignIn: true}), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", "ada@exmaple.com").Submit().At("/confirm")
		b.Visit("/confirm/address").Fill("email", ada).Submit().At("/confirm")
		b.Visit(s.Mail(ada).Link()).Submit().SignedIn(ada)
		b = s.Browser().Visit("/register").Fill("email", "bob@example.com").Submit().At("/confirm")
		b.Visit("/login").Fill("email", "bob@example.com").Submit()
		typeCode(b, s.Mail("bob@example.com").Code()).SignedIn("bob@example.com")
	})
}

// A password may be left out, and then is not checked.
func TestRegisterOptionalPassword(t *testing.T) {
	config := byMail(app.MagicLink{})
	register := config.Features[2].(app.Register)
	register.Password, register.Retype = app.Optional, true
	config.Features[2] = register
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", ada).Fill("password", good).Submit().SeesError("password_confirm", "Type the password again.")
		b.Visit("/register").Fill("email", ada).Fill("password_confirm", good).Submit().SeesError("password_confirm", "The two passwords differ.")
		b.Visit("/register").Fill("email", ada).Fill("password", "short").Fill("password_confirm", "short").Submit().SeesError("password", "Use at least 8 characters")
		b.Visit("/register").Fill("email", ada).Submit().At("/login/wait")
		s.Clock.Advance(time.Hour)
		signIn(b, ada, "").SeesError("password", "Enter your password.")
		ask(b, ada)
		typeCode(b, s.Mail(ada).Code()).SignedIn(ada)
	})
}

// The gates are asked of who comes by mail as of everybody, and what they wanted is kept.
func TestMagicLinkRemembers(t *testing.T) {
	tell(t, byMail(app.MagicLink{}, app.Remember{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/login/email").Fill("email", ada).Tick("remember").Submit()
		typeCode(b, s.Mail(ada).Code()).SignedIn(ada)
		b.SetCookie("session", "").SignedIn(ada)
		s.Happened(app.MagicLinkSent, app.SignedIn, app.SessionRestored)
	})
}
