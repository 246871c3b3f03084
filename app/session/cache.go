package session

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/internal/redis"
	"github.com/gatehouse-go/gatehouse/db"
)

const (
	// entryLife is how long a session is read from the cache before SQL is asked again, at most.
	entryLife = 30 * time.Second
	// barLife is how long a session that is about to change is kept out of the cache: longer than a
	// transaction, and than a reader needs from its query to its entry.
	barLife = 2 * time.Minute
)

// bar is what stands in the place of an entry that must not be there. It is shorter than any entry.
var bar = []byte("-")

// A Cache keeps sessions in Redis as they were read, for a short while.
//
// It can say yes and never no: what it does not hold, and what it holds of a session that seems to have ended, is asked
// of SQL. Whatever changes a session or its account puts a bar in the place of the
// entry before it commits. Readers write where there is nothing, so never over a bar: what was read before
// a commit cannot be kept after it.
type Cache struct {
	redis *redis.Redis
	ring  keyring.Ring
}

// NewCache returns a cache in Redis. Entries are sealed, since they hold the account's row.
func NewCache(r *redis.Redis, ring keyring.Ring) *Cache { return &Cache{redis: r, ring: ring} }

// A finding is what the cache says about a session.
type finding int

const (
	unknown finding = iota // ask SQL
	absent                 // ask SQL, and keep the answer
	present                // the account is read
)

func key(hash []byte) string { return "session:" + base64.RawURLEncoding.EncodeToString(hash) }

const sealing = "session cache" // the key's purpose

// find reads the session of a cookie's hash into account, if it is there.
func (c *Cache) find(ctx context.Context, tx bun.IDB, account db.Account, hash []byte, now time.Time) finding {
	if c == nil {
		return unknown
	}
	kept, err := c.redis.Value(ctx, key(hash))
	switch {
	case err != nil:
		return unknown
	case kept == nil:
		return absent
	}
	// A bar, or what another program has sealed, opens as little as garbage.
	plain, err := c.ring.Open(sealing, kept, hash)
	if err != nil || len(plain) < 8 {
		return unknown
	}
	// Redis lets entries go by its own clock. By ours too, or else whoever can write to Redis could put an old
	// one back.
	until := time.UnixMicro(int64(binary.BigEndian.Uint64(plain)))
	if left := until.Sub(now); left <= 0 || left > entryLife {
		return unknown
	}
	if db.ReplaySession(ctx, tx, account, hash, plain[8:]) != nil {
		return unknown
	}
	return present
}

// keep writes down what SQL has answered of a live session. It ends when the session's last use is
// due to be written down again, for which SQL has to be asked. An id from before a rotation opens a session for too short a
// time to be worth it.
func (c *Cache) keep(ctx context.Context, row *db.Session, hash, record []byte, now time.Time) {
	life := min(entryLife, touchEvery-now.Sub(row.LastSeenAt))
	if life < time.Second || !bytes.Equal(row.Hash, hash) {
		return
	}
	plain := append(binary.BigEndian.AppendUint64(nil, uint64(now.Add(life).UnixMicro())), record...)
	if sealed, err := c.ring.Seal(sealing, plain, hash); err == nil {
		_ = c.redis.Add(ctx, key(hash), sealed, life) // or else SQL is asked again
	}
}

// bar keeps sessions out of the cache for a while. Where Redis cannot be told, what it holds is
// believed until it runs out.
func (c *Cache) bar(ctx context.Context, rows []db.Session) {
	if c == nil {
		return
	}
	var keys []string
	for _, row := range rows {
		for _, hash := range [][]byte{row.Hash, row.PreviousHash} {
			if len(hash) > 0 {
				keys = append(keys, key(hash))
			}
		}
	}
	_ = c.redis.Overwrite(ctx, keys, bar, barLife)
}
