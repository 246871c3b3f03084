package main

import (
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/gatehouse-go/gatehouse/scaffold"
)

const kit = "github.com/gatehouse-go/gatehouse"

// runProject has the application run its own command, and returns its exit status.
func runProject(args []string) int {
	root, err := project()
	if err != nil {
		return told(fmt.Errorf("%q is a command of an application, and %w. Say it inside one, start one by gatehouse new DIR, or try gatehouse demo %s", args[0], err, args[0]))
	}
	program, err := build(context.Background(), root)
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			adviseOn(root)
			return failed.ExitCode() // the compiler has said why
		}
		return told(err)
	}
	if err := os.Chdir(root); err != nil {
		return told(err)
	}
	return become(program, args)
}

// adviseOn says what may be the matter with an application that does not compile: pages of its own
// that the kit has gone on without.
func adviseOn(root string) {
	project, err := scaffold.Open(root)
	if err != nil || !project.Behind() {
		return
	}
	for _, line := range append(project.Advice(), "gatehouse status lists the pages that the kit has changed, and gatehouse update merges them.") {
		fmt.Fprintln(os.Stderr, line)
	}
}

// project is the root of the application that the working directory belongs to.
func project() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, isApplication(dir, content)
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is in no Go module", here)
		}
	}
}

func isApplication(dir string, goMod []byte) error {
	file, err := modfile.ParseLax(filepath.Join(dir, "go.mod"), goMod, nil)
	if err != nil {
		return fmt.Errorf("the go.mod above it cannot be read: %w", err)
	}
	requires := false
	for _, r := range file.Require {
		requires = requires || r.Mod.Path == kit
	}
	if !requires {
		return fmt.Errorf("the module in %s does not require Gatehouse", dir)
	}
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.PackageClauseOnly)
		if err == nil && parsed.Name.Name == "main" {
			return nil
		}
	}
	return fmt.Errorf("there is no program (package main) in %s", dir)
}
