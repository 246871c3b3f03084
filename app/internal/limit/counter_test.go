package limit_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/limit"
	"github.com/gatehouse-go/gatehouse/app/internal/redis"
	"github.com/gatehouse-go/gatehouse/app/internal/redis/redistest"
)

// start is a time that both databases hold to the last digit.
var start = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

const tick = time.Microsecond // what every counter can tell apart

// A clock stands still until it is moved.
type clock struct{ since atomic.Int64 }

func (c *clock) now() time.Time       { return start.Add(time.Duration(c.since.Load())) }
func (c *clock) pass(d time.Duration) { c.since.Add(int64(d)) }

// A counter is a [limit.Counter] with the clock that it reads.
type counter struct {
	*testing.T
	limit.Counter
	*clock
}

// shared counts in the Redis at url, under names that begin with name.
func shared(t *testing.T, url, name string, c *clock) counter {
	t.Helper()
	r, err := redis.Open(url, name+":", c.now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return counter{t, limit.NewShared(r, c.now), c}
}

// every runs do for each counter there is: in memory, in Redis, and in a Redis that is in trouble.
func every(t *testing.T, do func(c counter), but ...string) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(t *testing.T, c *clock) counter{
		"memory": func(t *testing.T, c *clock) counter { return counter{t, limit.NewMemory(c.now), c} },
		"redis": func(t *testing.T, c *clock) counter {
			return shared(t, redistest.Patient(redistest.Open(t).URL), redistest.Name(), c)
		},
		"down": func(t *testing.T, c *clock) counter { return shared(t, redistest.Nowhere(t), "", c) },
		"flushed": func(t *testing.T, c *clock) counter {
			server, name := redistest.Open(t), redistest.Name()
			return shared(t, redistest.Patient(redistest.NewRoad(t, func() { server.Flush(name) }).URL), name, c)
		},
	} {
		if slices.Contains(but, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			do(open(t, new(clock)))
		})
	}
}

func (c counter) take(key string, q limit.Quota) time.Duration {
	c.Helper()
	wait, err := c.Take(c.Context(), key, q)
	if err != nil {
		c.Fatal(err)
	}
	return wait
}

func (c counter) give(key string, q limit.Quota) {
	c.Helper()
	if err := c.Give(c.Context(), key, q); err != nil {
		c.Fatal(err)
	}
}

func TestQuota(t *testing.T) {
	every(t, quota)
}

func quota(c counter) {
	q := limit.Quota{Most: 3, Within: time.Minute}
	for range 3 {
		if wait := c.take("a", q); wait != 0 {
			c.Errorf("waits %v", wait)
		}
		c.pass(10 * time.Second)
	}
	for range 5 { // which does not put it off
		if wait := c.take("a", q); wait != 30*time.Second {
			c.Errorf("waits %v", wait)
		}
	}
	if wait := c.take("b", q); wait != 0 {
		c.Errorf("another key waits %v", wait)
	}
	c.pass(30*time.Second - tick)
	if wait := c.take("a", q); wait != tick {
		c.Errorf("waits %v", wait)
	}
	c.pass(tick)
	for range 3 {
		if wait := c.take("a", q); wait != 0 {
			c.Errorf("waits %v once its time has passed", wait)
		}
	}
	if wait := c.take("a", q); wait != time.Minute {
		c.Errorf("waits %v", wait)
	}
}

func TestQuotaGivenBack(t *testing.T) {
	every(t, givenBack)
}

func givenBack(c counter) {
	q := limit.Quota{Most: 2, Within: time.Minute}
	c.give("a", q) // never taken
	for range 10 {
		if wait := c.take("a", q); wait != 0 {
			c.Fatalf("waits %v", wait)
		}
		c.give("a", q)
	}
	c.give("a", q) // once too often
	c.give("b", q)
	for _, want := range []time.Duration{0, 0, time.Minute} {
		if wait := c.take("a", q); wait != want {
			c.Errorf("waits %v, not %v", wait, want)
		}
	}
	c.give("a", q)
	if wait := c.take("a", q); wait != 0 {
		c.Errorf("what was given back cannot be taken: %v", wait)
	}
	c.pass(time.Hour)
	c.give("a", q) // too late to matter
	for _, want := range []time.Duration{0, 0, time.Minute} {
		if wait := c.take("a", q); wait != want {
			c.Errorf("waits %v, not %v", wait, want)
		}
	}
}

func TestQuotaOfNothingIsNone(t *testing.T) {
	every(t, func(c counter) {
		for range 1000 {
			if wait := c.take("a", limit.Quota{}); wait != 0 {
				c.Fatalf("waits %v", wait)
			}
		}
		c.give("a", limit.Quota{})
	})
}

// Many at once take no more than there is, and what is swept away had run out.
func TestQuotaAtOnce(t *testing.T) {
	every(t, atOnce, "flushed") // what two know while Redis forgets is not the sum
}

func atOnce(c counter) {
	t := c.T
	q := limit.Quota{Most: 50, Within: time.Hour}
	var taken atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for i := range 50 {
				if wait, err := c.Take(context.Background(), "a", q); err != nil {
					t.Error(err)
				} else if wait == 0 {
					taken.Add(1)
				}
				if _, err := c.Take(context.Background(), fmt.Sprint(i), limit.Quota{Most: 1, Within: time.Second}); err != nil {
					t.Error(err)
				}
				c.pass(2 * time.Second) // sweeps happen in between
			}
		})
	}
	all.Wait()
	if taken.Load() != 50 {
		t.Errorf("%d were taken", taken.Load())
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"198.51.100.7", "::ffff:198.51.100.7", "::ffff:c633:6407", "0:0:0:0:0:ffff:198.51.100.7"},
		{"198.51.100.8"},
		{"2001:db8:1:2::", "2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:0db8:0001:0002:0000::9", "2001:db8:1:2::1%eth0"},
		{"2001:db8:1:3::1"},
		{"2001:db8:1::1", "2001:db8:1:0:8000::1"},
		{"fe80::1%eth0", "fe80::1%eth1", "fe80::2"},
		{"::1", "::2"},
		{"", "unknown", "x", "198.51.100.7:80", "[2001:db8::1]", "[2001:db8::1]:80", "198.51.100.7, 10.0.0.1", " 198.51.100.7", "198.51.100.007", "198.51.100", "1", "0x7f.1", "198.51.100.7/8", "127.0.0.1\n", "２.2.2.2"},
	} {
		for _, address := range same {
			if got, want := limit.Network(address), limit.Network(same[0]); got != want {
				t.Errorf("%q is of %q and %q of %q", address, got, same[0], want)
			}
			if address == "" {
				continue
			}
			for _, other := range []string{"203.0.113.1", "2001:db8:ffff::1"} {
				if limit.Network(address) == limit.Network(other) {
					t.Errorf("%q counts as %q", address, other)
				}
			}
		}
	}
	first := map[string]string{}
	for _, address := range []string{"198.51.100.7", "198.51.100.8", "2001:db8:1:2::", "2001:db8:1:3::1", "2001:db8:1::1", "fe80::1", "::1", "", "127.0.0.1", "0.0.0.0", "::"} {
		network := limit.Network(address)
		if other, taken := first[network]; taken && address != "::" {
			t.Errorf("%q and %q are both of %q", address, other, network)
		}
		first[network] = address
	}
}
