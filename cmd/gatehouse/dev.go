package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gatehouse-go/gatehouse/scaffold"
)

const (
	lookEvery = 300 * time.Millisecond
	// patience is a little more than what the application gives to requests in flight.
	patience = 12 * time.Second
)

// runDev runs the application of the project, and runs it again whenever a source of it changes.
// What does not generate or build is told, and waited for.
func runDev(args []string) int {
	root, err := project()
	if err != nil {
		return told(fmt.Errorf("dev runs an application, and %w", err))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for ctx.Err() == nil {
		seen := look(root)
		child, err := launch(ctx, root, args)
		if err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, err)
		}
		untilChanged(ctx, root, seen)
		child.stop()
	}
	return 0
}

// A child is the application while it runs. The zero child does not.
type child struct {
	process *os.Process
	ended   chan struct{}
}

func launch(ctx context.Context, root string, args []string) (child, error) {
	if err := scaffold.Generate(root); err != nil {
		return child{}, err
	}
	program, err := build(ctx, root)
	if err != nil {
		adviseOn(root)
		return child{}, errors.New("gatehouse: waiting for a change")
	}
	// Not bound to ctx, which would kill it: it is to finish what it has begun.
	command := exec.CommandContext(context.WithoutCancel(ctx), program, args...)
	command.Dir, command.Stdin, command.Stdout, command.Stderr = root, os.Stdin, os.Stdout, os.Stderr
	if err := command.Start(); err != nil {
		return child{}, err
	}
	c := child{command.Process, make(chan struct{})}
	go func() {
		defer close(c.ended)
		if err := command.Wait(); err != nil {
			fmt.Fprintf(os.Stderr, "gatehouse: the application ended (%v), waiting for a change\n", err)
		}
	}()
	return c, nil
}

func (c child) stop() {
	if c.process == nil {
		return
	}
	how := os.Interrupt
	if runtime.GOOS == "windows" {
		how = os.Kill // no other signal can be sent there
	}
	_ = c.process.Signal(how) // it may have ended by itself
	select {
	case <-c.ended:
	case <-time.After(patience):
		_ = c.process.Kill()
		<-c.ended
	}
}

func untilChanged(ctx context.Context, root string, seen map[string]time.Time) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if now := look(root); !equal(now, seen) {
				return
			}
		}
	}
}

func equal(a, b map[string]time.Time) bool {
	if len(a) != len(b) {
		return false
	}
	for file, at := range a {
		if before, known := b[file]; !known || !before.Equal(at) {
			return false
		}
	}
	return true
}

// look notes when each source was last changed. It asks rather than being told, which works on
// every disk there is, shared and mounted ones too.
func look(root string) map[string]time.Time {
	seen := map[string]time.Time{}
	_ = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone while being looked at: the next look sees that
		}
		if entry.IsDir() {
			if file != root && (entry.Name()[0] == '.' || slices.Contains([]string{"bin", "vendor", "node_modules"}, entry.Name())) {
				return filepath.SkipDir
			}
			return nil
		}
		if !isSource(entry.Name()) {
			return nil
		}
		if info, err := entry.Info(); err == nil {
			seen[file] = info.ModTime()
		}
		return nil
	})
	return seen
}

// isSource leaves out what is generated from other sources, and databases and the like, which the
// application itself changes.
func isSource(name string) bool {
	if strings.HasSuffix(name, "_templ.go") {
		return false
	}
	return slices.Contains([]string{
		".go", ".templ", ".sql", ".po", ".css", ".js", ".svg", ".html", ".txt", ".mod", ".sum",
	}, filepath.Ext(name))
}
