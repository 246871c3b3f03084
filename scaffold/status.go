package scaffold

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/gatehouse-go/gatehouse/scaffold/diff3"
)

// A State is how a copy stands to what it was copied from, and to what the kit has now.
type State string

// The states of a copy, the worst last.
const (
	// Untouched: nobody has changed anything since.
	Untouched State = "untouched"
	// Yours: the project has changed it, the kit has not.
	Yours State = "yours"
	// Ours: the kit has changed it, the project has not.
	Ours State = "ours"
	// Both have changed it.
	Both State = "both"
	// Gone: the project has deleted its copy, and has not given it back.
	Gone State = "gone"
	// Dropped: the kit has no such template any more.
	Dropped State = "dropped"
	// Unresolved: marks of a conflict are in it.
	Unresolved State = "unresolved"
	// Security: the kit has changed it because it was not safe before.
	Security State = "SECURITY"
)

// A Copy is a file that a project has ejected.
type Copy struct {
	Name    string `json:"name"`
	Path    string `json:"path"`
	State   State  `json:"state"`
	Version string `json:"version"` // of the kit, when it was copied or last updated
	// Yours and Ours tell who has changed it since, whatever the state is.
	Yours bool `json:"changed_by_you"`
	Ours  bool `json:"changed_by_kit"`
	// Safety says what was not safe in it, the newest first.
	Safety []string `json:"safety,omitempty"`

	copied          copied
	base, own, kits []byte
}

// Status tells how copies stand, in the order of their paths: those of some names, or all.
func (p *Project) Status(names ...string) ([]Copy, error) {
	if err := p.agree(ownModule()); err != nil {
		return nil, err
	}
	return p.chosen(names)
}

func (p *Project) status() ([]Copy, error) {
	var list []Copy
	var faults []error
	for _, c := range p.copies {
		one, err := p.look(c)
		list, faults = append(list, one), append(faults, err)
	}
	return list, errors.Join(faults...)
}

func (p *Project) look(c copied) (Copy, error) {
	one := Copy{Name: nameOf(c.from), Path: c.path, Version: c.version, copied: c}
	own, err := os.ReadFile(p.on(c.path))
	if errors.Is(err, os.ErrNotExist) {
		one.State = Gone
		return one, nil
	}
	if err != nil {
		return one, fmt.Errorf("cannot read %s: %w", c.path, plain(err))
	}
	one.own = own
	if diff3.Unresolved(own) {
		one.State = Unresolved
		return one, nil
	}
	if one.base, err = p.base(c); err != nil {
		return one, err
	}
	one.Yours = !diff3.Same(own, one.base)
	now, known := p.release.templates[c.from]
	if !known {
		one.State, one.Ours = Dropped, true
		return one, nil
	}
	one.kits = now.content
	if diff3.Same(own, now.content) { // changed by both, and alike
		one.State, one.Yours = Untouched, false
		return one, nil
	}
	one.Ours = !diff3.Same(now.content, one.base)
	one.State = map[[2]bool]State{{false, false}: Untouched, {true, false}: Yours, {false, true}: Ours, {true, true}: Both}[[2]bool{one.Yours, one.Ours}]
	if notes := p.release.changes.safety(c.from); one.Ours && len(notes) > c.fixes {
		one.State = Security
		for _, n := range notes[:len(notes)-c.fixes] {
			one.Safety = append(one.Safety, n.text)
		}
	}
	return one, nil
}

// Diff writes what the kit has changed in a template since it was copied, and what the project has,
// as unified diffs.
func (c Copy) Diff(to io.Writer) error {
	for _, d := range [][]byte{
		changed(c.Ours && c.kits != nil, c.Path+" as it was copied", c.base, c.Path+" of the kit", c.kits),
		changed(c.Yours, c.Path+" as it was copied", c.base, c.Path, c.own),
	} {
		if _, err := to.Write(d); err != nil {
			return err
		}
	}
	return nil
}

func changed(really bool, oldName string, before []byte, newName string, after []byte) []byte {
	if !really {
		return nil
	}
	return diff3.Unified(oldName, before, newName, after)
}
