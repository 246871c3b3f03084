package scaffold

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"

	"github.com/gatehouse-go/gatehouse/scaffold/diff3"
)

// Uneject plans to give copies back to the kit: they are deleted, and the kit's own are used again.
// What the project has changed in one is only deleted by force.
func (p *Project) Uneject(names []string, force bool) (*Plan, error) {
	list, err := p.chosen(names)
	if err != nil {
		return nil, err
	}
	folder, _ := p.copies.folder()
	w := p.plan(folder)
	var faults []error
	for _, c := range list {
		if !force && (c.Yours || c.State == Unresolved) {
			faults = append(faults, fmt.Errorf("%s has changes of yours, which would be lost: pass --force to delete it", c.Path))
			continue
		}
		faults = append(faults, w.uneject(c))
	}
	return w.done(), errors.Join(faults...)
}

func (w *Plan) uneject(c Copy) error {
	if err := w.unregister(c); err != nil {
		return err
	}
	w.copies = w.copies.without(c.Path)
	if c.State == Gone {
		w.step("forgotten", c.Path)
	} else {
		w.step("deleted", c.Path)
		w.edits = append(w.edits, edit{path: c.Path, gone: true, watched: true, over: c.own})
	}
	w.edits = append(w.edits, edit{path: generatedName(c.Path), gone: true})
	return nil
}

// unregister takes out of views.go what the copy drew, and refuses where that is named otherwise.
func (w *Plan) unregister(c Copy) error {
	functions, err := w.functions(c)
	if err != nil {
		return err
	}
	named, err := w.named(c, functions)
	if err != nil || w.views == nil {
		return err
	}
	for _, d := range named {
		if _, err := w.views.drop(d.Registry, d.Field, d.Func); err != nil {
			return err
		}
	}
	for _, function := range functions {
		if called := w.called(c.copied.from, function); w.views.uses(called) {
			return fmt.Errorf("%s names %s in a way of your own: take that out first", w.viewsPath(), called)
		}
	}
	if imported := w.imported(c.copied.from); imported != "" {
		return w.views.unimport(imported)
	}
	return nil
}

// functions are what a copy declared when it was made.
func (w *Plan) functions(c Copy) ([]string, error) {
	base, err := w.project.base(c.copied)
	if err != nil {
		return nil, err
	}
	return declaredBy(c.Path, base)
}

// named are the fields in views.go that hold just one of these functions of a copy.
func (w *Plan) named(c Copy, functions []string) ([]Drawn, error) {
	if err := w.readIfThere(); err != nil || w.views == nil {
		return nil, err
	}
	var list []Drawn
	for _, r := range registries() {
		literal, err := w.views.literal(r.name)
		if err != nil {
			return nil, err
		}
		if literal == nil {
			continue
		}
		for _, element := range literal.Elts {
			for _, function := range functions {
				if called := w.called(c.copied.from, function); w.views.value(element) == called {
					list = append(list, Drawn{r.name, keyOf(element), called})
				}
			}
		}
	}
	return list, nil
}

// declaredBy are the names that a template's Go declares.
func declaredBy(file string, content []byte) ([]string, error) {
	generated, err := generate(file, diff3.Normal(content))
	if err != nil {
		return nil, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, generated, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return declarations(parsed), nil
}
