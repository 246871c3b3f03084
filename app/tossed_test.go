package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// Cookies that another host of the same domain can plant have other names than ours, and count for
// nothing: a session in one of them signs nobody in, and one beside ours signs nobody out.
func TestTossedCookies(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		own := s.As(s.User(apptest.Person{Email: ada})).Cookie("session")
		eve := s.As(s.User(apptest.Person{Email: "eve@example.com"})).Cookie("session")
		for name, test := range map[string]struct{ cookies, who string }{
			"without the prefix":         {"session=" + eve, ""},
			"before ours":                {"session=" + eve + "; __Host-session=" + own, ada},
			"behind ours":                {"__Host-session=" + own + "; session=" + eve, ada},
			"in other letters":           {"__HOST-session=" + eve + "; __host-session=" + eve + "; __Host-Session=" + eve, ""},
			"as a value without a name":  {"=__Host-session=" + eve, ""},
			"behind a name of its own":   {"x=__Host-session=" + eve, ""},
			"behind space of Unicode":    {"\u2000__Host-session=" + eve, ""}, // which browsers let anybody set, and some servers trim
			"before space of Unicode":    {"__Host-session\u00a0=" + eve + "; __Host-session\u0085=" + eve, ""},
			"behind a version":           {"$Version=1; $__Host-session=" + eve + "; $Path=/", ""},
			"for secure hosts":           {"__Secure-session=" + eve, ""},
			"a visitor":                  {"visitor=" + eve + "; __Host-session=" + own, ada},
			"fifty":                      {strings.Repeat("session="+eve+"; ", 50) + "__Host-session=" + own, ada},
			"eight kilobytes":            {"a=" + strings.Repeat("x", 8000) + "; __Host-session=" + own, ada},
			"fifty of eight kilobytes":   {strings.Repeat("a="+strings.Repeat("x", 150)+"; ", 50) + "__Host-session=" + own, ada},
			"no session in twenty names": {strings.Repeat("__Host-session; ", 20), ""},
		} {
			answer := s.Browser().Send(apptest.Request{Path: "/logout", Header: headers(apptest.JSON, "Cookie", test.cookies)})
			user, _ := answer.JSON(t).Response["user"].(map[string]any)
			if who, _ := user["email"].(string); who != test.who {
				t.Errorf("%s: %q is signed in, not %q", name, who, test.who)
			}
		}
		// More than the server reads is told so, by a page of ours, and the next visitor is served.
		answer := raw(t, s, "GET /account HTTP/1.1", "Host: shop.example", "Cookie: a="+strings.Repeat("x", 20_000)+"; __Host-session="+own, "", "")
		if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge || answer.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("20 kB of cookies: %d %v", answer.StatusCode, answer.Header)
		}
		alive(t, s)
	}, apptest.Plain)
}
