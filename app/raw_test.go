package app_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// connect opens a connection to which anything can be written. It ends by itself if the test hangs.
func connect(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", addr)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return conn
}

// answers reads every answer that comes over a connection until the server closes it.
func answers(t *testing.T, conn net.Conn) []int {
	t.Helper()
	var all []int
	for from := bufio.NewReader(conn); ; {
		answer, err := http.ReadResponse(from, nil)
		if err != nil {
			return all
		}
		all = append(all, answer.StatusCode)
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			return all
		}
	}
}

// alive demands that the site serves as if nothing had been.
func alive(t *testing.T, s *apptest.Site) {
	t.Helper()
	if answer := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(apptest.Plain)}); answer.Status != http.StatusOK {
		t.Errorf("the page for signing in answers %d", answer.Status)
	}
}

// A body that never ends is cut off at the limit, and memory stays what it was. No other test runs
// beside this one, which looks at the memory of all.
func TestEndlessBody(t *testing.T) {
	s := host(app.Config{}).Start(t, dbtest.SQLite(t), apptest.Plain)
	s.Logged()
	for name, head := range map[string]string{
		"in chunks":           "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
		"in chunks of a form": "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n",
		"in chunks of files":  "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n",
		"five megabytes":      "Content-Type: application/json\r\nContent-Length: 5242880\r\n\r\n",
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		conn := connect(t, s.Addr)
		_, err := conn.Write([]byte("POST /login HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\n" + head))
		must(t, err)
		var sent atomic.Int64
		go func() {
			part := []byte("4000\r\n" + strings.Repeat("x", 0x4000) + "\r\n")
			for sent.Load() < 64<<20 {
				n, err := conn.Write(part)
				if sent.Add(int64(n)); err != nil {
					return
				}
			}
		}()
		got := answers(t, conn)
		_ = conn.Close()
		if len(got) != 1 || got[0] != http.StatusRequestEntityTooLarge && got[0] != http.StatusBadRequest {
			t.Errorf("%s: answered by %v", name, got)
		}
		runtime.ReadMemStats(&after)
		// What the system keeps between the two ends is sent, too.
		if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 || sent.Load() > 16<<20 {
			t.Errorf("%s: %d kB were allocated for %d kB sent", name, took>>10, sent.Load()>>10)
		}
	}
	alive(t, s)
}

// hasty is a site that waits for a request as long as is given, and not as long as is usual.
func hasty(t *testing.T, within time.Duration) (s *apptest.Site, addr string) {
	t.Helper()
	s = host(app.Config{}).Start(t, dbtest.SQLite(t), apptest.Plain)
	config := s.App.FiberConfig()
	if config.ReadTimeout <= 0 || config.ReadTimeout > 15*time.Second || config.WriteTimeout <= 0 || config.IdleTimeout <= 0 {
		t.Errorf("a slow request may take %v, a slow answer %v, none at all %v", config.ReadTimeout, config.WriteTimeout, config.IdleTimeout)
	}
	config.ReadTimeout, config.IdleTimeout = within, within
	accounts, err := app.New(s.App.Config)
	must(t, err)
	server := fiber.New(config)
	must(t, accounts.Mount(server))
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	stopped := make(chan error, 1)
	go func() { stopped <- server.Listener(listener) }()
	t.Cleanup(func() {
		if err := server.ShutdownWithTimeout(10 * time.Second); err != nil {
			t.Error(err)
		}
		_ = listener.Close()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
	return s, listener.Addr().String()
}

// Who sends a byte now and then is cut off when the time for a request is over, however regularly
// the bytes come, and keeps nobody else waiting meanwhile (slowloris).
func TestSlowRequests(t *testing.T) {
	t.Parallel()
	const within = 500 * time.Millisecond
	s, addr := hasty(t, within)
	s.Logged()
	type end struct {
		name string
		took time.Duration
	}
	ended := make(chan end)
	slow := map[string]string{
		"headers":         "GET /login HTTP/1.1\r\nHost: shop.example\r\nX-A: ",
		"a form":          "POST /login HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10000\r\n\r\n",
		"chunks":          "POST /login HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\nTransfer-Encoding: chunked\r\n\r\n",
		"a second header": "GET /login HTTP/1.1\r\nHost: shop.example\r\n\r\nGET /login HTTP/1.1\r\nX-A: ",
		"nothing":         "",
	}
	for name, head := range slow {
		conn := connect(t, addr)
		go func() {
			began := time.Now()
			if _, err := conn.Write([]byte(head)); err != nil {
				ended <- end{name, 0}
				return
			}
			for name != "nothing" {
				time.Sleep(within / 20)
				if _, err := conn.Write([]byte("1\r\nx\r\n"[:1])); err != nil {
					break
				}
			}
			_, _ = io.Copy(io.Discard, conn)
			ended <- end{name, time.Since(began)}
		}()
	}
	for range 20 {
		conn := connect(t, addr)
		_, err := conn.Write([]byte("GET /login HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"))
		must(t, err)
		if got := answers(t, conn); len(got) != 1 || got[0] != http.StatusOK {
			t.Errorf("while others are slow: %v", got)
		}
	}
	for range slow {
		if e := <-ended; e.took < within/2 || e.took > 8*within {
			t.Errorf("%s: cut off after %v, with %v to come", e.name, e.took, within)
		}
	}
}

// Where two readers of one connection could differ about where a request ends, it ends here: with
// a refusal and a closed connection, and whatever stood behind it is not taken for a request
// (request smuggling; RFC 9112, sections 6.1 and 6.3).
func TestConflictingLengths(t *testing.T) {
	t.Parallel()
	var smuggled atomic.Int64
	h := host(app.Config{})
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Get("/smuggled", func(c *fiber.Ctx) error { smuggled.Add(1); return c.SendString("in") })
	}
	s := h.Start(t, dbtest.SQLite(t), apptest.Plain)
	s.Logged()
	const behind = "GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n"
	for name, lines := range map[string]string{
		"two lengths":               "Content-Length: 0\r\nContent-Length: 40",
		"two lengths the other way": "Content-Length: 40\r\nContent-Length: 0",
		"a list of lengths":         "Content-Length: 0, 40",
		"a length and chunks":       "Content-Length: 5\r\nTransfer-Encoding: chunked",
		"chunks and a length":       "Transfer-Encoding: chunked\r\nContent-Length: 5",
		"a signed length":           "Content-Length: +5",
		"a negative length":         "Content-Length: -5",
		"a length in hexadecimal":   "Content-Length: 0x5",
		"a length of too many bits": "Content-Length: 18446744073709551621",
		"chunks, not at last":       "Transfer-Encoding: chunked, identity",
		"an unknown coding":         "Transfer-Encoding: xchunked",
		"space before the colon":    "Transfer-Encoding : chunked",
		"chunks twice":              "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
	} {
		before := smuggled.Load()
		conn := connect(t, s.Addr)
		_, err := conn.Write([]byte("POST /newsletter HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Site: same-origin\r\n" + lines + "\r\n\r\n0\r\n\r\n" + behind))
		must(t, err)
		must(t, conn.(*net.TCPConn).CloseWrite())
		got := answers(t, conn)
		if n := smuggled.Load() - before; n > 0 {
			t.Errorf("%s: what stood behind was taken for a request; answered by %v", name, got)
		}
		if len(got) > 0 && got[0] >= http.StatusInternalServerError {
			t.Errorf("%s: answered by %v", name, got)
		}
	}
	alive(t, s)
}

// Forms of very many parts, and of parts that are all name, cost no more than their size.
func TestManyParts(t *testing.T) {
	tellOnce(t, patient(), func(t *testing.T, s *apptest.Site) {
		for name, body := range map[string]string{
			"empty parts":     strings.Repeat("--b\r\n\r\n\r\n", 20_000) + "--b--\r\n",
			"named parts":     strings.Repeat("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n", 4000) + "--b--\r\n",
			"files":           strings.Repeat("--b\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n\r\n", 3000) + "--b--\r\n",
			"parts in parts":  strings.Repeat("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 3000),
			"a long name":     "--b\r\nContent-Disposition: form-data; name=\"" + strings.Repeat("a", 200_000) + "\"\r\n\r\nx\r\n--b--\r\n",
			"many headers":    "--b\r\n" + strings.Repeat("X-A: b\r\n", 20_000) + "\r\nx\r\n--b--\r\n",
			"boundaries only": strings.Repeat("--b\r\n", 40_000),
		} {
			began := time.Now()
			answer := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(apptest.Plain, "Content-Type", "multipart/form-data; boundary=b"), Body: body})
			if took := time.Since(began); answer.Status != http.StatusUnprocessableEntity && answer.Status != http.StatusBadRequest || took > 2*time.Second {
				t.Errorf("%s: %d after %v", name, answer.Status, took)
			}
		}
		alive(t, s)
	}, apptest.Plain)
}

// HTTP/1.0, which knows neither a host nor chunks, is served or refused, and kept open only if it
// asks; a whole URL in the place of a path leads nowhere else.
func TestOldRequests(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.Logged()
		for _, start := range []string{
			"GET /orders HTTP/1.0", "GET http://evil.example/orders HTTP/1.0", "GET http://evil.example/orders HTTP/1.1\r\nHost: evil.example\r\nConnection: close",
			"GET //evil.example/orders HTTP/1.0", "GET /orders HTTP/0.9", "GET /orders HTTP/3.0", "GET /orders", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\nConnection: close",
			"OPTIONS * HTTP/1.1\r\nHost: shop.example\r\nConnection: close", "GET * HTTP/1.0", "GET orders HTTP/1.0", "GET \\\\evil.example\\ HTTP/1.0",
		} {
			conn := connect(t, s.Addr)
			_, err := fmt.Fprintf(conn, "%s\r\n\r\n", start)
			must(t, err)
			must(t, conn.(*net.TCPConn).CloseWrite())
			all, err := io.ReadAll(conn)
			must(t, err)
			head, _, _ := bytes.Cut(all, []byte("\r\n\r\n"))
			if bytes.Contains(head, []byte("evil")) || bytes.HasPrefix(all, []byte("HTTP/1.1 5")) || bytes.Count(all, []byte("HTTP/1.1 ")) > 1 {
				t.Errorf("%q: %.500s", start, all)
			}
		}
		alive(t, s)
	}, apptest.Plain)
}
