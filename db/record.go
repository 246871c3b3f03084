package db

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/uptrace/bun"
)

// ErrNotRecorded is the answer of [ReplaySession] to what [RecordSession] has not made, or has
// made of another user type, database or session; and of RecordSession to what it cannot record.
var ErrNotRecorded = errors.New("db: no record of this session and user type")

// RecordSession reads what [LoadSession] reads and returns it as bytes, of which [ReplaySession]
// makes what LoadSession would have. It holds values as the database's driver gave them, so that
// a host's own types are read from a record as they are read from a row. Of like only the type
// matters.
func RecordSession(ctx context.Context, db bun.IDB, like Account, hash []byte, previousSince time.Time) ([]byte, error) {
	if len(hash) == 0 {
		return nil, sql.ErrNoRows
	}
	like = reflect.New(reflect.TypeOf(like).Elem()).Interface().(Account) // only its type counts
	rows, err := selectSession(db, like, hash, previousSince).Rows(ctx)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	if !rows.Next() {
		return nil, errors.Join(sql.ErrNoRows, rows.Err())
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	question := sha256.Sum256([]byte(selectSession(db, like, hash, time.Time{}).String()))
	return encodeRow(question[:], columns, values)
}

// ReplaySession reads the session whose cookie hashes to hash from a record into into, as
// [LoadSession] reads it from the database. No query is made, and no query hook told of one.
func ReplaySession(ctx context.Context, db bun.IDB, into Account, hash, record []byte) error {
	replayed, err := decodeRow(record)
	if err != nil {
		return err
	}
	// A database of one row, that answers the one question whose answer was recorded.
	conn := bun.NewDB(sql.OpenDB(replayed), db.Dialect(), bun.WithDiscardUnknownColumns())
	defer conn.Close()
	// A comment that the host's context adds to queries would make another question of it.
	if err := LoadSession(bun.WithComment(ctx, ""), conn, into, hash, time.Time{}); err != nil {
		return err
	}
	if into.Account().Session == nil {
		return ErrNotRecorded
	}
	return nil
}

// A row is a recorded answer: a connector, connection and result of package database/sql in one.
type row struct {
	question []byte
	columns  []string
	values   []driver.Value
	read     bool
}

func (r *row) Connect(context.Context) (driver.Conn, error) { return r, nil }
func (r *row) Driver() driver.Driver                        { return nil }
func (r *row) Close() error                                 { return nil }

func (r *row) QueryContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	if asked := sha256.Sum256([]byte(query)); subtle.ConstantTimeCompare(asked[:], r.question) != 1 {
		return nil, ErrNotRecorded
	}
	return r, nil
}

func (r *row) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (r *row) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }

func (r *row) Columns() []string { return r.columns }

func (r *row) Next(dest []driver.Value) error {
	if r.read {
		return io.EOF
	}
	r.read = true
	copy(dest, r.values)
	return nil
}

// unrecordable is a value that no driver should give.
func unrecordable(column string, value any) error {
	return fmt.Errorf("%w: column %s holds a %T", ErrNotRecorded, column, value)
}
