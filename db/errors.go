package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	codeReadOnly     = sqlite3.SQLITE_READONLY
	codeCannotOpen   = sqlite3.SQLITE_CANTOPEN
	codeNotADatabase = sqlite3.SQLITE_NOTADB
	codeFull         = sqlite3.SQLITE_FULL
)

// IsUnique reports whether err says that a value which must be unique is taken. On Postgres the
// transaction it came from is lost; use ON CONFLICT where the work must go on.
func IsUnique(err error) bool { return UniqueName(err) != "" }

// UniqueName names the index that refused a value, the same on both databases:
// users_username_key_key is the one on column username_key of table users, users_pkey is the
// primary key of users. It is empty if err is no such refusal.
func UniqueName(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if pg.Code == "23505" {
			return pg.ConstraintName
		}
		return ""
	}
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return ""
	}
	switch lite.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
	default:
		return ""
	}
	// SQLite names columns, "… failed: addresses.user_id, addresses.x (2067)", and not the index.
	_, columns, _ := strings.Cut(lite.Error(), "UNIQUE constraint failed: ")
	columns, _, _ = strings.Cut(columns, " (")
	table, _, _ := strings.Cut(columns, ".")
	if lite.Code() != sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return table + "_pkey"
	}
	name := table
	for column := range strings.SplitSeq(columns, ", ") {
		_, column, _ = strings.Cut(column, ".")
		name += "_" + column
	}
	return name + "_key"
}

// IsUnavailable reports whether err says that the database cannot serve now, and perhaps can
// later: unreachable, shutting down, out of connections, time or disk, read-only, or still too
// contended after [InTx] has tried again. Answer 503 to it. A request that its client gave up is
// none.
func IsUnavailable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code[:2] {
		case "08", "53", "58": // connection, resources (disk, memory, connections), I/O of the server
			return true
		}
		switch pg.Code {
		case "25006", // the server is read-only, as a replica is
			"40001", "40P01", "55P03", // contention
			"57014", "57P01", "57P02", "57P03", "57P05": // cancelled by the server, shutting down, starting
			return true
		}
		return false
	}
	switch sqliteCode(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM:
		return true
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, pgconn.ErrConnClosed) // a rollback after a commit whose answer was lost
}

// isContention reports whether the same transaction, run again, has a fair chance.
func isContention(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	return isBusy(err)
}

func isBusy(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_BUSY }

// sqliteCode is the primary code: the extended ones say more than the kit acts on.
func sqliteCode(err error) int {
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return sqlite3.SQLITE_OK
	}
	return lite.Code() & 0xff
}
