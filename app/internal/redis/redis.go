// Package redis reaches the Redis that several machines share, and never waits for it longer than
// a moment: whoever calls has an answer of their own for when it is away.
package redis

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	storage "github.com/gofiber/storage/redis/v3"
	client "github.com/redis/go-redis/v9"
)

const (
	// usual is how long one call may take, connecting included, if the URL's read_timeout does not say
	// otherwise.
	usual = 250 * time.Millisecond
	// rest is how long nobody asks after a call has failed. Then one does, for all.
	rest = time.Second
	// quiet is how far apart two warnings are, at least.
	quiet = time.Minute
)

// ErrAway is the answer while Redis is not asked because it has just failed.
var ErrAway = errors.New("redis: away")

// A Redis is one server, or whatever stands for one.
type Redis struct {
	store  *storage.Storage
	budget time.Duration
	prefix string
	now    func() time.Time
	log    *slog.Logger

	mu     sync.Mutex
	away   bool
	until  time.Time // of the rest, while away
	warned time.Time
	silent bool // whether nobody was told that it is away
}

// Open returns the Redis at url without connecting to it. The names of all its keys begin with
// prefix.
func Open(url, prefix string, now func() time.Time, log *slog.Logger) (*Redis, error) {
	options, err := parse(url)
	if err != nil {
		return nil, err
	}
	// storage.New would ping, and panic where that fails.
	store := storage.NewFromConnection(client.NewClient(options))
	return &Redis{store: store, budget: options.ReadTimeout, prefix: prefix, now: now, log: log}, nil
}

// Close ends all connections.
func (r *Redis) Close() error { return r.store.Close() }

// Value returns what is kept under key; nil if there is nothing.
func (r *Redis) Value(ctx context.Context, key string) (value []byte, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		value, err = r.store.GetWithContext(ctx, r.prefix+key)
		return err
	})
	return value, err
}

// Add keeps value under key for a while, unless something is there already.
func (r *Redis) Add(ctx context.Context, key string, value []byte, life time.Duration) error {
	return r.call(ctx, func(ctx context.Context) error {
		return r.store.Conn().SetNX(ctx, r.prefix+key, value, life).Err()
	})
}

// Overwrite keeps value under each of keys for a while, whatever was there. It is tried even while
// others rest: what it does cannot wait until Redis is asked again.
func (r *Redis) Overwrite(ctx context.Context, keys []string, value []byte, life time.Duration) error {
	if len(keys) == 0 {
		return nil
	}
	return r.attempt(ctx, func(ctx context.Context) error {
		_, err := r.store.Conn().Pipelined(ctx, func(p client.Pipeliner) error {
			for _, key := range keys {
				p.Set(ctx, r.prefix+key, value, life)
			}
			return nil
		})
		return err
	})
}

// A Script is run by Redis all at once: nobody else's call comes in between.
type Script struct{ source *client.Script }

// NewScript makes a Script of its source in Lua.
func NewScript(source string) Script { return Script{client.NewScript(source)} }

// Run runs a script on one key and returns the numbers that it answers.
func (r *Redis) Run(ctx context.Context, script Script, key string, args ...any) (answer []int64, err error) {
	err = r.call(ctx, func(ctx context.Context) error {
		answer, err = script.source.Run(ctx, r.store.Conn(), []string{r.prefix + key}, args...).Int64Slice()
		return err
	})
	return answer, err
}

// Ping asks for a sign of life, which tells the log at once if there is none.
func (r *Redis) Ping(ctx context.Context) error {
	return r.attempt(ctx, func(ctx context.Context) error { return r.store.Conn().Ping(ctx).Err() })
}

func (r *Redis) call(ctx context.Context, do func(context.Context) error) error {
	if r.resting() {
		return ErrAway
	}
	return r.attempt(ctx, do)
}

func (r *Redis) attempt(ctx context.Context, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, r.budget)
	defer cancel()
	err := do(limited)
	// A caller that ran out of time or went away says nothing about Redis.
	if err == nil || ctx.Err() == nil {
		r.note(ctx, err)
	}
	return err
}

// resting reports whether Redis is left alone. Once the rest is over one caller is let through and
// begins the next rest for all others.
func (r *Redis) resting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.away {
		return false
	}
	now := r.now()
	if now.Before(r.until) {
		return true
	}
	r.until = now.Add(rest)
	return false
}

// note remembers how a call went, and logs when that is news.
func (r *Redis) note(ctx context.Context, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		if r.away && !r.silent {
			r.log.InfoContext(ctx, "redis: it answers again")
		}
		r.away = false
		return
	}
	now := r.now()
	news := !r.away
	r.away, r.until = true, now.Add(rest)
	if !news {
		return
	}
	r.silent = !r.warned.IsZero() && now.Sub(r.warned) < quiet
	if !r.silent {
		r.warned = now
		r.log.WarnContext(ctx, "redis: it is away; sessions are read from the database and limits counted in this process until it answers",
			"error", err)
	}
}
