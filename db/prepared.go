package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"

	"github.com/uptrace/bun"
)

// statements are those that a pool keeps parsed, by their text. They end with the pool.
type statements struct{ kept sync.Map }

func (s *statements) of(ctx context.Context, pool *sql.DB, query string) (*sql.Stmt, error) {
	if statement, ok := s.kept.Load(query); ok {
		return statement.(*sql.Stmt), nil
	}
	statement, err := pool.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	first, late := s.kept.LoadOrStore(strings.Clone(query), statement)
	if late {
		_ = statement.Close() //nolint:sqlclosecheck // the first stays open, and ends with the pool
	}
	return first.(*sql.Stmt), nil
}

// prepare has query run by a statement that is parsed once, where parsing is most of the work: on
// SQLite, outside transactions. On Postgres it would tie a session to its connection, which poolers
// give to others. It returns what stands for args in the text of the query.
func prepare(query *bun.SelectQuery, db bun.IDB, args ...any) []any {
	pool, ok := db.(*bun.DB)
	if !ok {
		return args
	}
	file, ok := pool.Driver().(place)
	if !ok || file.statements == nil {
		return args
	}
	query.Conn(prepared{pool.DB, file.statements, args})
	return slices.Repeat([]any{bun.Safe("?")}, len(args))
}

// prepared is a connection for one query.
type prepared struct {
	*sql.DB
	statements *statements
	args       []any
}

// QueryContext runs the statement that is kept for query.
func (p prepared) QueryContext(ctx context.Context, query string, _ ...any) (*sql.Rows, error) {
	statement, err := p.statements.of(ctx, p.DB, query) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, p.args...)
}
