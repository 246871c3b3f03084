// Command unchanged runs a command and fails if that changed, added or removed a file below a folder: so
// a generator or a formatter becomes a check. It compares files with themselves a moment earlier, not with
// git, and so says the same in a clean clone as among uncommitted work.
//
//	go -C tools run ./unchanged -dir .. -advice "run task generate" -- go generate ./...
//
// Folders whose name starts with a dot are not looked at.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() {
	dir := flag.String("dir", ".", "folder to run the command in and to compare")
	advice := flag.String("advice", "run it, and keep what it changes", "what to do about a difference")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "unchanged: which command? Usage: unchanged [-dir DIR] [-advice TEXT] -- COMMAND ARGUMENT…")
		os.Exit(2)
	}
	changes, err := run(context.Background(), *dir, flag.Args())
	if err != nil {
		fmt.Fprintf(os.Stderr, "unchanged: %v\n", err)
		os.Exit(1)
	}
	if len(changes) > 0 {
		fmt.Fprintf(os.Stderr, "%s changed these files; %s:\n  %s\n", strings.Join(flag.Args(), " "), *advice, strings.Join(changes, "\n  "))
		os.Exit(1)
	}
}

// run runs the command in dir and returns the paths that it changed, added or removed, in order.
func run(ctx context.Context, dir string, command []string) ([]string, error) {
	before, err := sums(dir)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	after, err := sums(dir)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(after, func(path string, sum [sha256.Size]byte) bool {
		was, existed := before[path]
		delete(before, path)
		return existed && was == sum
	})
	maps.Copy(after, before) // what is left of before was removed
	return slices.Sorted(maps.Keys(after)), nil
}

// sums are the files' hashes by their paths below dir.
func sums(dir string) (map[string][sha256.Size]byte, error) {
	files := map[string][sha256.Size]byte{}
	tree := os.DirFS(dir)
	err := fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed since its folder was listed
		}
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		files[path] = sha256.Sum256(content)
		return nil
	})
	return files, err
}
