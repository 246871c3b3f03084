package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// counted counts what tables hold.
func counted(t *testing.T, s *apptest.Site, tables ...string) (counts []int64) {
	t.Helper()
	for _, table := range tables {
		n, err := s.DB.NewSelect().Table(table).Count(t.Context())
		must(t, err)
		counts = append(counts, n)
	}
	return counts
}

// What has ended goes when its time has come, and nothing goes before.
func TestSweep(t *testing.T) {
	config := quizHost()
	config.Config.Retention = 10 * 24 * time.Hour
	config.Config.Sessions = app.Lifetimes{Idle: 15 * 24 * time.Hour, Absolute: 30 * 24 * time.Hour}
	config.Config.Features = []app.Feature{app.Login{}, app.Remember{TTL: 5 * 24 * time.Hour}, app.Logout{}, app.Register{}, app.Account{}}
	t.Parallel()
	config.Run(t, func(t *testing.T, s *apptest.Site) {
		tables := []string{"attempts", "flows", "sessions", "remember_families", "outbox", "audit", "users"}
		stands := func(when string, want ...int64) {
			t.Helper()
			must(t, s.App.Sweep(t.Context()))
			if got := counted(t, s, tables...); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s there are %v of %v, not %v", when, got, tables, want)
			}
		}
		s.User(apptest.Person{Email: ada, Username: "slow"})
		signIn(s.Browser(), "nobody", "wrong").SignedOut()
		signIn(s.Browser(), ada, apptest.Password).At("/quiz")
		s.Browser().Visit("/register").Fill("email", "bob@example.com").Fill("password", good).Submit().At("/login")
		s.Mails() // which waits for what the server's own worker has in hand
		s.Browser().Visit("/login").Fill("email", "bob@example.com").Fill("password", good).Tick("remember").Submit().SignedIn("bob@example.com")
		audit := counted(t, s, "audit")[0]
		stands("at first", 1, 1, 1, 1, 1, audit, 2)
		s.Clock.Advance(11 * time.Minute)
		stands("when the half sign-in has waited too long", 1, 0, 1, 1, 1, audit, 2)
		s.Clock.Advance(24 * time.Hour)
		stands("when the wrong password is forgiven", 0, 0, 1, 1, 1, audit, 2)
		s.Clock.Advance(9 * 24 * time.Hour)
		stands("when the mail was sent long ago", 0, 0, 1, 1, 0, audit, 2)
		s.Clock.Advance(4 * 24 * time.Hour)
		stands("while the session might be used", 0, 0, 1, 1, 0, audit, 2)
		s.Clock.Advance(24 * time.Hour)
		stands("when session and device ended long ago", 0, 0, 0, 0, 0, audit, 2)
	}, apptest.Plain)
}

// More than one statement deletes at once is deleted, too.
func TestSweepMany(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		var many []db.Attempt
		for i := range 1201 {
			many = append(many, db.Attempt{Key: fmt.Append(nil, i), Action: "login", Failures: 1, FirstAt: s.Clock.Now(), LastAt: s.Clock.Now()})
		}
		_, err := s.DB.NewInsert().Model(&many).Exec(t.Context())
		must(t, err)
		s.Clock.Advance(25 * time.Hour)
		must(t, s.App.Sweep(t.Context()))
		if n := counted(t, s, "attempts")[0]; n != 0 {
			t.Errorf("%d are left", n)
		}
	}, apptest.Plain)
}
