package limit

import (
	"context"
	"sync"
	"time"
)

// Memory counts in this process alone.
type Memory struct {
	now func() time.Time

	mu      sync.Mutex
	windows map[string]window
	swept   time.Time
}

// A window is what a key has used of its quota since it began.
type window struct {
	used int64
	ends time.Time
	// own says that it was changed here since others last told of it.
	own bool
}

// sweepEvery is how often keys whose time has passed are forgotten.
const sweepEvery = time.Minute

// NewMemory returns a Counter that reads the time from now.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, windows: map[string]window{}, swept: now()}
}

// Take uses one of key's quota.
func (m *Memory) Take(_ context.Context, key string, q Quota) (time.Duration, error) {
	if q.Most == 0 {
		return 0, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	m.sweep(now)
	w := m.windows[key]
	if !now.Before(w.ends) {
		w = window{ends: now.Add(q.Within)}
	}
	if w.used >= q.Most {
		return w.ends.Sub(now), nil
	}
	w.used++
	w.own = true
	m.windows[key] = w
	return 0, nil
}

// Give takes one back.
func (m *Memory) Give(_ context.Context, key string, _ Quota) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w, counted := m.windows[key]; counted && w.used > 0 {
		w.used--
		w.own = true
		m.windows[key] = w
	}
	return nil
}

// know returns the window of a key that is open at a moment; the zero window if none is.
func (m *Memory) know(key string, now time.Time) window {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w := m.windows[key]; now.Before(w.ends) {
		return w
	}
	return window{}
}

// learn takes over what others have counted.
func (m *Memory) learn(key string, w window) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(m.now())
	m.windows[key] = w
}

func (m *Memory) sweep(now time.Time) {
	if now.Sub(m.swept) < sweepEvery {
		return
	}
	m.swept = now
	for key, w := range m.windows {
		if !now.Before(w.ends) {
			delete(m.windows, key)
		}
	}
}
