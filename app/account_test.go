package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

func TestAccount(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "Ada.Lovelace"})
		s.Clock.Advance(24 * time.Hour)
		b := s.As(user, "editor", "admin").Visit("/account").At("/account").Sees(ada).Sees("Ada.Lovelace")
		if s.Transport == apptest.JSON {
			e := b.Send(apptest.Request{Path: "/account", Header: headers(apptest.JSON)}).JSON(t)
			who := e.Response["user"].(map[string]any)
			if len(e.Response) != 2 || len(who) != 3 || who["email"] != ada || who["username"] != "Ada.Lovelace" || !slices.Equal(who["roles"].([]any), []any{"admin", "editor"}) {
				t.Errorf("%v", e.Response)
			}
			return
		}
		b.Sees("E-mail address").Sees("Username").Sees("Set on").Sees("Signed in since").Sees("Member since")
		b.Sees("5 January 2026").Sees("AL") // initials
		b.Follow("Sign out").At("/logout").SignedIn(ada)
	})
}

// An account may have next to nothing, or names that would break a page.
func TestAccountNames(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.As(s.User(apptest.Person{Username: "nobody", NoPassword: true})).Visit("/account").Sees("nobody").Sees("None yet").SeesNot("1 January 0001").SeesNot("January 1")
		s.As(s.User(apptest.Person{})).Visit("/account").Sees("None yet")
		long := strings.Repeat("w", 64) + "@" + strings.Repeat("x.", 80) + "example"
		s.As(s.User(apptest.Person{Email: long})).Visit("/account").Sees(long)
		s.As(s.User(apptest.Person{Email: "o'brien&co@example.com", Username: "عبدالله"})).Visit("/account").Sees("o'brien&co@example.com").Sees("عبدالله")
	}, paged...)
}

// Every path may be another; links, forms and redirects follow.
func TestPathsAreSettings(t *testing.T) {
	config := app.Config{Prefix: "/auth", Home: "/orders", Paths: map[string]string{"login": "/sign-in"}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/orders").At("/auth/sign-in?next=%2Forders")
		b.Follow("Create an account").At("/auth/register?next=%2Forders").Follow("Sign in")
		b.Fill("email", ada).Fill("password", "wrong").Submit().SeesError("", saysWrong)
		b.Fill("password", apptest.Password).Submit().At("/orders").SignedIn(ada)
		signIn := s.Browser().Visit("/auth/sign-in").Fill("email", ada).Fill("password", apptest.Password).Submit()
		signIn.At("/orders").Visit("/auth/account").Sees(ada)
		for _, path := range []string{"/login", "/account", "/sign-in"} {
			if status := b.Send(apptest.Request{Path: path}).Status; status != http.StatusNotFound {
				t.Errorf("%s: %d", path, status)
			}
		}
		s.Happened(app.SignInFailed, app.SignedIn, app.SignedIn)
	})
}

// A feature that is not listed has no route, no link and no message.
func TestFeaturesNotListed(t *testing.T) {
	tell(t, app.Config{Features: []app.Feature{app.Login{}, app.Logout{}}}, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/login").SeesNot("Create an account").SeesNot("Forgot it?").SeesNot("Sign in by e-mail")
		for _, path := range []string{
			"/register", "/account", "/confirm", "/confirm/x", "/reset", "/reset/x", "/login/email", "/login/x", "/recover-username", "/change", "/change-email", "/change-email/x",
			"/change-email/undo/x", "/addresses", "/change-username",
		} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				if status := b.Send(apptest.Request{Method: method, Path: path, Header: headers(s.Transport)}).Status; status != http.StatusNotFound {
					t.Errorf("%s %s: %d", method, path, status)
				}
			}
		}
	})
}
