package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/html"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// What a request claims of where it was sent to is believed nowhere: not in links that are mailed,
// not in redirects, not in the names of cookies, not in the method that is carried out.
func TestClaimsAreNotBelieved(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.Browser()
		for name, value := range map[string]string{
			"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Protocol": "http", "X-Forwarded-Ssl": "off", "X-Url-Scheme": "http",
			"Forwarded": "host=evil.example;proto=http", "X-Host": "evil.example", "X-Original-Url": "/admin", "X-Rewrite-Url": "/admin", "X-HTTP-Method-Override": "DELETE", "X-Forwarded-Prefix": "//evil.example",
		} {
			b.Header(name, value)
		}
		b.Visit("/register").Fill("email", ada).Fill("password", good).Submit().At("/login")
		if link := s.Mail(ada).Link(); !strings.HasPrefix(link, "https://shop.example/") {
			t.Errorf("the mail leads to %s", link)
		}
		if letter := s.Mail(ada); strings.Contains(letter.Text+letter.HTML, "evil.example") {
			t.Error("the mail names another host")
		}
		signIn(b, ada, good).At("/").SignedIn(ada)
		if b.Cookie("session") == "" {
			t.Error("the session's cookie goes by another name")
		}
		if answer := b.Send(apptest.Request{Path: "/account", Header: headers(s.Transport)}); answer.Status != http.StatusOK || strings.Contains(answer.Body, "evil.example") {
			t.Errorf("%d: %s", answer.Status, answer.Body)
		}
	})
}

// What is kept of a request is a copy: the next request over the same connection, which overwrites
// what the server has read, changes none of it.
func TestStringsOutliveTheirRequest(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var kept []string
	config := patient()
	config.Features = append(config.Features, app.Track{})
	h := host(config)
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Get("/keep/:what", func(c *fiber.Ctx) error {
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, c.Get("X-Kept"), c.Params("what"), c.Path(), c.OriginalURL(), c.Query("q"), c.Cookies("kept"), c.IP())
			return c.SendString("kept")
		})
	}
	s := h.Start(t, dbtest.SQLite(t), apptest.Plain)
	s.User(apptest.Person{Email: ada})
	conn := connect(t, s.Addr)
	talk := func(letter string) {
		body := url.Values{"email": {ada}, "password": {apptest.Password}, "next": {"/" + strings.Repeat(letter, 40)}}.Encode()
		word := strings.Repeat(letter, 40)
		_, err := fmt.Fprintf(conn, "POST /login HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\nUser-Agent: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"+
			"GET /keep/%s?q=%s HTTP/1.1\r\nHost: shop.example\r\nX-Kept: %s\r\nCookie: kept=%s\r\nUser-Agent: %s\r\n\r\n", word, len(body), body, word, word, word, word, word)
		must(t, err)
	}
	letters := []string{"a", "m", "x", "q", "z"}
	for _, letter := range letters {
		talk(letter)
	}
	must(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	go func() { // all are answered, one after the other
		for {
			mu.Lock()
			done := len(kept) == 7*len(letters)
			mu.Unlock()
			if done {
				_ = conn.Close()
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	_, _ = io.Copy(io.Discard, conn)
	if len(kept) != 7*len(letters) {
		t.Fatalf("%d strings were kept", len(kept))
	}
	for i, letter := range letters {
		for _, text := range kept[7*i : 7*i+6] {
			if !strings.Contains(text, strings.Repeat(letter, 40)) {
				t.Errorf("what was kept of %q is now %q", letter, text)
			}
		}
	}
	events := s.Happened(slices.Repeat([]app.EventName{app.SignedIn}, len(letters))...)
	for i, letter := range letters {
		if got := events[i].UserAgent; got != strings.Repeat(letter, 40) {
			t.Errorf("the event of %q tells %q", letter, got)
		}
		if events[i].Network != "127.0.0.1" {
			t.Errorf("the event of %q tells the address %q", letter, events[i].Network)
		}
	}
}

// A server that would take back the kit's safety is refused, in a sentence; the one that the kit
// makes is bounded in all that a stranger can make long.
func TestServerIsBounded(t *testing.T) {
	t.Parallel()
	s := host(app.Config{}).Start(t, dbtest.SQLite(t), apptest.Plain)
	config := s.App.FiberConfig()
	if !config.Immutable || config.BodyLimit > 1<<20 || config.BodyLimit <= 0 || config.ReadBufferSize < 8<<10 || config.ReadBufferSize > 64<<10 ||
		config.ReadTimeout <= 0 || config.WriteTimeout <= 0 || config.IdleTimeout <= 0 || config.StreamRequestBody || config.EnablePrintRoutes || config.ServerHeader != "" {
		t.Errorf("%+v", config)
	}
	for name, spoil := range map[string]func(*fiber.Config){
		"Immutable": func(c *fiber.Config) { c.Immutable = false },
	} {
		spoilt := config
		spoil(&spoilt)
		accounts, err := app.New(s.App.Config)
		must(t, err)
		if err := accounts.Mount(fiber.New(spoilt)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a server without %s is taken: %v", name, err)
		}
	}
}

// Fiber finds a route in other letters and with a slash behind it, too: whatever finds it has its
// guard before it.
func TestPathsInOtherSpellings(t *testing.T) {
	t.Parallel()
	h := host(app.Config{})
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Use("/members", accounts.Require())
		server.Get("/members/list", func(c *fiber.Ctx) error { return c.SendString("Your orders") })
	}
	s := h.Start(t, dbtest.SQLite(t), apptest.Plain)
	s.Logged()
	member := s.As(s.User(apptest.Person{Email: ada}))
	for path, private := range map[string]string{"/orders": "Your orders", "/admin": "All orders", "/account": ada, "/members/list": "Your orders"} {
		if path != "/admin" && !strings.Contains(member.Send(apptest.Request{Path: path, Header: headers(apptest.Plain)}).Body, private) {
			t.Errorf("a member does not see %s", path)
		}
		for _, spelling := range []string{
			path, strings.ToUpper(path), path + "/", path + "//", "/" + path, "//" + path, "/." + path, "/x/.." + path, path + "/.", path + "/x/..", path + "%2f", path + "%00", path + ";a=b", path + "?",
			path + ".json", path + "%20", "/%" + fmt.Sprintf("%x", path[1]) + path[2:], strings.ToUpper(path) + "/", "/%2e" + path, "/\\" + path[1:], path + "#x", strings.Replace(path, "o", "%4F", 1),
		} {
			answer := raw(t, s, "GET "+spelling+" HTTP/1.1", "Host: shop.example", "Accept: text/html", "Connection: close", "", "")
			body, err := io.ReadAll(answer.Body)
			must(t, err)
			if strings.Contains(string(body), private) || answer.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s as %q shows an anonymous visitor, by %d: %.200s", path, spelling, answer.StatusCode, body)
			}
		}
	}
}

// Numbers and names in addresses that no page has are not found, whatever they are.
func TestStrangeNumbers(t *testing.T) {
	tellOnce(t, app.Config{URL: "http://localhost:3000"}, func(t *testing.T, s *apptest.Site) {
		for _, id := range []string{
			"0", "-1", "1e9", "99999999999999999999999", "18446744073709551616", "0x1", "1.0", "%00", "..", "%2e%2e", "' OR 1=1 --", "1;", "NaN", "null", "undefined", "\u0661", "[]", strings.Repeat("9", 2000),
		} {
			for _, path := range []string{"/dev/mailbox/" + url.PathEscape(id), "/dev/mailbox/" + url.PathEscape(id) + "/html", "/static/gatehouse/" + url.PathEscape(id)} {
				if answer := s.Browser().Send(apptest.Request{Path: path, Header: headers(s.Transport)}); answer.Status != http.StatusNotFound && answer.Status != http.StatusBadRequest {
					t.Errorf("%s: %d", path, answer.Status)
				}
			}
		}
	}, anyway...)
}

// Headers made to be slow to read are not: as much as the server takes is judged in a moment.
func TestSlowToRead(t *testing.T) {
	t.Parallel()
	s := host(app.Config{}).Start(t, dbtest.SQLite(t), apptest.Plain)
	const room = 14 << 10
	fill := func(text string) string { return strings.Repeat(text, room/len(text)) }
	for name, values := range map[string][]string{
		"Accept-Language": {fill("a-b-c-d,"), fill("*;q=0.1,"), fill("x-"), fill("en;q=1;"), fill(",")}, "Accept": {fill("a/b,"), fill("*/json;q=0.1,"), fill(";q=")},
		"Cookie":          {fill("a=b; "), fill("__Host-session=x; "), fill("=;"), "__Host-flash=" + fill("."), "__Host-remember=" + fill("."), "__Host-language=" + fill("a-")},
		"Accept-Encoding": {fill("gzip;q=0,"), fill("q=")}, "HX-Current-Url": {"https://shop.example/" + fill("../"), fill("%2e%2e/"), fill("\\")}, "If-None-Match": {fill(`"a",`)},
		"X-Forwarded-For": {fill("1.1.1.1,")}, "User-Agent": {fill("(("), fill("é")}, "Content-Type": {fill("a/b;c="), "multipart/form-data; boundary=" + fill("b")},
	} {
		for _, value := range values {
			for _, path := range []string{"/login", "/account", "/static/gatehouse/gatehouse.css"} {
				least := time.Hour
				for range 5 {
					began := time.Now()
					answer := s.Browser().Send(apptest.Request{Path: path, Header: headers(apptest.HTMX, name, value)})
					if answer.Status >= http.StatusInternalServerError {
						t.Errorf("%s: %.30s…: %d", name, value, answer.Status)
					}
					if least = min(least, time.Since(began)); least < 50*time.Millisecond {
						break
					}
				}
				if least >= 50*time.Millisecond {
					t.Errorf("%s with %.30s… at %s takes %v", name, value, path, least)
				}
			}
		}
	}
}

// shape is what a page is made of, its words and values left out.
func shape(t *testing.T, page string) string {
	t.Helper()
	var all strings.Builder
	for from := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := from.Next()
		if kind == html.ErrorToken {
			return all.String()
		}
		if token := from.Token(); kind != html.TextToken {
			fmt.Fprintf(&all, "%v %s", kind, token.Data)
			for _, a := range token.Attr {
				fmt.Fprintf(&all, " %s", a.Key)
			}
			all.WriteByte('\n')
		}
	}
}

// What a visitor types is words, wherever it is shown again: it adds no element and no attribute
// to the page, in no transport, and comes back letter for letter.
func TestTypedTextIsInert(t *testing.T) {
	tell(t, patient(), func(t *testing.T, s *apptest.Site) {
		plain := ""
		for _, typed := range []string{
			"nobody", `"><img src=x onerror=alert(1)>`, `' autofocus onfocus=alert(1) x='`, "</title><script>alert(1)</script>", "{{constructor.constructor('x')()}}", "{{ . }}", "${7*7}", "<%= 7*7 %>",
			"javascript:alert(1)", "%0d%0aSet-Cookie: a=b", "\u202eevil", "a\u200bb", "<!--", "]]>", "&lt;b&gt;", "&#x3c;", "expression(alert(1))", "url(javascript:1)", `\"><x>`, "<div hx-get=/logout hx-trigger=load>", "<plaintext>", "\x7f\x1b[31m",
		} {
			fields := url.Values{"email": {typed}, "password": {"x"}}
			answer := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(s.Transport), Body: encode(s.Transport, fields)})
			if answer.Header.Get("Set-Cookie") != "" && strings.Contains(answer.Header.Get("Set-Cookie"), "a=b") {
				t.Errorf("%q became a header", typed)
			}
			if s.Transport == apptest.JSON {
				if strings.ContainsAny(answer.Body, "<>") {
					t.Errorf("%q stands unescaped in JSON: %s", typed, answer.Body)
				}
				continue
			}
			if plain == "" {
				plain = shape(t, answer.Body)
			}
			if got := shape(t, answer.Body); got != plain {
				t.Errorf("%q changed the page: %s", typed, difference(plain, got))
			}
			b := s.Browser().Visit("/login").Fill("email", typed).Fill("password", "x").Submit()
			b.Holds("email", typed)
		}
		s.Logged()
	})
}

// An address that looks like code is an address, in the mail to it as well.
func TestMailedTextIsInert(t *testing.T) {
	tellOnce(t, registering(app.Register{}), func(t *testing.T, s *apptest.Site) {
		shapes := map[string]string{}
		for _, address := range []string{"nobody@example.com", "{{7*7}}@example.com", "'onload='alert`1`@example.com", "%0d%0abcc:x@example.com", "${x}@example.com", "a&lt&gt@example.com", "$%7b#{x}@example.com"} {
			b := s.Browser()
			answer := b.Send(sending("/register", "email", address, "password", good))
			if answer.Status == http.StatusUnprocessableEntity {
				continue // which is as good
			}
			b.Send(apptest.Request{Path: "/login", Header: headers(apptest.Plain)})
			letter := s.Mail(address)
			if strings.Contains(letter.Subject, "49") || strings.Contains(letter.Text, "49") || !strings.Contains(letter.Text, address) {
				t.Errorf("to %s: %s", address, letter.Text)
			}
			shapes[shape(t, letter.HTML)] = address
		}
		if len(shapes) != 1 || len(s.Mails()) < 4 {
			t.Errorf("%d mails; those to %v are made of other things", len(s.Mails()), shapes)
		}
	}, apptest.Plain)
}
