package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/internal/redis/redistest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A pair is two instances of a site, and the road to the Redis between them.
type pair struct {
	*redistest.Road
	name     string // of all that they keep in Redis
	one, two *apptest.Site
}

// tellTwo tells a story of two instances on one database and one Redis.
func tellTwo(t *testing.T, config app.Config, story func(t *testing.T, p pair), by ...apptest.Transport) {
	t.Helper()
	t.Parallel()
	if len(by) == 0 {
		by = anyway
	}
	for name, open := range map[string]func(*testing.T, apptest.Host, apptest.Transport) *apptest.Site{
		"sqlite": func(t *testing.T, h apptest.Host, by apptest.Transport) *apptest.Site {
			return h.Start(t, dbtest.SQLite(t), by)
		},
		"postgres": func(t *testing.T, h apptest.Host, by apptest.Transport) *apptest.Site {
			return h.Start(t, dbtest.Postgres(t), by)
		},
	} {
		for _, transport := range by {
			t.Run(name+"/"+string(transport), func(t *testing.T) {
				t.Parallel()
				config := config
				p := pair{Road: redistest.NewRoad(t, nil), name: redistest.Name()}
				config.URL, config.Redis = "https://"+p.name, redistest.Patient(p.URL)
				p.one = open(t, host(config), transport)
				p.two = p.one.Another()
				t.Cleanup(func() { p.Flush(p.name) })
				story(t, p)
			})
		}
	}
}

// on checks who is signed in on every instance, twice: what is kept is as good as what is stored.
func (p pair) on(b *apptest.Browser, who string) {
	for _, s := range []*apptest.Site{p.one, p.two, p.one, p.two} {
		if who == "" {
			b.Via(s).SignedOut()
		} else {
			b.Via(s).SignedIn(who)
		}
	}
}

// What happens on one instance is so on the other, at once.
func TestTwoInstances(t *testing.T) {
	tellTwo(t, app.Config{}, func(t *testing.T, p pair) {
		user := p.one.User(apptest.Person{Email: ada})
		laptop := signIn(p.one.Browser(), ada, apptest.Password)
		phone := signIn(p.two.Browser(), ada, apptest.Password)
		p.one.Happened(app.SignedIn, app.SignedIn)
		p.on(laptop, ada)
		p.on(phone, ada)

		stolen := p.two.Browser().SetCookie("session", laptop.Cookie("session")).SignedIn(ada)
		laptop.Via(p.one).Visit("/logout").Press("Sign out")
		stolen.SignedOut().Visit("/orders").At("/login?next=%2Forders")
		p.on(laptop, "")
		p.on(phone, ada)

		must(t, p.one.App.SetPassword(t.Context(), user, good))
		phone.Via(p.two).SignedOut()
		p.on(phone, "")
		laptop.Via(p.two)
		signIn(laptop, ada, good)
		p.on(laptop, ada)
		p.one.Happened(app.SignedOut, app.PasswordChanged, app.SignedIn)
	})
}

// Signing in again in the same browser ends the session that it had, everywhere.
func TestTwoInstancesReplace(t *testing.T) {
	tellTwo(t, patient(), func(t *testing.T, p pair) {
		p.one.User(apptest.Person{Email: ada})
		b := signIn(p.one.Browser(), ada, apptest.Password)
		p.on(b, ada)
		old := p.two.Browser().SetCookie("session", b.Cookie("session")).SignedIn(ada)
		b.SetCookie("session", "").Via(p.one)
		again := signIn(b, ada, apptest.Password)
		p.on(again, ada)
		old.SignedIn(ada) // another session, which nobody has ended
		again.Via(p.two).Visit("/logout").Press("Sign out")
		p.on(again, "")
		old.Via(p.one).SignedIn(ada)
	}, apptest.Plain)
}

// Killed, restarted and emptied: nobody is signed out, nobody who was comes back, and limits count.
func TestRedisGone(t *testing.T) {
	tellTwo(t, app.Config{}, func(t *testing.T, p pair) {
		p.one.User(apptest.Person{Email: ada})
		bob := p.one.User(apptest.Person{Email: "bob@example.com"})
		b, other := signIn(p.one.Browser(), ada, apptest.Password), signIn(p.two.Browser(), "bob@example.com", apptest.Password)
		p.on(b, ada)
		for i := range 5 {
			judged(t, p.one, try(p.one, fmt.Sprintf("u%d@example.com", i), "wrong"))
			judged(t, p.two, try(p.two, fmt.Sprintf("v%d@example.com", i), "wrong"))
		}

		p.Down()
		p.on(b, ada)
		p.on(other, "bob@example.com")
		signIn(p.one.Browser(), ada, apptest.Password).SignedIn(ada)
		judged(t, p.one, try(p.one, "w0@example.com", "wrong"))
		for i := range 10 { // it knows of nine of the ten from before, and counts for itself
			judged(t, p.one, try(p.one, fmt.Sprintf("w%d@example.com", i+1), "wrong"))
		}
		waits(t, try(p.one, "more@example.com", "wrong"), 15*time.Minute)
		other.Via(p.one).Visit("/logout").Press("Sign out")
		p.on(other, "")

		p.Flush(p.name)
		p.Up()
		p.one.Clock.Advance(time.Second) // which is when it is asked again
		p.on(b, ada)
		p.on(other, "")
		waits(t, try(p.one, "more@example.com", "wrong"), 15*time.Minute-time.Second)
		waits(t, try(p.two, "more@example.com", "wrong"), 15*time.Minute-time.Second)
		if len(p.Everything(p.name)) == 0 {
			t.Error("nothing is in Redis: it was not asked again")
		}
		must(t, p.two.App.SetPassword(t.Context(), bob, good))
		b.Via(p.two).Visit("/logout").Press("Sign out")
		p.on(b, "")
		for _, s := range []*apptest.Site{p.one, p.two} {
			if log := s.Logged(); strings.Count(log, "level=WARN") != 1 || strings.Count(log, "it answers again") != 1 {
				t.Errorf("it should be told once that Redis is away, and once that it is back:\n%s", log)
			}
		}
	})
}

// An application starts without Redis, says so once, and takes it up when it comes.
func TestRedisComesLater(t *testing.T) {
	t.Parallel()
	road, name := redistest.NewRoad(t, nil), redistest.Name()
	road.Down()
	s := host(app.Config{URL: "https://" + name, Redis: road.URL}).Start(t, dbtest.SQLite(t), apptest.Plain)
	t.Cleanup(func() { road.Flush(name) })
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(s.Logged(), "redis"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody visits, and nothing is said of a Redis that is away")
		}
	}
	s.User(apptest.Person{Email: ada})
	b := signIn(s.Browser(), ada, apptest.Password)
	for range 20 {
		b.Visit("/orders").At("/orders")
	}
	if log := s.Logged(); strings.Count(log, "level=WARN") != 1 {
		t.Errorf("it is told more than once:\n%s", log)
	}
	road.Up()
	s.Clock.Advance(time.Second)
	b.SignedIn(ada)
	if kept := road.Everything(name); len(kept) != 1 {
		t.Errorf("%q is in Redis", kept)
	}
}

// Slow is not slow for visitors: one waits a moment, and the others do not.
func TestRedisSlow(t *testing.T) {
	t.Parallel()
	road, name := redistest.NewRoad(t, nil), redistest.Name()
	s := host(app.Config{URL: "https://" + name, Redis: road.URL}).Start(t, dbtest.SQLite(t), apptest.Plain)
	t.Cleanup(func() { road.Flush(name) })
	s.User(apptest.Person{Email: ada})
	b := signIn(s.Browser(), ada, apptest.Password)
	road.Slow(time.Minute)
	began := time.Now()
	for range 20 {
		b.SignedIn(ada)
	}
	b.Visit("/logout").Press("Sign out").SignedOut()
	signIn(b, ada, apptest.Password).SignedIn(ada)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if log := s.Logged(); strings.Count(log, "level=WARN") != 1 {
		t.Errorf("it is told more than once:\n%s", log)
	}
}

// Twenty wrong tries come from one network, however many instances share them out.
func TestLimitOfTwoInstances(t *testing.T) {
	tellTwo(t, app.Config{}, func(t *testing.T, p pair) {
		p.one.User(apptest.Person{Email: ada})
		both := []*apptest.Site{p.one, p.two}
		for i := range 20 {
			judged(t, both[i%2], try(both[i%2], fmt.Sprintf("u%d@example.com", i), "wrong"))
		}
		for _, s := range both {
			waits(t, try(s, "more@example.com", "wrong"), 15*time.Minute)
			waits(t, try(s, ada, apptest.Password), 15*time.Minute)
		}
		p.Flush(p.name)
		waits(t, try(p.two, "more@example.com", "wrong"), 15*time.Minute)
		for name := range p.Everything(p.name) {
			if strings.Contains(name, "127.0.0.1") || strings.Contains(name, "login") {
				t.Errorf("%s tells who was there", name)
			}
		}
		p.one.Clock.Advance(15 * time.Minute)
		if answer := try(p.two, ada, apptest.Password); answer.Status >= http.StatusBadRequest {
			t.Errorf("%d %.300s", answer.Status, answer.Body)
		}
	})
}

// What a host changes by itself is seen at once if it says so, and within 30 seconds if not.
func TestChanged(t *testing.T) {
	tellTwo(t, app.Config{}, func(t *testing.T, p pair) {
		user := p.one.User(apptest.Person{Email: ada, Username: "first"})
		b := p.one.As(user)
		shows := func(s *apptest.Site, name string) {
			t.Helper()
			b.Via(s).Visit("/account").Sees(name)
		}
		shows(p.one, "first")
		rename := func(name string) {
			run(t, p.one, "UPDATE users SET username = ? WHERE id = ?", name, user.ID)
		}
		rename("second")
		shows(p.two, "first")
		p.one.Clock.Advance(30 * time.Second)
		shows(p.two, "second")
		rename("third")
		must(t, p.one.App.Changed(t.Context(), p.one.DB, user.ID))
		shows(p.two, "third")
		shows(p.one, "third")
	})
}
