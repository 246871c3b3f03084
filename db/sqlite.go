package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

type sqliteFile struct {
	driver.Connector
	path       string
	statements *statements
}

func sqliteConnector(path string) (driver.Connector, error) {
	switch {
	case path == "":
		return nil, errors.New("the SQLite URL names no file: it is sqlite:path/to/file.db")
	case strings.Contains(path, ":memory:"):
		return nil, errors.New("an SQLite database in memory would be another one for each connection: name a file")
	case strings.Contains(path, "?"):
		return nil, fmt.Errorf("the SQLite URL takes no parameters, and a file name no question mark: %q", path)
	}
	settings := url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
		// A transaction that starts by reading and then writes could not wait for its turn.
		"_txlock":   {"immediate"},
		"_timezone": {"UTC"},
		// Times that a host passes to the driver itself must sort among those that Bun writes.
		"_time_format": {"sqlite"},
		// A misspelt column in double quotes is an error, as on Postgres, and no string.
		"_dqs": {"0"},
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode()
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sqliteFile{connector, path, new(statements)}, nil
}

// Connect opens the file, readable to its owner alone where it is new: it holds password hashes.
func (s sqliteFile) Connect(ctx context.Context) (driver.Conn, error) {
	createPrivate(s.path)
	var conn driver.Conn
	// The change to WAL does not wait for its turn as other writes do.
	err := again(ctx, isBusy, func() (err error) {
		conn, err = s.Connector.Connect(ctx)
		return err
	})
	return conn, err
}

// Driver says which file the connections go to.
func (s sqliteFile) Driver() driver.Driver {
	why := func(_ context.Context, err error) string { return s.why(err) }
	return place{Driver: s.Connector.Driver(), name: fmt.Sprintf("the SQLite database %q", s.path), why: why, statements: s.statements}
}

// createPrivate makes the file under another name first: to open and close it under its own would
// drop the locks that this process may hold on it by then. Where it fails, SQLite says why.
func createPrivate(path string) {
	if _, err := os.Stat(path); err == nil {
		return
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return
	}
	_ = file.Close()
	_ = os.Link(file.Name(), path)
	_ = os.Remove(file.Name())
}

func (s sqliteFile) why(err error) string {
	folder := filepath.Dir(s.path)
	info, missing := os.Stat(folder)
	switch {
	case errors.Is(missing, os.ErrNotExist):
		return fmt.Sprintf("the folder %q does not exist: create it first", folder)
	case missing == nil && !info.IsDir():
		return fmt.Sprintf("%q is not a folder", folder)
	}
	info, missing = os.Stat(s.path)
	switch code := sqliteCode(err); {
	case missing == nil && info.IsDir():
		return "that is a folder, not a file"
	case code == codeNotADatabase:
		return "the file is not an SQLite database"
	case code == codeCannotOpen && errors.Is(missing, os.ErrNotExist):
		return fmt.Sprintf("the folder %q cannot be written to by this user", folder)
	case code == codeCannotOpen || code == codeReadOnly:
		return fmt.Sprintf("the file or the folder %q cannot be written to by this user", folder)
	case code == codeFull:
		return "the disk is full"
	}
	return err.Error()
}
