package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// onSite reports whether a browser that is sent to a place stays at the site: judged as browsers
// judge (URL Standard, section 4.4), which take a backslash for a slash, drop tabs and line
// breaks, strip control characters and space in front, and resolve dots.
func onSite(to string) bool {
	to = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimLeft(to, "\x00\x01\x02\x0b\x0c\x1f "))
	base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/login"}
	resolved, err := base.Parse(to)
	if err != nil || !strings.HasPrefix(to, "/") {
		return false
	}
	// What begins with two slashes once dots are resolved leads elsewhere for whoever reads the path again.
	return resolved.Scheme == base.Scheme && resolved.Host == base.Host && resolved.User == nil && !strings.HasPrefix(resolved.Path, "//")
}

// hostile lead elsewhere, or would for some reader.
var hostile = []string{
	"//evil.example", "///evil.example", "////evil.example/x", `/\evil.example`, `\/evil.example`, `\\evil.example`, `\\\evil.example`, `/\/evil.example`,
	"/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example", " //evil.example", "\x00//evil.example", "/\x00/evil.example", "\x01//evil.example",
	"/%5cevil.example", "/..//evil.example", "/.//evil.example", "/x/../..//evil.example", `/./\evil.example`, `/..\\evil.example`, "/%2e%2e//evil.example", "/x/..//evil.example",
	"https:evil.example", "https:/evil.example", "https://evil.example", "http:///evil.example", "https://shop.example@evil.example", `https://evil.example\@shop.example`,
	"https://shop.example.evil.example", "https://evilshop.example", "http://shop.example/orders", "https://shop.example:444/orders", "https://shop.example:evil.example/",
	"https://shop.example//evil.example", `https://shop.example/\evil.example`, "https://shop.example/..//evil.example", "HTTPS://EVIL.EXAMPLE", "https://user@shop.example/orders",
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "blob:https://shop.example/x", "mailto:a@evil.example",
	"//evil。example", "https://evil。example", "／／evil.example", "//[::1]/x", "https://[::1]:3000/", "//0x7f000001", "//2130706433", "evil.example", "evil.example/x", "?next=x", "#x", ".", "..", "@evil.example",
	"/orders\r\nSet-Cookie: session=x", "/orders\nx", "/%", "/%zz", "/\xff\xfe", "/" + strings.Repeat("x", 10_000), strings.Repeat("/", 3000), "%2f%2fevil.example", "%09//evil.example",
}

// kind stay here, and are followed as they are.
var kind = map[string]string{
	"/": "/", "/orders": "/orders", "/orders?page=2&q=a%20b#top": "/orders?page=2&q=a%20b#top", "/%09/evil.example": "/%09/evil.example",
	"/a//b": "/a//b", "/orders?next=//evil.example": "/orders?next=//evil.example", "/@evil.example": "/@evil.example", "/:80": "/:80", "/סל": "/%D7%A1%D7%9C",
	"https://shop.example/orders": "/orders", "https://shop.example/orders?x=1": "/orders?x=1", "https://shop.example": "/", "https://shop.example/": "/",
}

// The places in which a visitor can say where to go on to.
var sinks = map[string]func(next string) (query, field string){
	"query": func(next string) (string, string) { return "?next=" + url.QueryEscape(next), "" },
	"field": func(next string) (string, string) { return "", next },
	"both":  func(next string) (string, string) { return "?next=%2Forders", next },
}

func ledTo(t *testing.T, answer apptest.Answer) string {
	t.Helper()
	if answer.Status >= http.StatusInternalServerError {
		t.Errorf("status %d", answer.Status)
	}
	return answer.Header.Get("Location") + answer.Header.Get("HX-Redirect")
}

// Signing in with a next that leads elsewhere is refused, though the password is right, rather
// than answered by a page the visitor did not ask for.
func TestNextAtLogin(t *testing.T) {
	tellOnce(t, patient(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		post := func(query, field string) (*apptest.Browser, apptest.Answer) {
			b := s.Browser()
			form := url.Values{"email": {ada}, "password": {apptest.Password}}
			if field != "" {
				form.Set("next", field)
			}
			return b, b.Send(apptest.Request{Path: "/login" + query, Header: headers(s.Transport), Body: encode(s.Transport, form)})
		}
		for name, sink := range sinks {
			for _, next := range hostile {
				if s.Transport == apptest.JSON && !utf8.ValidString(next) {
					continue // JSON is text
				}
				b, answer := post(sink(next))
				if to := ledTo(t, answer); to != "" || !strings.Contains(answer.Body, saysBadNext) {
					t.Errorf("%s %q: %d, led to %q", name, next, answer.Status, to)
				}
				if s.Transport == apptest.JSON && (answer.Status != http.StatusBadRequest || answer.JSON(t).Codes("")[0] != "login.bad_next") {
					t.Errorf("%s %q: %s", name, next, answer.Body)
				}
				if b.Cookie("session") != "" {
					t.Errorf("%s %q: signed in", name, next)
				}
			}
			for next, want := range kind {
				b, answer := post(sink(next))
				if to := ledTo(t, answer); s.Transport != apptest.JSON && to != want || b.Cookie("session") == "" {
					t.Errorf("%s %q: %d to %q, not to %q", name, next, answer.Status, to, want)
				}
			}
		}
	}, anyway...)
}

// A page that is opened with a hostile next shows itself and keeps nothing of it.
func TestNextOnPages(t *testing.T) {
	tellOnce(t, patient(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		for _, next := range hostile {
			for _, path := range []string{"/login", "/register", "/logout"} {
				answer := s.Browser().Send(apptest.Request{Path: path + "?next=" + url.QueryEscape(next), Header: headers(apptest.Plain)})
				if answer.Status != http.StatusOK || strings.Contains(answer.Body, "evil") {
					t.Errorf("GET %s?next=%q: %d, keeps it", path, next, answer.Status)
				}
			}
			b := s.As(user)
			for _, by := range paged {
				if to := ledTo(t, b.Send(apptest.Request{Path: "/login?next=" + url.QueryEscape(next), Header: headers(by)})); to != "/" {
					t.Errorf("GET /login?next=%q when signed in led to %q", next, to)
				}
			}
		}
	}, plainly...)
}

// At signing out and registering, a next that leads elsewhere is not followed.
func TestNextElsewhere(t *testing.T) {
	tellOnce(t, patient(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		leave := func(b *apptest.Browser, next string) apptest.Answer {
			query, field := sinks["query"](next)
			if len(next)%2 == 0 {
				query, field = sinks["both"](next)
			}
			return b.Send(apptest.Request{Path: "/logout" + query, Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"next": {field}})})
		}
		b := s.As(user)
		for i, next := range hostile {
			if s.Transport == apptest.JSON && !utf8.ValidString(next) {
				continue // JSON is text
			}
			answer := leave(b, next)
			if to := ledTo(t, answer); s.Transport != apptest.JSON && to != "/" || answer.Status >= 400 {
				t.Errorf("signing out with %q: %d to %q", next, answer.Status, to)
			}
			query, field := sinks[[]string{"query", "field", "both"}[i%3]](next)
			form := url.Values{"email": {"new@example.com"}, "password": {good}, "next": {field}}
			answer = b.Send(apptest.Request{Path: "/register" + query, Header: headers(s.Transport), Body: encode(s.Transport, form)})
			if to := ledTo(t, answer); to != "" || !strings.Contains(answer.Body, saysBadNext) {
				t.Errorf("registering with %q: %d to %q", next, answer.Status, to)
			}
		}
		b.SignedOut()
		for next, want := range kind {
			if to := ledTo(t, leave(s.As(user), next)); s.Transport != apptest.JSON && to != want {
				t.Errorf("signing out with %q led to %q, not to %q", next, to, want)
			}
		}
	}, anyway...)
}

// What sends a visitor to the page for signing in may lie about where they were.
func TestNextFromHeaders(t *testing.T) {
	tellOnce(t, patient(), func(t *testing.T, s *apptest.Site) {
		b := s.Browser()
		for _, from := range hostile {
			if strings.ContainsAny(from, "\r\n\x00\x01") {
				continue // no client sends these in a header
			}
			for header, by := range map[string]apptest.Transport{"HX-Current-URL": apptest.HTMX, "Referer": apptest.Plain} {
				for _, method := range []string{http.MethodGet, http.MethodPost} {
					to := ledTo(t, b.Send(apptest.Request{Method: method, Path: "/orders", Header: headers(by, header, from)}))
					want := "/login"
					if method == http.MethodGet && by == apptest.Plain {
						want = "/login?next=%2Forders"
					}
					if to != want {
						t.Errorf("%s from %s %q led to %q", method, header, from, to)
					}
				}
			}
			answer := b.Send(apptest.Request{Path: "/login", Header: headers(apptest.HTMX, "HX-Current-URL", from)})
			if to := ledTo(t, answer); to != "/login" {
				t.Errorf("GET /login from %q led to %q", from, to)
			}
		}
		for from, want := range map[string]string{"https://shop.example/cart?x=1": "/login?next=%2Fcart%3Fx%3D1", "https://shop.example/": "/login?next=%2F"} {
			answer := b.Send(apptest.Request{Path: "/orders", Header: headers(apptest.HTMX, "HX-Current-URL", from)})
			if to := ledTo(t, answer); to != want || answer.Status != http.StatusUnauthorized {
				t.Errorf("from %s: %d to %q", from, answer.Status, to)
			}
		}
	}, plainly...)
}

// A page whose own address is hostile does not make the way back so.
func TestNextOfStrangePaths(t *testing.T) {
	t.Parallel()
	h := host(app.Config{})
	h.Routes = catchAll
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		for _, path := range []string{"//evil.example", "///evil.example/x", "/x/..//evil.example", "/%5cevil.example", "/%09/evil.example"} {
			answer := s.Browser().Send(apptest.Request{Path: s.URL + path, Header: headers(s.Transport)})
			to, err := url.Parse(ledTo(t, answer))
			must(t, err)
			if next := to.Query().Get("next"); next != "" && !onSite(next) {
				t.Errorf("%s: led to %s", path, to)
			}
		}
	}, plainly...)
}

func TestNextAtOtherOrigins(t *testing.T) {
	t.Parallel()
	h := host(app.Config{Origins: []string{"https://docs.shop.example", "https://shop.example:8443"}})
	h.Observe = nil // it would not let anybody leave
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for next, want := range map[string]string{
			"https://docs.shop.example/a?b=c": "https://docs.shop.example/a?b=c", "https://docs.shop.example/": "https://docs.shop.example/",
			"https://docs.shop.example": "https://docs.shop.example/", "https://shop.example:8443/x": "https://shop.example:8443/x",
			"http://docs.shop.example/": "", "https://evil.docs.shop.example/": "", "https://docs.shop.example.evil.example/": "", "https://docs.shop.example@evil.example/": "",
			"https://docs.shop.example:444/": "", `https://docs.shop.example\.evil.example/`: "", "//docs.shop.example/": "", "https://docs.shop.example//evil.example": "",
		} {
			form := url.Values{"email": {ada}, "password": {apptest.Password}, "next": {next}}
			answer := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(s.Transport), Body: form.Encode()})
			if to := ledTo(t, answer); to != want {
				t.Errorf("%q led to %q, not to %q", next, to, want)
			}
		}
	}, plainly...)
}
