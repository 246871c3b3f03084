// Package redistest gives each test a corner of a Redis of its own, and a way to it that can be
// slow, cut off or gone.
//
// Redis is the server of TEST_REDIS_URL. Without it every test that needs one fails and says so;
// under -short they skip. Other tests use the server at the same time: a test keeps to names that
// begin with what [Name] gave it.
package redistest

import (
	"context"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	client "github.com/redis/go-redis/v9"
)

// setup bounds what a test waits for its Redis.
const setup = 10 * time.Second

// A Server is the Redis of TEST_REDIS_URL, as a test looks into it from outside.
type Server struct {
	URL string
	*client.Client

	t testing.TB
}

// Open connects to the Redis of TEST_REDIS_URL.
func Open(t testing.TB) *Server {
	t.Helper()
	address := os.Getenv("TEST_REDIS_URL")
	if address == "" {
		const sentence = "TEST_REDIS_URL is not set: it names the Redis that some tests need"
		if testing.Short() {
			t.Skip(sentence)
		}
		t.Fatal(sentence + "; -short leaves them out")
	}
	options, err := client.ParseURL(address)
	if err != nil {
		t.Fatal("TEST_REDIS_URL is not the URL of a Redis")
	}
	s := &Server{URL: address, Client: client.NewClient(options), t: t}
	ctx, cancel := context.WithTimeout(context.Background(), setup)
	defer cancel()
	if err := s.Ping(ctx).Err(); err != nil {
		t.Fatalf("TEST_REDIS_URL: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Name is a host that no other test has.
func Name() string { return strings.ReplaceAll(uuid.NewString(), "-", "") + ".example" }

// Everything reads all that is kept under names that hold part.
func (s *Server) Everything(part string) map[string]string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), setup)
	defer cancel()
	kept := map[string]string{}
	for _, name := range s.names(ctx, part) {
		value, err := s.Get(ctx, name).Result()
		if err != nil { // it is of another kind, or has run out in between
			value = ""
		}
		kept[name] = value
	}
	return kept
}

// Flush removes all that is kept under names that hold part.
func (s *Server) Flush(part string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), setup)
	defer cancel()
	if names := s.names(ctx, part); len(names) > 0 {
		if err := s.Del(ctx, names...).Err(); err != nil {
			s.t.Error(err)
		}
	}
}

func (s *Server) names(ctx context.Context, part string) []string {
	s.t.Helper()
	var names []string
	for each := s.Scan(ctx, 0, "*"+part+"*", 1000).Iterator(); ; {
		if !each.Next(ctx) {
			if err := each.Err(); err != nil {
				s.t.Error(err)
			}
			return names
		}
		names = append(names, each.Val())
	}
}

// Nowhere is the URL of a Redis that is not there.
func Nowhere(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return "redis://" + listener.Addr().String()
}

// Patient is a URL at which Redis has all the time it needs: for tests on busy machines, of things
// that have nothing to do with time.
func Patient(url string) string {
	if strings.Contains(url, "?") {
		return url + "&read_timeout=20s"
	}
	return url + "?read_timeout=20s"
}

// by is the URL of the same Redis at another address.
func (s *Server) by(address string) string {
	u, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal("TEST_REDIS_URL is not a URL")
	}
	u.Host = address
	return u.String()
}
