package app_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// knock sends a request as it is written down here and returns the answer's status and body.
func knock(t *testing.T, s *apptest.Site, request string) (status int, body string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Addr)
	must(t, err)
	defer conn.Close()
	_, err = fmt.Fprint(conn, strings.ReplaceAll(request, "\n", "\r\n"))
	must(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	defer answer.Body.Close()
	content := make([]byte, 64<<10)
	n, _ := answer.Body.Read(content)
	return answer.StatusCode, string(content[:n])
}

// The application answers under its own names and under no other: on pages of its own, of the
// host's, and where there is none.
func TestHost(t *testing.T) {
	t.Parallel()
	shop := app.Config{URL: "https://shop.example", Hosts: []string{"shop.internal:8080"}}
	local := app.Config{URL: "http://localhost:3000"}
	for name, test := range map[string]struct {
		config app.Config
		host   string
		want   int
	}{
		"its own":               {shop, "shop.example", 200},
		"in capitals":           {shop, "SHOP.example", 200},
		"with its port":         {shop, "shop.example:443", 200},
		"listed":                {shop, "shop.internal:8080", 200},
		"another port":          {shop, "shop.example:8080", 421},
		"listed, another port":  {shop, "shop.internal", 421},
		"another":               {shop, "evil.example", 421},
		"above":                 {shop, "example", 421},
		"below":                 {shop, "www.shop.example", 421},
		"with a dot":            {shop, "shop.example.", 421},
		"an address":            {shop, "127.0.0.1", 421},
		"localhost":             {shop, "localhost", 421},
		"two":                   {shop, "shop.example, evil.example", 400},
		"none":                  {shop, "", 400},
		"markup":                {shop, "<script>", 421},
		"development":           {local, "localhost:3000", 200},
		"development, elsewise": {local, "127.0.0.1:4000", 200},
		"development, IPv6":     {local, "[::1]:3000", 200},
		"development, below":    {local, "shop.localhost", 200},
		"development, rebound":  {local, "evil.example:3000", 421},
		"development, likeness": {local, "localhost.evil.example", 421},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := host(test.config).Start(t, dbtest.SQLite(t), apptest.Plain)
			if test.want >= 400 {
				s.Logged()
			}
			for _, path := range []string{"/", "/login", "/nowhere"} {
				want := test.want
				if want == 200 && path == "/nowhere" {
					want = 404
				}
				status, body := knock(t, s, "GET "+path+" HTTP/1.1\nHost: "+test.host+"\nConnection: close\n\n")
				if status != want {
					t.Errorf("%s is answered by %d, not %d", path, status, want)
				}
				if strings.Contains(body, "<script>\"") || test.want == 421 && strings.Contains(body, test.host) && test.host != "localhost" && test.host != "example" {
					t.Errorf("%s echoes the host: %s", path, body)
				}
				if test.want == 421 && !strings.Contains(body, `href="`+s.URL+`/"`) {
					t.Errorf("%s does not lead to the site: %s", path, body)
				}
			}
			if status, body := knock(t, s, "GET /login HTTP/1.1\nHost: "+test.host+"\nAccept: application/json\nConnection: close\n\n"); status != test.want ||
				status == 421 && !strings.Contains(body, "error.misdirected") {
				t.Errorf("JSON: %d %s", status, body)
			}
		})
	}
}

// What a request claims besides does not count, and no address is made of what it does claim.
func TestHostClaimed(t *testing.T) {
	t.Parallel()
	s := host(app.Config{}).Start(t, dbtest.SQLite(t), apptest.Plain)
	s.Logged()
	for request, want := range map[string]int{
		"GET /login HTTP/1.1\nHost: shop.example\nX-Forwarded-Host: evil.example\nForwarded: host=evil.example\nX-Original-Host: evil.example\n": 200,
		"GET /login HTTP/1.1\nHost: evil.example\nX-Forwarded-Host: shop.example\n":                                                              421,
		"GET http://evil.example/login HTTP/1.1\nHost: shop.example\n":                                                                           421,
		"GET http://shop.example/login HTTP/1.1\nHost: shop.example\n":                                                                           200,
		"GET /login HTTP/1.0\n": 400,
		"GET /login HTTP/1.1\n": 400,
	} {
		status, body := knock(t, s, request+"Connection: close\n\n")
		if status != want {
			t.Errorf("%q is answered by %d, not %d", request, status, want)
		}
		if strings.Contains(body, "evil.example") {
			t.Errorf("%q is answered with the name that it claims: %s", request, body)
		}
	}
}
