package apptest

import (
	"sync"
	"time"
)

// A Clock is the time at a site. It stands still unless it is advanced.
type Clock struct {
	mu  sync.Mutex
	now time.Time
	// settle waits for what is on its way at this hour.
	settle func()
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
// as a thief would. A mail that is being sent is waited for, or it would look as if whoever sends it
// had died, and be sent once more.
func (c *Clock) Advance(d time.Duration) {
	if c.settle != nil {
		c.settle()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
