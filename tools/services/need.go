//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A need is one thing that the tests cannot do without.
type need struct {
	key      string // what -need calls it
	name     string // what a person calls it
	variable string // what overrides it
	programs []string
	folders  []string // globs of folders, beyond PATH, that hold the programs; the last match wins
	packages []string // Debian's
	compose  string   // its service in compose.yaml; empty for none
	port     string   // that service's port
	url      string   // what the variable is set to, %s being host:port
	found    bool     // being installed is enough: go finds it by itself, and another CC means another build cache

	// start runs the program found and returns what to set the variable to. Nil means the program's path.
	start func(ctx context.Context, program string) (*daemon, string, error)
}

func needs() []need {
	compiler := "gcc"
	if runtime.GOOS == "darwin" {
		compiler = "clang"
	}
	return []need{
		{
			key: "postgres", name: "PostgreSQL", variable: "TEST_DATABASE_URL",
			programs: []string{"initdb"},
			folders:  []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"},
			packages: []string{"postgresql"},
			compose:  "postgres", port: "5432", url: "postgres://postgres@%s/postgres?sslmode=disable",
			start: startPostgres,
		},
		{
			key: "redis", name: "Redis", variable: "TEST_REDIS_URL",
			programs: []string{"redis-server", "valkey-server"},
			packages: []string{"redis-server"},
			compose:  "redis", port: "6379", url: "redis://%s",
			start: startRedis,
		},
		{
			key: "chrome", name: "Chromium or Chrome", variable: "CHROME",
			programs: []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "Google Chrome"},
			folders:  []string{"/Applications/Google Chrome.app/Contents/MacOS"},
			packages: []string{"chromium"},
		},
		{
			key: "race", name: "a C compiler, for the race detector", variable: "CC",
			programs: []string{compiler},
			packages: []string{"gcc", "libc6-dev"},
			found:    true,
		},
	}
}

func pick(all []need, keys []string) ([]need, error) {
	var picked []need
	for _, key := range keys {
		i := slices.IndexFunc(all, func(n need) bool { return n.key == key })
		if i < 0 {
			return nil, fmt.Errorf("nobody knows what -need %q is", key)
		}
		picked = append(picked, all[i])
	}
	return picked, nil
}

// find returns the path of the first of the need's programs that is installed, or "".
func (n need) find() string {
	for _, program := range n.programs {
		if path, err := exec.LookPath(program); err == nil {
			return path
		}
		for _, folder := range n.folders {
			found, _ := filepath.Glob(filepath.Join(folder, program)) // our own patterns are well-formed
			if len(found) > 0 {
				return found[len(found)-1]
			}
		}
	}
	return ""
}

// A machine is what supply asks about the machine it runs on.
type machine struct {
	env     func(variable string) string
	find    func(need) string
	apt     func() bool // whether packages can be installed
	install func(ctx context.Context, packages []string) error
	engine  func(ctx context.Context) bool // whether docker compose can start containers
	compose func(ctx context.Context, n need) (*daemon, string, error)
}

func thisMachine() machine {
	return machine{
		env: os.Getenv, find: need.find,
		apt: aptWorks, install: aptInstall,
		engine: dockerAnswers, compose: startContainer,
	}
}

// Supplies are the variables to run with and the daemons to stop afterwards.
type supplies struct {
	env     []string
	daemons []*daemon
}

func (s *supplies) stop() error {
	var errs []error
	for _, d := range slices.Backward(s.daemons) {
		errs = append(errs, d.stop())
	}
	s.daemons = nil
	return errors.Join(errs...)
}

// supply meets every need or, having started nothing, says which it cannot meet. The supplies it returns
// are to be stopped even when it failed halfway.
func supply(ctx context.Context, m machine, needs []need) (*supplies, error) {
	s := &supplies{}
	var open []need
	for _, n := range needs {
		if given := m.env(n.variable); given != "" {
			fmt.Printf("services: %s: %s as given\n", n.name, n.variable)
			continue
		}
		open = append(open, n)
	}
	absent := func() (names []need) {
		return slices.DeleteFunc(slices.Clone(open), func(n need) bool { return m.find(n) != "" })
	}
	missing := absent()
	if len(missing) > 0 && m.apt() {
		var packages []string
		for _, n := range missing {
			packages = append(packages, n.packages...)
		}
		if err := m.install(ctx, packages); err != nil {
			return s, err
		}
		missing = absent()
	}
	if len(missing) > 0 {
		engine := m.engine(ctx)
		if lacking := slices.DeleteFunc(missing, func(n need) bool { return engine && n.compose != "" }); len(lacking) > 0 {
			return s, lack(lacking)
		}
	}
	for _, n := range open {
		if err := s.add(ctx, m, n); err != nil {
			return s, fmt.Errorf("%s: %w", n.name, err)
		}
	}
	return s, nil
}

func (s *supplies) add(ctx context.Context, m machine, n need) error {
	program := m.find(n)
	if program != "" && n.start == nil {
		fmt.Printf("services: %s: %s\n", n.name, program)
		if !n.found {
			s.env = append(s.env, n.variable+"="+program)
		}
		return nil
	}
	var d *daemon
	var value string
	var err error
	if program != "" {
		d, value, err = n.start(ctx, program)
	} else {
		d, value, err = m.compose(ctx, n)
	}
	if err != nil {
		return err
	}
	fmt.Printf("services: %s: started at %s\n", n.name, value)
	s.daemons = append(s.daemons, d)
	s.env = append(s.env, n.variable+"="+value)
	return nil
}

// lack is the error that tells how to come by what is missing.
func lack(missing []need) error {
	var b strings.Builder
	b.WriteString("the tests need what this machine does not have:\n")
	var packages []string
	containers := true
	for _, n := range missing {
		fmt.Fprintf(&b, "  - %s: install it, or set %s\n", n.name, n.variable)
		packages = append(packages, n.packages...)
		containers = containers && n.compose != ""
	}
	fmt.Fprintf(&b, "On Debian and Ubuntu: sudo apt-get install %s (as root the tests do it themselves).\n", strings.Join(packages, " "))
	if containers {
		b.WriteString("With Docker: start its engine, and the tests start the databases in containers.\n")
	}
	b.WriteString("Nothing was run.")
	return errors.New(b.String())
}
