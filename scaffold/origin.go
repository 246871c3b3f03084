package scaffold

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"golang.org/x/mod/modfile"
)

// An origin is where an application gets the kit from: a folder of this machine, or a published
// version and its sum.
type origin struct {
	checkout     string
	version, sum string
}

// findOrigin takes the folder that it is given, or else what this program was built from.
func findOrigin(checkout string) (origin, error) {
	if checkout != "" {
		dir, err := filepath.Abs(checkout)
		if err != nil {
			return origin{}, err
		}
		if !isCheckout(dir) {
			return origin{}, fmt.Errorf("%q is not the Gatehouse source: its go.mod is missing or names another module", checkout)
		}
		return origin{checkout: dir}, nil
	}
	_, here, _, _ := runtime.Caller(0)
	return originOf(ownModule(), filepath.Dir(filepath.Dir(here)))
}

// originOf decides by how the kit was built into this program. Only what was fetched has a sum: a
// version alone may be that of a checkout, which has changed since. Built says where the source
// was; the compiler leaves that out if told to trim paths.
func originOf(kit debug.Module, built string) (origin, error) {
	if kit.Replace == nil && kit.Sum != "" {
		return origin{version: kit.Version, sum: kit.Sum}, nil
	}
	candidates := []string{built}
	if kit.Replace != nil {
		candidates = append(candidates, kit.Replace.Path)
	}
	if dir, err := os.Getwd(); err == nil {
		candidates = append(candidates, moduleRoot(dir))
	}
	for _, dir := range candidates {
		if filepath.IsAbs(dir) && isCheckout(dir) {
			return origin{checkout: dir}, nil
		}
	}
	return origin{}, errors.New("the source that this command was built from is not to be found any more: say by --checkout where the Gatehouse source is")
}

// ownModule is how the kit was built into the running program; zero if the program does not know.
func ownModule() debug.Module {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return debug.Module{}
	}
	if info.Main.Path == kit {
		return info.Main
	}
	for _, dep := range info.Deps {
		if dep.Path == kit {
			return *dep
		}
	}
	return debug.Module{}
}

// Version is the version of the kit that the running program was built with.
func Version() string {
	own := ownModule()
	switch {
	case own.Version == "":
		return "unknown"
	case own.Replace != nil:
		return own.Version + " => " + own.Replace.Path
	}
	return own.Version
}

func isCheckout(dir string) bool {
	content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && modfile.ModulePath(content) == kit
}

// moduleRoot is the closest folder above dir, or dir, that has a go.mod; "" if none has.
func moduleRoot(dir string) string {
	for {
		if info, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && !info.IsDir() {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			return ""
		}
		dir = above
	}
}
