package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// recovering is a site on which forgotten passwords are chosen anew, from one network as often as one
// likes.
func recovering(r app.Recover, more ...app.Feature) app.Config {
	config := patient()
	patience := config.Features[0].(app.Login).Limit
	r.Limit.PerNetwork, r.Tries = patience.PerNetwork, patience
	config.Features = append(config.Features, append(more, r, app.Remember{}, app.Track{})...)
	return config
}

const (
	saysOnItsWay = "If there is an account by this name, a message is on its way to its address."
	saysRecover  = "Your new password is set. Every device is signed out."
	saysLinkOver = "This link has expired, or a newer one was sent."
	saysLinkUsed = "This link has been used."
	saysNoLink   = "This link is not complete, or not one of ours."
)

// forget asks for the mail by the form.
func forget(b *apptest.Browser, name string) *apptest.Browser {
	return b.Visit("/reset").In("recover").Fill("email", name).Submit()
}

// choose follows a mailed link to the form for a new password, and sends it.
func choose(b *apptest.Browser, link, password string) *apptest.Browser {
	return b.Visit(link).Fill("password", password).Submit()
}

func TestRecover(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada"})
		open, device := s.As(user), remembered(s, ada)
		s.Clock.Advance(time.Minute)
		b := s.Browser().Visit("/login?next=%2Forders")
		if s.Transport == apptest.Plain {
			b.Follow("Forgot it?").At("/reset?next=%2Forders")
		}
		b.Visit("/reset?next=%2Forders").In("recover").Fill("email", " ADA@example.com ").Submit().At("/reset?next=%2Forders").Sees(saysOnItsWay)
		if e := s.Happened(app.RecoverSent)[0]; e.User == nil || e.User.ID != user.ID {
			t.Errorf("told of %+v", e)
		}
		letter := s.Mail(ada)
		if letter.Subject != "A new password at Shop" || letter.Kind != "recover" || !strings.HasPrefix(letter.Link(), s.URL+"/reset/") ||
			!strings.Contains(letter.HTML, letter.Link()) || !strings.Contains(letter.HTML, letter.Code()) || !strings.Contains(letter.Text, "20 minutes") || len(s.Mails()) != 1 {
			t.Errorf("the mail is %+v", letter.Message)
		}
		open.SignedIn(ada) // nothing has happened yet

		b.Visit(letter.Link())
		if s.Transport != apptest.JSON {
			b.Sees("Choose a new password").Sees("Every device will be signed out.")
			if n := b.Page().Find(`input[autocomplete="username"][value="` + ada + `"], input[name="password"][autocomplete="new-password"]`).Length(); n != 2 {
				t.Errorf("a password manager finds %d of two fields", n)
			}
		}
		b.Fill("password", "short").Submit().SeesError("password", "8")
		b.Fill("password", ada).Submit().SeesError("password", "")
		b.Fill("password", better).Submit().At("/login?next=%2Forders").Sees(saysRecover).SignedOut()
		e := s.Happened(app.PasswordRecovered)[0]
		if e.User.ID != user.ID || e.Network != "127.0.0.1" {
			t.Errorf("told of %+v", e)
		}
		told := s.Mail(ada)
		if told.Subject != "You have a new password at Shop" || !strings.Contains(told.Text, "127.0.0.1") || !strings.Contains(told.Text, s.URL+"/reset") || len(s.Mails()) != 2 {
			t.Errorf("the mail is %+v", told.Message)
		}
		open.SignedOut()
		notRestored(t, s, device)
		signIn(s.Browser(), ada, apptest.Password).SeesError("", saysWrong)
		b.Visit("/login?next=%2Forders").Fill("email", ada).Fill("password", better).Submit().At("/orders").SignedIn(ada)
		s.Happened(app.SignInFailed, app.SignedIn)
		// What was asked for is over and done with, also for this browser.
		s.Browser().Visit(letter.Link()).SeesError("", saysLinkUsed)
	})
}

// The code leads to where the link leads, and both are good for one password.
func TestRecoverByCode(t *testing.T) {
	tell(t, recovering(app.Recover{Retype: true}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "countess"})
		b := forget(s.Browser(), "Countess").At("/reset")
		letter := s.Mail(ada)
		if !strings.Contains(letter.Text, "the account "+ada) {
			t.Errorf("the mail says %s", letter.Text)
		}
		b.Visit("/reset?next=%2Forders").In("recover-code")
		if s.Transport != apptest.JSON && b.Page().Find(`#recover-code [name="email"]`).Length() != 0 {
			t.Error("the page asks for a name that it knows")
		}
		b.Fill("code", "1").Submit().SeesError("code", "This code is wrong or no longer good.")
		b.In("recover-code").Fill("code", "").Submit().SeesError("code", "Type the code from the message.")
		if s.Transport == apptest.JSON {
			typed := func(code string) apptest.Envelope {
				return s.Browser().Send(apptest.Request{Path: "/reset/code", Header: headers(apptest.JSON), Body: `{"username":"countess","code":"` + code + `"}`}).JSON(t)
			}
			link, _ := typed(letter.Code()).Response["token"].(string)
			again, _ := typed(letter.Code()).Response["token"].(string) // sent twice
			if link == "" || again == "" || strings.Contains(letter.Link(), link) {
				t.Fatalf("a program is told %q and %q", link, again)
			}
			b.Visit("/reset/" + link)
		} else {
			b.In("recover-code").Fill("code", letter.Code()).Submit().Sees("Choose a new password")
			if at := b.Address(); !strings.HasPrefix(at, "/reset/") || !strings.HasSuffix(at, "?next=%2Forders") || strings.HasPrefix(letter.Link(), s.URL+strings.TrimSuffix(at, "?next=%2Forders")) {
				t.Errorf("the code leads to %s", at)
			}
		}
		b.Fill("password", better).Fill("password_confirm", best).Submit().SeesError("password_confirm", "The two passwords differ.")
		b.Fill("password", better).Fill("password_confirm", better).Submit().Sees(saysRecover)
		s.Happened(app.RecoverSent, app.PasswordRecovered)
		s.Browser().Visit(letter.Link()).SeesError("", saysLinkOver) // which the code has used up
		signIn(s.Browser(), "countess", better).SignedIn(ada)
	})
}

// Five codes are judged on each mail; the link outlives that, or else anybody could kill it.
func TestRecoverCodeTries(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := forget(s.Browser(), ada)
		letter := s.Mail(ada)
		for range 5 {
			b.Visit("/reset").In("recover-code").Fill("code", "00000000").Submit().SeesError("code", "This code is wrong")
		}
		b.Visit("/reset").In("recover-code").Fill("code", letter.Code()).Submit().SeesError("code", "This code is wrong")
		choose(b, letter.Link(), better).At("/login").Sees(saysRecover)
	})
}

// The mail is sent again after a minute, each kills the ones before, and one click is one mail.
func TestRecoverAgain(t *testing.T) {
	tell(t, recovering(app.Recover{TTL: time.Hour}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := forget(s.Browser(), ada)
		forget(b, ada).Sees(saysOnItsWay) // sent twice
		s.Happened(app.RecoverSent)
		first := s.Mail(ada)
		s.Clock.Advance(10 * time.Second)
		forget(b, ada).SeesError("", saysSoon)
		if s.Transport == apptest.Plain {
			b.Sees("0:50") // counting down
		}
		s.Clock.Advance(50 * time.Second)
		b.Visit("/reset").In("recover").Holds("email", ada).Press("Send it again").Sees(saysOnItsWay)
		second := s.Mail(ada)
		if second.Link() == first.Link() || len(s.Mails()) != 2 {
			t.Error("no new link")
		}
		b.Visit(first.Link()).SeesError("", saysLinkOver)
		b.Visit("/reset").In("recover-code").Fill("code", first.Code()).Submit().SeesError("code", "This code is wrong")
		b.Visit(second.Link()).Fill("password", better)
		s.Clock.Advance(time.Hour)
		b.Submit().SeesError("", saysLinkOver)
		b.Visit("/reset").In("recover-code").Fill("code", second.Code()).Submit().SeesError("code", "This code is wrong")
		forget(b, ada)
		choose(b, s.Mail(ada).Link(), better).At("/login")
		s.Happened(app.RecoverSent, app.RecoverSent, app.PasswordRecovered)
	})
}

// Any change of credentials kills what was mailed before it.
func TestRecoverKilled(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := forget(s.Browser(), ada)
		letter := s.Mail(ada)
		change(s.As(user), apptest.Password, better).At("/account")
		b.Visit(letter.Link()).SeesError("", saysLinkOver)
		b.Visit("/reset").In("recover-code").Fill("code", letter.Code()).Submit().SeesError("code", "This code is wrong")
		signIn(s.Browser(), ada, better).SignedIn(ada)
		s.Clock.Advance(time.Hour)
		forget(b, ada)
		link := s.Mail(ada).Link()
		run(t, s, "DELETE FROM users")
		b.Visit(link).SeesError("", saysNoLink)
	})
}

func TestRecoverSettings(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]app.Recover{
		"Recover.TTL is -1s":                    {TTL: -time.Second},
		"Recover.By is 9":                       {By: 9},
		"Recover.Limit holds a negative number": {Tries: app.Limit{PerNetwork: app.Quota{Most: -1}}},
	} {
		config := app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: []app.Feature{app.Login{}, app.Logout{}, f}}
		if _, err := app.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New says %v, which has no %q", err, want)
		}
	}
}

// Where one kind of name alone is taken, the other names nobody; where no mail is to tell, none does.
func TestRecoverByOneName(t *testing.T) {
	config := recovering(app.Recover{By: app.Username})
	config.Unsent = []string{"recover.notice"}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "countess"})
		if log := s.Logged(); !strings.Contains(log, "recover.notice") {
			t.Errorf("the log says %s", log)
		}
		forget(s.Browser(), ada).Sees(saysOnItsWay)
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
		choose(forget(s.Browser(), "countess"), s.Mail(ada).Link(), better).Sees(saysRecover)
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails", n)
		}
		if now := refreshed(t, s, "countess"); now.AuthVersion != 2 || !now.PasswordChangedAt.Equal(s.Clock.Now()) {
			t.Errorf("the account is %+v", now)
		}
	}, anyway...)
}
