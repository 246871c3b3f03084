package app_test

import (
	"bytes"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// forgetfulWire leads to a database of its own. Once lose was called, the next transaction that writes
// to the audit table is committed, and the database's word for it never arrives; lost reports whether
// that has happened.
func forgetfulWire(t *testing.T) (address string, lose func() (lost func() bool)) {
	t.Helper()
	to, err := url.Parse(dbtest.PostgresURL(t))
	must(t, err)
	behind := to.Host
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	to.Host = listener.Addr().String()
	var armed, happened atomic.Bool
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", behind)
			if err != nil {
				_ = near.Close()
				continue
			}
			var deaf atomic.Bool
			go func() { // what the site says
				defer far.Close()
				audits, said := false, make([]byte, 64<<10)
				for {
					n, err := near.Read(said)
					if err != nil {
						return
					}
					audits = audits || bytes.Contains(said[:n], []byte(`INSERT INTO "audit"`))
					if bytes.Contains(bytes.ToLower(said[:n]), []byte("commit")) {
						if audits && armed.CompareAndSwap(true, false) {
							deaf.Store(true)
						}
						audits = false
					}
					if _, err := far.Write(said[:n]); err != nil {
						return
					}
				}
			}()
			go func() { // what the database says
				defer near.Close()
				said := make([]byte, 64<<10)
				for {
					n, err := far.Read(said)
					if err != nil {
						return
					}
					if deaf.Load() {
						happened.Store(true) // it has answered, so it has committed
						return
					}
					if _, err := near.Write(said[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return to.String(), func() func() bool {
		happened.Store(false)
		armed.Store(true)
		return happened.Load
	}
}
