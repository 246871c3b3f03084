package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// A name that was given up is nobody else's for a while, neither by changing nor by registering, nor
// is one that looks like it. Its owner may have it back.
func TestUsernameIsKept(t *testing.T) {
	tell(t, naming(app.ChangeUsername{Hold: time.Hour}, app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "paypal"})
		thief := s.User(apptest.Person{Email: "eve@example.com", Username: "eve"})
		b, other := s.As(user), s.As(thief)
		rename(b, "grace").At("/account")
		for username, says := range map[string]string{"paypal": "This username is taken.", "PAYPAL": "This username is taken.", "PayPaI": "looks like another one"} {
			rename(other, username).SeesError("username", says)
			s.Browser().Visit("/register").Fill("email", "new@example.com").Fill("username", username).Fill("password", good).Submit().SeesError("username", says)
		}
		s.Happened(app.UsernameChanged)
		rename(b, "PayPaI").At("/account") // to its owner it is theirs, also in other letters
		rename(b, "paypal").At("/account")
		rename(b, "grace").At("/account")
		called(t, s, user, "grace")
		s.Happened(app.UsernameChanged, app.UsernameChanged, app.UsernameChanged)
		s.Clock.Advance(time.Hour)
		rename(other, "paypal").At("/account").Sees("Your username is paypal now.")
		s.Happened(app.UsernameChanged)
		rename(b, "paypal").SeesError("username", "This username is taken.")
		// What nobody can want back any more is swept.
		s.Clock.Advance(time.Hour + time.Second)
		must(t, s.App.Sweep(t.Context()))
		if n := held(t, s); n != 0 {
			t.Errorf("%d names are kept", n)
		}
	})
}

// Nobody keeps every good name from everybody.
func TestUsernamesAreKeptForEachInNumber(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "name0"})
		b := s.As(user)
		for i := range 3 {
			rename(b, fmt.Sprintf("name%d", i+2)).At("/account")
			s.Clock.Advance(24 * time.Hour)
			b = s.As(user)
		}
		const often = "or choose a new one after 4 February 2026."
		rename(b, "name7").SeesError("username", often)
		rename(b, "").SeesError("username", often)
		called(t, s, user, "name4")
		rename(b, "name2").At("/account") // one of those that were kept: no more are than before
		rename(b, "name7").SeesError("username", often)
		rename(b, "Name2").At("/account") // which gives nothing up
		s.Clock.Advance(27*24*time.Hour + time.Second)
		b = s.As(user)
		rename(b, "name7").At("/account")
		if n := held(t, s); n != 4 {
			t.Errorf("%d names are on record", n)
		}
	})
}

// A name outlives the account that gave it up, and an operator may give it to anybody.
func TestUsernameIsKeptOfTheGone(t *testing.T) {
	tellOnce(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "grace"})
		rename(s.As(user), "ada").At("/account")
		run(t, s, "DELETE FROM users WHERE id = ?", user.ID)
		b := s.As(s.User(apptest.Person{Email: "eve@example.com", Username: "eve"}))
		rename(b, "grace").SeesError("username", "This username is taken.")
		s.Happened(app.UsernameChanged)
		_, err := s.App.CreateUser(t.Context(), app.NewUser{Username: "grace"})
		must(t, err)
	}, plainly...)
}

// Of many who want one name at once, one gets it; so it is with names that look alike.
func TestUsernameRace(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		wanted := []string{"paypal", "paypa1", "PayPaI", "PAYPAL"}
		var browsers []*apptest.Browser
		for i := range 32 {
			browsers = append(browsers, s.As(s.User(apptest.Person{Email: fmt.Sprintf("u%d@example.com", i), Username: fmt.Sprintf("user.%d.x", i)})))
		}
		answers := make([]apptest.Answer, len(browsers))
		var all sync.WaitGroup
		for i := range browsers {
			all.Go(func() { answers[i] = sendName(s, browsers[i], wanted[i%len(wanted)]) })
		}
		all.Wait()
		won := 0
		for i, answer := range answers {
			switch {
			case answer.Status == map[apptest.Transport]int{apptest.Plain: 303, apptest.JSON: 200}[s.Transport]:
				won++
			case answer.Status != http.StatusUnprocessableEntity && answer.Status != http.StatusBadRequest:
				t.Errorf("%d is answered by %d %.300s", i, answer.Status, answer.Body)
			}
		}
		n, err := s.DB.NewSelect().Model((*db.User)(nil)).Where("username_skeleton = ?", "paypal").Count(t.Context())
		must(t, err)
		if won != 1 || n != 1 || held(t, s) != 1 {
			t.Errorf("%d won, %d have it, %d names are kept", won, n, held(t, s))
		}
		s.Happened(app.UsernameChanged)
	}, wired...)
}

// Two who want to swap their names at once each keep their own, and so they do one after the other.
func TestUsernameSwap(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		one := s.User(apptest.Person{Email: ada, Username: "ada"})
		two := s.User(apptest.Person{Email: "eve@example.com", Username: "eve"})
		a, b := s.As(one), s.As(two)
		for range 10 {
			var both sync.WaitGroup
			both.Go(func() { sendName(s, a, "eve") })
			both.Go(func() { sendName(s, b, "ada") })
			both.Wait()
		}
		called(t, s, one, "ada")
		called(t, s, two, "eve")
		s.Happened()
		rename(a, "between").At("/account")
		rename(b, "ada").SeesError("username", "This username is taken.")
		s.Happened(app.UsernameChanged)
	}, wired...)
}

// A name is not to be had in the moment between one owner and the next.
func TestUsernameRaceForTheFreed(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada"})
		owner := s.As(user)
		var thieves []*apptest.Browser
		for i := range 8 {
			thieves = append(thieves, s.As(s.User(apptest.Person{Email: fmt.Sprintf("u%d@example.com", i)})))
		}
		for range 4 {
			var all sync.WaitGroup
			for _, b := range thieves {
				all.Go(func() { sendName(s, b, "ada") })
			}
			all.Go(func() { sendName(s, owner, "grace") })
			all.Wait()
			called(t, s, user, "grace")
			s.Happened(app.UsernameChanged)
			rename(owner, "ada").At("/account")
			s.Happened(app.UsernameChanged)
		}
	}, wired...)
}

// A form that was proven by a password which is another by now changes nothing, and says so.
func TestUsernameOvertaken(t *testing.T) {
	t.Parallel()
	for _, transport := range anyway {
		dbtestEach(t, transport, func(t *testing.T, start func(app.Config) *apptest.Site) {
			inside, release := make(chan struct{}), make(chan struct{})
			s := start(foreign(naming(app.ChangeUsername{}, app.Register{}), func(context.Context, string) (bool, error) {
				close(inside)
				<-release
				return true, nil
			}))
			user := s.User(apptest.Person{Email: ada, Username: "ada"})
			giveForeign(t, s, user)
			b := s.As(user)
			var answer apptest.Answer
			var done sync.WaitGroup
			done.Go(func() { answer = sendName(s, b, "grace") })
			<-inside
			must(t, s.App.SetPassword(t.Context(), user, better))
			close(release)
			done.Wait()
			s.Happened(app.PasswordChanged)
			called(t, s, user, "ada")
			if answer.Status != map[apptest.Transport]int{apptest.Plain: 422, apptest.HTMX: 422, apptest.JSON: 400}[transport] ||
				!strings.Contains(answer.Body, "Your account changed while you were sending this.") {
				t.Errorf("%d %.300s", answer.Status, answer.Body)
			}
			b.SignedOut()
			rename(s.As(refreshed(t, s, ada)), "grace").SeesError("password", saysNotYours)
			s.Happened(app.PasswordRefused)
		})
	}
}

// Another instance that keeps sessions for a while shows the new name at once.
func TestUsernameOnTwoInstances(t *testing.T) {
	tellTwo(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, p pair) {
		user := p.one.User(apptest.Person{Email: ada, Username: "ada"})
		b, other := p.one.As(user), p.two.As(user)
		other.Visit("/account").Sees("ada")
		rename(b, "grace").At("/account")
		other.Visit("/account").Sees("grace")
	})
}
