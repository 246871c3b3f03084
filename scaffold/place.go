package scaffold

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// inside reports whether dir, which may not exist yet, is root or lies below it. Names of the same
// folder are one.
func inside(root, dir string) bool {
	rel, err := filepath.Rel(real(root), real(dir))
	return err == nil && (rel == "." || filepath.IsLocal(rel))
}

// real resolves the links in as much of dir as there is.
func real(dir string) string {
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		return resolved
	}
	above := filepath.Dir(dir)
	if above == dir {
		return dir
	}
	return filepath.Join(real(above), filepath.Base(dir))
}

// vacant refuses a folder that cannot be written into without asking. It is called shown.
func vacant(shown, dir string, force bool) error {
	entries, err := os.ReadDir(dir)
	info, missing := os.Stat(dir)
	switch {
	case missing == nil && !info.IsDir():
		return fmt.Errorf("%q is a file: name a folder", shown)
	case errors.Is(missing, fs.ErrNotExist):
		return nil
	case missing != nil:
		return fmt.Errorf("cannot write into %q: %w", shown, plain(missing))
	case err != nil:
		return fmt.Errorf("cannot write into %q: %w", shown, plain(err))
	case len(entries) > 0 && !force:
		return fmt.Errorf("the folder %q is not empty: name another one, or pass --force to write into it", shown)
	}
	return nil
}

// place writes files into dir: all of them, or none. It returns the names of those that were there
// before and said something else.
func place(dir string, files map[string][]byte) (replaced []string, err error) {
	ground := dir
	if _, err := os.Stat(dir); err != nil {
		if ground, err = existing(filepath.Dir(dir)); err != nil {
			return nil, err
		}
	}
	// Beside or inside the folder, and so on the same disk: renaming there cannot half succeed.
	stage, err := os.MkdirTemp(ground, ".gatehouse-new-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	fresh := filepath.Join(stage, "new")
	for file, content := range files {
		if err := write(filepath.Join(fresh, filepath.FromSlash(file)), content); err != nil {
			return nil, err
		}
	}
	if ground != dir {
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			return nil, err
		}
		return nil, os.Rename(fresh, dir)
	}
	return merge(fresh, dir, filepath.Join(stage, "old"), slices.Sorted(maps.Keys(files)))
}

// existing is the closest folder above dir, or dir, that is there.
func existing(dir string) (string, error) {
	for {
		_, err := os.Stat(dir)
		if !errors.Is(err, fs.ErrNotExist) {
			return dir, err
		}
		dir = filepath.Dir(dir)
	}
}

func write(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}

// merge moves files from fresh to dir, and what they replace to old. What fails, it takes back.
func merge(fresh, dir, old string, files []string) (replaced []string, err error) {
	var undo []func() error
	defer func() {
		if err == nil {
			return
		}
		for _, step := range slices.Backward(undo) {
			err = errors.Join(err, step())
		}
	}()
	move := func(from, to string) error {
		made, err := folders(filepath.Dir(to))
		for _, folder := range made {
			undo = append(undo, func() error { return os.Remove(folder) })
		}
		if err != nil {
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
		undo = append(undo, func() error { return os.Rename(to, from) })
		return nil
	}
	for _, file := range files {
		file = filepath.FromSlash(file)
		from, to := filepath.Join(fresh, file), filepath.Join(dir, file)
		switch info, err := os.Lstat(to); {
		case err == nil && info.IsDir():
			return nil, fmt.Errorf("%s is a folder there, and a file in the application", file)
		case err == nil:
			if !same(from, to) {
				replaced = append(replaced, filepath.ToSlash(file))
			}
			if err := move(to, filepath.Join(old, file)); err != nil {
				return nil, err
			}
		case errors.Is(err, syscall.ENOTDIR):
			return nil, fmt.Errorf("%s is a file there, and a folder in the application", filepath.Dir(file))
		}
		if err := move(from, to); err != nil {
			return nil, err
		}
	}
	return replaced, nil
}

// folders makes dir and what is missing above it, and returns what it made, outermost first.
func folders(dir string) (made []string, err error) {
	for missing := dir; ; missing = filepath.Dir(missing) {
		if _, err := os.Stat(missing); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, missing)
	}
	slices.Reverse(made)
	for i, folder := range made {
		if err := os.Mkdir(folder, 0o755); err != nil {
			return made[:i], err
		}
	}
	return made, nil
}

func same(one, other string) bool {
	a, errA := os.ReadFile(one)
	b, errB := os.ReadFile(other)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
