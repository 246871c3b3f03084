package app_test

import (
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

func reload(t *testing.T, s *apptest.Site, user *db.User) db.User {
	t.Helper()
	var row db.User
	must(t, db.LoadUser(t.Context(), s.DB, &row, user.ID))
	return row
}

// A person sees when and from where they were last here, and a wrong password is no sign-in.
func TestTrack(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		if row := reload(t, s, user); row.SignInCount != 0 || !row.CurrentSignInAt.IsZero() || !row.LastSignInAt.IsZero() {
			t.Errorf("before the first sign-in: %+v", row)
		}
		first := s.Clock.Now()
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
		if row := reload(t, s, user); row.SignInCount != 1 || !row.CurrentSignInAt.Equal(first) || row.CurrentSignInNetwork != "127.0.0.1" ||
			!row.LastSignInAt.IsZero() || row.LastSignInNetwork != "" {
			t.Errorf("after the first sign-in: %+v", row)
		}
		s.Clock.Advance(time.Hour)
		signIn(s.Browser(), ada, "wrong").SignedOut()
		s.Happened(app.SignInFailed)
		s.Clock.Advance(time.Hour)
		b := signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		s.Happened(app.SignedIn)
		row := reload(t, s, user)
		if row.SignInCount != 2 || !row.CurrentSignInAt.Equal(first.Add(2*time.Hour)) || !row.LastSignInAt.Equal(first) || row.LastSignInNetwork != "127.0.0.1" {
			t.Errorf("after the second sign-in: %+v", row)
		}
		if s.Transport == apptest.Plain {
			b.Visit("/account").Sees("Last time before").Sees("from 127.0.0.1")
		}
		var audited []db.AuditRow
		must(t, s.DB.NewSelect().Model(&audited).Scan(t.Context()))
		for _, row := range audited {
			if row.Network != "127.0.0.1" {
				t.Errorf("the audit has %+v", row)
			}
		}
	})
}

// A device that signs in by itself is nobody signing in.
func TestTrackNotRestored(t *testing.T) {
	config := app.Config{Features: []app.Feature{app.Login{}, app.Remember{}, app.Logout{}, app.Account{}, app.Track{}}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Tick("remember").Submit().SignedIn(ada)
		s.Clock.Advance(25 * time.Hour)
		b.Visit("/account").SignedIn(ada)
		s.Happened(app.SignedIn, app.SessionRestored)
		if row := reload(t, s, user); row.SignInCount != 1 || !row.LastSignInAt.IsZero() {
			t.Errorf("%d sign-ins, the last at %v", row.SignInCount, row.LastSignInAt)
		}
	})
}

// Where sign-ins are not tracked, no table holds an address, and nothing says when somebody came.
func TestTrackOff(t *testing.T) {
	tell(t, app.Config{Features: []app.Feature{app.Login{}, app.Remember{}, app.Logout{}, app.Register{}, app.Account{}}}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		s.Browser().Visit("/register").Fill("email", "new@example.com").Fill("password", good).Submit().At("/login")
		signIn(s.Browser(), ada, "wrong").SignedOut()
		for range 2 {
			b := s.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Tick("remember").Submit().SignedIn(ada)
			b.SetCookie("session", "").Visit("/account").SignedIn(ada)
		}
		for _, e := range s.Happened(app.Registered, app.SignInFailed, app.SignedIn, app.SessionRestored, app.SignedIn, app.SessionRestored) {
			if e.Network != "" {
				t.Errorf("%s tells of %s", e.Name, e.Network)
			}
		}
		if row := reload(t, s, user); row.SignInCount != 0 || !row.CurrentSignInAt.IsZero() || !row.LastSignInAt.IsZero() || row.CurrentSignInNetwork != "" {
			t.Errorf("the account says %+v", row)
		}
		for _, table := range []string{"sessions", "audit", "remember_families", "users", "attempts", "flows", "outbox"} {
			var rows []map[string]any
			must(t, s.DB.NewSelect().Table(table).Scan(t.Context(), &rows))
			for _, row := range rows {
				for column, value := range row {
					if text, ok := value.(string); ok && text == "127.0.0.1" {
						t.Errorf("%s.%s holds an address", table, column)
					}
				}
			}
		}
	})
}
