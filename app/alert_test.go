package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

func alerting() app.Config {
	return app.Config{Features: []app.Feature{
		app.Login{}, app.Remember{}, app.Logout{}, app.Register{}, app.Account{}, app.Change{}, app.Track{}, app.Alert{},
	}}
}

// The first browser is the owner's; another one is told of, once.
func TestAlert(t *testing.T) {
	tell(t, alerting(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		s.User(apptest.Person{Email: "bob@example.com"})
		mine := signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
		mine.Visit("/logout").Press("Sign out")
		s.Happened(app.SignedOut)
		signIn(mine, ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
		mailed(t, s, 0)

		other := s.Browser()
		other.Header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
		signIn(other, ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn, app.NewBrowser)
		letter := s.Mail(ada)
		for _, said := range []string{"New sign-in to ", "Firefox on Linux", "from the network address 127.0.0.1", "Write to whoever runs"} {
			if !strings.Contains(letter.Subject+letter.Text, said) {
				t.Errorf("the mail does not say %q:\n%s", said, letter.Text)
			}
		}
		s.Clock.Advance(30 * 24 * time.Hour)
		signIn(other, ada, apptest.Password).SignedIn(ada)
		// Somebody else's first browser is theirs, whoever has used it before.
		signIn(other.SetCookie("session", ""), "bob@example.com", apptest.Password).SignedIn("bob@example.com")
		s.Happened(app.SignedIn, app.SignedIn)
		mailed(t, s, 1)

		s.Clock.Advance(181 * 24 * time.Hour) // nobody knows it any more
		signIn(other.SetCookie("session", ""), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn, app.NewBrowser)
		mailed(t, s, 2)
	})
}

// After another password only the browser that chose it is known.
func TestAlertAfterChange(t *testing.T) {
	tell(t, alerting(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		mine, other := s.Browser(), s.Browser()
		signIn(mine, ada, apptest.Password).SignedIn(ada)
		s.Clock.Advance(time.Minute)
		signIn(other, ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn, app.SignedIn, app.NewBrowser)
		mailed(t, s, 1)
		s.Clock.Advance(time.Minute)
		change(mine, apptest.Password, good)
		s.Happened(app.PasswordChanged)
		s.Clock.Advance(time.Minute)
		mine.Visit("/logout").Press("Sign out")
		signIn(mine, ada, good).SignedIn(ada)
		s.Happened(app.SignedOut, app.SignedIn)
		mailed(t, s, 2) // of the browser, of the password
		signIn(other, ada, good).SignedIn(ada)
		s.Happened(app.SignedIn, app.NewBrowser)
		mailed(t, s, 3)
	})
}

// What a browser says of itself gets into no mail unless it is a name that we know.
func TestAlertSaysNothingOfItself(t *testing.T) {
	tell(t, alerting(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
		for _, agent := range []string{"https://evil.example/click/1.0", "<b>Firefox</b>", strings.Repeat("x", 3000), "Mozilla/5.0 (evil.example) evil.example/1"} {
			b := s.Browser()
			b.Header("User-Agent", agent)
			signIn(b, ada, apptest.Password).SignedIn(ada)
			s.Happened(app.SignedIn, app.NewBrowser)
			letter := s.Mail(ada)
			if !strings.Contains(letter.Text, "before: an unknown browser.") || strings.Contains(letter.Text+letter.HTML, "evil") {
				t.Errorf("%q is called:\n%s", agent, letter.Text)
			}
		}
	})
}

// A device that signs in by itself is no new browser, and a cookie that nobody gave is none.
func TestAlertRestored(t *testing.T) {
	tell(t, alerting(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		s.Clock.Advance(25 * time.Hour)
		b.Visit("/account")
		s.Happened(app.SessionRestored)
		mailed(t, s, 0)
		for _, value := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 5000)} {
			stranger := s.Browser()
			stranger.SetCookie("device", value)
			signIn(stranger, ada, apptest.Password).SignedIn(ada)
			s.Happened(app.SignedIn, app.NewBrowser)
		}
		mailed(t, s, 4)
		var rows []db.Device
		must(t, s.DB.NewSelect().Model(&rows).Where("user_id = ?", user.ID).Scan(t.Context()))
		if len(rows) != 5 {
			t.Errorf("%d browsers are known", len(rows))
		}
	})
}

// mailed demands that so many mails have been sent by now.
func mailed(t *testing.T, s *apptest.Site, want int) {
	t.Helper()
	if got := len(s.Mails()); got != want {
		t.Errorf("%d mails were sent, not %d", got, want)
	}
}
