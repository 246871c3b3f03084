package app_test

import (
	"context"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A host shows a message otherwise, or not at all: on the next page, and beside a page that htmx stays on.
// What programs are told stays as it is.
func TestFlash(t *testing.T) {
	config := patient()
	var kinds []string
	config.Flash = func(_ context.Context, kind string, m locales.Message) (string, locales.Message) {
		kinds = append(kinds, kind+" "+m.Code)
		switch m.Code {
		case "change.done":
			return "note", locales.Message{Code: "shop.changed", English: "Keep it well."}
		case "error.not_signed_in", "logout.done":
			return kind, locales.Message{}
		}
		return kind, m
	}
	t.Parallel()
	for _, by := range []apptest.Transport{apptest.Plain, apptest.HTMX, apptest.JSON} {
		t.Run(string(by), func(t *testing.T) {
			kinds = nil
			s := host(config).Start(t, dbFor(t), by)
			s.User(apptest.Person{Email: ada})
			b := s.Browser().Visit("/account")
			if by != apptest.JSON {
				b.At("/login?next=%2Faccount").SeesNot("Sign in to see this page.")
			}
			signIn(b, ada, apptest.Password).SignedIn(ada)
			b.Visit("/change").Fill("password", apptest.Password).Fill("new_password", good).Submit()
			if by == apptest.JSON {
				b.Sees("Your password is changed.")
			} else {
				b.Sees("Keep it well.").SeesNot("Your password is changed.")
			}
			b.Visit("/logout").Submit().SignedOut()
			if by == apptest.JSON {
				// A page was opened first, by the browser in which its programs are told of it.
				if len(kinds) != 1 || kinds[0] != "note error.not_signed_in" {
					t.Errorf("of what a program is told was asked %q", kinds)
				}
				return
			}
			b.Visit("/login").SeesNot("You are signed out.")
			if len(kinds) != 3 || kinds[0] != "note error.not_signed_in" || kinds[1] != "good change.done" || kinds[2] != "good logout.done" {
				t.Errorf("asked of %q", kinds)
			}
		})
	}
}

// All of them off.
func TestFlashOff(t *testing.T) {
	config := patient()
	config.Flash = func(context.Context, string, locales.Message) (string, locales.Message) { return "", locales.Message{} }
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", ada).Fill("password", good).Submit().At("/login").SeesNot("Thank you.")
		if b.Cookie("flash") != "" {
			t.Error("there is a message for the next page")
		}
		s.Happened(app.Registered)
	}, paged...)
}
