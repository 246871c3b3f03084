package apptest

import (
	"sync"
	"time"
)

// A Clock is the time at a site. It stands still unless it is advanced.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// start is when every story begins: a time without fractions, which any database keeps whole.
func start() time.Time { return time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC) }

// Now is what Config.Now is set to.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance lets time pass. Browsers do not notice: they go on sending cookies that have run out,
// as a thief would.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
