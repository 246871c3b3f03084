package app_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

func TestLogout(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b, elsewhere := s.As(user), s.As(user)
		value, visitor := b.Cookie("session"), b.Cookie("visitor")

		b.Visit("/logout").SignedIn(ada) // a GET changes nothing
		s.Happened()
		b.Press("Sign out").At("/").Sees(saysSignedOut).SignedOut()
		if e := s.Happened(app.SignedOut)[0]; e.User.ID != user.ID {
			t.Errorf("the event is %+v", e)
		}
		if b.Cookie("session") != "" || b.Cookie("visitor") == visitor {
			t.Error("the browser keeps its session or its visitor cookie")
		}
		var row db.Session
		must(t, s.DB.NewSelect().Model(&row).Where("revoked_at IS NOT NULL").Scan(t.Context()))
		if row.RevokedReason != "signed out" || !row.RevokedAt.Equal(s.Clock.Now()) {
			t.Errorf("the session is %+v", row)
		}
		// Whoever has kept a copy of the cookie has nothing; other browsers of the same person stay in.
		s.Browser().SetCookie("session", value).SignedOut()
		elsewhere.SignedIn(ada)
		if s.Transport == apptest.JSON {
			return
		}
		// The message is told once.
		b.Visit("/").SeesNot(saysSignedOut).Visit("/orders").At("/login?next=%2Forders")
	})
}

func TestLogoutPage(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada})).Visit("/logout")
		if n := b.Page().Find("main form").Length(); n != 1 {
			t.Errorf("%d forms", n)
		}
		if buttons := b.Page().Find("main form button"); buttons.Length() != 1 {
			t.Errorf("%d buttons: %s", buttons.Length(), buttons.Text())
		}
		b.Follow("Stay signed in").At("/").SignedIn(ada)

		b = s.Browser().Visit("/logout").Sees("You are signed out")
		if n := b.Page().Find("main form").Length(); n != 0 {
			t.Errorf("%d forms for a stranger", n)
		}
		b.Follow("Continue").At("/")
	}, apptest.Plain)
}

// The menu of every page of the hub signs out at once.
func TestLogoutByMenu(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada})).Visit("/account")
		b.Press("Sign out").At("/").Sees(saysSignedOut).SignedOut()
		s.Happened(app.SignedOut)
	}, paged...)
}

func TestLogoutNext(t *testing.T) {
	tell(t, app.Config{Features: []app.Feature{app.Login{}, app.Logout{}, app.Account{}}, Landings: app.Landings{Logout: "/bye"}}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		for query, want := range map[string]string{"": "/bye", "?next=%2Forders": "/orders", "?next=https%3A%2F%2Fevil.example": "/bye"} {
			b := s.As(user)
			answer := b.Send(apptest.Request{Method: http.MethodPost, Path: "/logout" + query, Header: headers(s.Transport)})
			if s.Transport == apptest.JSON {
				if e := answer.JSON(t); answer.Status != http.StatusOK || e.Meta.MessageCode != "logout.done" || len(e.Response) != 1 {
					t.Errorf("%s: %s", query, answer.Body)
				}
			} else if to := ledTo(t, answer); to != want {
				t.Errorf("%s led to %q, not to %q", query, to, want)
			}
			b.SignedOut()
			s.Happened(app.SignedOut)
		}
	})
}

// A next typed into the page for signing out is kept over its button.
func TestLogoutKeepsNext(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.As(s.User(apptest.Person{Email: ada})).Visit("/logout?next=%2Fnewsletter").Press("Sign out").SignedOut()
		b := s.As(s.User(apptest.Person{Email: "bob@example.com"})).Visit("/logout?next=%2F%3Fbye").Press("Sign out")
		b.At("/?bye").Sees(saysSignedOut)
	})
}

// Nobody is harmed by signing out who is not signed in, has garbage for a cookie, or did so already.
func TestLogoutAnonymous(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		gone := s.As(user)
		gone.Send(apptest.Request{Method: http.MethodPost, Path: "/logout", Header: headers(apptest.Plain)})
		s.Happened(app.SignedOut)
		for name, b := range map[string]*apptest.Browser{
			"stranger": s.Browser(), "signed out": gone, "garbage": s.Browser().SetCookie("session", "garbage"), "pending": s.Browser().SetCookie("pending", "garbage"),
		} {
			answer := b.Send(apptest.Request{Path: "/logout", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"x": {"y"}})})
			if answer.Status >= 400 || s.Transport == apptest.JSON && answer.JSON(t).Meta.Code != http.StatusOK {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
			b.SignedOut()
		}
		s.Happened()
	})
}

// Signing out ends what waited to become a session too.
func TestLogoutEndsPending(t *testing.T) {
	tell(t, gated(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "slow"})
		b := signIn(s.Browser(), ada, apptest.Password)
		pending := b.Cookie("pending")
		if pending == "" {
			t.Fatal("no sign-in is waiting")
		}
		b.Send(apptest.Request{Method: http.MethodPost, Path: "/logout", Header: headers(apptest.Plain)})
		if b.Cookie("pending") != "" {
			t.Error("the browser keeps the cookie of the waiting sign-in")
		}
		thief := s.Browser().SetCookie("pending", pending)
		thief.Send(apptest.Request{Method: http.MethodPost, Path: "/quiz", Header: headers(apptest.Plain)})
		thief.SignedOut()
		s.Happened()
	}, apptest.Plain)
}
