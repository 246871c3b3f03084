//go:build unix

package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// here is a machine to try supply on; it records what is done to it.
type here struct {
	env       map[string]string
	installed []string // keys of needs, whose programs are found
	apt       bool
	aptGives  bool
	engine    bool

	asked   []string // packages
	stopped []string // keys
}

func (h *here) machine() machine {
	return machine{
		env: func(variable string) string { return h.env[variable] },
		find: func(n need) string {
			if slices.Contains(h.installed, n.key) {
				return "/bin/" + n.key
			}
			return ""
		},
		apt: func() bool { return h.apt },
		install: func(_ context.Context, packages []string) error {
			h.asked = packages
			if !h.aptGives {
				return errors.New("no such package")
			}
			for _, n := range needs() {
				if slices.Contains(packages, n.packages[0]) {
					h.installed = append(h.installed, n.key)
				}
			}
			return nil
		},
		engine:  func(context.Context) bool { return h.engine },
		compose: func(_ context.Context, n need) (*daemon, string, error) { return h.daemon(n.key), "container", nil },
	}
}

func (h *here) daemon(key string) *daemon {
	return &daemon{stop: func() error {
		h.stopped = append(h.stopped, key)
		return nil
	}}
}

// needs are the real ones, but for how the servers start.
func (h *here) needs() []need {
	all := needs()
	for i, n := range all {
		if n.start != nil {
			all[i].start = func(context.Context, string) (*daemon, string, error) { return h.daemon(n.key), "private", nil }
		}
	}
	return all
}

func TestSupply(t *testing.T) {
	t.Parallel()
	everything := []string{"postgres", "redis", "chrome", "race"}
	tests := []struct {
		name    string
		here    here
		env     []string
		asked   []string
		stopped []string
		refused []string // what the refusal speaks of
	}{
		{
			name:    "all installed",
			here:    here{installed: everything, apt: true},
			env:     []string{"TEST_DATABASE_URL=private", "TEST_REDIS_URL=private", "CHROME=/bin/chrome"},
			stopped: []string{"redis", "postgres"},
		},
		{
			name:    "what is given is neither looked for nor started",
			here:    here{env: map[string]string{"TEST_DATABASE_URL": "postgres://db", "CC": "clang"}, installed: []string{"redis", "chrome"}, apt: true},
			env:     []string{"TEST_REDIS_URL=private", "CHROME=/bin/chrome"},
			stopped: []string{"redis"},
		},
		{
			name:    "apt installs what is missing and nothing else",
			here:    here{installed: []string{"redis", "race"}, apt: true, aptGives: true},
			asked:   []string{"postgresql", "chromium"},
			env:     []string{"TEST_DATABASE_URL=private", "TEST_REDIS_URL=private", "CHROME=/bin/chrome"},
			stopped: []string{"redis", "postgres"},
		},
		{
			name:    "an apt that cannot",
			here:    here{installed: []string{"redis", "race"}, apt: true, engine: true},
			asked:   []string{"postgresql", "chromium"},
			refused: []string{"no such package"},
		},
		{
			name:    "containers for the databases",
			here:    here{installed: []string{"chrome", "race"}, engine: true},
			env:     []string{"TEST_DATABASE_URL=container", "TEST_REDIS_URL=container", "CHROME=/bin/chrome"},
			stopped: []string{"redis", "postgres"},
		},
		{
			name:    "a browser does not come in a container",
			here:    here{installed: []string{"race"}, engine: true},
			refused: []string{"set CHROME", "apt-get install chromium ", "Nothing was run"},
		},
		{
			name:    "nothing at all",
			refused: []string{"set TEST_DATABASE_URL", "set TEST_REDIS_URL", "set CHROME", "set CC", "apt-get install postgresql redis-server chromium gcc libc6-dev "},
		},
		{
			name:    "only the databases are missing",
			here:    here{installed: []string{"chrome", "race"}},
			refused: []string{"set TEST_DATABASE_URL", "set TEST_REDIS_URL", "With Docker"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := supply(t.Context(), test.here.machine(), test.here.needs())
			if stopErr := s.stop(); stopErr != nil {
				t.Error(stopErr)
			}
			if (err != nil) != (test.refused != nil) {
				t.Fatalf("error %v, want one about %q", err, test.refused)
			}
			for _, text := range test.refused {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the refusal does not say %q:\n%v", text, err)
				}
			}
			if !slices.Equal(s.env, test.env) {
				t.Errorf("environment %q, want %q", s.env, test.env)
			}
			if !slices.Equal(test.here.asked, test.asked) {
				t.Errorf("apt was asked for %q, want %q", test.here.asked, test.asked)
			}
			if !slices.Equal(test.here.stopped, test.stopped) {
				t.Errorf("stopped %q, want %q", test.here.stopped, test.stopped)
			}
		})
	}
}

func TestSupplyStopsWhatItStartedBeforeAFailure(t *testing.T) {
	t.Parallel()
	h := here{installed: []string{"postgres", "redis"}}
	needs := h.needs()[:2]
	needs[1].start = func(context.Context, string) (*daemon, string, error) { return nil, "", errors.New("port taken") }
	s, err := supply(t.Context(), h.machine(), needs)
	if err == nil || !strings.Contains(err.Error(), "Redis: port taken") {
		t.Errorf("error %v does not name what failed", err)
	}
	if err := s.stop(); err != nil || !slices.Equal(h.stopped, []string{"postgres"}) {
		t.Errorf("stopped %q (%v), want postgres alone", h.stopped, err)
	}
}

func TestPickRefusesUnknown(t *testing.T) {
	t.Parallel()
	if _, err := pick(needs(), []string{"postgres", "oracle"}); err == nil || !strings.Contains(err.Error(), "oracle") {
		t.Errorf("error %v does not name what is unknown", err)
	}
}
