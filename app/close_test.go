package app_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// A closed account is closed to everything that was open, its owner is told once, and it can be
// opened again.
func TestCloseAccount(t *testing.T) {
	features := []app.Feature{app.Login{}, app.Remember{}, app.Logout{}, app.Register{}, app.Account{}}
	tell(t, app.Config{Features: features}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		other := s.User(apptest.Person{Email: "bob@example.com"})
		device, b, stranger := remembered(s, ada), s.As(user), s.As(other)
		for range 2 {
			must(t, s.App.CloseAccount(t.Context(), user))
		}
		s.Happened(app.AccountClosed)
		b.Visit("/account").SignedOut()
		device.Visit("/account").SignedOut()
		stranger.Visit("/account").SignedIn("bob@example.com")
		signIn(s.Browser(), ada, apptest.Password).SignedOut().SeesError("email", saysClosed)
		letter := s.Mail(ada)
		if len(s.Mails()) != 1 || letter.Subject != "Your account at Shop was closed" ||
			!strings.Contains(letter.Text, "If you asked for this, there is nothing to do.") || strings.Contains(letter.Text, "network address") {
			t.Errorf("%d mails, the last of them:\n%s\n%s", len(s.Mails()), letter.Subject, letter.Text)
		}
		for range 2 {
			must(t, s.App.ReopenAccount(t.Context(), user))
		}
		s.Happened(app.AccountReopened)
		device.Visit("/account").SignedOut()
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
	})
}

// What is left unsent is not sent, and what is no notice cannot be left.
func TestUnsent(t *testing.T) {
	config := app.Config{Unsent: []string{"register.welcome", "account.closed", "alert"}, Features: alerting().Features}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		s.Browser().Visit("/register").Fill("email", ada).Fill("password", good).Submit()
		user, err := s.App.FindUser(t.Context(), ada)
		must(t, err)
		signIn(s.Browser(), ada, good).SignedIn(ada)
		signIn(s.Browser(), ada, good).SignedIn(ada)
		must(t, s.App.CloseAccount(t.Context(), user))
		if mails := s.Mails(); len(mails) != 0 {
			t.Errorf("%d mails were sent, the first is %s", len(mails), mails[0].Kind)
		}
		if said := s.Logged(); !strings.Contains(said, "Config.Unsent holds alert") || strings.Contains(said, "holds register.welcome") {
			t.Errorf("the log says %s", said)
		}
		s.Happened(app.Registered, app.SignedIn, app.SignedIn, app.NewBrowser, app.AccountClosed)
	}, anyway...)
}

// An account that was stolen may be closed before its owner reads about it: the undo works all the
// same, and nothing else that was mailed.
func TestCloseAccountSparesTheUndo(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}, app.Recover{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		undo := move(t, s, s.As(user), ada, fresh)
		forget(s.Browser(), fresh)
		reset := s.Mail(fresh)
		s.Happened(app.RecoverSent)
		must(t, s.App.CloseAccount(t.Context(), user))
		s.Happened(app.AccountClosed)
		s.Browser().Visit(reset.Link()).SeesError("", saysLinkOver)
		s.Browser().Visit(undo.Link()).Submit().Sees(saysBack).SignedOut()
		s.Happened(app.EmailRestored)
		if now := stored(t, s, user); now.Primary.Key != ada || now.PasswordHash != "" || now.Active() {
			t.Errorf("the account is %+v, %+v", now, now.Primary)
		}
	})
}
