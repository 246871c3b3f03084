package redistest

import (
	"context"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// A Road leads to the Redis of TEST_REDIS_URL and can be blocked.
type Road struct {
	*Server
	// URL is where the road begins.
	URL string

	address, target string
	before          func()
	open            sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener
	down     bool
	conns    map[net.Conn]bool
	delay    time.Duration
}

// NewRoad opens a road. Before each request is passed on, before is called, if there is one.
func NewRoad(t testing.TB, before func()) *Road {
	t.Helper()
	r := &Road{Server: Open(t), before: before, conns: map[net.Conn]bool{}}
	target, err := url.Parse(r.Server.URL)
	if err != nil {
		t.Fatal("TEST_REDIS_URL is not a URL")
	}
	r.target = target.Host
	if target.Port() == "" {
		r.target = net.JoinHostPort(target.Hostname(), "6379")
	}
	r.address = "127.0.0.1:0"
	r.Up()
	r.URL = r.by(r.address)
	t.Cleanup(r.Down)
	return r
}

// Up opens the road, where it was before.
func (r *Road) Up() {
	r.t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	r.listener, r.address, r.down = listener, listener.Addr().String(), false
	r.mu.Unlock()
	r.open.Go(func() { r.accept(listener) })
}

// Down is what a Redis that was killed looks like: connections break off, and new ones are refused.
func (r *Road) Down() {
	r.mu.Lock()
	r.down = true
	_ = r.listener.Close() // again, if it is down already
	r.mu.Unlock()
	r.Cut()
	r.open.Wait()
}

// Cut breaks all connections off, by a reset.
func (r *Road) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
		delete(r.conns, conn)
	}
}

// Slow holds every answer back for so long, also those under way.
func (r *Road) Slow(delay time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = delay
}

func (r *Road) accept(listener net.Listener) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		far, err := (&net.Dialer{Timeout: setup}).DialContext(context.Background(), "tcp", r.target)
		if err != nil {
			_ = near.Close()
			r.t.Error(err)
			return
		}
		r.mu.Lock()
		late := r.down
		r.conns[near], r.conns[far] = true, true
		r.mu.Unlock()
		if late {
			r.end(near, far)
			return
		}
		r.open.Go(func() {
			r.pass(far, near, r.before)
			r.end(near, far)
		})
		r.open.Go(func() {
			r.pass(near, far, func() { r.hold(near) })
			r.end(near, far)
		})
	}
}

func (r *Road) end(conns ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
		delete(r.conns, conn)
	}
}

// hold waits as long as answers are held back, or until there is nobody to answer.
func (r *Road) hold(near net.Conn) {
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		r.mu.Lock()
		over := !r.conns[near] || time.Since(began) >= r.delay
		r.mu.Unlock()
		if over {
			return
		}
	}
}

func (r *Road) pass(to, from net.Conn, first func()) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if first != nil {
				first()
			}
			if _, failed := to.Write(buffer[:n]); failed != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
