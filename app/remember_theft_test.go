package app_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/pages/mails"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// crowd sends the same request from n browsers at once, each of which holds the same token.
func crowd(s *apptest.Site, token string, n int, path string) (browsers []*apptest.Browser, answers []apptest.Answer) {
	answers = make([]apptest.Answer, n)
	var all sync.WaitGroup
	for i := range n {
		b := holding(s, token)
		browsers = append(browsers, b)
		all.Go(func() { answers[i] = b.Send(apptest.Request{Path: path, Header: headers(s.Transport)}) })
	}
	all.Wait()
	return browsers, answers
}

// A page loads in several requests at once: all of them are signed in, the token is replaced once,
// and nobody cries thief.
func TestRememberAtOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 16} {
		t.Run(map[int]string{2: "two", 16: "many"}[n], func(t *testing.T) {
			tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
				s.User(apptest.Person{Email: ada})
				b := remembered(s, ada)
				s.Clock.Advance(time.Hour)
				token := b.Cookie("remember")
				browsers, answers := crowd(s, token, n, "/account")
				var next []string
				for i, answer := range answers {
					if answer.Status != http.StatusOK || browsers[i].Cookie("session") == "" {
						t.Errorf("request %d: %d %.200s", i, answer.Status, answer.Body)
					}
					if now := browsers[i].Cookie("remember"); now != token {
						next = append(next, now)
					}
				}
				events := make([]app.EventName, n)
				for i := range events {
					events[i] = app.SessionRestored
				}
				s.Happened(events...)
				if len(next) != 1 || next[0] == "" {
					t.Fatalf("the token was replaced by %q", next)
				}
				// All of these sessions live, until the device comes back without any.
				for i, b := range browsers {
					if b.SetCookie("remember", "").Who() != ada {
						t.Errorf("the session of request %d has ended", i)
					}
				}
				s.Clock.Advance(30 * time.Second)
				holding(s, token).SignedIn(ada) // still in the grace
				s.Clock.Advance(time.Second)
				holding(s, next[0]).SignedIn(ada)
				s.Happened(app.SessionRestored, app.SessionRestored)
				for i, b := range browsers {
					if b.Who() != "" {
						t.Errorf("the session of request %d outlives the next", i)
					}
				}
				if len(s.Mails()) != 0 {
					t.Error("a mail")
				}
			})
		})
	}
}

// Whoever of the device and the thief comes second tells on both.
func TestRememberTheft(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"device", "thief"} {
		t.Run(first, func(t *testing.T) {
			tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
				user := s.User(apptest.Person{Email: ada})
				other := remembered(s, ada) // another device of the same person
				device := remembered(s, ada)
				token := device.Cookie("remember")
				thief := holding(s, token)
				one, two := device, thief
				if first == "thief" {
					one, two = thief, device
				}
				s.Clock.Advance(time.Hour)
				one.SignedIn(ada)
				s.Happened(app.SessionRestored)
				s.Clock.Advance(31 * time.Second)
				notRestored(t, s, two)
				e := s.Happened(app.RememberStolen)[0]
				if e.User.ID != user.ID || e.Network != "127.0.0.1" || !strings.Contains(e.Details["device"], "apptest") {
					t.Errorf("%+v", e)
				}
				notRestored(t, s, one) // neither by its session nor by its token
				for _, row := range opened(t, s) {
					if row.RememberID == families(t, s)[1].ID && row.RevokedAt.IsZero() {
						t.Errorf("the session %+v lives", row)
					}
				}
				s.Happened()
				letter := s.Mail(ada)
				if letter.Subject != "A device was signed out of Shop" || letter.Link() != s.URL+"/login" || len(s.Mails()) != 1 {
					t.Errorf("%d mails, %+v", len(s.Mails()), letter.Message)
				}
				other.SignedIn(ada)
				s.Happened(app.SessionRestored)
				// The way back is open.
				signIn(device, ada, apptest.Password).SignedIn(ada)
			})
		})
	}
}

// The grace is for requests on their way, and begins when the token was replaced, whatever has
// come with the old one since.
func TestRememberGraceIsNotPutOff(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		token := b.Cookie("remember")
		s.Clock.Advance(time.Hour)
		b.SignedIn(ada)
		s.Clock.Advance(20 * time.Second)
		holding(s, token).SignedIn(ada)
		s.Happened(app.SessionRestored, app.SessionRestored)
		s.Clock.Advance(20 * time.Second)
		notRestored(t, s, holding(s, token))
		s.Happened(app.RememberStolen)
	}, apptest.Plain, apptest.JSON)
}

// A thief who uses the copy twice before its owner comes back is still found out: the owner's token
// has been replaced, no matter how often.
func TestRememberTheftLongAgo(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		device := remembered(s, ada)
		thief := holding(s, device.Cookie("remember"))
		for range 3 {
			s.Clock.Advance(time.Hour)
			thief.SetCookie("session", "").SignedIn(ada)
			s.Happened(app.SessionRestored)
		}
		s.Clock.Advance(time.Hour)
		notRestored(t, s, device)
		s.Happened(app.RememberStolen)
		notRestored(t, s, thief)
		if len(s.Mails()) != 1 {
			t.Errorf("%d mails", len(s.Mails()))
		}
	}, apptest.Plain, apptest.JSON)
}

// The request that gives a theft away is one of a page's many. The owner is told once.
func TestRememberTheftIsToldOnce(t *testing.T) {
	slow := app.Mails{Notice: func(ctx context.Context, p props.Notice) components.Mail {
		time.Sleep(200 * time.Millisecond) // time enough for the others to have looked, too
		return mails.Notice(ctx, p)
	}}
	tell(t, app.Config{Mails: slow}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		token := b.Cookie("remember")
		s.Clock.Advance(time.Hour)
		b.SignedIn(ada)
		s.Happened(app.SessionRestored)
		s.Clock.Advance(time.Hour)
		browsers, answers := crowd(s, token, 12, "/account")
		for i, answer := range answers {
			if answer.Status >= http.StatusInternalServerError || browsers[i].Cookie("session")+browsers[i].Cookie("remember") != "" {
				t.Errorf("%d, session %q, remember %q", answer.Status, browsers[i].Cookie("session"), browsers[i].Cookie("remember"))
			}
		}
		s.Happened(app.RememberStolen)
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails", n)
		}
		b.SignedOut()
	}, apptest.Plain)
}

// An account without an address is told by its audit alone.
func TestRememberTheftWithoutAddress(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Username: "ada"})
		b := remembered(s, "ada")
		token := b.Cookie("remember")
		s.Clock.Advance(time.Hour)
		b.SignedIn("ada")
		s.Clock.Advance(time.Hour)
		notRestored(t, s, holding(s, token))
		s.Happened(app.SessionRestored, app.RememberStolen)
		if len(s.Mails()) != 0 {
			t.Error("a mail to nobody")
		}
	}, apptest.Plain, apptest.JSON)
}

// Whatever stands in the cookie brings a device back or is nothing at all; then it is taken away.
func TestRememberGarbage(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		device := remembered(s, ada)
		token := device.Cookie("remember")
		member := s.As(user)
		member.Send(apptest.Request{Path: "/login", Header: headers(s.Transport)})
		flipped := "A" + token[1:]
		if token[0] == 'A' {
			flipped = "B" + token[1:]
		}
		for _, garbage := range []string{
			"x", "null", "0", "undefined", flipped, token[:len(token)-1], token + "A", token + "=", strings.ToUpper(token), strings.ToLower(token),
			strings.Repeat("A", 43), strings.Repeat("A", 3000), "../../etc/passwd", "%00", "' OR 1=1 --", "{}", strings.Repeat("_", 43),
			member.Cookie("session"), // a cookie of one kind is none of another
		} {
			notRestored(t, s, holding(s, garbage))
			s.Browser().SetCookie("session", garbage+garbage).SetCookie("remember", garbage).SignedOut()
		}
		s.Browser().SetCookie("session", token).SignedOut()
		s.Browser().SetCookie("pending", token).SignedOut()
		s.Happened()
		device.SignedIn(ada) // nobody has spent it
	}, apptest.Plain, apptest.JSON)
}

// Pieces of two tokens make no third, and what another secret has sealed is nothing here: neither
// brings a device back, nor does it make anybody a thief.
func TestRememberForged(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		token, other := remembered(s, ada).Cookie("remember"), remembered(s, ada).Cookie("remember")
		first, second := strings.Split(token, "."), strings.Split(other, ".")
		for i := range first {
			mixed := slices.Clone(first)
			mixed[i] = second[i]
			notRestored(t, s, holding(s, strings.Join(mixed, ".")))
			mixed[i] = ""
			notRestored(t, s, holding(s, strings.Join(mixed, ".")))
			notRestored(t, s, holding(s, strings.Join(first[:i], ".")))
			notRestored(t, s, holding(s, first[i]))
		}
		s.Happened()
		abroad := host(app.Config{Secrets: []string{"a secret of which this site knows nothing"}}).Start(t, s.DB, s.Transport)
		foreign := abroad.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Tick("remember").Submit()
		notRestored(t, s, holding(s, foreign.Cookie("remember")))
		holding(s, token).SignedIn(ada)
		holding(s, other).SignedIn(ada)
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
	}, apptest.Plain, apptest.JSON)
}

// A copy that is used while the token still counts opens a session of its own. Signing out on the
// device ends that one, too: nobody would notice it any more.
func TestRememberCopyEndsWithTheDevice(t *testing.T) {
	config := patient()
	config.Features = append(config.Features, app.Remember{})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		device := remembered(s, ada)
		thief := holding(s, device.Cookie("remember"))
		device.Visit("/account").SignedIn(ada)
		thief.Visit("/account").SignedIn(ada)
		other := signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		device.Visit("/logout").Submit().SignedOut()
		thief.SignedOut()
		other.SignedIn(ada)
		for _, row := range opened(t, s) {
			if row.RememberID != uuid.Nil && row.RevokedAt.IsZero() {
				t.Errorf("the device's session %+v lives", row)
			}
		}
		s.Happened(app.SessionRestored, app.SessionRestored, app.SignedIn, app.SignedOut)
	})
}
