package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// Every device is forgotten, and this one remembered anew: a copy of what it held is worth nothing,
// and alarms nobody.
func TestChangeForgetsDevices(t *testing.T) {
	tell(t, patientRemember(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		other := remembered(s, ada)
		b := s.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Tick("remember").Submit()
		copied := b.Cookie("remember")
		s.Clock.Advance(time.Minute)
		change(b, apptest.Password, better).At("/account")
		s.Happened(app.SignedIn, app.PasswordChanged)
		if now := b.Cookie("remember"); now == "" || now == copied {
			t.Fatalf("the device holds %.50q after %.50q", now, copied)
		}
		for _, gone := range []*apptest.Browser{other, holding(s, copied)} {
			notRestored(t, s, gone)
		}
		s.Clock.Advance(time.Hour)
		notRestored(t, s, holding(s, copied))
		s.Happened()
		b.SignedIn(ada).SetCookie("session", "").SignedIn(ada)
		s.Happened(app.SessionRestored)
		all := families(t, s)
		if last := all[len(all)-1]; len(all) != 3 || last.AuthVersion != 2 || !last.RevokedAt.IsZero() {
			t.Errorf("the devices are %+v", all)
		}
		b.Visit("/logout").Press("Sign out").SignedOut() // which forgets it, as before
		notRestored(t, s, b)

		// A device that did not ask to be remembered does not begin to be.
		b = signIn(s.Browser(), ada, better)
		if change(b, better, best); b.Cookie("remember") != "" {
			t.Error("a device is remembered that did not ask for it")
		}
	})
}

func patientRemember() app.Config {
	config := patient()
	config.Features = append(config.Features, app.Remember{})
	return config
}

// A sign-in that waits for its other half was begun with the old password, and ends with it.
func TestChangeEndsHalfASignIn(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "slow"})
		half := signIn(s.Browser(), ada, apptest.Password).At("/quiz")
		posts := s.Browser().SetCookie("pending", half.Cookie("pending"))
		change(s.As(user), apptest.Password, better).At("/account")
		s.Happened(app.PasswordChanged)
		half.Visit("/quiz").At("/login?next=%2Fquiz").SignedOut()
		if answer := posts.Send(apptest.Request{Method: http.MethodPost, Path: "/quiz", Header: headers(s.Transport)}); answer.Status < 300 {
			t.Errorf("the answer is taken: %d %s", answer.Status, answer.Body)
		}
		posts.SignedOut()
		s.Happened()
		// The right one leads on.
		signIn(s.Browser(), ada, better).At("/quiz").Visit("/quiz").Press("Answer").SignedIn(ada)
	})
}

// Wrong passwords are counted for the account, whichever session they come from, and not together
// with those of signing in: neither keeps the owner from the other.
func TestChangeLimit(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b, other := s.As(user), s.As(user)
		for range 5 {
			judged(t, s, try(s, ada, "wrong"))
		}
		for range 5 {
			change(b, "wrong horse", better).SeesError("password", saysNotYours)
		}
		s.Happened(append(wrongly(5), slices.Repeat([]app.EventName{app.PasswordRefused}, 5)...)...)
		change(b, apptest.Password, better).SeesError("", saysTooMany).SeesError("", "Wait 30 seconds")
		if s.Transport != apptest.JSON && b.Page().Find(`main [data-gh-countdown="30"]`).Length() != 1 {
			t.Error("nothing counts down")
		}
		waits(t, sendChange(s, other, apptest.Password, better), 30*time.Second)
		s.Happened()
		eve := s.As(s.User(apptest.Person{Email: "eve@example.com"}))
		change(eve, "wrong horse", better).SeesError("password", saysNotYours)
		s.Happened(app.PasswordRefused)
		s.Clock.Advance(30 * time.Second)
		change(b, apptest.Password, better).At("/account").Sees(saysChanged)
		s.Happened(app.PasswordChanged)
		change(b, "wrong horse", best).SeesError("password", saysNotYours)
		change(b, better, best).At("/account") // what failed before is forgotten
		s.Happened(app.PasswordRefused, app.PasswordChanged)
	})
}

// One network has so many tries, whosever sessions they are; those that succeed do not count.
func TestChangeLimitPerNetwork(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		for _, from := range [][2]string{{apptest.Password, better}, {better, best}, {best, better}} {
			change(b, from[0], from[1]).At("/account")
		}
		for i := range 20 {
			who := s.As(s.User(apptest.Person{Email: string(rune('b'+i)) + "@example.com"}))
			if answer := sendChange(s, who, "wrong horse", better); answer.Status == http.StatusTooManyRequests {
				t.Fatalf("try %d has to wait", i)
			}
		}
		waits(t, sendChange(s, b, better, good), 15*time.Minute)
	}, anyway...)
}

// With no time for a hash nothing is lost, and no try is counted.
func TestChangeBusy(t *testing.T) {
	t.Parallel()
	for _, transport := range anyway {
		t.Run(string(transport), func(t *testing.T) {
			t.Parallel()
			config, one := oneSlot(app.Config{})
			s := host(config).Start(t, dbtest.SQLite(t), transport)
			b := s.As(s.User(apptest.Person{Email: ada}))
			free := one.take(t, s)
			b.Visit("/change").Fill("password", apptest.Password).Fill("new_password", better)
			for range 25 {
				if b.Submit(); b.Status() != http.StatusServiceUnavailable {
					t.Fatalf("status %d", b.Status())
				}
				if transport == apptest.Plain {
					b.Fill("password", apptest.Password).Fill("new_password", better)
				}
			}
			b.SeesError("", "We are very busy right now")
			free()
			b.Submit().At("/account").Sees(saysChanged)
		})
	}
}

// A request of another session that is being answered while the password changes is answered, and
// brings nothing back; the one after it is nobody's.
func TestChangeWhileAnotherAsks(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inside, release := make(chan struct{}), make(chan struct{})
			h := host(app.Config{})
			h.Routes = func(server *fiber.App, accounts *app.App) {
				shop(server, accounts)
				server.Get("/slow", accounts.Require(), func(c *fiber.Ctx) error {
					close(inside)
					<-release
					return c.SendString("done")
				})
			}
			s := h.Start(t, open(t), apptest.Plain)
			user := s.User(apptest.Person{Email: ada})
			b, other := s.As(user), s.As(user)
			s.Clock.Advance(2 * time.Minute) // its use is to be written down
			answered := make(chan apptest.Answer)
			go func() { answered <- other.Send(apptest.Request{Path: "/slow", Header: headers(apptest.Plain)}) }()
			<-inside
			change(b, apptest.Password, better).At("/account")
			close(release)
			if answer := <-answered; answer.Status != http.StatusOK || answer.Body != "done" {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
			other.SignedOut().Visit("/orders").At("/login?next=%2Forders")
			b.SignedIn(ada)
			if ended := sessionOf(t, s, user, false); ended.RevokedReason != "password changed" {
				t.Errorf("%+v", ended)
			}
		})
	}
}

// On another instance the other sessions are over at once, and this one goes on.
func TestChangeOnTwoInstances(t *testing.T) {
	tellTwo(t, app.Config{}, func(t *testing.T, p pair) {
		user := p.one.User(apptest.Person{Email: ada})
		b, other := signIn(p.one.Browser(), ada, apptest.Password), signIn(p.two.Browser(), ada, apptest.Password)
		p.on(b, ada)
		p.on(other, ada)
		old := p.two.Browser().SetCookie("session", b.Cookie("session")).SignedIn(ada)
		change(b.Via(p.one), apptest.Password, better).At("/account")
		other.Via(p.two).SignedOut()
		p.on(b, ada)
		p.on(other, "")
		p.one.Clock.Advance(11 * time.Second)
		p.on(old, "")
		change(b.Via(p.two), better, best).At("/account")
		p.on(b, ada)
		if row := sessionOf(t, p.one, user, true); row.AuthVersion != 3 {
			t.Errorf("%+v", row)
		}
	})
}

// An operator's new password does as much, and is written down and told as much.
func TestSetPassword(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Language: "fa"})
		device := remembered(s, ada)
		b := s.As(user)
		must(t, s.App.SetPassword(t.Context(), user, "x"))
		e := s.Happened(app.PasswordChanged)[0]
		if e.User.ID != user.ID || e.Network != "" || !e.At.Equal(s.Clock.Now()) {
			t.Errorf("the event says %+v", e)
		}
		b.SignedOut()
		notRestored(t, s, device)
		if letter := s.Mail(ada); letter.Lang != "fa" || strings.Contains(letter.Subject, "password") || !strings.Contains(letter.Subject, "Shop") {
			t.Errorf("the mail is called %q", letter.Subject)
		}
		signIn(s.Browser(), ada, "x").SignedIn(ada)
		s.Happened(app.SignedIn)
		// Whoever has no address is told nothing, and an account that is gone is an error.
		must(t, s.App.SetPassword(t.Context(), s.User(apptest.Person{Username: "eve"}), "x"))
		s.Happened(app.PasswordChanged)
		if err := s.App.SetPassword(t.Context(), &db.User{ID: db.NewID()}, "x"); err == nil || len(s.Mails()) != 1 {
			t.Errorf("%v, and %d mails", err, len(s.Mails()))
		}
		s.Happened()
	}, plainly...)
}

// Where nobody is to be told, nobody is, and the operator reads so when the application starts.
func TestChangeUnsent(t *testing.T) {
	config := app.Config{Unsent: []string{"change.notice"}, Features: []app.Feature{app.Login{}, app.Logout{}, app.Change{}}, Landings: app.Landings{Change: "/orders"}}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		change(s.As(user), apptest.Password, better).At("/orders").SignedIn(ada)
		must(t, s.App.SetPassword(t.Context(), user, best))
		s.Happened(app.PasswordChanged, app.PasswordChanged)
		if len(s.Mails()) != 0 || !strings.Contains(s.Logged(), "Config.Unsent holds change.notice") {
			t.Errorf("%d mails; the log says %s", len(s.Mails()), s.Logged())
		}
	}, anyway...)
}

// An application that does not list it has neither the page nor a way to it.
func TestChangeIsNotListed(t *testing.T) {
	tellOnce(t, app.Config{Features: []app.Feature{app.Login{}, app.Logout{}, app.Account{}}}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada})).Visit("/account").SeesNot("Change")
		if b.Visit("/change"); b.Status() != http.StatusNotFound {
			t.Errorf("status %d", b.Status())
		}
	}, plainly...)
}
