package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Twenty wrong passwords in a quarter of an hour come from one network, whoever is named and
// whatever is claimed of where they come from.
func TestLimitPerNetwork(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for i := range 20 {
			address := fmt.Sprintf("203.0.113.%d", i)
			judged(t, s, try(s, fmt.Sprintf("u%d@example.com", i), "wrong",
				"X-Forwarded-For", address, "X-Real-IP", address, "True-Client-IP", address, "CF-Connecting-IP", address, "X-Client-IP", address,
				"Forwarded", "for="+address, "X-Forwarded-For", address+", 10.0.0.1", "X-Forwarded-Host", address, "Client-IP", address))
			s.Clock.Advance(time.Second)
		}
		waits(t, try(s, "other@example.com", "wrong", "X-Forwarded-For", "203.0.113.200"), 15*time.Minute-20*time.Second)
		waits(t, try(s, ada, apptest.Password, "Forwarded", "for=203.0.113.200"), 15*time.Minute-20*time.Second)
		signIn(s.Browser(), ada, apptest.Password).SeesError("", saysTooMany).SeesError("", "Wait 14 minutes and 40 seconds").SignedOut()
		s.Happened(wrongly(20)...)
		// Another route has a count of its own.
		s.Browser().Visit("/register").Fill("email", "new@example.com").Fill("password", good).Submit().At("/login")
		s.Happened(app.Registered)
		s.Clock.Advance(15*time.Minute - 20*time.Second)
		judged(t, s, try(s, "other@example.com", "wrong"))
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
	})
}

// Signing in, to an account of one's own say, neither counts nor makes room for more guesses.
func TestLimitPerNetworkAndSuccess(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		right := func() {
			t.Helper()
			if answer := try(s, ada, apptest.Password); answer.Status >= http.StatusBadRequest {
				t.Fatalf("%d: %.300s", answer.Status, answer.Body)
			}
		}
		for range 30 {
			right()
		}
		for i := range 20 {
			judged(t, s, try(s, fmt.Sprintf("u%d@example.com", i), "wrong"))
			if i < 19 {
				right()
			}
		}
		waits(t, try(s, ada, apptest.Password), 15*time.Minute)
		waits(t, try(s, "u@example.com", "wrong"), 15*time.Minute)
	}, apptest.Plain, apptest.JSON)
}

// behind is a server behind a proxy that tells where a request comes from.
func behind(t *testing.T, proxies ...string) func(forwarded, name string) int {
	t.Helper()
	s := host(app.Config{Proxies: proxies}).Start(t, dbtest.SQLite(t), apptest.Plain)
	return func(forwarded, name string) int {
		t.Helper()
		form := url.Values{"email": {name}, "password": {"wrong"}}
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login", strings.NewReader(form.Encode()))
		for key, value := range headers(apptest.Plain) {
			request.Header.Set(key, value)
		}
		request.Host = "shop.example"
		request.Header["X-Forwarded-For"] = strings.Split(forwarded, "|")
		response, err := s.Server.Test(request, 10_000)
		must(t, err)
		must(t, response.Body.Close())
		return response.StatusCode
	}
}

// A network is one address of IPv4, and all that one customer has of IPv6.
func TestLimitNetworks(t *testing.T) {
	t.Parallel()
	const proxy = "0.0.0.0" // where a request that no wire has carried comes from
	for name, test := range map[string]struct {
		trusted string
		address string // %d counts up to 250, %x in hexadecimal; | begins another header
		other   string // an address that has a count of its own; "" if all share one
	}{
		"IPv4":                {proxy, "198.51.100.7", "198.51.100.8"},
		"IPv4 in IPv6":        {proxy, "::ffff:198.51.100.7", "::ffff:198.51.100.8"},
		"IPv6":                {proxy, "2001:db8:1:2::7", "2001:db8:1:3::7"},
		"a /64 of IPv6":       {proxy, "2001:db8:1:2:%[1]x:%[1]x::7", "2001:db8:1:3::7"},
		"spellings of IPv6":   {proxy, "2001:0DB8:0001:2:0::%[1]x", "2001:db8:1:3::7"},
		"zones":               {proxy, "fe80::7%%eth%[1]d", "fe81::7%eth1"},
		"nonsense":            {proxy, "nonsense %[1]d", "198.51.100.7"},
		"claimed before":      {proxy, "198.51.100.%[1]d, 10.0.0.1", "198.51.100.7"},
		"claimed in a header": {proxy, "198.51.100.%[1]d|10.0.0.1", "198.51.100.7"},
		"a chain of proxies":  {"0.0.0.0/8, 10.0.0.0/8", "203.0.113.%[1]d, 198.51.100.7, 10.0.0.%[1]d|10.0.0.9", "198.51.100.8, 10.0.0.1"},
		"nonsense in a chain": {"0.0.0.0/8, 10.0.0.0/8", "198.51.100.%[1]d, nonsense, 10.0.0.1", "198.51.100.7, 10.0.0.1"},
		"a proxy over IPv6":   {"::ffff:0.0.0.0", "198.51.100.7", "198.51.100.8"},
		"a port":              {proxy, "198.51.100.7:%[1]d", "198.51.100.8"},
		"a port of IPv6":      {proxy, "[2001:db8:1:2::7]:%[1]d", "2001:db8:1:3::7"},
		"nothing behind":      {proxy, "198.51.100.7, ", "198.51.100.8"},
		"a proxy not trusted": {"192.0.2.1", "198.51.100.%[1]d", ""},
		"no proxy is trusted": {"", "198.51.100.%[1]d", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			post := behind(t, strings.FieldsFunc(test.trusted, func(r rune) bool { return r == ',' || r == ' ' })...)
			address := func(i int) string {
				if !strings.Contains(test.address, "%") {
					return test.address
				}
				return fmt.Sprintf(test.address, i)
			}
			for i := range 20 {
				if status := post(address(i), fmt.Sprintf("u%d@example.com", i)); status != http.StatusUnprocessableEntity {
					t.Fatalf("try %d is answered by %d", i, status)
				}
			}
			for i := 20; i < 25; i++ {
				if status := post(address(i), fmt.Sprintf("u%d@example.com", i)); status != http.StatusTooManyRequests {
					t.Errorf("try %d is answered by %d", i, status)
				}
			}
			if test.other == "" {
				return
			}
			if status := post(test.other, "other@example.com"); status != http.StatusUnprocessableEntity {
				t.Errorf("%s has to wait for %s: %d", test.other, address(0), status)
			}
		})
	}
}

// Ten registrations an hour come from one network; forms that are refused do not count.
func TestLimitRegister(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		for range 15 {
			s.Browser().Visit("/register").Fill("email", "u@example.com").Fill("password", "short").Submit().SeesError("password", "")
		}
		for i := range 10 {
			s.Browser().Visit("/register").Fill("email", fmt.Sprintf("u%d@example.com", i%9)).Fill("password", good).Submit().At("/login")
		}
		b := s.Browser().Visit("/register?next=%2Forders").Fill("email", "more@example.com").Fill("password", good).Submit()
		b.SeesError("", saysTooMany).SeesError("", "Wait 1 hour")
		if b.Status() != http.StatusTooManyRequests {
			t.Errorf("status %d", b.Status())
		}
		if n, err := s.DB.NewSelect().Model((*db.User)(nil)).Count(t.Context()); err != nil || n != 9 {
			t.Errorf("%d accounts (%v)", n, err)
		}
		form := encode(s.Transport, url.Values{"email": {"more@example.com"}, "password": {good}})
		waits(t, s.Browser().Send(apptest.Request{Path: "/register", Header: headers(s.Transport, "X-Forwarded-For", "203.0.113.7"), Body: form}), time.Hour)
		if s.Transport != apptest.JSON {
			b.Holds("email", "more@example.com")
		}
		s.Clock.Advance(time.Hour)
		b.Fill("password", good).Fill("email", "more@example.com").Submit().At("/login?next=%2Forders")
	})
}

// What was tried is counted even if all that it did is undone.
func TestLimitOutlivesTheTransaction(t *testing.T) {
	config := perAccount()
	config.Features[2] = app.Register{}
	config.Hooks.Registering = func(context.Context, bun.Tx, db.Account) error {
		return &app.FieldError{Field: "email", Say: locales.Message{Code: "test.veto", English: "Not you."}}
	}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.Logged()
		s.User(apptest.Person{Email: ada})
		register := func() apptest.Answer {
			form := encode(s.Transport, url.Values{"email": {"new@example.com"}, "password": {good}})
			return s.Browser().Send(apptest.Request{Path: "/register", Header: headers(s.Transport), Body: form})
		}
		for range 10 {
			if answer := register(); !strings.Contains(answer.Body, "Not you.") {
				t.Fatalf("%d %.300s", answer.Status, answer.Body)
			}
		}
		waits(t, register(), time.Hour)
		run(t, s, "DROP TABLE audit") // where a wrong password is written down
		for range 5 {
			if answer := try(s, ada, "wrong"); answer.Status != http.StatusInternalServerError {
				t.Fatalf("%d %.300s", answer.Status, answer.Body)
			}
		}
		waits(t, try(s, ada, apptest.Password), 30*time.Second)
	}, apptest.Plain, apptest.JSON)
}
