package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// Whoever has no password has signed in just now, or does so again.
func TestChangeUsernameIsFresh(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, NoPassword: true})
		b := s.As(user)
		s.Clock.Advance(10 * time.Minute)
		b.Visit("/change-username").Fill("username", "ada").Submit().At("/account")
		called(t, s, user, "ada")
		s.Clock.Advance(time.Millisecond)
		answer := sendName(s, b, "eve")
		if s.Transport == apptest.JSON {
			if codes := answer.JSON(t).Codes(""); answer.Status != http.StatusUnauthorized || !slices.Equal(codes, []string{"change_username.unproven"}) {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
		} else if to := ledTo(t, answer); to != "/logout?next=%2Flogin%3Fnext%3D%252Fchange-username" {
			t.Errorf("%d to %q", answer.Status, to)
		}
		called(t, s, user, "ada")
		s.Happened(app.UsernameChanged)
	})
}

// Wrong passwords are counted for the account, and names that are taken for the network.
func TestChangeUsernameLimit(t *testing.T) {
	config := app.Config{Features: []app.Feature{app.Login{}, app.Logout{}, app.Account{}, app.ChangeUsername{}}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada"})
		s.User(apptest.Person{Email: "eve@example.com", Username: "eve"})
		b, other := s.As(user), s.As(user)
		for range 5 {
			b.Visit("/change-username").Fill("username", "grace").Fill("password", "wrong horse").Submit().SeesError("password", saysNotYours)
		}
		rename(b, "grace").SeesError("", saysTooMany).SeesError("", "Wait 30 seconds")
		waits(t, sendName(s, other, "grace"), 30*time.Second)
		s.Happened(slices.Repeat([]app.EventName{app.PasswordRefused}, 5)...)
		s.Clock.Advance(30 * time.Second)
		for range 13 { // the two that had to wait count, too
			rename(b, "eve").SeesError("username", "This username is taken.")
		}
		waits(t, sendName(s, b, "grace"), 14*time.Minute+30*time.Second)
		s.Clock.Advance(15 * time.Minute)
		rename(b, "grace").At("/account")
		s.Happened(app.UsernameChanged)
	})
}

// Where nobody is to be told, nobody is, and the operator reads so when the application starts.
func TestChangeUsernameUnsent(t *testing.T) {
	config := app.Config{Unsent: []string{"change_username.notice"}, Features: []app.Feature{app.Login{}, app.Logout{}, app.ChangeUsername{}}, Landings: app.Landings{ChangeUsername: "/orders"}}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		rename(s.As(s.User(apptest.Person{Email: ada})), "ada").At("/orders").SignedIn(ada)
		rename(s.As(s.User(apptest.Person{Username: "grace"})), "eve").At("/orders") // has no address to write to
		s.Happened(app.UsernameChanged, app.UsernameChanged)
		if len(s.Mails()) != 0 || !strings.Contains(s.Logged(), "Config.Unsent holds change_username.notice") {
			t.Errorf("%d mails; the log says %s", len(s.Mails()), s.Logged())
		}
	}, anyway...)
}

// What would keep nothing, or could never help anybody, is refused in a sentence.
func TestUsernameSettingsRefused(t *testing.T) {
	t.Parallel()
	for says, features := range map[string][]app.Feature{
		"ChangeUsername.Hold is -1s":                  {app.Login{}, app.ChangeUsername{Hold: -time.Second}},
		"ChangeUsername.Most is -1":                   {app.Login{}, app.ChangeUsername{Most: -1}},
		"ChangeUsername.Limit":                        {app.Login{}, app.ChangeUsername{Limit: app.Limit{PerNetwork: app.Quota{Most: -1}}}},
		"RecoverUsername.Limit":                       {app.Login{}, app.RecoverUsername{Limit: app.Limit{PerNetwork: app.Quota{Most: -1}}}},
		"RecoverUsername and Login.By is Email alone": {app.Login{By: app.Email}, app.RecoverUsername{}},
		"RecoverUsername and Register.Email is Never": {app.Login{}, app.Register{Email: app.Never, Username: app.Required}, app.RecoverUsername{}},
	} {
		_, err := app.New(app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: features})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is not said: %v", says, err)
		}
	}
}
