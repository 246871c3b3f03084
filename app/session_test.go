package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// A value that was in the browser before is never the session's, and a session that was there
// ends with the next (fixation, ASVS 7.2.4).
func TestSessionIsNew(t *testing.T) {
	tell(t, patient(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		planted := strings.Repeat("A", 43)
		b := s.Browser().SetCookie("session", planted).SetCookie("visitor", planted)
		signIn(b, ada, apptest.Password).SignedIn(ada)
		first := b.Cookie("session")
		if first == planted || len(first) < 43 || b.Cookie("visitor") == planted {
			t.Errorf("the session is %q, the visitor %q", first, b.Cookie("visitor"))
		}
		s.Happened(app.SignedIn)
		// Whoever takes over the browser of somebody signed in ends that session by signing in; only
		// a waiting sign-in or another tab gets there, since the page is for guests.
		other := s.As(user)
		if other.Cookie("session") == first {
			t.Error("two sessions share a value")
		}
		var stored []db.Session
		must(t, s.DB.NewSelect().Model(&stored).Scan(t.Context()))
		for _, row := range stored {
			if strings.Contains(string(row.Hash), first) || len(row.Hash) != 32 {
				t.Errorf("the cookie stands in the database: %q", row.Hash)
			}
		}
	})
}

// A tab that finishes an earlier sign-in replaces the session of the other tab.
func TestSessionReplaced(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "slow"})
		bob := s.User(apptest.Person{Email: "bob@example.com"})
		b := signIn(s.Browser(), ada, apptest.Password).Visit("/quiz")
		old := s.As(bob).Cookie("session")
		b.SetCookie("session", old).SignedIn("bob@example.com")
		b.Press("Answer").At("/").SignedIn(ada)
		s.Browser().SetCookie("session", old).SignedOut()
		var row db.Session
		must(t, s.DB.NewSelect().Model(&row).Where("user_id = ?", bob.ID).Scan(t.Context()))
		if row.RevokedReason != "replaced" {
			t.Errorf("the session is %+v", row)
		}
	}, paged...)
}

func TestSessionEndsUnused(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		s.Clock.Advance(24*time.Hour - time.Second)
		b.SignedIn(ada)
		settled(t, s, user)
		s.Clock.Advance(24*time.Hour - time.Second) // it was used, so it lives on
		b.SignedIn(ada)
		settled(t, s, user)
		s.Clock.Advance(24 * time.Hour)
		b.SignedOut().Visit("/orders").At("/login?next=%2Forders")
		var row db.Session
		must(t, s.DB.NewSelect().Model(&row).Scan(t.Context()))
		if s.Clock.Now().Sub(row.LastSeenAt) < 24*time.Hour {
			t.Error("asking with a session that has ended counts as using it")
		}
	})
}

// settled waits until the use of the account's session is written down, which happens beside the
// request.
func settled(t *testing.T, s *apptest.Site, user *db.User) {
	t.Helper()
	var row db.Session
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		must(t, s.DB.NewSelect().Model(&row).Where("user_id = ?", user.ID).Scan(t.Context()))
		if row.LastSeenAt.Equal(s.Clock.Now()) {
			return
		}
	}
	t.Fatalf("last use is written down as %v, not %v", row.LastSeenAt, s.Clock.Now())
}

// Use is written down once a minute at most.
func TestSessionUseIsWrittenSeldom(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		began := s.Clock.Now()
		s.Clock.Advance(59 * time.Second)
		b.SignedIn(ada)
		s.Clock.Advance(time.Second)
		b.SignedIn(ada)
		settled(t, s, user)
		if !s.Clock.Now().Equal(began.Add(time.Minute)) {
			t.Fatal("the clock is off")
		}
	}, apptest.Plain)
}

func TestSessionEndsAtLast(t *testing.T) {
	tell(t, app.Config{Sessions: app.Strict()}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		for range 28 { // used all the time
			s.Clock.Advance(50 * time.Minute)
			b.SignedIn(ada)
			settled(t, s, user)
		}
		s.Clock.Advance(40*time.Minute - time.Second)
		b.SignedIn(ada)
		s.Clock.Advance(time.Second) // a day since it began
		b.SignedOut()
		b = s.As(user)
		s.Clock.Advance(time.Hour)
		b.SignedOut()
	}, apptest.Plain)
}

// What ends a session ends it at the next request, and the visitor is anonymous without an error.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"revoked":             "UPDATE sessions SET revoked_at = created_at, revoked_reason = 'test'",
		"expired":             "UPDATE sessions SET expires_at = created_at",
		"deleted":             "DELETE FROM sessions",
		"closed":              "UPDATE users SET disabled_at = created_at",
		"credentials changed": "UPDATE users SET auth_version = auth_version + 1",
		"account deleted":     "DELETE FROM users",
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
				b := s.As(s.User(apptest.Person{Email: ada})).Visit("/account").At("/account")
				_, err := s.DB.NewRaw(change).Exec(t.Context())
				must(t, err)
				b.SignedOut().Visit("/account").At("/login?next=%2Faccount")
				s.Happened()
			}, apptest.Plain)
		})
	}
}

// Whatever stands in the cookie is a session or is nobody, never an error.
func TestSessionGarbage(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		value := s.As(s.User(apptest.Person{Email: ada})).Cookie("session")
		flipped := "A" + value[1:]
		if value[0] == 'A' {
			flipped = "B" + value[1:]
		}
		for _, garbage := range []string{
			"x", "null", "0", "-1", "undefined", flipped, value[:42], value + "A", value + "=", strings.ToUpper(value), strings.ToLower(value),
			strings.Repeat("A", 43), strings.Repeat("A", 3000), "../../etc/passwd", "%00", "' OR 1=1 --", "{}", strings.Repeat("_", 43), strings.Repeat("-", 43),
		} {
			s.Browser().SetCookie("session", garbage).SignedOut().Visit("/orders").At("/login?next=%2Forders")
		}
	}, apptest.Plain)
}

// The grace after a rotation is for requests in flight, and short.
func TestSessionRotationGrace(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		_, err := s.DB.NewRaw("UPDATE sessions SET previous_hash = hash, hash = ?, rotated_at = ?", []byte("another"), s.Clock.Now()).Exec(t.Context())
		must(t, err)
		s.Clock.Advance(10 * time.Second)
		b.SignedIn(ada)
		s.Clock.Advance(time.Second)
		b.SignedOut()
	}, apptest.Plain)
}

// In development, over http, cookies carry neither the prefix nor Secure: no browser would keep them.
func TestCookiesInDevelopment(t *testing.T) {
	tell(t, app.Config{URL: "http://localhost:3000"}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/account").Fill("email", ada).Fill("password", apptest.Password).Submit()
		b.At("/account").SignedIn(ada).Visit("/logout").Press("Sign out").SignedOut()
		answer := b.Send(apptest.Request{Path: "/login", Header: headers(apptest.Plain)})
		if hsts := answer.Header.Get("Strict-Transport-Security"); hsts != "" {
			t.Errorf("localhost is told to be https: %q", hsts)
		}
	})
}
