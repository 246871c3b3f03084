package redis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/redis"
	"github.com/gatehouse-go/gatehouse/app/internal/redis/redistest"
)

// most is what a call may take: its budget of a quarter of a second, and much for a busy machine.
const most = 2 * time.Second

// A place is a Redis with a clock that stands still and a log to read.
type place struct {
	*testing.T
	*redis.Redis

	since atomic.Int64
	mu    sync.Mutex
	log   bytes.Buffer
}

func open(t *testing.T, url string) *place {
	t.Helper()
	p := &place{T: t}
	now := func() time.Time { return time.Unix(1_800_000_000, p.since.Load()) }
	var err error
	p.Redis, err = redis.Open(url, redistest.Name()+":", now, slog.New(slog.NewTextHandler(p, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func (p *place) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(line)
}

// logs demands so many warnings and so many words that it is back.
func (p *place) logs(warnings, back int) {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.log.String()
	if w, b := strings.Count(text, "level=WARN"), strings.Count(text, "level=INFO"); w != warnings || b != back {
		p.Errorf("%d warnings and %d words that it is back:\n%s", w, b, text)
	}
}

func (p *place) pass(d time.Duration) { p.since.Add(int64(d)) }

// value reads key and demands that it takes no longer than it may.
func (p *place) value(key string) (string, error) {
	p.Helper()
	began := time.Now()
	value, err := p.Value(p.Context(), key)
	if took := time.Since(began); took > most {
		p.Errorf("%s took %v", key, took)
	}
	return string(value), err
}

// away demands that reading fails, and that it was not even tried if it is resting.
func (p *place) away(resting bool) {
	p.Helper()
	if _, err := p.value("a"); err == nil || errors.Is(err, redis.ErrAway) != resting {
		p.Errorf("it is answered %v", err)
	}
}

func (p *place) there(key, want string) {
	p.Helper()
	if got, err := p.value(key); err != nil || got != want {
		p.Errorf("%s is %q and not %q (%v)", key, got, want, err)
	}
}

func (p *place) put(key, value string) {
	p.Helper()
	if err := p.Overwrite(p.Context(), []string{key}, []byte(value), time.Minute); err != nil {
		p.Fatal(err)
	}
}

func TestKeep(t *testing.T) {
	t.Parallel()
	server := redistest.Open(t)
	p, other := open(t, redistest.Patient(server.URL)), open(t, redistest.Patient(server.URL))
	p.there("a", "")
	for range 2 {
		if err := p.Add(t.Context(), "a", []byte("first"), time.Minute); err != nil {
			t.Fatal(err)
		}
		if err := p.Add(t.Context(), "a", []byte("second"), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	p.there("a", "first")
	other.there("a", "") // whose names begin otherwise
	if err := p.Overwrite(t.Context(), []string{"a", "b"}, []byte("x"), 30*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := p.Overwrite(t.Context(), nil, []byte("x"), time.Minute); err != nil {
		t.Fatal(err)
	}
	p.there("a", "x")
	p.there("b", "x")
	time.Sleep(60 * time.Millisecond)
	p.there("a", "")
	p.logs(0, 0)
}

// A server that is not there is asked once a second, and told of once a minute.
func TestAway(t *testing.T) {
	t.Parallel()
	road := redistest.NewRoad(t, nil)
	p := open(t, redistest.Patient(road.URL))
	p.put("a", "1")
	p.there("a", "1")
	road.Down()
	p.away(false)
	for range 100 {
		p.away(true)
	}
	p.pass(time.Second - 1)
	p.away(true)
	p.pass(1)
	p.away(false) // one has tried
	p.away(true)
	p.logs(1, 0)
	road.Up()
	p.away(true)
	p.pass(time.Second)
	p.there("a", "1")
	p.there("a", "1")
	p.logs(1, 1)
	// It comes and goes: that is told once.
	for range 5 {
		road.Down()
		p.away(false)
		road.Up()
		p.pass(time.Second)
		p.there("a", "1")
	}
	p.logs(1, 1)
	p.pass(time.Minute)
	road.Down()
	p.away(false)
	p.logs(2, 1)
}

// Of many who come when the rest is over, one waits for Redis.
func TestOneTries(t *testing.T) {
	t.Parallel()
	road := redistest.NewRoad(t, nil)
	p := open(t, road.URL)
	road.Slow(time.Minute)
	p.away(false)
	p.pass(time.Second)
	var asked atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := p.Value(t.Context(), "a"); !errors.Is(err, redis.ErrAway) {
				asked.Add(1)
			}
		})
	}
	all.Wait()
	if asked.Load() != 1 {
		t.Errorf("%d waited", asked.Load())
	}
	p.logs(1, 0)
}

// What must not wait is tried during the rest too, and ends it.
func TestOverwriteDoesNotRest(t *testing.T) {
	t.Parallel()
	road := redistest.NewRoad(t, nil)
	p := open(t, redistest.Patient(road.URL))
	road.Down()
	p.away(false)
	road.Up()
	p.away(true)
	p.put("a", "1")
	p.there("a", "1")
}

// A caller who has no time left says nothing about Redis.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	p := open(t, redistest.Patient(redistest.Open(t).URL))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Value(gone, "a"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	p.there("a", "")
	p.logs(0, 0)
}

// An answer that comes too late is nobody's: not that of the next who asks.
func TestLateAnswers(t *testing.T) {
	t.Parallel()
	road := redistest.NewRoad(t, nil)
	p := open(t, road.URL+"?read_timeout=1s")
	const keys = 8
	for i := range keys {
		p.put(fmt.Sprint(i), fmt.Sprint("value ", i))
	}
	for round := range 3 {
		road.Slow(1100 * time.Millisecond) // just too late
		var all sync.WaitGroup
		for i := range keys {
			all.Go(func() {
				if value, err := p.Value(t.Context(), fmt.Sprint(i)); err == nil && string(value) != fmt.Sprint("value ", i) {
					t.Errorf("%d is answered %q", i, value)
				}
			})
		}
		all.Wait()
		switch round {
		case 1:
			road.Cut()
		case 2:
			time.Sleep(200 * time.Millisecond) // the answers arrive, and find nobody
		}
		road.Slow(0)
		p.pass(time.Second)
		p.there("0", "value 0") // the one that tries
		for range 5 {
			for i := range keys {
				all.Go(func() {
					if value, err := p.Value(t.Context(), fmt.Sprint(i)); err != nil || string(value) != fmt.Sprint("value ", i) {
						t.Errorf("%d is answered %q (%v)", i, value, err)
					}
				})
			}
			all.Wait()
		}
	}
}

// A server that takes connections and says nothing is left within the budget, from the first call.
func TestSilence(t *testing.T) {
	t.Parallel()
	road := redistest.NewRoad(t, nil)
	road.Slow(time.Hour)
	p := open(t, road.URL)
	p.away(false)
	p.away(true)
	began := time.Now()
	if err := p.Overwrite(t.Context(), []string{"a"}, []byte("1"), time.Minute); err == nil || time.Since(began) > most {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	p.logs(1, 0)
}

func TestPing(t *testing.T) {
	t.Parallel()
	p := open(t, redistest.Nowhere(t))
	if err := p.Ping(t.Context()); err == nil {
		t.Error("nobody is there and answers")
	}
	p.away(true)
	p.logs(1, 0)
}

func TestScript(t *testing.T) {
	t.Parallel()
	p := open(t, redistest.Patient(redistest.Open(t).URL))
	script := redis.NewScript(`return {redis.call('INCRBY', KEYS[1], ARGV[1]), 2}`)
	for want := range int64(3) {
		if got, err := p.Redis.Run(t.Context(), script, "n", 1); err != nil || len(got) != 2 || got[0] != want+1 || got[1] != 2 {
			t.Errorf("%v (%v)", got, err)
		}
	}
}
