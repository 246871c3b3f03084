package app_test

import (
	"errors"
	"io"
	"log"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// A sink is a mail server that counts what it takes.
type sink struct {
	url string

	mu sync.Mutex
	// times is how often each Message-ID came, welcomes the Message-IDs that welcome each address.
	times    map[string]int
	welcomes map[string]map[string]bool
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{times: map[string]int{}, welcomes: map[string]map[string]bool{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinking{sink: s}, nil }))
	server.ErrorLog = log.New(io.Discard, "", 0) // connections that a kill has cut
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	s.url = "smtp://" + listener.Addr().String() + "?tls=none"
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	return s
}

// A sinking is one connection to a sink.
type sinking struct {
	*sink
	to string
}

func (s *sinking) Mail(string, *smtp.MailOptions) error { return nil }

func (s *sinking) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *sinking) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err // the process died in the middle of it
	}
	if _, err := io.Copy(io.Discard, m.Body); err != nil {
		return err
	}
	id := m.Header.Get("Message-Id")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times[id]++
	if strings.HasPrefix(m.Header.Get("Subject"), "Welcome to") {
		if s.welcomes[s.to] == nil {
			s.welcomes[s.to] = map[string]bool{}
		}
		s.welcomes[s.to][id] = true
	}
	return nil
}

func (s *sinking) Reset() {}

func (s *sinking) Logout() error { return nil }
