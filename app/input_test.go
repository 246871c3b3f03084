package app_test

import (
	"bufio"
	"bytes"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// Values of the wrong kind are 400 at their field, never 500 and never taken for something else.
func TestJSONTypes(t *testing.T) {
	config := registering(app.Register{Username: app.Optional, Retype: true, Terms: "/terms"})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		sound := map[string]map[string]string{
			"/login":    {"email": `"` + ada + `"`, "password": `"` + apptest.Password + `"`},
			"/register": {"email": `"new@example.com"`, "username": ``, "password": `"` + good + `"`, "password_confirm": `"` + good + `"`, "terms": "true"},
		}
		tries := 0
		for path, fields := range sound {
			for field := range fields {
				for name, value := range map[string]string{
					"object": `{"a":"b"}`, "list": `["` + ada + `"]`, "empty list": `[]`, "number": `1`, "large number": `1e999999999`, "true": `true`, "false": `false`,
					"null": `null`, "NUL": `"a\u0000b"`, "lone surrogate": `"\ud800"`, "nested": strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
				} {
					var sent []string
					tries++
					for key, other := range fields {
						switch key {
						case field:
							other = value
						case "username":
							other = fmt.Sprintf(`"new%d"`, tries)
						}
						sent = append(sent, fmt.Sprintf("%q:%s", key, other))
					}
					b := s.Browser()
					answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.JSON), Body: "{" + strings.Join(sent, ",") + "}"})
					welcome := field == "terms" && strings.Contains("true NUL lone surrogate", name) || field == "username" && path == "/register" && name == "null"
					if welcome {
						if answer.Status != http.StatusOK {
							t.Errorf("%s: %s as %s: %s", path, field, name, answer.Body)
						}
						continue
					}
					e := answer.JSON(t)
					codes := strings.Join(e.Codes(field), " ")
					if answer.Status != http.StatusBadRequest || b.Cookie("session") != "" {
						t.Errorf("%s: %s as %s: %d %s", path, field, name, answer.Status, answer.Body)
					}
					text := name == "null" || name == "NUL" || name == "lone surrogate"
					unticked := field == "terms" && name == "false"
					if !text && !unticked && codes != "form.type" {
						t.Errorf("%s: of %s as %s is said %q", path, field, name, codes)
					}
				}
			}
		}
	}, wired...)
}

// Bodies that are no object of fields at all.
func TestJSONBodies(t *testing.T) {
	tell(t, patient(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		right := `{"email":"` + ada + `","password":"` + apptest.Password + `"}`
		for name, body := range map[string]string{
			"a list": `[` + right + `]`, "a string": `"` + ada + `"`, "a number": `1`, "null": `null`, "true": `true`, "nothing": ` `, "half": right[:20],
			"no JSON": `email=` + ada, "nested": strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000), "open brackets": strings.Repeat("[", 200_000),
			"invalid UTF-8": "{\"email\":\"\xff\xfe\",\"password\":\"x\"}", "a form": url.Values{"email": {ada}, "password": {apptest.Password}}.Encode(),
			"two of them": right + right, "more after it": right + "x", "other names": strings.ToUpper(right[:8]) + right[8:],
		} {
			for _, path := range []string{"/login", "/register"} {
				b := s.Browser()
				answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.JSON), Body: body})
				if answer.Status != http.StatusBadRequest || b.Cookie("session") != "" {
					t.Errorf("%s of %s: %d %.200s", path, name, answer.Status, answer.Body)
				}
				answer.JSON(t)
			}
			if answer := s.Browser().Send(apptest.Request{Path: "/logout", Header: headers(apptest.JSON), Body: body}); answer.Status >= 500 {
				t.Errorf("/logout of %s: %d", name, answer.Status)
			}
		}
		s.Happened()
	}, wired...)
}

// Forms that no browser makes.
func TestFormBodies(t *testing.T) {
	tell(t, patient(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		right := url.Values{"email": {ada}, "password": {apptest.Password}}.Encode()
		var many strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&many, "f%d=x&", i)
		}
		for name, body := range map[string]string{
			"NUL": "email=a%00b&password=a%00b", "invalid UTF-8": "email=%ff%fe&password=%ff", "half an escape": "email=%&password=%f", "no names": "&&&===&",
			"brackets": "email[]=" + ada + "&password[]=x", "many fields": many.String() + "email=x&password=x", "overlong": "email=%c0%af&password=%c0%af",
		} {
			for _, path := range []string{"/login", "/register", "/logout"} {
				answer := s.Browser().Send(apptest.Request{Path: path, Header: headers(s.Transport), Body: body})
				if want := http.StatusUnprocessableEntity; answer.Status != want && path != "/logout" || answer.Status >= 500 {
					t.Errorf("%s of %s: %d", path, name, answer.Status)
				}
			}
		}
		// A field that comes twice counts once: what a proxy in front has judged is what counts here.
		b := s.Browser()
		b.Send(apptest.Request{Path: "/login", Header: headers(s.Transport), Body: right + "&email=eve@example.com&password=eve"})
		b.SignedIn(ada)
		// Fields in the query are no fields.
		b = s.Browser()
		b.Send(apptest.Request{Path: "/login?" + right, Header: headers(s.Transport), Body: "x=y"})
		b.SignedOut()
		// A form with files is a form.
		b = s.Browser()
		var body bytes.Buffer
		parts := multipart.NewWriter(&body)
		must(t, parts.WriteField("email", ada))
		must(t, parts.WriteField("password", apptest.Password))
		_, err := parts.CreateFormFile("avatar", "x.png")
		must(t, err)
		must(t, parts.Close())
		b.Send(apptest.Request{Path: "/login", Header: headers(s.Transport, "Content-Type", parts.FormDataContentType()), Body: body.String()})
		b.SignedIn(ada)
		for _, kind := range []string{"multipart/form-data", "multipart/form-data; boundary=", "text/plain", "application/xml", "", "x", "application/json; charset=x;;;"} {
			b = s.Browser()
			answer := b.Send(apptest.Request{Path: "/login", Header: headers(s.Transport, "Content-Type", kind), Body: right})
			if answer.Status >= 500 || b.Cookie("session") != "" {
				t.Errorf("a form as %q: %d", kind, answer.Status)
			}
		}
	}, paged...)
}

// raw sends bytes and reads the answer, whatever a client library would think of them.
func raw(t *testing.T, s *apptest.Site, lines ...string) *http.Response {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", s.Addr)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = conn.Write([]byte(strings.Join(lines, "\r\n")))
	must(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	return answer
}

// What is too much is refused before it is read, by a page that says so.
func TestTooMuch(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.Logged()
		head := []string{"POST /login HTTP/1.1", "Host: shop.example", "Sec-Fetch-Site: same-origin", "Content-Length: 1048576"}
		for name, value := range headers(s.Transport) {
			if name != "Sec-Fetch-Site" {
				head = append(head, name+": "+value)
			}
		}
		answer := raw(t, s, append(head, "", "")...)
		var body bytes.Buffer
		_, err := body.ReadFrom(answer.Body)
		must(t, err)
		if answer.StatusCode != http.StatusRequestEntityTooLarge || answer.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%d %v", answer.StatusCode, answer.Header)
		}
		switch s.Transport {
		case apptest.JSON:
			if codes := (apptest.Answer{Status: answer.StatusCode, Header: answer.Header, Body: body.String()}).JSON(t).Codes(""); len(codes) != 1 || codes[0] != "error.too_large" {
				t.Errorf("%s", body.String())
			}
		default:
			if !strings.Contains(body.String(), "That was too much at once") || strings.Contains(body.String(), "<html") != (s.Transport == apptest.Plain) {
				t.Errorf("%s", body.String())
			}
		}
		// Just under the limit is read.
		fits := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"email": {"x"}, "password": {strings.Repeat("x", 250<<10)}})})
		if fits.Status != http.StatusUnprocessableEntity && fits.Status != http.StatusBadRequest {
			t.Errorf("250 kB: %d", fits.Status)
		}
	})
}

// Requests that no browser makes do not bring the server down, and learn nothing.
func TestRawRequests(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.Logged()
		for name, lines := range map[string][]string{
			"no host":          {"GET /orders HTTP/1.0", "", ""},
			"another host":     {"GET /orders HTTP/1.1", "Host: evil.example", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http", "Forwarded: host=evil.example", "", ""},
			"absolute form":    {"GET http://evil.example/orders HTTP/1.1", "Host: evil.example", "", ""},
			"two hosts":        {"GET /orders HTTP/1.1", "Host: shop.example", "Host: evil.example", "", ""},
			"large cookies":    {"GET /orders HTTP/1.1", "Host: shop.example", "Cookie: x=" + strings.Repeat("x", 12_000), "", ""},
			"larger cookies":   {"GET /orders HTTP/1.1", "Host: shop.example", "Cookie: x=" + strings.Repeat("x", 100_000), "", ""},
			"fifty cookies":    {"GET /orders HTTP/1.1", "Host: shop.example", "Cookie: " + strings.Repeat("__Host-session=x; ", 50), "", ""},
			"odd languages":    {"GET /login HTTP/1.1", "Host: shop.example", "Accept-Language: ;;;q=x,*,xx-XX-" + strings.Repeat("x", 2000), "", ""},
			"odd accept":       {"GET /login HTTP/1.1", "Host: shop.example", "Accept: ;;;q=,/,*/json;q=NaN", "", ""},
			"another case":     {"GET /ORDERS/ HTTP/1.1", "Host: shop.example", "", ""},
			"dots":             {"GET /static/gatehouse/../../../etc/passwd HTTP/1.1", "Host: shop.example", "", ""},
			"escaped dots":     {"GET /static/gatehouse/%2e%2e%2f%2e%2e%2fgo.mod HTTP/1.1", "Host: shop.example", "", ""},
			"half an escape":   {"GET /login?next=%&lang=%f HTTP/1.1", "Host: shop.example", "", ""},
			"an unknown verb":  {"PROPFIND /orders HTTP/1.1", "Host: shop.example", "Sec-Fetch-Site: same-origin", "", ""},
			"negative length":  {"POST /login HTTP/1.1", "Host: shop.example", "Content-Length: -1", "", ""},
			"two lengths":      {"POST /login HTTP/1.1", "Host: shop.example", "Content-Length: 0", "Transfer-Encoding: chunked", "", "0", "", ""},
			"NUL in a header":  {"GET /login HTTP/1.1", "Host: shop.example", "User-Agent: a\x00b", "", ""},
			"UTF-8 in headers": {"POST /logout HTTP/1.1", "Host: shop.example", "Sec-Fetch-Site: same-origin", "Content-Length: 0", "User-Agent: \xff" + strings.Repeat("é", 400), "", ""},
		} {
			answer := raw(t, s, lines...)
			if answer.StatusCode >= 500 || strings.Contains(answer.Header.Get("Location"), "evil") || strings.Contains(fmt.Sprint(answer.Header), "root:") {
				t.Errorf("%s: %d %v", name, answer.StatusCode, answer.Header)
			}
		}
		// A member's user agent is kept, whatever is in it.
		b := s.Browser().Header("User-Agent", strings.Repeat("é", 2000))
		s.User(apptest.Person{Email: ada})
		signIn(b, ada, apptest.Password).SignedIn(ada)
		if kept := s.Happened(app.SignedIn)[0].UserAgent; len(kept) > 255 || !strings.HasPrefix(kept, "éé") {
			t.Errorf("kept %q", kept)
		}
	}, apptest.Plain)
}
