package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asCommand in the environment makes the test binary the command, for tests that talk to it while
// it runs.
const asCommand = "GATEHOUSE_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"gatehouse": main})
}

// What the Go command has fetched and built is shared; beyond that it may ask nobody.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			out, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE", "GOMODCACHE", "GOMOD").Output()
			if err != nil {
				return err
			}
			places := strings.Split(strings.TrimSpace(string(out)), "\n")
			env.Setenv("GOCACHE", places[0])
			env.Setenv("GOMODCACHE", places[1])
			env.Setenv("CHECKOUT", filepath.Dir(places[2]))
			env.Setenv("HOME", env.Getenv("WORK"))
			env.Setenv("GOPROXY", "off")
			env.Setenv("GOSUMDB", "off")
			env.Setenv("GOFLAGS", "-mod=readonly -buildvcs=false")
			env.Setenv("GOTOOLCHAIN", "local")
			return nil
		},
	})
}
