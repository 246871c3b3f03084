package app_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// A few hundred bytes can unpack to gigabytes: what is compressed is refused unread, whatever the
// route and whoever asks.
func TestCompressedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	_, err := packer.Write([]byte(`{"email":"` + strings.Repeat("a", 10<<20) + `"}`))
	must(t, err)
	must(t, packer.Close())
	apptest.Run(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"} {
			for _, path := range []string{"/login", "/register", "/logout"} {
				header := headers(s.Transport, "Content-Encoding", "gzip", "Content-Type", kind)
				answer := s.Browser().Send(apptest.Request{Path: path, Header: header, Body: bomb.String()})
				if answer.Status != http.StatusUnsupportedMediaType || len(answer.Body) > 50<<10 {
					t.Errorf("%s as %s: %d with %d bytes", path, kind, answer.Status, len(answer.Body))
				}
				// Nor is a token looked for in it.
				delete(header, "Sec-Fetch-Site")
				header["Cookie"] = "__Host-visitor=x"
				if answer := s.Browser().Send(apptest.Request{Path: path, Header: header, Body: bomb.String()}); answer.Status != http.StatusForbidden {
					t.Errorf("%s as %s without a token: %d", path, kind, answer.Status)
				}
			}
		}
	})
}

// What is too long comes back as far as it may go, not whole.
func TestEchoIsCut(t *testing.T) {
	t.Parallel()
	apptest.Run(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		answer := s.Browser().Send(apptest.Request{
			Path: "/login", Header: headers(apptest.Plain), Body: "password=x&email=" + strings.Repeat("a", 100_000),
		})
		if answer.Status != http.StatusUnprocessableEntity || len(answer.Body) > 20_000 {
			t.Errorf("%d with %d bytes", answer.Status, len(answer.Body))
		}
	}, apptest.Plain)
}

// The mailbox of a developer is read under names of their own machine alone.
func TestMailboxIsLocal(t *testing.T) {
	t.Parallel()
	apptest.Run(t, app.Config{URL: "http://localhost:3000"}, func(t *testing.T, s *apptest.Site) {
		s.Logged()
		for host, status := range map[string]string{"localhost:3000": "200", "127.0.0.1:3000": "200", "evil.example": "421", "localhost.evil.example:3000": "421"} {
			answer := raw(t, s, "GET /dev/mailbox HTTP/1.1", "Host: "+host, "Connection: close", "", "")
			if got := answer.Status[:3]; got != status {
				t.Errorf("as %s: %s", host, got)
			}
		}
	}, apptest.Plain)
}

// The same registration sent again within moments is answered as the first was, username and all;
// the username with another address is not.
func TestRegisterTwiceWithUsername(t *testing.T) {
	t.Parallel()
	config := app.Config{Features: []app.Feature{app.Login{}, app.Register{Username: app.Optional}}}
	apptest.Run(t, config, func(t *testing.T, s *apptest.Site) {
		send := func(email string) int {
			body := "email=" + email + "&username=grace&password=correct+horse+battery+staple"
			return s.Browser().Send(apptest.Request{Path: "/register", Header: headers(apptest.Plain), Body: body}).Status
		}
		if first, second := send("grace@example.com"), send("grace@example.com"); first != http.StatusSeeOther || second != first {
			t.Errorf("answered by %d and %d", first, second)
		}
		if other := send("other@example.com"); other != http.StatusUnprocessableEntity {
			t.Errorf("a taken username is answered by %d", other)
		}
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails", n)
		}
		s.Clock.Advance(time.Minute)
		if late := send("grace@example.com"); late != http.StatusUnprocessableEntity {
			t.Errorf("later, answered by %d", late)
		}
		s.Happened(app.Registered, app.RegisterExisting)
	}, apptest.Plain)
}
