package app_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// landing is a site on which every step ends on a page of its own.
func landing() app.Config {
	return app.Config{
		Features: []app.Feature{app.Login{}, app.Logout{}, app.Register{}, app.Confirm{}, app.Recover{}, app.Account{}, app.Change{}, app.ChangeUsername{}, app.RecoverUsername{}},
		Landings: app.Landings{
			Login: "/in", Logout: "/out", Register: "/registered", Confirm: "/confirmed", ConfirmError: "/confirm-failed?why=link", ConfirmSent: "/confirm-sent",
			Recover: "/recovered", RecoverError: "/recover-failed", RecoverSent: "/recover-sent", RecoverUsername: "/name-sent", Change: "/changed",
			ChangeUsername: "/renamed", Unauthenticated: "/door", Unauthorized: "/plans",
		},
	}
}

// Each step ends where the site says, and what was asked for goes before or is handed on.
func TestLandings(t *testing.T) {
	tell(t, landing(), func(t *testing.T, s *apptest.Site) {
		b := s.Browser()
		b.Visit("/register?next=/orders").Fill("email", ada).Fill("password", good).Submit().At("/registered?next=%2Forders")
		confirm := s.Mail(ada)
		s.Browser().Visit("/confirm/" + strings.Repeat("x", 43)).At("/confirm-failed?why=link")
		b.Visit(confirm.Link()).Submit().At("/confirmed?next=%2Forders")
		s.Mail(ada)
		b.Visit(confirm.Link()).At("/confirmed?next=%2Forders")
		s.Happened(app.Registered, app.EmailConfirmed)

		signIn(b, ada, good).At("/in").SignedIn(ada)
		b.Visit("/login?next=/orders").At("/in") // which is not followed: it may be what led here
		b.Visit("/admin").At("/plans")
		b.Visit("/change").Fill("password", good).Fill("new_password", "eighteen green lamps").Submit().At("/changed")
		b.Visit("/change-username").Fill("username", "ada").Fill("password", "eighteen green lamps").Submit().At("/renamed")
		b.Visit("/logout").Press("Sign out").At("/out")
		s.Happened(app.SignedIn, app.PasswordChanged, app.UsernameChanged, app.SignedOut)

		b.Visit("/orders").At("/door?next=%2Forders")
		b.Visit("/recover-username").Fill("email", ada).Submit().At("/name-sent")
		b.Visit("/reset?next=/orders").In("recover").Fill("email", ada).Submit().At("/recover-sent?next=%2Forders")
		link := s.Mail(ada).Link()
		b.Visit(link).Fill("password", good).Submit().At("/recovered?next=%2Forders")
		s.Browser().Visit(link).At("/recover-failed")
		s.Clock.Advance(time.Minute)
		signIn(s.Browser().Visit("/login?next=/orders"), ada, good)
		s.Happened(app.UsernameSent, app.RecoverSent, app.PasswordRecovered, app.SignedIn)
	}, paged...)
}

// Programs are led nowhere: they hear what came of it, or what is wrong.
func TestLandingsOfPrograms(t *testing.T) {
	tell(t, landing(), func(t *testing.T, s *apptest.Site) {
		ask := func(b *apptest.Browser, path string, status int, code string) {
			t.Helper()
			answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.JSON)})
			if answer.Status != status || !strings.Contains(answer.Body, code) || answer.Header.Get("Location") != "" {
				t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
			}
		}
		ask(s.Browser(), "/orders", http.StatusUnauthorized, "error.not_signed_in")
		ask(s.Browser(), "/reset/"+strings.Repeat("x", 43), http.StatusBadRequest, "recover.unknown")
		ask(s.As(s.User(apptest.Person{Email: ada})), "/admin", http.StatusForbidden, "error.forbidden")
	}, apptest.JSON)
}

// Pages that need what they are the landing for send nobody in circles.
func TestLandingsDoNotCircle(t *testing.T) {
	config := app.Config{Landings: app.Landings{Unauthenticated: "/orders", Unauthorized: "/admin"}}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		s.Browser().Visit("/account").At("/login?next=%2Forders%3Fnext%3D%252Faccount")
		if b := s.As(s.User(apptest.Person{Email: ada})).Visit("/admin").At("/admin"); b.Status() != http.StatusForbidden {
			t.Errorf("the landing is answered by %d", b.Status())
		}
	}, apptest.Plain)
}

// A page of another origin cannot read the message, so it gets the code of it; and no page but a listed one does.
func TestLandingElsewhere(t *testing.T) {
	config := app.Config{Origins: []string{"https://ui.shop.example"}, Landings: app.Landings{Logout: "https://ui.shop.example/bye#top", Change: "https://ui.shop.example/?tab=2"}}
	h := host(config)
	h.Observe = nil // which expects nobody to be led elsewhere
	t.Parallel()
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		b.Visit("/change").Fill("password", apptest.Password).Fill("new_password", good).Submit()
		b.At("https://ui.shop.example/?tab=2&message_code=change.done")
		b.Visit(s.URL + "/logout").Press("Sign out").At("https://ui.shop.example/bye?message_code=logout.done#top")
		s.Happened(app.PasswordChanged, app.SignedOut)
	}, apptest.Plain)
}

// MayFollow narrows where people go on to, and widens it nowhere.
func TestMayFollow(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	config := app.Config{Origins: []string{"https://*.shop.example"}}
	config.MayFollow = func(_ context.Context, to string) bool {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, to)
		return !strings.HasPrefix(to, "/admin")
	}
	h := host(config)
	h.Observe = nil
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		for next, want := range map[string]string{
			"/orders": "/orders", "/admin": "/", "https://evil.example/": "/", "https://docs.shop.example/x": "https://docs.shop.example/x",
			"https://a.b.shop.example/": "https://a.b.shop.example/", "https://shop.example.evil.example/": "/", "https://evil-shop.example/": "/",
			"https://.shop.example/": "/", "https://a..shop.example/": "/", "https://evil.example%5c.shop.example/": "/", "https://a_b.shop.example/": "/",
			"https://A.shop.example/": "/", "http://docs.shop.example/": "/", "https://docs.shop.example:8443/": "/", "https://u@docs.shop.example/": "/",
		} {
			answer := s.As(user).Send(apptest.Request{Method: http.MethodPost, Path: "/logout?next=" + url.QueryEscape(next), Header: headers(apptest.Plain)})
			if to := ledTo(t, answer); strings.TrimSuffix(to, "?message_code=logout.done") != want {
				t.Errorf("%s leads to %q, not to %q", next, to, want)
			}
			s.Happened(app.SignedOut)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, to := range asked {
			if strings.Contains(to, "evil") {
				t.Errorf("it was asked about %q, which it has no say in", to)
			}
		}
	}, apptest.Plain)
}
