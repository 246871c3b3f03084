// Command bench measures what the kit costs: its pages against bare Fiber handlers that do no more
// than draw the same pages, its sign-ins against the hash that they wait for, and what a crowd at
// the door does to memory and to everybody else.
//
//	go run .            everything, in about three minutes
//	go run . -quick     a look, in less than half a minute
//	go run . -names     whether known names take as long as unknown ones, and nothing else
//
// The kit and what it is compared with run in one child process and take turns, round after round, so
// that whatever else the machine does falls on all of them. With TEST_DATABASE_URL, pages are
// measured on Postgres too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// A plan is how much is measured.
type plan struct {
	// round is how long one round of pages takes, and signIns how long one of sign-ins: those are
	// a thousand times slower.
	round, signIns time.Duration
	// rounds are those that count; one more is run first and thrown away.
	rounds int
	// conns is how many connections ask for pages, each for one page after the other.
	conns int
	// crowd is how many people sign in at once, and patience how long they go on trying.
	crowd    int
	patience time.Duration
	starts   int
	// mails and passwords are how many pairs of a known name and an unknown one are asked about: those
	// that are hashed for are ten times slower.
	mails, passwords int
	postgres         string
	// profile is how long each page is watched by the profiler.
	profile time.Duration
	// keep is a folder that profiles are left in; none if it is empty.
	keep string
}

func main() {
	if setup := os.Getenv(childSetup); setup != "" {
		exit(runChild(setup))
		return
	}
	var (
		quick = flag.Bool("quick", false, "measure less: a look, not a result")
		out   = flag.String("o", "", "`file` to write the report to as well")
		keep  = flag.String("profiles", "", "`folder` to leave CPU profiles in, for go tool pprof")
		names = flag.Bool("names", false, "measure known and unknown names alone")
		limit = flag.Duration("limit", 5*time.Minute, "give up after this long")
	)
	flag.Parse()
	p := plan{
		round: time.Second, signIns: 3 * time.Second, rounds: 5, conns: 16,
		crowd: 500, patience: 25 * time.Second, starts: 5, profile: 3 * time.Second, mails: 1000, passwords: 150,
	}
	if *quick {
		p.round, p.signIns, p.patience = 150*time.Millisecond, 600*time.Millisecond, 3*time.Second
		p.starts, p.profile, p.mails, p.passwords = 1, 400*time.Millisecond, 200, 20
	}
	p.postgres, p.keep = os.Getenv("TEST_DATABASE_URL"), *keep
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	measured := run
	if *names {
		measured = runNames
	}
	exit(begin(ctx, p, *out, measured))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// begin has do measure in a folder of its own, and writes the report.
func begin(ctx context.Context, p plan, path string, do func(ctx context.Context, p plan, r *report, folder string, databases []string) error) (err error) {
	var out io.Writer = os.Stdout
	if path != "" {
		file, err := os.Create(path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = io.MultiWriter(os.Stdout, file)
	}
	folder, err := os.MkdirTemp("", "gatehouse-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()

	begun := time.Now()
	r := &report{out: out}
	r.facts(p)
	databases := []string{"sqlite:" + filepath.Join(folder, "bench.db")}
	if p.postgres != "" {
		url, drop, err := ownSchema(ctx, p.postgres)
		if err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
		defer func() { err = errors.Join(err, drop()) }()
		databases = append(databases, url)
	}
	if err := do(ctx, p, r, folder, databases); err != nil {
		return err
	}
	r.end(time.Since(begun))
	return r.err
}

// run measures everything. Where one part fails, those before it still stand.
func run(ctx context.Context, p plan, r *report, folder string, databases []string) error {
	for i, url := range databases {
		if err := pagesAndSignIns(ctx, p, r, url, i == 0); err != nil {
			return err
		}
	}
	if err := runNames(ctx, p, r, folder, databases); err != nil {
		return err
	}
	if err := crowd(ctx, p, r, "sqlite:"+filepath.Join(folder, "crowd.db")); err != nil {
		return fmt.Errorf("crowd: %w", err)
	}
	if err := startUp(ctx, p, r, folder); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return nil
}

// pagesAndSignIns measures on one database what takes turns in one child. What does not touch a
// database is measured with the first alone.
func pagesAndSignIns(ctx context.Context, p plan, r *report, database string, first bool) (err error) {
	server, err := startChild(ctx, setup{Database: database})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	on := name(database)
	if first {
		if err := measurePage(ctx, p, r, server, signInPage()); err != nil {
			return fmt.Errorf("sign-in page: %w", err)
		}
	}
	if err := measurePage(ctx, p, r, server, accountPage(on)); err != nil {
		return fmt.Errorf("account page on %s: %w", on, err)
	}
	if err := measureSignIns(ctx, p, r, server, on); err != nil {
		return fmt.Errorf("sign-ins on %s: %w", on, err)
	}
	return nil
}

func name(database string) string {
	if len(database) > 6 && database[:6] == "sqlite" {
		return "SQLite"
	}
	return "Postgres"
}
