package scaffold

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/scaffold/diff3"
)

// Update plans to bring into the project's copies what the kit has changed since they were made.
// Without names it is about every copy.
func (p *Project) Update(names []string) (*Plan, error) {
	if err := p.agree(ownModule()); err != nil {
		return nil, err
	}
	list, err := p.chosen(names)
	if err != nil {
		return nil, err
	}
	folder, _ := p.copies.folder()
	w := p.plan(folder)
	var faults []error
	for _, c := range list {
		faults = append(faults, w.update(c))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	err = w.registerAnew(list)
	return w.done(), err
}

// chosen are the copies of some names, or all.
func (p *Project) chosen(names []string) ([]Copy, error) {
	all, err := p.status()
	if err != nil || len(names) == 0 {
		return all, err
	}
	var list []Copy
	for _, name := range names {
		asked := strings.Trim(strings.ReplaceAll(name, `\`, "/"), "/")
		found := matching(all, asked)
		if len(found) == 0 {
			return nil, fmt.Errorf("there is no %q among what this project has ejected; gatehouse status lists that", name)
		}
		for _, c := range found {
			if !slices.ContainsFunc(list, func(other Copy) bool { return other.Path == c.Path }) {
				list = append(list, c)
			}
		}
	}
	return list, nil
}

// matching are the copies of a name or path, or else of a folder, or else of the end of a name.
func matching(all []Copy, asked string) []Copy {
	for _, exactly := range []func(Copy) bool{
		func(c Copy) bool { return c.Name == asked || c.Path == asked || c.copied.from == asked },
		func(c Copy) bool {
			return path.Dir(c.copied.from) == asked || path.Base(path.Dir(c.copied.from)) == asked
		},
		func(c Copy) bool { return path.Base(c.Name) == asked },
	} {
		var found []Copy
		for _, c := range all {
			if exactly(c) {
				found = append(found, c)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func (w *Plan) update(c Copy) error {
	now := w.project.release.templates[c.copied.from]
	switch c.State {
	case Untouched, Yours:
		if c.copied.base != sumOf(now.content) { // changed by both, and alike
			w.keep(c.Path, now)
			w.step("recorded", c.Path)
		}
		return w.refresh(c)
	case Gone:
		w.note("%s is not there any more: gatehouse uneject %s gives it back to the kit, gatehouse eject %s copies it again.", c.Path, c.Name, c.Name)
		return nil
	case Dropped:
		w.note("%s: the kit has no such page any more. It is left as it is; gatehouse uneject %s forgets it.", c.Path, c.Name)
		return nil
	case Unresolved:
		w.Conflicts++
		w.note("%s still has the marks of a conflict: settle that first.", c.Path)
		return nil
	case Ours, Both, Security:
	}
	return w.merge(c, now)
}

func (w *Plan) merge(c Copy, now Template) error {
	merge := diff3.Three(c.base, c.own, c.kits, diff3.Names{Yours: "yours", Ours: strings.TrimSpace("Gatehouse " + w.project.release.version)})
	w.keep(c.Path, now)
	switch {
	case merge.Conflicts > 0:
		w.Conflicts++
		w.step(fmt.Sprintf("conflict in %d places", merge.Conflicts), c.Path)
		if merge.Conflicts == 1 {
			w.Steps[len(w.Steps)-1].Does = "conflict"
		}
		// What was generated of it stays: marks are no templ.
		w.edits = append(w.edits, edit{path: c.Path, content: merge.Text, watched: true, over: c.own})
		return nil
	case c.Yours:
		w.step("merged", c.Path)
	default:
		w.step("updated", c.Path)
	}
	if _, err := generate(c.Path, diff3.Normal(merge.Text)); err != nil { // each made sense alone
		w.Conflicts++
		w.edits = append(w.edits, edit{path: c.Path, content: merge.Text, watched: true, over: c.own})
		w.note("What was merged is no templ: %v.", err)
		return nil
	}
	return w.put(c.Path, merge.Text, c.own)
}

// refresh generates the Go of a copy that was changed and not generated since.
func (w *Plan) refresh(c Copy) error {
	generated, needed, err := w.goOf(c.Path, c.own)
	if err != nil {
		w.note("%v.", err)
		return nil
	}
	if needed {
		w.step("generated", generated.path)
		w.edits = append(w.edits, generated)
	}
	return nil
}

// registerAnew has views.go name what updated templates draw now, and none of their functions in a
// field that the kit has not got any more. Whatever else stands there is the project's.
func (w *Plan) registerAnew(list []Copy) error {
	for _, c := range list {
		if c.State == Gone || c.State == Unresolved {
			continue
		}
		before, err := declaredBy(c.Path, c.base)
		if err != nil {
			return err
		}
		fresh := w.project.release.templates[c.copied.from]
		fresh.Draws = slices.DeleteFunc(slices.Clone(fresh.Draws), func(d Drawn) bool { return slices.Contains(before, d.Func) })
		if len(fresh.Draws) > 0 {
			if err := w.register(fresh); err != nil {
				return err
			}
		}
		if err := w.dropStale(c, before); err != nil {
			return err
		}
	}
	return nil
}

// dropStale takes out what this command once put into fields that are no more: it would not compile.
func (w *Plan) dropStale(c Copy, functions []string) error {
	named, err := w.named(c, functions)
	if err != nil {
		return err
	}
	for _, d := range named {
		if slices.Contains(w.project.release.fields[d.Registry], d.Field) {
			continue
		}
		if _, err := w.views.drop(d.Registry, d.Field, d.Func); err != nil {
			return err
		}
		w.note("%s.%s is no more, and %s is not named in %s any longer: %s says why, under %q.", d.Registry, d.Field, d.Func, w.viewsPath(), changelogURL, ejectedHeading)
	}
	return nil
}
