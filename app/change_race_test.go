package app_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// changed demands that a form was answered as one that has done what it asks for.
func changed(t *testing.T, s *apptest.Site, answer apptest.Answer) {
	t.Helper()
	switch {
	case s.Transport == apptest.JSON && answer.Status == http.StatusOK && answer.JSON(t).Meta.MessageCode == "change.done":
	case s.Transport != apptest.JSON && ledTo(t, answer) == "/account":
	default:
		t.Errorf("%d to %q: %.300s", answer.Status, ledTo(t, answer), answer.Body)
	}
}

// Two passwords at once: one becomes the password, and whoever sent the other is told. The second
// was compared with the old one already when the first became so.
func TestChangeOvertaken(t *testing.T) {
	t.Parallel()
	for about, test := range map[string]struct {
		same bool   // the session of both
		to   string // what the second asks for, where the first asks for better
		says string
	}{
		"in this browser":     {true, best, "Your account changed while you were sending this."},
		"on another device":   {false, best, "This browser was signed out meanwhile."},
		"there, the same one": {false, better, "This browser was signed out meanwhile."},
		"clicked twice":       {true, better, ""},
	} {
		for _, transport := range anyway {
			dbtestEach(t, transport, func(t *testing.T, start func(app.Config) *apptest.Site) {
				inside, release := make(chan struct{}), make(chan struct{})
				s := start(foreign(app.Config{}, func(_ context.Context, plain string) (bool, error) {
					if plain == "the slow way" {
						close(inside)
						<-release
					}
					return true, nil
				}))
				user := s.User(apptest.Person{Email: ada})
				giveForeign(t, s, user)
				first := s.As(user)
				second := s.As(user)
				if test.same {
					second.SetCookie("session", first.Cookie("session"))
				}
				var answer apptest.Answer
				var done sync.WaitGroup
				done.Go(func() { answer = sendChange(s, second, "the slow way", test.to) })
				<-inside
				changed(t, s, sendChange(s, first, "the quick way", better))
				close(release)
				done.Wait()
				s.Happened(app.PasswordChanged)
				if n := len(s.Mails()); n != 1 {
					t.Errorf("%s: %d mails", about, n)
				}
				switch {
				case test.says == "":
					changed(t, s, answer)
				case test.same:
					if answer.Status != map[apptest.Transport]int{apptest.Plain: 422, apptest.HTMX: 422, apptest.JSON: 400}[transport] || !strings.Contains(answer.Body, test.says) {
						t.Errorf("%s: %d %s", about, answer.Status, answer.Body)
					}
				case transport == apptest.JSON:
					if codes := answer.JSON(t).Codes(""); answer.Status != http.StatusUnauthorized || !slices.Equal(codes, []string{"change.ended"}) {
						t.Errorf("%s: %d %s", about, answer.Status, answer.Body)
					}
				default:
					if to := ledTo(t, answer); to != "/login?next=%2Fchange" || second.Cookie("flash") == "" {
						t.Errorf("%s: %d to %q", about, answer.Status, to)
					}
					second.Visit("/login").Sees(test.says)
				}
				s.Clock.Advance(time.Minute)
				switch live := []bool{first.Who() == ada, second.Who() == ada}; {
				case test.says == "" && !live[1], test.says != "" && !live[0], !test.same && live[1]:
					t.Errorf("%s: who is signed in: %v", about, live)
				}
				signIn(s.Browser(), ada, better).SignedIn(ada)
			})
		}
	}
}

// Whatever way two of them fall together, one wins.
func TestChangeAtOnce(t *testing.T) {
	t.Parallel()
	for _, transport := range wired {
		dbtestEach(t, transport, func(t *testing.T, start func(app.Config) *apptest.Site) {
			s := start(patient())
			user := s.User(apptest.Person{Email: ada})
			password := apptest.Password
			for range 10 {
				browsers := []*apptest.Browser{s.As(refreshed(t, s, ada)), s.As(refreshed(t, s, ada))}
				next := []string{password + " once", password + " more"}
				answers := make([]apptest.Answer, 2)
				var both sync.WaitGroup
				for i := range browsers {
					both.Go(func() { answers[i] = sendChange(s, browsers[i], password, next[i]) })
				}
				both.Wait()
				won := slices.IndexFunc(answers, func(a apptest.Answer) bool { return a.Status == http.StatusOK })
				if lost := answers[1-max(won, 0)]; won < 0 || lost.Status != http.StatusUnauthorized {
					t.Fatalf("%d %s\n%d %s", answers[0].Status, answers[0].Body, answers[1].Status, answers[1].Body)
				}
				browsers[won].SignedIn(ada)
				browsers[1-won].SignedOut()
				password = next[won]
				s.Happened(app.PasswordChanged)
				signIn(s.Browser(), ada, password).SignedIn(ada)
				s.Happened(app.SignedIn)
				s.Clock.Advance(time.Minute)
			}
			if now := refreshed(t, s, ada); now.AuthVersion != user.AuthVersion+10 || len(s.Mails()) != 10 {
				t.Errorf("auth version %d, %d mails", now.AuthVersion, len(s.Mails()))
			}
		})
	}
}

// A form that was clicked twice is answered by the second answer, which is the one that a browser
// keeps: the session that it brings is the one that lasts.
func TestChangeClickedTwice(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		for _, person := range []apptest.Person{{Email: ada}, {Email: "new@example.com", NoPassword: true}} {
			from := apptest.Password
			if person.NoPassword {
				from = ""
			}
			b := s.As(s.User(person))
			s.Clock.Advance(time.Minute)
			lost := s.Browser().SetCookie("session", b.Cookie("session"))
			if answer := sendChange(s, lost, from, better); answer.Status >= http.StatusBadRequest {
				t.Fatalf("%d %s", answer.Status, answer.Body)
			}
			changed(t, s, sendChange(s, b, from, better))
			s.Happened(app.PasswordChanged)
			s.Mail(person.Email)
			s.Clock.Advance(time.Hour)
			b.SignedIn(person.Email)
			// Later it is a wrong password like any other.
			if answer := sendChange(s, b, "wrong horse", better); answer.Status != http.StatusUnprocessableEntity && answer.Status != http.StatusBadRequest {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
			s.Happened(app.PasswordRefused)
		}
		if n := len(s.Mails()); n != 2 {
			t.Errorf("%d mails", n)
		}
	})
}

// refreshed reads an account anew.
func refreshed(t *testing.T, s *apptest.Site, name string) *db.User {
	t.Helper()
	account, err := s.App.FindUser(t.Context(), name)
	must(t, err)
	return account.Account()
}
