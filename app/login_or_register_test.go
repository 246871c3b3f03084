package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// bothWays is a site with one page for signing in and registering.
func bothWays() app.Config {
	config := registering(app.Register{Username: app.Optional})
	login := config.Features[0].(app.Login)
	login.WithRegister = true
	config.Features[0] = login
	return config
}

// Both forms are on the page, whichever was asked for; each posts to its own URL and keeps the
// way back, and neither view leads to the other.
func TestLoginOrRegister(t *testing.T) {
	tell(t, bothWays(), func(t *testing.T, s *apptest.Site) {
		for path, first := range map[string]string{"/login?next=%2Forders": "login", "/register?next=%2Forders": "register"} {
			page := s.Browser().Visit(path).Page()
			if n := page.Find("main form").Length(); n != 2 {
				t.Fatalf("%s has %d forms", path, n)
			}
			if id := page.Find("main form").First().AttrOr("id", ""); id != first {
				t.Errorf("%s begins with %s", path, id)
			}
			for _, name := range []string{"login", "register"} {
				if action := page.Find("form#"+name).AttrOr("action", ""); action != "/"+name+"?next=%2Forders" {
					t.Errorf("on %s the form %s goes to %s", path, name, action)
				}
			}
			focus := page.Find("main [autofocus]")
			if focus.Length() != 1 || focus.AttrOr("id", "") != first+"-email" {
				t.Errorf("%s has the cursor in %d places, %q", path, focus.Length(), focus.AttrOr("id", ""))
			}
			if n := page.Find(`main a[href^="/login"], main a[href^="/register"]`).Length(); n != 0 {
				t.Errorf("%s leads to the other half %d times", path, n)
			}
			ids := map[string]bool{}
			for _, element := range page.Find("[id]").EachIter() {
				if id := element.AttrOr("id", ""); ids[id] {
					t.Errorf("%s has the id %q twice", path, id)
				} else {
					ids[id] = true
				}
			}
		}
	}, plainly...)
}

// What is wrong with one form is told in its half alone, and what was typed there stays there.
func TestLoginOrRegisterRefused(t *testing.T) {
	tell(t, bothWays(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for _, half := range []struct{ asked, other string }{{"login", "register"}, {"register", "login"}} {
			answer := s.Browser().Send(apptest.Request{
				Path: "/" + half.asked + "?next=%2Forders", Header: headers(s.Transport), Body: "email=typed%40example.com&password=x",
			})
			if answer.Status != http.StatusUnprocessableEntity {
				t.Fatalf("%s is answered by %d", half.asked, answer.Status)
			}
			page, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Body))
			must(t, err)
			if got := page.Find("#"+half.asked+"-email").AttrOr("value", ""); got != "typed@example.com" {
				t.Errorf("%s forgets %q", half.asked, got)
			}
			if n := page.Find(`#view-` + half.asked + ` [role="alert"]`).Length(); n != 1 {
				t.Errorf("%s has %d alerts", half.asked, n)
			}
			// htmx puts the half that it sent into its place, and leaves the other as it is.
			if n := page.Find("#view-" + half.other).Length(); n == 1 == (s.Transport == apptest.HTMX) {
				t.Errorf("%s is answered with %d of the other half", half.asked, n)
			}
			if s.Transport == apptest.HTMX {
				continue
			}
			if page.Find(`#view-`+half.other+` [role="alert"], #view-`+half.other+` [aria-invalid="true"], #view-`+half.other+` [autofocus]`).Length() != 0 ||
				page.Find("#"+half.other+"-email").AttrOr("value", "") != "" {
				t.Errorf("%s shows in the other half: %s", half.asked, answer.Body)
			}
			if action := page.Find("form#"+half.other).AttrOr("action", ""); action != "/"+half.other+"?next=%2Forders" {
				t.Errorf("the other form goes to %s", action)
			}
		}
		s.Happened(app.SignInFailed)
	}, paged...)
}

// The forms do what they do on pages of their own.
func TestLoginOrRegisterWorks(t *testing.T) {
	tell(t, bothWays(), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register?next=%2Forders").In("register").Fill("email", ada).Fill("password", good).Submit()
		b.At("/login?next=%2Forders").Sees(saysDone+ada).In("login").Fill("email", ada).Fill("password", good).Submit().At("/orders").SignedIn(ada)
		s.Happened(app.Registered, app.SignedIn)
	}, plainly...)
}

func TestLoginOrRegisterWithout(t *testing.T) {
	t.Parallel()
	_, err := app.New(app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: []app.Feature{app.Login{WithRegister: true}}})
	if err == nil || !strings.Contains(err.Error(), "Login.WithRegister") {
		t.Errorf("no registration, and %v", err)
	}
}
