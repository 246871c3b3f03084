package app_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// wire puts a wire between the site and its database that can be cut and mended.
func wire(t *testing.T, database string) (address string, cut, mend func()) {
	t.Helper()
	to, err := url.Parse(database)
	must(t, err)
	behind := to.Host
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	to.Host = listener.Addr().String()
	var mu sync.Mutex
	var open []net.Conn
	broken := false
	add := func(conn net.Conn) bool {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			_ = conn.Close()
			return false
		}
		open = append(open, conn)
		return true
	}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", behind)
			if err != nil || !add(near) || !add(far) {
				_ = near.Close()
				continue
			}
			go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
			go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
		}
	}()
	cut = func() {
		mu.Lock()
		defer mu.Unlock()
		broken = true
		for _, conn := range open {
			_ = conn.Close()
		}
		open = nil
	}
	t.Cleanup(func() { _ = listener.Close(); cut() })
	return to.String(), cut, func() { mu.Lock(); defer mu.Unlock(); broken = false }
}
