package limit_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/limit"
	"github.com/gatehouse-go/gatehouse/app/internal/redis/redistest"
)

// demand takes and demands so long a wait each time.
func (c counter) demand(q limit.Quota, waits ...time.Duration) {
	c.Helper()
	for i, want := range waits {
		if wait := c.take("a", q); wait != want {
			c.Errorf("take %d waits %v, not %v", i, wait, want)
		}
	}
}

// Two machines share one quota, and what one gives back the other may take.
func TestSharedByMachines(t *testing.T) {
	t.Parallel()
	server, name, at := redistest.Open(t), redistest.Name(), new(clock)
	one, two := shared(t, redistest.Patient(server.URL), name, at), shared(t, redistest.Patient(server.URL), name, at)
	q := limit.Quota{Most: 3, Within: time.Minute}
	one.demand(q, 0)
	at.pass(10 * time.Second)
	two.demand(q, 0, 0, 50*time.Second)
	one.demand(q, 50*time.Second)
	two.give("a", q)
	one.demand(q, 0, 50*time.Second)
	at.pass(50 * time.Second)
	two.demand(q, 0, 0, 0, time.Minute)
	one.demand(q, time.Minute)
	for key := range server.Everything(name) {
		if life := server.PTTL(t.Context(), key).Val(); life <= 50*time.Second || life > time.Minute+time.Second || !strings.Contains(key, ":limit:") {
			t.Errorf("%s is kept for %v", key, life)
		}
	}
}

func TestSharedAtOnceByMachines(t *testing.T) {
	t.Parallel()
	server, name, at := redistest.Open(t), redistest.Name(), new(clock)
	machines := []counter{shared(t, redistest.Patient(server.URL), name, at), shared(t, redistest.Patient(server.URL), name, at)}
	var taken atomic.Int64
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for range 10 {
				if wait, err := machines[i%2].Take(t.Context(), "a", limit.Quota{Most: 50, Within: time.Hour}); err != nil {
					t.Error(err)
				} else if wait == 0 {
					taken.Add(1)
				}
			}
		})
	}
	all.Wait()
	if taken.Load() != 50 {
		t.Errorf("%d were taken", taken.Load())
	}
}

// An outage begins where Redis had got to, is counted, and is told of afterwards.
func TestSharedThroughAnOutage(t *testing.T) {
	t.Parallel()
	q := limit.Quota{Most: 5, Within: time.Minute}
	for about, flush := range map[string]bool{"and kept": false, "and lost": true} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			name, at := redistest.Name(), new(clock)
			road := redistest.NewRoad(t, nil)
			one, two := shared(t, redistest.Patient(road.URL), name, at), shared(t, redistest.Patient(road.Server.URL), name, at)
			two.demand(q, 0)
			one.demand(q, 0, 0)
			road.Down()
			one.demand(q, 0)
			if flush {
				road.Flush(name)
			}
			road.Up()
			at.pass(time.Second)
			one.demand(q, 0, 59*time.Second)
			two.demand(q, 59*time.Second)
			one.give("a", q)
			two.demand(q, 0, 59*time.Second)
			at.pass(59 * time.Second)
			one.demand(q, 0)
		})
	}
}

// A flush alone: the next machine that asks restores what it knew.
func TestSharedFlushed(t *testing.T) {
	t.Parallel()
	server, name, at := redistest.Open(t), redistest.Name(), new(clock)
	one, two := shared(t, redistest.Patient(server.URL), name, at), shared(t, redistest.Patient(server.URL), name, at)
	q := limit.Quota{Most: 3, Within: time.Minute}
	one.demand(q, 0)
	two.demand(q, 0, 0)
	server.Flush(name)
	two.demand(q, time.Minute)
	one.demand(q, time.Minute)
	server.Flush(name)
	at.pass(time.Minute)
	two.demand(q, 0, 0, 0, time.Minute)
}

// What somebody else has put there is trouble, and trouble is counted in memory.
func TestSharedGarbage(t *testing.T) {
	t.Parallel()
	server, name, at := redistest.Open(t), redistest.Name(), new(clock)
	c := shared(t, redistest.Patient(server.URL), name, at)
	if err := server.Set(t.Context(), name+":limit:a", "no window", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	c.demand(limit.Quota{Most: 2, Within: time.Minute}, 0, 0, time.Minute)
}

// Slow is as good as away: a take answers in time.
func TestSharedSlow(t *testing.T) {
	t.Parallel()
	road := redistest.NewRoad(t, nil)
	c := shared(t, road.URL, redistest.Name(), new(clock))
	road.Slow(time.Minute)
	began := time.Now()
	c.demand(limit.Quota{Most: 2, Within: time.Minute}, 0, 0, time.Minute)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("three takes last %v", took)
	}
}
