package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A link signs nobody in but in the browser that registered, and only if the site wants it.
func TestConfirmSignsIn(t *testing.T) {
	tell(t, confirming(app.Confirm{SignIn: true}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		own := s.Browser().Visit("/register?next=%2Forders").Fill("email", ada).Fill("password", good).Submit()
		own.Visit(s.Mail(ada).Link()).Submit().At("/orders").SignedIn(ada)
		s.Happened(app.Registered, app.EmailConfirmed, app.SignedIn)
		var row db.Session
		must(t, s.DB.NewSelect().Model(&row).Scan(t.Context()))
		if names := row.Methods.Names(); len(names) != 1 || names[0] != app.ByConfirm {
			t.Errorf("the session was opened by %q", names)
		}
		// Elsewhere, it confirms and no more.
		enroll(s.Browser(), "bob@example.com")
		s.Browser().Visit(s.Mail("bob@example.com").Link()).Submit().At("/login").Sees(saysDoneNow).SignedOut()
		// The browser that tried to register what somebody else had registered is no better.
		other := s.Browser()
		enroll(s.Browser(), "eve@example.com")
		link := s.Mail("eve@example.com").Link()
		enroll(other, "eve@example.com")
		other.Visit(link).Submit().At("/login").Sees(saysDoneNow).SignedOut()
	})
}

// Whoever is signed in by confirming is asked by every gate first, as after any other way in.
func TestConfirmSignsInThroughGates(t *testing.T) {
	t.Parallel()
	h := quizHost()
	more := confirming(app.Confirm{SignIn: true}, app.Register{Username: app.Optional})
	h.Config.Features, h.Observe = more.Features, watch
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", "slow@example.com").Fill("username", "slow").Fill("password", good).Submit()
		b.Visit(s.Mail("slow@example.com").Link()).Submit().SignedOut()
		s.Happened(app.Registered, app.EmailConfirmed)
		if n := liveSessions(t, s); n != 0 {
			t.Errorf("%d sessions", n)
		}
	})
}

// The gates are asked as always: an account that an operator has closed stays closed.
func TestConfirmOpensNothing(t *testing.T) {
	tell(t, confirming(app.Confirm{SignIn: true}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		b := enroll(s.Browser(), ada)
		letter := s.Mail(ada)
		_, err := s.DB.NewUpdate().Model((*db.User)(nil)).Set("disabled_at = ?", s.Clock.Now()).Where("1 = 1").Exec(t.Context())
		must(t, err)
		b.Visit(letter.Link()).Submit().Sees(saysClosed).SignedOut()
		s.Happened(app.Registered, app.EmailConfirmed)
		var user db.User
		must(t, db.LoadUser(t.Context(), s.DB, &user, s.Audit()[0].UserID))
		if user.Active() || user.Primary.ConfirmedAt.IsZero() || len(s.Mails()) != 1 {
			t.Errorf("the account is %+v; %d mails", user, len(s.Mails()))
		}
		signIn(b, ada, good).Sees(saysClosed).SignedOut()
	})
}

// Where a site tells, the right password leads to the page, and the sign-in goes on from there.
func TestConfirmTells(t *testing.T) {
	tell(t, confirming(app.Confirm{Tell: true}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), ada)
		letter := s.Mail(ada)
		b := s.Browser().Visit("/orders")
		signIn(b, ada, "wrong").SeesError("", saysWrong)
		b.Visit("/login?next=%2Forders").Fill("email", ada).Fill("password", good).Submit()
		b.Sees("Confirm your address first.").SignedOut()
		if s.Transport == apptest.JSON {
			if b.Status() != http.StatusBadRequest {
				t.Errorf("a program is answered by %d", b.Status())
			}
			return
		}
		b.At("/confirm").In("confirm-code").Fill("code", letter.Code()).Submit().At("/orders").Sees(saysDoneNow).SignedIn(ada)
		s.Happened(app.Registered, app.SignInFailed, app.EmailConfirmed, app.SignedIn)
	})
}

// Where a site lets people in before, a guard keeps them from what they may not do yet.
func TestConfirmGuard(t *testing.T) {
	t.Parallel()
	h := host(confirming(app.Confirm{SignInUnconfirmed: true}, app.Register{SignIn: true}))
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Get("/post", accounts.Require(app.Confirmed()), func(c *fiber.Ctx) error { return c.JSON(fiber.Map{"in": true}) })
	}
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		b := enroll(s.Browser(), ada).At("/").SignedIn(ada)
		s.Happened(app.Registered, app.SignedIn)
		if s.Transport == apptest.JSON {
			answer := b.Send(apptest.Request{Path: "/post", Header: headers(apptest.JSON)})
			if answer.Status != http.StatusForbidden || answer.JSON(t).Codes("")[0] != "confirm.first" {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
		} else {
			b.Visit("/post").At("/confirm?next=%2Fpost").Sees("Confirm your address first.").Sees(ada)
		}
		b.Visit(s.Mail(ada).Link() + "?next=%2Fpost").Submit().SignedIn(ada)
		s.Happened(app.EmailConfirmed)
		if answer := b.Send(apptest.Request{Path: "/post", Header: headers(s.Transport)}); answer.Status != 200 || !strings.Contains(answer.Body, `"in"`) {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		// Who has no address has nothing to confirm.
		if answer := s.As(s.User(apptest.Person{Username: "nobody"})).Send(apptest.Request{Path: "/post", Header: headers(s.Transport)}); answer.Status != 200 {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
	})
}

// Whoever confirms one account while signed in to another is told, and leaves the other.
func TestConfirmAsSomebodyElse(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), ada)
		b := s.As(s.User(apptest.Person{Email: "bob@example.com"})).Visit(s.Mail(ada).Link())
		if s.Transport != apptest.JSON {
			b.Sees("You are signed in as bob@example.com, which is another account.")
		}
		b.SignedIn("bob@example.com").Submit().At("/login").Sees("You were signed in as bob@example.com").SignedOut()
		s.Happened(app.Registered, app.EmailConfirmed, app.SignedOut)
	})
}

func TestConfirmOver(t *testing.T) {
	tell(t, confirming(app.Confirm{TTL: time.Hour}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		b := enroll(s.Browser(), ada)
		letter := s.Mail(ada)
		b.Visit(letter.Link())
		s.Clock.Advance(time.Hour)
		b.Submit().SeesError("", "This link has expired")
		b.Visit("/confirm").In("confirm-code").Fill("code", letter.Code()).Submit().SeesError("code", "This code is wrong or no longer good.")
		b.Visit("/confirm").In("confirm").Press("Send it again")
		fresh := s.Mail(ada)
		b.Visit(fresh.Link()).Submit().At("/login").Sees(saysDoneNow)
		// Used up, it says what is true; and so does one that was replaced.
		s.Clock.Advance(time.Minute)
		b.Visit(fresh.Link()).At("/login").Sees("Your address is confirmed already.")
		b.Visit(letter.Link()).At("/login").Sees("Your address is confirmed already.")
		s.Happened(app.Registered, app.ConfirmSent, app.EmailConfirmed)
	})
}

// Whoever has no address has nothing to confirm, and signs in.
func TestConfirmWithoutAddress(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{Email: app.Optional, Username: app.Required}), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("username", "ada").Fill("password", good).Submit().At("/login").Sees("Your account is open.")
		signIn(b, "ada", good).SignedIn("ada")
		s.Happened(app.Registered, app.SignedIn)
	})
}

// R1 and R25: everything at once, from many browsers.
func TestConfirmAtOnce(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), ada)
		s.Happened(app.Registered)
		s.Clock.Advance(time.Hour)
		together := func(path string, form url.Values) {
			t.Helper()
			var all sync.WaitGroup
			answers := make([]string, 12)
			for i := range answers {
				b := s.Browser()
				all.Go(func() {
					answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.Plain), Body: form.Encode()})
					answers[i] = fmt.Sprint(answer.Status, answer.Header.Get("Location"))
				})
			}
			all.Wait()
			for _, answer := range answers {
				if answer != answers[0] || answer[:3] != "303" {
					t.Errorf("%s is answered %q", path, answers)
					break
				}
			}
		}
		together("/confirm", url.Values{"email": {ada}})
		s.Happened(app.ConfirmSent)
		if n := len(s.Mails()); n != 2 {
			t.Errorf("%d mails", n)
		}
		alive, err := s.DB.NewSelect().Model((*db.Token)(nil)).Where("expires_at > ?", s.Clock.Now()).Count(t.Context())
		must(t, err)
		if alive != 1 {
			t.Errorf("%d tokens are alive", alive)
		}
		link, err := url.Parse(s.Mail(ada).Link())
		must(t, err)
		together(link.Path, url.Values{"x": {""}})
		s.Happened(app.EmailConfirmed)
		if n := len(s.Mails()); n != 3 {
			t.Errorf("%d mails", n)
		}
	}, apptest.Plain)
}

// Five codes are judged on each mail, and whoever guesses waits like a guesser of passwords.
func TestConfirmCodeTries(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		b := enroll(s.Browser(), ada)
		letter := s.Mail(ada)
		for range 5 {
			b.Visit("/confirm").In("confirm-code").Fill("code", "00000000").Submit().SeesError("code", "This code is wrong")
		}
		b.Visit("/confirm").In("confirm-code").Fill("code", letter.Code()).Submit().SeesError("code", "This code is wrong")
		b.Visit(letter.Link()).Submit().At("/login").Sees(saysDoneNow) // the link is not guessed at
	})
}

func TestConfirmSettings(t *testing.T) {
	t.Parallel()
	for want, features := range map[string][]app.Feature{
		"Register.Email is Never":                        {app.Register{Email: app.Never, Username: app.Required}, app.Confirm{}},
		"Register.SignIn is set and Config.Features":     {app.Register{SignIn: true}, app.Confirm{}},
		"Confirm.TTL is -1s":                             {app.Confirm{TTL: -time.Second}},
		"Confirm.Tell and Confirm.SignInUnconfirmed are": {app.Confirm{Tell: true, SignInUnconfirmed: true}},
		"Confirm.Limit holds a negative number":          {app.Confirm{Tries: app.Limit{PerNetwork: app.Quota{Most: -1}}}},
	} {
		config := app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: append([]app.Feature{app.Login{}, app.Logout{}}, features...)}
		if _, err := app.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New says %v, which has no %q", err, want)
		}
	}
}
