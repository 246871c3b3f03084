package app_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// A forgery is a request that may or may not be one: where the browser says it comes from, and
// what token it carries.
type forgery struct {
	header  map[string]string
	query   string
	body    url.Values
	json    string
	allowed bool
}

// forgeries are every way to say, or not to say, where a request comes from. The first of
// Sec-Fetch-Site, Origin and token that is there decides, and no later one saves it.
func forgeries(token, other, stale string) map[string]forgery {
	good := url.Values{"csrf_token": {token}}
	all := map[string]forgery{}
	for site, allowed := range map[string]bool{"same-origin": true, "none": true, "same-site": false, "cross-site": false, "Same-Origin": false, "same-origin, none": false, "x": false} {
		for _, origin := range []string{"", "https://shop.example", "https://evil.example", "null"} {
			all["fetch "+site+", origin "+origin] = forgery{header: map[string]string{"Sec-Fetch-Site": site, "Origin": origin}, body: good, allowed: allowed}
		}
	}
	for origin, allowed := range map[string]bool{
		"https://shop.example": true, "null": false, "http://shop.example": false, "https://evil.example": false, "https://www.shop.example": false,
		"https://shop.example.evil.example": false, "https://evilshop.example": false, "https://shop.example:443": false, "https://shop.example:8443": false,
		"https://shop.example/": false, "HTTPS://SHOP.EXAMPLE": false, "https://shop.example, https://evil.example": false, "shop.example": false, "x": false,
	} {
		all["origin "+origin] = forgery{header: map[string]string{"Origin": origin}, body: good, allowed: allowed}
	}
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	flipped := slices.Clone(raw)
	flipped[0] ^= 1
	for name, bad := range map[string]string{
		"no": "", "another visitor's": other, "a token from before signing in": stale, "half a": token[:len(token)/2], "a padded": token + "=", "a double": token + token,
		"a flipped": base64.RawURLEncoding.EncodeToString(flipped), "a zero": base64.RawURLEncoding.EncodeToString(make([]byte, len(raw))),
		"a NUL": "\x00", "NUL and the": token + "\x00", "space and the": " " + token, "garbage for a": "null", "a long": strings.Repeat("A", 100_000),
	} {
		all[name+" token"] = forgery{body: url.Values{"csrf_token": {bad}}}
		all[name+" token in JSON"] = forgery{json: `{"csrf_token":"` + strings.ReplaceAll(bad, "\x00", `\u0000`) + `"}`}
		if !strings.Contains(bad, "\x00") && len(bad) < 1000 && !strings.HasPrefix(bad, " ") {
			all[name+" token in a header"] = forgery{header: map[string]string{"X-CSRF-Token": bad}}
		}
	}
	all["nothing"] = forgery{}
	all["a referer"] = forgery{header: map[string]string{"Referer": "https://shop.example/"}}
	all["the token in the query"] = forgery{query: "?csrf_token=" + token}
	all["the token in a cookie"] = forgery{header: map[string]string{"Cookie": "csrf_token=" + token}}
	all["the token in a list"] = forgery{json: `{"csrf_token":["` + token + `"]}`}
	all["the token in an object"] = forgery{json: `{"csrf_token":{"a":"` + token + `"}}`}
	all["the token under another name"] = forgery{body: url.Values{"csrf_token[]": {token}}}
	all["a number for a token"] = forgery{json: `{"csrf_token":1}`}
	all["the token"] = forgery{body: good, allowed: true}
	all["the token in JSON"] = forgery{json: `{"csrf_token":"` + token + `"}`, allowed: true}
	all["the token in X-CSRF-Token"] = forgery{header: map[string]string{"X-CSRF-Token": token}, allowed: true}
	all["the token in X-CSRFToken"] = forgery{header: map[string]string{"X-CSRFToken": token}, allowed: true}
	return all
}

// tokenOf is an anti-forgery token as programs are told it.
func tokenOf(t *testing.T, b *apptest.Browser) string {
	t.Helper()
	token, _ := b.Send(apptest.Request{Path: "/logout", Header: headers(apptest.JSON)}).JSON(t).Response["csrf_token"].(string)
	return token
}

// Every unsafe route, the host's own included, refuses what may be forged, and nothing changes.
func TestForgery(t *testing.T) {
	tellOnce(t, patient(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		var unsafe []string
		for _, r := range s.Server.GetRoutes(true) {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				unsafe = append(unsafe, r.Method+" "+r.Path)
			}
		}
		for _, must := range []string{"POST /login", "POST /logout", "POST /register", "POST /change", "POST /orders", "POST /newsletter"} {
			if !slices.Contains(unsafe, must) {
				t.Errorf("%s is no route", must)
			}
		}
		stale, other := tokenOf(t, s.Browser()), tokenOf(t, s.Browser())
		for who, begin := range map[string]func() *apptest.Browser{"guest": s.Browser, "member": func() *apptest.Browser { return s.As(user) }} {
			for _, route := range unsafe {
				method, path, _ := strings.Cut(route, " ")
				b := begin()
				token := tokenOf(t, b)
				before := fmt.Sprint(rows(t, s), revoked(t, s))
				all := forgeries(token, other, stale)
				for name, f := range all {
					if !f.allowed {
						if status := f.send(b, method, path).Status; status != http.StatusForbidden {
							t.Errorf("%s %s with %s: %d", who, route, name, status)
						}
					}
				}
				if after := fmt.Sprint(rows(t, s), revoked(t, s)); after != before {
					t.Errorf("%s %s was refused and changed %s to %s", who, route, before, after)
				}
				for name, f := range all {
					if f.allowed {
						b = begin() // the one before may have signed out
						f = forgeries(tokenOf(t, b), other, stale)[name]
						if status := f.send(b, method, path).Status; status == http.StatusForbidden {
							t.Errorf("%s %s with %s: %d", who, route, name, status)
						}
					}
				}
			}
		}
	}, apptest.Plain)
}

func (f forgery) send(b *apptest.Browser, method, path string) apptest.Answer {
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
	body := f.body.Encode()
	if f.json != "" {
		header["Content-Type"], body = "application/json", f.json
	}
	for key, value := range f.header {
		if value != "" {
			header[key] = value
		}
	}
	return b.Send(apptest.Request{Method: method, Path: path + f.query, Header: header, Body: body})
}

func revoked(t *testing.T, s *apptest.Site) string {
	t.Helper()
	n, err := s.DB.NewSelect().Table("sessions").Where("revoked_at IS NOT NULL").Count(t.Context())
	must(t, err)
	return fmt.Sprint(n)
}

// What a refused person reads tells them what to do, in each transport, and their session lives.
func TestForgeryAnswered(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		answer := b.Send(apptest.Request{Path: "/logout", Header: headers(s.Transport, "Sec-Fetch-Site", "cross-site"), Body: "{}"})
		if answer.Status != http.StatusForbidden {
			t.Errorf("status %d", answer.Status)
		}
		switch s.Transport {
		case apptest.JSON:
			if codes := answer.JSON(t).Codes(""); codes[0] != "error.forged" {
				t.Errorf("%s", answer.Body)
			}
		default:
			if !strings.Contains(answer.Body, "This form can no longer be sent") || strings.Contains(answer.Body, "<html") != (s.Transport == apptest.Plain) {
				t.Errorf("%s", answer.Body)
			}
		}
		b.SignedIn(ada)
		s.Happened()
	})
}

// The token differs from page to page, though all are good (BREACH), and is bound to the visitor,
// who is another after signing in and out.
func TestForgeryToken(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser()
		first, second := tokenOf(t, b), tokenOf(t, b)
		post := func(b *apptest.Browser, token string) int {
			return b.Send(apptest.Request{Path: "/newsletter", Header: map[string]string{"X-CSRF-Token": token}, Body: "x"}).Status
		}
		if first == second || post(b, first) != http.StatusOK || post(b, second) != http.StatusOK || post(s.Browser(), first) != http.StatusForbidden {
			t.Error("tokens are not as they should be")
		}
		signIn(b, ada, apptest.Password)
		inside := tokenOf(t, b)
		if post(b, first) != http.StatusForbidden || post(b, inside) != http.StatusOK {
			t.Error("a token has outlived signing in, or there is none after it")
		}
		b.Send(apptest.Request{Method: http.MethodPost, Path: "/logout", Header: headers(apptest.Plain)})
		if post(b, inside) != http.StatusForbidden || post(b, tokenOf(t, b)) != http.StatusOK {
			t.Error("a token has outlived signing out, or there is none after it")
		}
	})
}

// HEAD is answered like GET and does nothing, as do the other methods that are safe.
func TestHeadNeverActs(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		before := fmt.Sprint(rows(t, s), revoked(t, s))
		for _, method := range []string{http.MethodHead, http.MethodOptions, http.MethodTrace} {
			for _, path := range []string{"/login", "/logout", "/register", "/account", "/orders", "/newsletter", "/"} {
				answer := b.Send(apptest.Request{Method: method, Path: path, Header: headers(s.Transport)})
				if answer.Status >= http.StatusInternalServerError || answer.Body != "" && method == http.MethodHead {
					t.Errorf("%s %s: %d %q", method, path, answer.Status, answer.Body)
				}
			}
		}
		b.SignedIn(ada)
		s.Happened()
		// A message that waits is not taken by who does not see it.
		guest := s.Browser()
		guest.Send(apptest.Request{Path: "/orders", Header: headers(apptest.Plain)})
		guest.Send(apptest.Request{Method: http.MethodHead, Path: "/login", Header: headers(apptest.Plain)})
		if guest.Cookie("flash") == "" {
			t.Error("HEAD has taken the message for the next page")
		}
		if after := fmt.Sprint(rows(t, s), revoked(t, s)); after != before {
			t.Errorf("%s has become %s", before, after)
		}
	}, apptest.Plain, apptest.JSON)
}
