package db_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A patron has columns of every kind, and says how it was read.
type patron struct {
	db.User `bun:",extend"`

	Count    int64           `bun:"count"`
	Small    int8            `bun:"small,nullzero"`
	Price    float64         `bun:"price"`
	Rich     bool            `bun:"rich"`
	Note     string          `bun:"note,nullzero"`
	Secret   string          `bun:"secret"       json:"-"`
	Blob     []byte          `bun:"blob"`
	Since    time.Time       `bun:"since"`
	Until    *time.Time      `bun:"until"`
	Nick     *string         `bun:"nick"`
	Maybe    sql.NullInt64   `bun:"maybe"`
	Tags     []string        `bun:"tags,type:json"`
	Extra    map[string]any  `bun:"extra,type:json"`
	Raw      json.RawMessage `bun:"raw,type:json"`
	Own      shade           `bun:"own"`
	Shown    string          `bun:"-"`
	scanned  int
	preceded int
}

// A shade keeps its state where no encoder sees it.
type shade struct{ hidden string }

func (s shade) Value() (driver.Value, error) { return "#" + s.hidden, nil }
func (s *shade) Scan(src any) error {
	text := fmt.Sprintf("%s", src)
	s.hidden = strings.TrimPrefix(text, "#")
	return nil
}

func (p *patron) BeforeScanRow(context.Context) error { p.preceded++; return nil }
func (p *patron) AfterScanRow(context.Context) error {
	p.scanned++
	p.Shown = p.Username + " of " + p.Note
	return nil
}

var patronColumns = []string{
	"count bigint", "small smallint", "price double precision", "rich boolean", "note text", "secret text", "blob bytea",
	"since timestamptz", "until timestamptz", "nick text", "maybe bigint", "tags text", "extra text", "raw text", "own text",
}

func fillPatrons(t testing.TB, opened *bun.DB) {
	t.Helper()
	fill(t, opened)
	for _, column := range patronColumns {
		if !isPostgres(opened) {
			column = strings.NewReplacer("bytea", "blob", "timestamptz", "timestamp").Replace(column)
		}
		run(t, opened, "ALTER TABLE users ADD COLUMN "+column)
	}
	run(t, opened, "ALTER TABLE users DROP COLUMN company")
	nick, until := "the \"first\" – \x01", start.Add(time.Hour)
	p := &patron{
		User: *newUser("carol"), Count: math.MinInt64, Small: -7, Price: 1e-300, Rich: true, Note: "a\nb", Secret: "s", Blob: []byte{0, 255},
		Since: start, Until: &until, Nick: &nick, Maybe: sql.NullInt64{Int64: 5, Valid: true}, Tags: []string{"x", "y"},
		Extra: map[string]any{"a": 1.5}, Raw: json.RawMessage(`{"k": [1]}`), Own: shade{"deep"},
	}
	none := &patron{User: *newUser("dave")}
	insert(t, opened, p, none, newSession(&p.User, "carol's"), newSession(&none.User, "dave's"))
}

// What is replayed is what is loaded, to the last bit and by the host's own scanners and hooks.
func TestReplayIsLoad(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		fillPatrons(t, opened)
		queries := &counter{}
		watched := opened.WithQueryHook(queries)
		for _, hash := range []string{"current", "carol's", "dave's"} {
			same(t, watched, new(db.User), new(db.User), []byte(hash))
			loaded, replayed := new(patron), &patron{Count: 9, Note: "stale", Tags: []string{"stale"}, User: db.User{RoleNames: "stale", Primary: &db.Address{}}}
			same(t, watched, loaded, replayed, []byte(hash))
			if loaded.scanned != 1 || loaded.preceded != 1 {
				t.Errorf("%s: scanned %d times", hash, loaded.scanned)
			}
		}
		if n := queries.queries.Load(); n != 4*3 { // one load and one record each
			t.Errorf("%d queries", n)
		}
	})
}

func same(t *testing.T, conn *bun.DB, loaded, replayed db.Account, hash []byte) {
	t.Helper()
	must(t, db.LoadSession(t.Context(), conn, loaded, hash, start))
	record, err := db.RecordSession(t.Context(), conn, loaded, hash, start)
	must(t, err)
	ctx := bun.WithComment(t.Context(), "the host's")
	must(t, db.ReplaySession(ctx, conn, replayed, hash, record))
	if !reflect.DeepEqual(loaded, replayed) {
		t.Errorf("%s is\n%+v %+v\nand replayed\n%+v %+v", hash, loaded, loaded.Account().Session, replayed, replayed.Account().Session)
	}
}

// A record answers for one session and one shape of account; anything else is told apart.
func TestReplayRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		fill(t, opened)
		hash := []byte("current")
		record, err := db.RecordSession(t.Context(), opened, &Member{}, hash, time.Time{})
		must(t, err)
		refuses := func(about string, into db.Account, hash, record []byte) {
			t.Helper()
			if err := db.ReplaySession(t.Context(), opened, into, hash, record); !errors.Is(err, db.ErrNotRecorded) {
				t.Errorf("%s: %v", about, err)
			}
		}
		refuses("a type with fewer columns", &db.User{}, hash, record)
		refuses("a type with more columns", &patron{}, hash, record)
		refuses("another session", &Member{}, []byte("other"), record)
		refuses("nothing", &Member{}, hash, nil)
		refuses("more", &Member{}, hash, append(record[:len(record):len(record)], 0))
		for n := range record {
			refuses(fmt.Sprint(n, " bytes of it"), &Member{}, hash, record[:n])
		}
		// Of the hash before the rotation, it is a record of the session's current one.
		record, err = db.RecordSession(t.Context(), opened, &Member{}, []byte("previous"), start)
		must(t, err)
		refuses("the current hash", &Member{}, hash, record)
		for about, hash := range map[string]string{"no such session": "nobody's", "no hash": "", "past the grace": "previous"} {
			if _, err := db.RecordSession(t.Context(), opened, &Member{}, []byte(hash), time.Time{}); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("%s: %v", about, err)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := db.RecordSession(gone, opened, &Member{}, hash, time.Time{}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func FuzzReplay(f *testing.F) {
	opened := dbtest.SQLite(f)
	fill(f, opened)
	record, err := db.RecordSession(f.Context(), opened, &Member{}, []byte("current"), time.Time{})
	must(f, err)
	f.Add(record)
	f.Add(record[:100])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, record []byte) {
		// Whatever the bytes are, it ends, and in an account or an error.
		var m Member
		if err := db.ReplaySession(t.Context(), opened, &m, []byte("current"), record); err == nil && m.Session == nil {
			t.Fatalf("%x is an account without a session", record)
		}
	})
}
