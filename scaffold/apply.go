package scaffold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// An edit is a file of a project as it is to be: with this content, or gone.
type edit struct {
	path    string // below the project's root, with slashes
	content []byte
	gone    bool
	// watched is set for what somebody may have open: over is what it held when this was planned,
	// nil if it was not there.
	watched bool
	over    []byte
}

// staged is an edit that is ready: its content lies beside the file that it will replace.
type staged struct {
	edit

	target, beside string
	before         []byte
	was            bool // there was a file
	mode           fs.FileMode
}

// apply does all of the edits, in their order, or none of them. Whoever is told to stop before it
// has begun to replace files leaves them as they were; after that it goes on to the end. Should the
// machine stop meanwhile, each file is still the one before or the one after: the order of edits is
// such that doing them all again mends the rest.
func (p *Project) apply(ctx context.Context, edits []edit) (err error) {
	var ready []staged
	var made []string
	defer func() {
		for _, s := range ready {
			_ = os.Remove(s.beside) // gone if it was used
		}
		if err != nil {
			for _, folder := range slices.Backward(made) {
				_ = os.Remove(folder) // only where it is empty
			}
		}
	}()
	for _, e := range edits {
		s, folders, err := p.stage(e)
		made = append(made, folders...)
		if s.beside != "" {
			ready = append(ready, s)
		}
		if err != nil {
			return err
		}
		if e.gone && s.was {
			ready = append(ready, s)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("nothing has been changed: %w", err)
	}
	for i, s := range ready {
		if err := s.replace(); err != nil {
			for _, done := range slices.Backward(ready[:i]) {
				err = errors.Join(err, done.restore())
			}
			return err
		}
	}
	for _, s := range ready {
		if s.gone {
			p.tidy(filepath.Dir(s.target))
		}
	}
	return nil
}

func (p *Project) stage(e edit) (s staged, made []string, err error) {
	s = staged{edit: e, target: p.on(e.path), mode: 0o644}
	if !e.gone {
		s.target = real(s.target) // what a link leads to is changed, and the link stays
	}
	if !inside(p.Root, filepath.Dir(s.target)) {
		return s, nil, fmt.Errorf("%s leads out of the project, to %s", e.path, s.target)
	}
	switch info, err := os.Stat(s.target); {
	case err == nil && info.IsDir():
		return s, nil, fmt.Errorf("%s is a folder", e.path)
	case err == nil && info.Mode().Perm()&0o200 == 0:
		return s, nil, fmt.Errorf("%s is read-only: make it writable first", e.path)
	case err == nil:
		s.was, s.mode = true, info.Mode().Perm()
		if s.before, err = os.ReadFile(s.target); err != nil {
			return s, nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return s, nil, fmt.Errorf("cannot write %s: %w", e.path, plain(err))
	}
	if e.watched && (s.was != (e.over != nil) || !bytes.Equal(s.before, e.over)) {
		return s, nil, fmt.Errorf("%s has been changed just now: nothing has been done, so say it again", e.path)
	}
	if e.gone {
		return s, nil, nil
	}
	if made, err = folders(filepath.Dir(s.target)); err != nil {
		return s, made, fmt.Errorf("cannot write %s: %w", e.path, plain(err))
	}
	s.beside, err = beside(s.target, e.content, s.mode)
	return s, made, err
}

// beside writes content into a new file of the same folder, and so of the same disk: taking a
// file's place there cannot half succeed.
func beside(target string, content []byte, mode fs.FileMode) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(target), ".gatehouse-*")
	if err != nil {
		return "", err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Chmod(mode), file.Close())
	return file.Name(), err
}

func (s staged) replace() error {
	if s.gone {
		return os.Remove(s.target)
	}
	return os.Rename(s.beside, s.target)
}

func (s staged) restore() error {
	if !s.was {
		return os.Remove(s.target)
	}
	again, err := beside(s.target, s.before, s.mode)
	if err != nil {
		return err
	}
	return os.Rename(again, s.target)
}

// tidy takes away folders that are empty now, up to the project's own.
func (p *Project) tidy(dir string) {
	for inside(p.Root, dir) && real(dir) != real(p.Root) && os.Remove(dir) == nil {
		dir = filepath.Dir(dir)
	}
}
