package app_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// Somebody's mail program, the one that checks links for it, and a preview: each follows a link
// before its reader does, from elsewhere, and spends nothing.
func TestRecoverPrefetched(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		forget(s.Browser(), ada)
		link := s.Mail(ada).Link()
		before := rows(t, s)
		for i := range 10 {
			for _, method := range []string{"GET", "HEAD"} {
				answer := s.Browser().Send(apptest.Request{Method: method, Path: link, Header: map[string]string{
					"User-Agent": fmt.Sprint("Scanner/", i), "X-Forwarded-For": fmt.Sprint("203.0.113.", i), "Accept": "text/html", "Sec-Purpose": "prefetch",
				}})
				if answer.Status != 200 || answer.Header.Get("Referrer-Policy") == "" || answer.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s is answered by %d, %v", method, answer.Status, answer.Header)
				}
			}
		}
		if after := rows(t, s); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("scanners leave %v where there was %v", after, before)
		}
		choose(s.Browser(), link, better).At("/login").Sees(saysRecover)
		s.Happened(app.RecoverSent, app.PasswordRecovered)
	})
}

// What mail programs, quoting and hands make of a link still works, or is told for what it is.
func TestRecoverMangled(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		for i, mangle := range []func(link string) string{
			func(link string) string { return link + "." },
			func(link string) string { return link + "%3E" },
			func(link string) string { return link + "=3D" },
			func(link string) string { return link + "?utm_source=mail" },
			func(link string) string { return link[:len(link)-20] + "=%0A" + link[len(link)-20:] },
		} {
			email := fmt.Sprintf("u%d@example.com", i)
			s.User(apptest.Person{Email: email})
			forget(s.Browser(), email)
			choose(s.Browser(), mangle(s.Mail(email).Link()), better).Sees(saysRecover)
			signIn(s.Browser(), email, better).SignedIn(email)
		}
		s.User(apptest.Person{Email: ada})
		forget(s.Browser(), ada)
		link := s.Mail(ada).Link()
		for _, mangled := range []string{link[:len(link)-1], s.URL + "/reset/x", s.URL + "/reset/%25", s.URL + "/reset/%00", strings.ToLower(link), s.URL + "/reset/" + strings.Repeat("A", 43)} {
			s.Browser().Visit(mangled).SeesError("", saysNoLink)
			at := strings.TrimPrefix(mangled, s.URL)
			answer := s.Browser().Send(apptest.Request{Path: at, Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"password": {better}})})
			if answer.Status != 422 && answer.Status != 400 {
				t.Errorf("POST %s: %d", at, answer.Status)
			}
		}
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
	})
}

// A link serves what it was mailed for: neither of the two kinds is good for the other.
func TestRecoverCrossPurpose(t *testing.T) {
	tell(t, recovering(app.Recover{}, app.Confirm{}), func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), ada)
		confirm := s.Mail(ada)
		forget(s.Browser(), ada)
		recover := s.Mail(ada)
		s.Browser().Visit(strings.Replace(confirm.Link(), "/confirm/", "/reset/", 1)).SeesError("", saysNoLink)
		s.Browser().Visit(strings.Replace(recover.Link(), "/reset/", "/confirm/", 1)).SeesError("", saysNoLink)
		for _, try := range []struct{ path, code string }{{"/reset/code", confirm.Code()}, {"/confirm/code", recover.Code()}} {
			form := url.Values{"email": {ada}, "code": {try.code}}
			if answer := s.Browser().Send(apptest.Request{Path: try.path, Header: headers(s.Transport), Body: encode(s.Transport, form)}); answer.Status < 400 {
				t.Errorf("%s takes the code of the other: %d", try.path, answer.Status)
			}
		}
		if isConfirmed(t, s, ada) {
			t.Error("the address is confirmed")
		}
		// And of somebody else's mail, neither link nor code opens this account.
		s.User(apptest.Person{Email: "eve@example.com"})
		forget(s.Browser(), "eve@example.com")
		form := url.Values{"email": {ada}, "code": {s.Mail("eve@example.com").Code()}}
		if answer := s.Browser().Send(apptest.Request{Path: "/reset/code", Header: headers(s.Transport), Body: encode(s.Transport, form)}); answer.Status < 400 {
			t.Errorf("somebody else's code is taken: %d", answer.Status)
		}
		s.Happened(app.Registered, app.RecoverSent, app.RecoverSent)
	})
}
