package apptest

import (
	"strings"
	"testing"
)

type logWriter struct{ *Site }

func (w logWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(line)
}

// Logged returns what the application has logged so far. A story that asks for it expects
// errors; one that does not fails if any was logged.
func (s *Site) Logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = true
	return s.log.String()
}

// endLog shows the log of a test that failed, and fails one that logged an error unexpectedly.
func (s *Site) endLog(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.heard && strings.Contains(s.log.String(), "level=ERROR") {
		t.Error("the application logged an error")
	}
	if t.Failed() && s.log.Len() > 0 {
		t.Logf("the application logged:\n%s", s.log.String())
	}
}
