package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A page elsewhere posts a form here, with all that the browser adds by itself. It must change
// nothing, and the person is told.
func TestForged(t *testing.T) {
	t.Parallel()
	for name, host := range map[string]string{
		"another site":                     "127.0.0.1",
		"another port of the same machine": "localhost",
	} {
		for path, fields := range map[string]string{
			"/login":    `<input name="email" value="ada@example.com"><input name="password" value="` + secret + `">`,
			"/register": `<input name="email" value="eve@example.com"><input name="password" value="` + secret + `">`,
			"/logout":   ``,
			"/note":     `<input name="note" value="forged">`,
		} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				ada := s.person("ada@example.com")
				p := open(t, s)
				member := path == "/logout" || path == "/note"
				if member {
					p.signedIn(ada)
				}
				evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					_, _ = w.Write([]byte(`<form method="post" action="` + s.url + path + `">` + fields + `<button>Win a prize</button></form>`))
				}))
				t.Cleanup(evil.Close)
				p.elsewhere(strings.Replace(evil.URL, "127.0.0.1", host, 1))
				p.button("Win a prize").at(path).has("This form can no longer be sent", "403")
				p.status(http.StatusForbidden)

				if n := s.requests("POST " + path); n != 1 {
					t.Errorf("%d posts arrived", n)
				}
				if n := s.accounts(); n != 1 {
					t.Errorf("%d accounts", n)
				}
				want := 0
				if member {
					want = 1
				}
				if n := s.sessions(); n != want {
					t.Errorf("%d sessions, not %d", n, want)
				}
			})
		}
	}
}
