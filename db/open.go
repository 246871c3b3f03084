package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

const accepted = "postgres://user:password@host:5432/name or sqlite:path/to/file.db"

// Open readies the database that url names, without connecting: [Ping] does that.
//
// It takes postgres:// (or postgresql://) URLs with the parameters of libpq, and sqlite:path, where
// path is relative to the working directory unless it starts with a slash (sqlite://path is the
// same). On Postgres, ?search_path=accounts keeps the kit's tables in a schema of their own.
//
// The pool holds at most 20 connections on Postgres and 8 on SQLite; the result's SetMaxOpenConns
// changes that. Connecting to Postgres is given up after 3 seconds, unless the URL has a
// connect_timeout.
func Open(url string) (*bun.DB, error) {
	options := bun.WithDiscardUnknownColumns() // a kit that reads rows a newer one widened must not fail
	scheme, rest, found := strings.Cut(url, ":")
	switch {
	case url == "":
		return nil, errors.New("open database: the URL is empty: it is " + accepted)
	case !found:
		// The text may be a mistyped secret: it is not repeated.
		return nil, errors.New("open database: the URL has no scheme: it is " + accepted)
	case scheme == "postgres" || scheme == "postgresql":
		connector, err := postgresConnector(url)
		if err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
		pool := sql.OpenDB(connector)
		pool.SetMaxOpenConns(20)
		pool.SetMaxIdleConns(10)
		pool.SetConnMaxIdleTime(5 * time.Minute)
		pool.SetConnMaxLifetime(30 * time.Minute) // so that a fail-over or a new password is noticed
		return bun.NewDB(pool, pgdialect.New(), options), nil
	case scheme == "sqlite":
		connector, err := sqliteConnector(strings.TrimPrefix(rest, "//"))
		if err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
		pool := sql.OpenDB(connector)
		// Past about eight, connections only wait for the one writer, and for longer.
		pool.SetMaxOpenConns(8)
		pool.SetMaxIdleConns(8)
		return bun.NewDB(pool, sqlitedialect.New(), options), nil
	default:
		return nil, fmt.Errorf("open database: the scheme %q is not known: the URL is %s", scheme, accepted)
	}
}

// MustOpen is [Open] for main functions: it panics with Open's sentence.
func MustOpen(url string) *bun.DB {
	db, err := Open(url)
	if err != nil {
		panic(err.Error())
	}
	return db
}

// Ping connects, and answers with one sentence that says which server or file, and why not. The
// sentence never holds the password.
func Ping(ctx context.Context, db *bun.DB) error {
	err := db.PingContext(ctx)
	if err == nil {
		return nil
	}
	place, ok := db.Driver().(place)
	if !ok {
		return fmt.Errorf("the database cannot be reached: %w", err)
	}
	return fmt.Errorf("%s: %w", place.name, reason{text: place.why(ctx, err), err: err})
}

// A place is a driver that knows where its connections go, because an open pool no longer says.
type place struct {
	driver.Driver
	name string
	why  func(context.Context, error) string
	// statements are nil where parsing one costs little beside the way to the server.
	statements *statements
}

// A reason is an error told in other words; what it was stays there for errors.As.
type reason struct {
	text string
	err  error
}

func (r reason) Error() string { return r.text }
func (r reason) Unwrap() error { return r.err }
