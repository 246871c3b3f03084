package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

func knowing() app.Config {
	never := app.Quota{Most: 1e6, Within: time.Hour}
	return app.Config{Features: []app.Feature{
		app.Login{Limit: app.Limit{PerNetwork: never}},
		app.Logout{},
		app.Register{},
		app.Account{},
		app.Change{},
		app.Alert{},
		app.Recover{Limit: app.Limit{PerNetwork: never}},
	}}
}

// guess tries passwords until the browser has to wait.
func guess(t *testing.T, s *apptest.Site, b *apptest.Browser, name string) {
	t.Helper()
	for range 5 {
		signIn(b, name, "wrong")
	}
	s.Happened(wrongly(5)...)
	if signIn(b, name, "wrong"); b.Status() != http.StatusTooManyRequests {
		t.Fatalf("the sixth try is answered by %d", b.Status())
	}
}

// leave signs a browser out, which stays known.
func leave(s *apptest.Site, b *apptest.Browser) {
	b.Visit("/logout").Press("Sign out")
	s.Happened(app.SignedOut)
}

// A stranger who goes on guessing keeps strangers waiting, and not the owner at a browser of theirs.
func TestStrangerLocksNobodyOut(t *testing.T) {
	tell(t, knowing(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		mine := signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
		leave(s, mine)
		for _, name := range []string{ada, "ada"} {
			guess(t, s, s.Browser(), name)
			signIn(s.Browser(), name, apptest.Password).SignedOut()
			signIn(mine, name, apptest.Password).SignedIn(ada)
			s.Happened(app.SignedIn)
			leave(s, mine)
			// Which does not let the stranger guess on.
			signIn(s.Browser(), name, apptest.Password).SignedOut()
		}
	})
}

// A browser that is known guesses no oftener than others, and at no account but those that know it.
func TestKnownBrowserIsBounded(t *testing.T) {
	tell(t, knowing(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		s.User(apptest.Person{Email: "bob@example.com"})
		bobs := signIn(s.Browser(), "bob@example.com", apptest.Password).SignedIn("bob@example.com")
		s.Happened(app.SignedIn)
		leave(s, bobs)
		guess(t, s, bobs, "bob@example.com")
		guess(t, s, s.Browser(), ada)
		if signIn(bobs, ada, "wrong"); bobs.Status() != http.StatusTooManyRequests {
			t.Errorf("another account's browser is answered by %d", bobs.Status())
		}
		if made := signIn(s.Browser().SetCookie("device", "made up"), ada, "wrong"); made.Status() != http.StatusTooManyRequests {
			t.Errorf("a cookie made up is answered by %d", made.Status())
		}
		signIn(s.Browser(), "bob@example.com", apptest.Password).SignedIn("bob@example.com")
		s.Happened(app.SignedIn, app.NewBrowser)
		s.Mail("bob@example.com")
	})
}

// Another password makes every browser a stranger's but the one that it was chosen in.
func TestKnownUntilAnotherPassword(t *testing.T) {
	tell(t, knowing(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		thief, mine := s.Browser(), s.Browser()
		signIn(thief, ada, apptest.Password).SignedIn(ada)
		signIn(mine, ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn, app.SignedIn, app.NewBrowser)
		s.Mail(ada)
		s.Clock.Advance(time.Hour)
		const another = "quite another sentence"
		change(mine, apptest.Password, another)
		s.Happened(app.PasswordChanged)
		s.Mail(ada)
		leave(s, mine)
		guess(t, s, thief, ada)
		signIn(s.Browser(), ada, another).SignedOut()
		signIn(mine, ada, another).SignedIn(ada)
		s.Happened(app.SignedIn)
	})
}

// Who chooses another password by mail need not wait for what was guessed, wherever it was.
func TestRecoveryForgivesKnownBrowsers(t *testing.T) {
	tell(t, knowing(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		mine := signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
		leave(s, mine)
		guess(t, s, mine, ada)
		guess(t, s, s.Browser(), ada)
		s.Clock.Advance(time.Second)
		forget(mine, ada)
		const another = "quite another sentence"
		choose(mine, s.Mail(ada).Link(), another)
		s.Mail(ada)
		signIn(mine, ada, another).SignedIn(ada)
		signIn(s.Browser(), ada, another).SignedIn(ada)
	})
}

// Nor does a stranger who has one mail sent after the other keep the owner from theirs.
func TestStrangerAsksForMails(t *testing.T) {
	tell(t, knowing(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		mine := signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
		leave(s, mine)
		stranger := s.Browser()
		for range 8 {
			if forget(stranger, ada); stranger.Status() == http.StatusTooManyRequests {
				break
			}
			s.Clock.Advance(6 * time.Second)
		}
		if stranger.Status() != http.StatusTooManyRequests {
			t.Fatalf("the stranger never waits")
		}
		if forget(mine, ada); mine.Status() == http.StatusTooManyRequests {
			t.Errorf("the owner waits, too")
		}
	})
}
