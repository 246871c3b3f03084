package app_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// What opens the site of [standing]: the same in every process, since fuzz hands inputs from one
// to another.
var (
	fixedRaw     = []byte("thirty-two bytes that all know..")
	fixedSession = base64.RawURLEncoding.EncodeToString(fixedRaw)
)

// standing is a site for fuzz: one member, whose session and remembered device are known.
func standing(f *testing.F) (s *apptest.Site, device string) {
	f.Helper()
	h := host(app.Config{Features: append(patient().Features, app.Remember{})})
	h.Observe = nil
	s = h.Start(f, dbtest.SQLite(f), apptest.Plain)
	user := s.User(apptest.Person{Email: ada})
	s.As(user)
	hash := sha256.Sum256(fixedRaw)
	_, err := s.DB.NewUpdate().Table("sessions").Set("hash = ?", hash[:]).Where("TRUE").Exec(f.Context())
	must(f, err)
	now := s.Clock.Now()
	family := &db.RememberFamily{
		ID: uuid.MustParse("018f2b1e-0000-7000-8000-000000000001"), UserID: user.ID, Hash: hash[:], AuthVersion: 1,
		Methods: db.Methods{{Name: app.ByPassword, At: now}}, CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(time.Hour),
	}
	_, err = s.DB.NewInsert().Model(family).Exec(f.Context())
	must(f, err)
	text := family.ID.String() + "." + fixedSession
	seal := keyring.New(s.App.Secrets).MAC("remember", []byte(text))
	s.Browser().SetCookie("session", fixedSession).SignedIn(ada)
	return s, text + "." + base64.RawURLEncoding.EncodeToString(seal)
}

// answer serves one request without a network in between.
func answer(s *apptest.Site, request *fasthttp.Request) *fasthttp.Response {
	served := new(fasthttp.RequestCtx)
	request.CopyTo(&served.Request)
	s.Server.Handler()(served)
	return &served.Response
}

// Whatever stands in the Cookie header, it is answered; and whoever is signed in by it has brought
// a value that this site gave out.
func FuzzCookies(f *testing.F) {
	s, device := standing(f)
	session := fixedSession
	for _, seed := range []string{
		"__Host-session=" + session, "__Host-session=x; __Host-session=" + session, "__Host-session=" + session + "; __Host-session=x",
		"session=" + session, "__Host-Session=" + session, "__Host-session=\"" + session + "\"", "__Host-session =" + session, "__Host-session=" + session[:42],
		"__Host-remember=" + device, "__Host-remember=" + strings.ToUpper(device), "__Host-remember=..", "__Host-remember=x.y.z",
		"__Host-pending=" + session, "__Host-flash=e30.e30", "__Host-flash=.", "__Host-visitor=\x00", "__Host-language=fa-Arab-IR-x-y; __Host-language=",
		"=;=;;;", "\xff=\xfe", strings.Repeat("a=b; ", 500), "__Host-session=" + strings.Repeat("A", 8000),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cookies string) {
		var request fasthttp.Request
		request.SetRequestURI("/logout")
		request.Header.SetHost("shop.example")
		request.Header.Set("Accept", "application/json")
		request.Header.Set("Cookie", cookies)
		got := answer(s, &request)
		var told apptest.Envelope
		if err := json.Unmarshal(got.Body(), &told); err != nil || got.StatusCode() != http.StatusOK {
			t.Fatalf("%d: %s", got.StatusCode(), got.Body())
		}
		user, _ := told.Response["user"].(map[string]any)
		if len(user) > 0 && !strings.Contains(cookies, session) && !strings.Contains(cookies, device) {
			t.Fatalf("%q signs %v in", cookies, user)
		}
		checkSet(t, got)
	})
}

// checkSet holds that every cookie set is the kit's and as all of them are.
func checkSet(t *testing.T, got *fasthttp.Response) {
	t.Helper()
	for name, value := range got.Header.Cookies() {
		short, ours := strings.CutPrefix(string(name), "__Host-")
		text := strings.ToLower(string(value))
		if _, known := cookies[short]; !known || !ours || !strings.Contains(text, "; secure") || !strings.Contains(text, "; httponly") ||
			!strings.Contains(text, "; samesite=lax") || strings.Contains(text, "domain=") || len(value) > 1024 {
			t.Fatalf("the cookie %s is set: %s", name, value)
		}
	}
}

// Whatever a request is made of, it is answered, and not by our fault: nobody is signed in who
// brings nothing, nobody is led off the site, and nothing that was sent becomes a header.
func FuzzRequest(f *testing.F) {
	s, device := standing(f)
	session := fixedSession
	s.Logged()
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"GET /login?next=//evil.example&lang=fa HTTP/1.1\r\nHost: evil.example\r\nAccept-Language: fa;q=x,*\r\n\r\n",
		"GET http://evil.example/orders HTTP/1.0\r\nHX-Request: true\r\nHX-Current-URL: https://evil.example/\r\n\r\n",
		"GET /static/gatehouse/..%2f..%2fgo.mod HTTP/1.1\r\nHost: shop.example\r\nIf-None-Match: *\r\nAccept-Encoding: gzip;q=NaN\r\n\r\n",
		"POST /login HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\nemail=a%00&next=%0d%",
		"POST /register HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: none\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"email\":[null]}",
		"POST /logout HTTP/1.1\r\nHost: shop.example\r\nOrigin: https://shop.example\r\nHX-Request: true\r\nHX-Request-Type: partial\r\nHX-Current-URL: https://shop.example/account\r\nContent-Length: 0\r\n\r\n",
		"PROPFIND /account HTTP/1.1\r\nHost: shop.example\r\nAccept: */json;q=2\r\nCookie: __Host-flash=x.y\r\n\r\n",
		"GET /account HTTP/1.1\r\nHost: shop.example\r\nCookie: __Host-session=" + session + "\r\n\r\n",
		"GET /account HTTP/1.1\r\nHost: shop.example\r\nHX-Request: true\r\nCookie: __Host-remember=" + device + "\r\n\r\n",
		"POST /orders HTTP/1.1\r\nHost: shop.example\r\nX-CSRF-Token: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
		"POST /login HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 60\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nx\r\n--b--",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		var request fasthttp.Request
		if request.ReadLimitBody(bufio.NewReader(strings.NewReader(string(sent))), 256<<10) != nil {
			return // the server answers such by itself
		}
		got := answer(s, &request)
		if status := got.StatusCode(); status >= http.StatusInternalServerError && string(request.URI().Path()) != "/broken" && status != http.StatusServiceUnavailable {
			t.Fatalf("%d to %q:\n%s", status, sent, s.Logged())
		}
		for _, header := range []string{"Location", "HX-Redirect"} {
			if to := string(got.Header.Peek(header)); to != "" && !onSite(to) {
				t.Fatalf("%q leads to %q", sent, to)
			}
		}
		if got.Header.Peek("X-Injected") != nil || got.Header.Peek("Access-Control-Allow-Origin") != nil {
			t.Fatalf("%q is answered with %s", sent, got.Header.Header())
		}
		brought := strings.Contains(string(sent), session) || strings.Contains(string(sent), device)
		if !brought && strings.Contains(string(got.Body()), ada) && !strings.Contains(string(sent), "ada") {
			t.Fatalf("%q is told of a member: %s", sent, got.Body())
		}
		checkSet(t, got)
	})
}
