package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
)

const (
	templatePrefix = "gatehouse_template_"
	clonePrefix    = "gatehouse_test_"
	// setup bounds what a test waits for its database.
	setup = time.Minute
)

// migratedFile is what a migrated SQLite file holds, made once in a process.
var migratedFile = sync.OnceValues(func() (content []byte, err error) {
	folder, err := os.MkdirTemp("", "gatehouse-dbtest-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "template.db")
	if err := migrateAndClose("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // the last connection to close has folded the log into it
})

func migrateAndClose(url string) error {
	opened, err := db.Open(url)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), setup)
	defer cancel()
	_, err = db.Migrate(ctx, opened)
	return errors.Join(err, opened.Close())
}

// A server makes databases on the server of TEST_DATABASE_URL.
type server struct {
	url      *url.URL
	admin    *bun.DB
	template func() (name string, err error)
}

var theServer = sync.OnceValues(func() (*server, error) {
	parsed, err := url.Parse(os.Getenv("TEST_DATABASE_URL"))
	if err != nil {
		return nil, errors.New("TEST_DATABASE_URL is not a URL")
	}
	admin, err := db.Open(parsed.String())
	if err != nil {
		return nil, fmt.Errorf("TEST_DATABASE_URL: %w", err)
	}
	admin.SetMaxOpenConns(2)
	admin.SetMaxIdleConns(1)
	ctx, cancel := context.WithTimeout(context.Background(), setup)
	defer cancel()
	if err := db.Ping(ctx, admin); err != nil {
		return nil, fmt.Errorf("TEST_DATABASE_URL: %w", err)
	}
	s := &server{url: parsed, admin: admin}
	s.template = sync.OnceValues(s.makeTemplate)
	return s, s.dropStale(ctx)
})

func serverFor(t testing.TB) *server {
	t.Helper()
	if os.Getenv("TEST_DATABASE_URL") == "" {
		const sentence = "TEST_DATABASE_URL is not set: it names the Postgres server that half of the tests need"
		if testing.Short() {
			t.Skip(sentence)
		}
		t.Fatal(sentence + "; -short leaves them out")
	}
	s, err := theServer()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *server) named(database string) string {
	named := *s.url
	named.Path = "/" + database
	return named.String()
}

// database clones a template for one test.
func (s *server) database(t testing.TB, template string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), setup)
	defer cancel()
	name := clonePrefix + strings.ReplaceAll(db.NewID().String(), "-", "")
	if err := s.clone(ctx, name, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), setup)
		defer cancel()
		if err := s.drop(ctx, name); err != nil {
			t.Error(err)
		}
	})
	return s.named(name)
}

func (s *server) clone(ctx context.Context, name, template string) error {
	for {
		_, err := s.admin.NewRaw("CREATE DATABASE ? TEMPLATE ?", bun.Ident(name), bun.Ident(template)).Exec(ctx)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "55006" { // the template is in use for a moment
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) drop(ctx context.Context, name string) error {
	_, err := s.admin.NewRaw("DROP DATABASE IF EXISTS ? WITH (FORCE)", bun.Ident(name)).Exec(ctx)
	return err
}

// makeTemplate makes the migrated database that tests clone, unless another process or run has.
func (s *server) makeTemplate() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), setup)
	defer cancel()
	name, err := templateName()
	if err != nil {
		return "", err
	}
	conn, err := s.admin.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtextextended(?, 0))", name); err != nil {
		return "", err
	}
	// Whatever became of ctx: a lock that is kept would stop every other process.
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtextextended(?, 0))", name)
	}()
	var exists bool
	if err := conn.NewRaw("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = ?)", name).Scan(ctx, &exists); err != nil || exists {
		return name, err
	}
	// Half a template must not bear the name of a whole one.
	draft := clonePrefix + strings.ReplaceAll(db.NewID().String(), "-", "")
	if err := s.clone(ctx, draft, "template0"); err != nil {
		return "", err
	}
	if err := migrateAndClose(s.named(draft)); err != nil {
		return "", errors.Join(err, s.drop(ctx, draft))
	}
	_, err = conn.NewRaw("ALTER DATABASE ? RENAME TO ?", bun.Ident(draft), bun.Ident(name)).Exec(ctx)
	return name, err
}

// templateName stands for the migrations: another set of them makes another template.
func templateName() (string, error) {
	files := db.Migrations()
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return "", err
	}
	set := sha256.New()
	for _, name := range names {
		source, err := fs.ReadFile(files, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(set, "%s:%d:%s", name, len(source), source)
	}
	return templatePrefix + hex.EncodeToString(set.Sum(nil)[:8]), nil
}

// dropStale drops what killed test runs have left behind: their names tell their age.
func (s *server) dropStale(ctx context.Context) error {
	var names []string
	if err := s.admin.NewRaw("SELECT datname FROM pg_database WHERE starts_with(datname, ?)", clonePrefix).
		Scan(ctx, &names); err != nil {
		return err
	}
	now, _ := db.NewID().Time().UnixTime()
	for _, name := range names {
		id, err := uuid.Parse(strings.TrimPrefix(name, clonePrefix))
		if err != nil {
			continue
		}
		if born, _ := id.Time().UnixTime(); now-born > int64(time.Hour/time.Second) {
			if err := s.drop(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}
