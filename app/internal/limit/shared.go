package limit

import (
	"context"
	"fmt"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/redis"
)

// Shared counts in Redis, for all machines at once. What it was told last is in its Memory too,
// so that it goes on counting from there while Redis is away, and tells Redis of it afterwards:
// neither an outage nor a flush gives anybody a fresh start.
type Shared struct {
	redis *redis.Redis
	own   *Memory
	now   func() time.Time
}

// NewShared returns a Counter in Redis that reads the time from now.
func NewShared(r *redis.Redis, now func() time.Time) *Shared {
	return &Shared{redis: r, own: NewMemory(now), now: now}
}

// Take uses one of key's quota.
func (s *Shared) Take(ctx context.Context, key string, q Quota) (time.Duration, error) {
	if q.Most == 0 {
		return 0, nil
	}
	wait, err := s.count(ctx, key, q, 1)
	if err != nil {
		return s.own.Take(ctx, key, q)
	}
	return wait, nil
}

// Give takes one back.
func (s *Shared) Give(ctx context.Context, key string, q Quota) error {
	if q.Most == 0 {
		return nil
	}
	if _, err := s.count(ctx, key, q, -1); err != nil {
		return s.own.Give(ctx, key, q)
	}
	return nil
}

// counting changes the window of one key, all at once. Times are microseconds by the callers' clocks: Redis's
// own removes only what is over. What the caller knows counts where Redis has lost the window, and
// where the caller has counted alone.
var counting = redis.NewScript(`
local now, within, most, change = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local known, known_ends, alone = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1'
local kept = redis.call('HMGET', KEYS[1], 'used', 'ends')
local used, ends = tonumber(kept[1]) or 0, tonumber(kept[2]) or 0
if ends <= now then
	used, ends = known, known_ends
elseif alone then
	used = math.max(used, known)
end
if ends <= now then
	if change < 0 then
		return {0, 0, 0}
	end
	used, ends = 0, now + within
end
local wait = 0
if change < 0 then
	used = math.max(used - 1, 0)
elseif used >= most then
	wait = ends - now
else
	used = used + 1
end
redis.call('HSET', KEYS[1], 'used', used, 'ends', ends)
redis.call('PEXPIRE', KEYS[1], math.ceil((ends - now) / 1000) + 1000)
return {used, ends, wait}`)

func (s *Shared) count(ctx context.Context, key string, q Quota, change int) (wait time.Duration, err error) {
	now := s.now()
	known, alone := s.own.know(key, now), 0
	if known.own {
		alone = 1
	}
	told, err := s.redis.Run(ctx, counting, "limit:"+key,
		now.UnixMicro(), max(q.Within.Microseconds(), 1), q.Most, change, known.used, max(known.ends.UnixMicro(), 0), alone)
	if err != nil {
		return 0, err
	}
	if len(told) != 3 {
		return 0, fmt.Errorf("limit: redis answers %v", told)
	}
	s.own.learn(key, window{used: told[0], ends: time.UnixMicro(told[1])})
	return time.Duration(told[2]) * time.Microsecond, nil
}
