package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

const (
	saysTooMany = "Too many tries"
	saysSoon    = "A message was asked for not long ago"
)

// perAccount is a site that bounds tries on an account as by default, and those from a network not.
func perAccount() app.Config {
	config := patient()
	config.Features[0] = app.Login{Limit: app.Limit{PerNetwork: app.Quota{Most: 1e6, Within: time.Hour}}}
	return config
}

// try posts a name and a password from a new browser of the site's transport.
func try(s *apptest.Site, name, password string, header ...string) apptest.Answer {
	form := url.Values{"email": {name}, "password": {password}}
	return s.Browser().Send(apptest.Request{Path: "/login", Header: headers(s.Transport, header...), Body: encode(s.Transport, form)})
}

// judged demands that a try was looked at, and found wrong.
func judged(t *testing.T, s *apptest.Site, answer apptest.Answer) {
	t.Helper()
	want := map[apptest.Transport]int{apptest.Plain: 422, apptest.HTMX: 422, apptest.JSON: 400}[s.Transport]
	if answer.Status != want || !strings.Contains(answer.Body, saysWrong) || answer.Header.Get("Retry-After") != "" {
		t.Fatalf("the try is answered by %d, Retry-After %q: %.300s", answer.Status, answer.Header.Get("Retry-After"), answer.Body)
	}
}

// waits demands that a try was not looked at, and told how long to wait.
func waits(t *testing.T, answer apptest.Answer, wait time.Duration) {
	t.Helper()
	if answer.Status != http.StatusTooManyRequests || answer.Header.Get("Retry-After") != strconv.Itoa(int(wait/time.Second)) || strings.Contains(answer.Body, saysWrong) {
		t.Fatalf("the try is answered by %d, Retry-After %q instead of %v: %.300s", answer.Status, answer.Header.Get("Retry-After"), wait, answer.Body)
	}
}

// wrongly are the events of n wrong passwords.
func wrongly(n int) []app.EventName {
	events := make([]app.EventName, n)
	for i := range events {
		events[i] = app.SignInFailed
	}
	return events
}

// Who has to wait reads how long, and finds the form as they left it.
func TestLimitAnswer(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/login?next=%2Forders")
		for range 5 {
			b.Fill("email", ada).Fill("password", "wrong").Tick("remember").Submit().SeesError("", saysWrong)
		}
		b.Fill("password", apptest.Password).Submit().SeesError("", saysTooMany).SeesError("", "Wait 30 seconds").SignedOut()
		if b.Status() != http.StatusTooManyRequests {
			t.Errorf("status %d", b.Status())
		}
		s.Happened(wrongly(5)...)
		waits(t, try(s, ada, apptest.Password), 30*time.Second)
		if s.Transport == apptest.JSON {
			e := try(s, ada, "wrong").JSON(t)
			if codes := e.Codes(""); len(codes) == 0 || codes[0] != "error.too_many" {
				t.Errorf("%v", e)
			}
			return
		}
		b.Holds("email", ada)
		if _, ticked := b.Page().Find(`input[name="remember"]`).Attr("checked"); !ticked {
			t.Error("the box has lost its tick")
		}
		if n := b.Page().Find(`main [data-gh-countdown="30"]`).Length(); n != 1 {
			t.Errorf("%d clocks count down", n)
		}
		s.Clock.Advance(29*time.Second + time.Millisecond)
		waits(t, try(s, ada, "wrong"), time.Second) // never less than it takes
		b.Fill("password", apptest.Password).Submit().SeesError("", "Wait 1 second,")
		s.Clock.Advance(time.Second)
		b.Fill("password", apptest.Password).Submit().At("/orders").SignedIn(ada)
		s.Happened(app.SignedIn)
	})
}

// While one has to wait, the right password is refused with the same bytes as a wrong one.
func TestLimitHidesTheRightPassword(t *testing.T) {
	tell(t, perAccount(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for range 5 {
			judged(t, s, try(s, ada, "wrong"))
		}
		answer := func(password string) string {
			b := s.Browser()
			b.Send(apptest.Request{Path: "/login", Header: headers(s.Transport)})
			form := url.Values{"email": {ada}, "password": {password}}
			before := rows(t, s)
			answer := b.Send(apptest.Request{Path: "/login", Header: headers(s.Transport), Body: encode(s.Transport, form)})
			return mask(answer, ada) + fmt.Sprint(before, rows(t, s))
		}
		s.Happened(wrongly(5)...)
		wrong := answer("wrong")
		for _, password := range []string{apptest.Password, strings.Repeat("x", 5000)} {
			if got := answer(password); got != wrong {
				t.Errorf("told apart: %s", difference(got, wrong))
			}
		}
		s.Happened()
	})
}

// Each wait is twice as long as the one before, and an hour at most: there is no lock for good.
func TestLimitGrows(t *testing.T) {
	tell(t, perAccount(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		for _, name := range []string{ada, "ada", "nobody@example.com", "nobody", "no name at all!"} {
			for range 4 {
				judged(t, s, try(s, name, "wrong"))
			}
			for _, wait := range []time.Duration{30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600} {
				wait *= time.Second
				judged(t, s, try(s, name, "wrong"))
				waits(t, try(s, name, "wrong"), wait)
				s.Clock.Advance(wait - time.Second)
				waits(t, try(s, name, "wrong"), time.Second) // which has not put it off
				s.Clock.Advance(time.Second)
			}
		}
		b := signIn(s.Browser(), ada, apptest.Password)
		b.SignedIn(ada)
		// And all is forgiven.
		for range 5 {
			judged(t, s, try(s, ada, "wrong"))
		}
		waits(t, try(s, ada, "wrong"), 30*time.Second)
	}, apptest.Plain, apptest.JSON)
}

// A few slips, a sign-in, a few more: nobody waits. Nor after a pause.
func TestLimitForgives(t *testing.T) {
	tell(t, perAccount(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for range 3 {
			for range 4 {
				judged(t, s, try(s, ada, "wrong"))
			}
			signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
		}
		for range 3 {
			for range 4 {
				judged(t, s, try(s, ada, "wrong"))
			}
			s.Clock.Advance(15 * time.Minute)
		}
		for range 4 {
			judged(t, s, try(s, ada, "wrong"))
		}
		s.Clock.Advance(15*time.Minute - time.Second)
		judged(t, s, try(s, ada, "wrong"))
		waits(t, try(s, ada, "wrong"), 30*time.Second)
		// A wait that was sat out is remembered for a day.
		s.Clock.Advance(24*time.Hour - time.Second)
		judged(t, s, try(s, ada, "wrong"))
		waits(t, try(s, ada, "wrong"), time.Minute)
		s.Clock.Advance(24 * time.Hour)
		for range 5 {
			judged(t, s, try(s, ada, "wrong"))
		}
		waits(t, try(s, ada, "wrong"), 30*time.Second)
		// Neither a page nor a form without a password is a try.
		for range 10 {
			s.Browser().Visit("/login").Fill("email", "other@example.com").Submit().SeesError("password", "Enter your password.")
		}
		judged(t, s, try(s, "other@example.com", "wrong"))
	}, apptest.Plain, apptest.JSON)
}

// The right password is forgiven whatever a gate has to say to the account.
func TestLimitForgivesBeforeGates(t *testing.T) {
	config := perAccount()
	config.Gates = gated().Gates
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		for _, name := range []string{"barred", "slow", "ada"} {
			s.User(apptest.Person{Email: name + "@example.com", Username: name})
			for range 3 {
				for range 4 {
					judged(t, s, try(s, name, "wrong"))
				}
				if answer := try(s, name, apptest.Password); answer.Status == http.StatusTooManyRequests || strings.Contains(answer.Body, saysWrong) {
					t.Fatalf("%s is answered by %d: %.300s", name, answer.Status, answer.Body)
				}
			}
		}
	}, apptest.Plain, apptest.JSON)
}

// Spellings of one name are one name, and ways to the route one route.
func TestLimitSpellings(t *testing.T) {
	t.Parallel()
	for name, spellings := range map[string][]string{
		"address":          {ada, "ADA@EXAMPLE.COM", "  ada@example.com ", "ａｄａ@example.com", "ada＠example。com", "Ada@Example.Com"},
		"unknown address":  {"bob@example.com", "BOB@EXAMPLE.COM", "  bob@example.com ", "ｂｏｂ@example.com", "bob＠example。com", "Bob@Example.Com"},
		"other letters":    {"jürgen@bücher.example", "JÜRGEN@BÜCHER.example", "jürgen@xn--bcher-kva.example", "ju\u0308rgen@bu\u0308cher.example", " jürgen@bücher.example", "Jürgen@XN--BCHER-KVA.example"},
		"username":         {"ada", "ADA", " ada\t", "ａｄａ", "Ada", "aDa"},
		"unknown username": {"bob", "BOB", " bob\t", "ｂｏｂ", "Bob", "bOb"},
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, perAccount(), func(t *testing.T, s *apptest.Site) {
				s.User(apptest.Person{Email: ada, Username: "ada"})
				s.User(apptest.Person{Email: "jürgen@bücher.example"})
				for _, spelling := range spellings[:5] {
					judged(t, s, try(s, spelling, "wrong"))
				}
				waits(t, try(s, spellings[5], apptest.Password), 30*time.Second)
				for _, path := range []string{"/LOGIN", "/login/", "/Login?next=%2Forders", "/login?x"} {
					form := encode(s.Transport, url.Values{"email": {spellings[0]}, "password": {apptest.Password}})
					answer := s.Browser().Send(apptest.Request{Path: path, Header: headers(s.Transport), Body: form})
					if answer.Status == http.StatusNotFound {
						continue
					}
					waits(t, answer, 30*time.Second)
				}
				if s.Transport == apptest.JSON {
					body := `{"username":"` + strings.TrimSpace(spellings[0]) + `","password":"` + apptest.Password + `"}`
					waits(t, s.Browser().Send(apptest.Request{Path: "/login", Header: headers(s.Transport), Body: body}), 30*time.Second)
				}
				judged(t, s, try(s, "carol@example.com", "wrong")) // another name is another
			}, apptest.Plain, apptest.JSON)
		})
	}
}

// Another process with the same database knows what this one has counted.
func TestLimitOutlivesTheProcess(t *testing.T) {
	tell(t, perAccount(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for range 3 {
			judged(t, s, try(s, ada, "wrong"))
		}
		second := host(perAccount()).Start(t, s.DB, s.Transport)
		for range 2 {
			judged(t, second, try(second, ada, "wrong"))
		}
		for _, site := range []*apptest.Site{s, second, host(perAccount()).Start(t, s.DB, s.Transport)} {
			waits(t, try(site, ada, apptest.Password), 30*time.Second)
		}
		var kept []db.Attempt
		must(t, s.DB.NewSelect().Model(&kept).Scan(t.Context()))
		if len(kept) != 1 || len(kept[0].Key) != 32 || strings.Contains(fmt.Sprintf("%+v %s", kept, kept[0].Key), "ada") {
			t.Errorf("kept is %+v", kept)
		}
	}, apptest.Plain, apptest.JSON)
}
