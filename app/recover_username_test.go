package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// forgetful is a site that mails usernames.
func forgetful(r app.Register, more ...app.Feature) app.Config {
	config := registering(r)
	patience := app.Limit{PerNetwork: config.Features[2].(app.Register).Limit.PerNetwork}
	config.Features = append(append(config.Features, app.RecoverUsername{Limit: patience}), more...)
	return config
}

const saysUsernameSent = " has an account, a message with its username is on its way there."

func askUsername(b *apptest.Browser, email string) *apptest.Browser {
	return b.Visit("/recover-username").Fill("email", email).Submit()
}

func TestRecoverUsername(t *testing.T) {
	tell(t, forgetful(app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "Ada@example.com", Username: "Countess.of.L"})
		s.User(apptest.Person{Email: "eve@example.com", Language: "fa"})
		b := s.Browser().Visit("/login?next=%2Forders")
		if s.Transport == apptest.JSON {
			b.Visit("/recover-username?next=%2Forders")
		} else {
			b.Follow("Have it mailed to you").At("/recover-username?next=%2Forders")
		}
		b.Fill("email", "ADA@EXAMPLE.com").Submit().At("/login?next=%2Forders").Sees("If ADA@example.com" + saysUsernameSent).SignedOut()
		letter := s.Mail("Ada@example.com") // as it is stored, not as it was typed
		for _, says := range []string{"Countess.of.L", "Ada@example.com", s.URL + "/login"} {
			if !strings.Contains(letter.Text, says) || !strings.Contains(letter.HTML, says) {
				t.Errorf("the mail does not say %q: %s", says, letter.Text)
			}
		}
		if letter.Subject != "Your username at Shop" || letter.Kind != "recover_username" || strings.Contains(letter.Text, "no username") {
			t.Errorf("the mail is %+v", letter.Message)
		}
		if e := s.Happened(app.UsernameSent)[0]; e.User.Username != "Countess.of.L" {
			t.Errorf("the event says %+v", e)
		}
		// Who has no username is told how to sign in without, in their language.
		askUsername(s.Browser(), "eve@example.com").At("/login").Sees("If eve@example.com" + saysUsernameSent)
		if none := s.Mail("eve@example.com"); none.Lang != "fa" || !strings.Contains(none.Text, "eve@example.com") || strings.Contains(none.Subject, "username") {
			t.Errorf("the mail %q says %s", none.Subject, none.Text)
		}
		// Who is nobody is answered alike, and nobody is told.
		askUsername(s.Browser(), "nobody@example.com").At("/login").Sees("If nobody@example.com" + saysUsernameSent)
		if e := s.Happened(app.UsernameSent, app.UsernameSent); e[1].User != nil || len(s.Mails()) != 2 {
			t.Errorf("told of %+v; %d mails", e[1], len(s.Mails()))
		}
	})
}

func TestRecoverUsernameRefused(t *testing.T) {
	tell(t, forgetful(app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		for typed, says := range map[string]string{
			"": "Enter your e-mail address.", "ada": "This is not a full e-mail address", ada + "\r\nBcc: eve@example.com": "",
			"ada@example.com\x00": "", "<b>@example.com": "This is not a full", strings.Repeat("a", 300) + "@example.com": "", "' OR 1=1 --": "This is not",
		} {
			if b := askUsername(s.Browser(), typed).SeesError("email", says); b.Errors("email") == "" {
				t.Errorf("%q is let through", typed)
			}
		}
		s.Happened()
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
		s.As(refreshed(t, s, "ada")).Visit("/recover-username").At("/") // who is signed in can see it
	})
}

// Where addresses are not confirmed, one that nobody confirmed is as good as any.
func TestRecoverUsernameUnconfirmed(t *testing.T) {
	tellOnce(t, forgetful(app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada", Unconfirmed: true})
		askUsername(s.Browser(), ada).At("/login")
		s.Mail(ada)
		s.Happened(app.UsernameSent)
	}, plainly...)
}

// Sent twice by one click it is one mail, and again after a minute.
func TestRecoverUsernameAgain(t *testing.T) {
	config := app.Config{Features: []app.Feature{app.Login{}, app.RecoverUsername{}}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		askUsername(s.Browser(), ada).At("/login")
		s.Clock.Advance(time.Second)
		askUsername(s.Browser(), "ADA@example.com").At("/login")
		s.Clock.Advance(4 * time.Second)
		askUsername(s.Browser(), ada).SeesError("", saysSoon).SeesError("", "Wait 55 seconds")
		s.Clock.Advance(55 * time.Second)
		askUsername(s.Browser(), ada).At("/login")
		s.Happened(app.UsernameSent, app.UsernameSent)
		if n := len(s.Mails()); n != 2 {
			t.Errorf("%d mails", n)
		}
		// One network asks for so many.
		for i := range 6 {
			askUsername(s.Browser(), string(rune('a'+i))+"@example.com").At("/login")
		}
		askUsername(s.Browser(), "z@example.com").SeesError("", saysTooMany)
	})
}

// Where no usernames sign in, or none is listed, no page offers it.
func TestRecoverUsernameIsOffered(t *testing.T) {
	for name, features := range map[string][]app.Feature{
		"not listed": {app.Login{}},
		"no name":    {app.Login{By: app.Email}, app.Register{Username: app.Optional}},
	} {
		t.Run(name, func(t *testing.T) {
			tellOnce(t, app.Config{Features: features}, func(t *testing.T, s *apptest.Site) {
				s.Browser().Visit("/login").SeesNot("Forgot your username?")
			}, plainly...)
		})
	}
}
