package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// remembered signs in with the box ticked, and then loses the session, as a browser that is closed
// does.
func remembered(s *apptest.Site, as string) *apptest.Browser {
	b := s.Browser().Visit("/login").Fill("email", as).Fill("password", apptest.Password).Tick("remember").Submit()
	s.Happened(app.SignedIn)
	return b.SetCookie("session", "")
}

// holding is a browser that has a token and nothing else: the device itself, or a thief.
func holding(s *apptest.Site, token string) *apptest.Browser {
	return s.Browser().SetCookie("remember", token)
}

// opened reads every session, oldest first.
func opened(t *testing.T, s *apptest.Site) []db.Session {
	t.Helper()
	var all []db.Session
	must(t, s.DB.NewSelect().Model(&all).Order("created_at", "id").Scan(t.Context()))
	return all
}

func families(t *testing.T, s *apptest.Site) []db.RememberFamily {
	t.Helper()
	var all []db.RememberFamily
	must(t, s.DB.NewSelect().Model(&all).Order("created_at", "id").Scan(t.Context()))
	return all
}

func run(t *testing.T, s *apptest.Site, query string, args ...any) {
	t.Helper()
	_, err := s.DB.NewRaw(query, args...).Exec(t.Context())
	must(t, err)
}

// notRestored demands that a browser is anonymous, has no token left, and sees no error.
func notRestored(t *testing.T, s *apptest.Site, b *apptest.Browser) {
	t.Helper()
	for _, path := range []string{"/orders", "/account"} {
		answer := b.Send(apptest.Request{Path: path, Header: headers(s.Transport)})
		if s.Transport == apptest.JSON && answer.Status == http.StatusUnauthorized {
			continue
		}
		if to := ledTo(t, answer); !strings.HasPrefix(to, "/login") {
			t.Errorf("GET %s: %d to %q: %.300s", path, answer.Status, to, answer.Body)
		}
	}
	if token := b.Cookie("remember"); token != "" {
		t.Errorf("the browser is left with the token %.50q", token)
	}
	b.SignedOut()
}

func TestRememberBox(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		features      []app.Feature
		there, ticked bool
	}{
		"standard":  {nil, true, false},
		"unchecked": {[]app.Feature{app.Login{}, app.Remember{}, app.Logout{}}, true, false},
		"checked":   {[]app.Feature{app.Login{}, app.Remember{Checked: true}, app.Logout{}}, true, true},
		"first":     {[]app.Feature{app.Remember{Checked: true}, app.Login{}, app.Logout{}}, true, true},
		"without":   {[]app.Feature{app.Login{}, app.Logout{}}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			tellOnce(t, app.Config{Features: test.features}, func(t *testing.T, s *apptest.Site) {
				s.User(apptest.Person{Email: ada})
				b := s.Browser().Visit("/login")
				box := func() (there, ticked bool) {
					input := b.Page().Find(`input[type="checkbox"][name="remember"]`)
					label := b.Page().Find(`label[for="` + input.AttrOr("id", "-") + `"]`).Text()
					if input.Length() == 1 && !strings.Contains(label, "Stay signed in on this device") {
						t.Errorf("the box is called %q", label)
					}
					_, ticked = input.Attr("checked")
					return input.Length() == 1, ticked
				}
				if there, ticked := box(); there != test.there || ticked != test.ticked {
					t.Fatalf("the box is there: %v, ticked: %v", there, ticked)
				}
				if !test.there {
					return
				}
				// What somebody did with the box stays over an error.
				b.Fill("email", ada).Fill("password", "wrong").Untick("remember").Submit()
				if _, ticked := box(); ticked && s.Transport == apptest.Plain {
					t.Error("the box has ticked itself")
				}
				b.Fill("password", "wrong").Tick("remember").Submit()
				if _, ticked := box(); !ticked && s.Transport == apptest.Plain {
					t.Error("the tick is lost")
				}
				b.Fill("password", apptest.Password).Untick("remember").Submit().SignedIn(ada)
				if b.Cookie("remember") != "" || len(families(t, s)) != 0 {
					t.Error("a device is remembered that did not ask for it")
				}
			}, paged...)
		})
	}
}

// A program may send the field where the feature is not listed: nothing comes of it. Where it is,
// only true is.
func TestRememberForPrograms(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]bool{"true": true, "false": false, `null`: false} {
		for _, listed := range []bool{true, false} {
			t.Run(fmt.Sprint(sent, listed), func(t *testing.T) {
				config := patient()
				if listed {
					config.Features = append(config.Features, app.Remember{})
				}
				tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
					s.User(apptest.Person{Email: ada})
					b := s.Browser()
					answer := b.Send(apptest.Request{Path: "/login", Header: headers(apptest.JSON), Body: `{"email":"` + ada + `","password":"` + apptest.Password + `","remember":` + sent + `}`})
					if answer.Status != http.StatusOK {
						t.Fatalf("%d %s", answer.Status, answer.Body)
					}
					if got := b.Cookie("remember") != ""; got != (want && listed) || len(families(t, s)) > 0 != got {
						t.Errorf("remembered: %v, in the database %d", got, len(families(t, s)))
					}
				}, wired...)
			})
		}
	}
}

// Whatever a remembered device asks for next is answered as if it had never been closed.
func TestRemember(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		first := opened(t, s)[0]
		kept := families(t, s)[0]
		if kept.UserID != user.ID || kept.AuthVersion != 1 || !slices.Equal(kept.Methods.Names(), []string{app.ByPassword}) ||
			!strings.Contains(kept.UserAgent, "apptest") || !kept.ExpiresAt.Equal(s.Clock.Now().Add(30*24*time.Hour)) || first.RememberID != kept.ID {
			t.Errorf("%+v of the session %+v", kept, first)
		}
		before := first
		for i, path := range []string{"/orders", "/account", "/logout", "/"} {
			s.Clock.Advance(time.Minute)
			token, visitor := b.Cookie("remember"), b.Cookie("visitor")
			if strings.Contains(string(kept.Hash), token) || len(kept.Hash) != 32 {
				t.Error("the token stands in the database")
			}
			answer := b.SetCookie("session", "").Send(apptest.Request{Path: path, Header: headers(s.Transport, "User-Agent", "later")})
			if answer.Status != http.StatusOK || b.Cookie("session") == "" {
				t.Fatalf("%s: %d %.500s", path, answer.Status, answer.Body)
			}
			if now := b.Cookie("remember"); now == token || now == "" || b.Cookie("visitor") == visitor {
				t.Errorf("%s: the token is %q after %q, the visitor %q after %q", path, now, token, b.Cookie("visitor"), visitor)
			}
			if e := s.Happened(app.SessionRestored)[0]; e.User.ID != user.ID || e.UserAgent != "later" {
				t.Errorf("%+v", e)
			}
			all := opened(t, s)
			now := all[len(all)-1]
			if len(all) != i+2 || !now.AuthAt.IsZero() || fmt.Sprint(now.Methods) != fmt.Sprint(first.Methods) || now.RememberID != kept.ID ||
				!now.CreatedAt.Equal(s.Clock.Now()) || now.UserAgent != "later" || now.ID == before.ID {
				t.Errorf("%s: %d sessions, the last %+v after %+v", path, len(all), now, before)
			}
			if old := all[len(all)-2]; old.RevokedReason != "restored" {
				t.Errorf("the session before lives: %+v", old)
			}
			b.SignedIn(ada)
			s.Happened()
			before, kept = now, families(t, s)[0]
		}
		if len(s.Mails()) != 0 {
			t.Error("a mail")
		}
	})
}

// A session that was not used for too long is as good as none: the page that was asked for comes at
// once, its way back and its query kept.
func TestRememberWhenIdle(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Tick("remember").Submit()
		settled(t, s, user)
		s.Clock.Advance(24 * time.Hour)
		b.Visit("/orders?page=2").At("/orders?page=2").SignedIn(ada)
		s.Happened(app.SignedIn, app.SessionRestored)
		if b.Visit("/login?next=%2Forders"); s.Transport != apptest.JSON {
			b.At("/") // as everyone who is signed in
		}
		// The page drawn while restoring belongs to the new session: its form can be sent.
		s.Clock.Advance(24 * time.Hour)
		b.Visit("/logout").Press("Sign out").At("/").SignedOut()
		s.Happened(app.SessionRestored, app.SignedOut)
	})
}

// TTL counts from the sign-in, by the clock and not by what the browser does with the cookie; use
// does not put it off.
func TestRememberEnds(t *testing.T) {
	const day = 24 * time.Hour
	config := app.Config{Features: []app.Feature{app.Login{}, app.Remember{TTL: 7 * day}, app.Logout{}, app.Account{}}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		for left := 7 * day; left > day; left -= 36 * time.Hour {
			answer := b.SetCookie("session", "").Send(apptest.Request{Path: "/orders", Header: headers(s.Transport)})
			if age := fmt.Sprintf("max-age=%d;", int(left/time.Second)); !strings.Contains(strings.Join(answer.Header.Values("Set-Cookie"), "\n"), age) {
				t.Errorf("%v are left and the cookies are %q", left, answer.Header.Values("Set-Cookie"))
			}
			s.Clock.Advance(36 * time.Hour)
			s.Happened(app.SessionRestored)
		}
		s.Clock.Advance(day - time.Second)
		token := b.Cookie("remember")
		b.SetCookie("session", "").SignedIn(ada)
		if b.Cookie("remember") == token {
			t.Error("the token of the last second was not replaced")
		}
		s.Happened(app.SessionRestored)
		s.Clock.Advance(time.Second)
		notRestored(t, s, b.SetCookie("session", ""))
		s.Happened()
	})
}

// Signing out forgets the device; a copy of its token is worth nothing then, and alarms nobody.
func TestRememberSignOut(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Tick("remember").Submit()
		token := b.Cookie("remember")
		b.Visit("/logout").Press("Sign out").SignedOut()
		if b.Cookie("remember") != "" || families(t, s)[0].RevokedAt.IsZero() {
			t.Error("the device is still remembered")
		}
		notRestored(t, s, holding(s, token))
		s.Clock.Advance(time.Hour)
		notRestored(t, s, holding(s, token))
		s.Happened(app.SignedIn, app.SignedOut)

		// With the session gone as well: the form is an old one, and the same happens.
		b = remembered(s, ada)
		s.Clock.Advance(time.Hour)
		answer := b.Send(apptest.Request{Path: "/logout", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"x": {""}})})
		if answer.Status >= http.StatusBadRequest || b.Cookie("session")+b.Cookie("remember") != "" {
			t.Errorf("%d, session %q, remember %q", answer.Status, b.Cookie("session"), b.Cookie("remember"))
		}
		notRestored(t, s, b)
		s.Happened(app.SessionRestored, app.SignedOut)
		// Another device of the same person stays.
		other := remembered(s, ada)
		b = remembered(s, ada)
		b.Visit("/logout").Press("Sign out")
		other.SignedIn(ada)
		s.Happened(app.SessionRestored, app.SignedOut, app.SessionRestored)
	})
}
