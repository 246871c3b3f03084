package db_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// BenchmarkLoadSession is the read that each request of a member costs, beside the same read
// written by hand without Bun.
func BenchmarkLoadSession(b *testing.B) {
	for name, fresh := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		opened := fresh(b)
		_, _, session := fill(b, opened)
		queries := &counter{}
		b.Run(name+"/kit", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, db.LoadSession(b.Context(), opened, new(Member), session.Hash, start))
			}
		})
		record, err := db.RecordSession(b.Context(), opened, new(Member), session.Hash, start)
		must(b, err)
		b.Run(name+"/replayed", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, db.ReplaySession(b.Context(), opened, new(Member), session.Hash, record))
			}
		})
		must(b, db.LoadSession(b.Context(), opened.WithQueryHook(queries), new(Member), session.Hash, start))
		query, _ := queries.last.Load().(string)
		args := []any{session.Hash, session.Hash, start}[:strings.Count(query, "?")]
		b.Run(name+"/hand", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, scanByHand(opened.DB.QueryRowContext(b.Context(), query, args...)))
			}
		})
	}
}

func scanByHand(row *sql.Row) error {
	var m Member
	var s db.Session
	var a db.Address
	var username, usernameKey, password, language, network, agent, reason, roles sql.NullString
	var passwordAt, disabledAt, confirmedAt, rotatedAt, authAt, revokedAt sql.Null[time.Time]
	var remember sql.NullString
	var methods []byte
	return row.Scan(
		&m.ID, &username, &usernameKey, &password, &passwordAt, &m.AuthVersion, &m.WebAuthnHandle, &language,
		&disabledAt, &m.CreatedAt, &m.UpdatedAt, &m.Company, &roles,
		&a.ID, &a.UserID, &a.Email, &a.Key, &a.IsPrimary, &confirmedAt, &a.CreatedAt,
		&s.ID, &s.UserID, &s.Hash, &s.PreviousHash, &rotatedAt, &s.AuthVersion, &methods, &authAt, &s.CreatedAt,
		&s.LastSeenAt, &s.ExpiresAt, &remember, &network, &agent, &revokedAt, &reason,
	)
}
