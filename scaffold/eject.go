package scaffold

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/scaffold/diff3"
)

// Ejecting says what to copy and how.
type Ejecting struct {
	// Names are of templates, or of folders of them. None means every template.
	Names []string
	// Folder is the folder of the project below which the kit's own paths are. The default is the
	// one that earlier copies are in, or else the project's root.
	Folder string
	// Force overwrites what is there.
	Force bool
}

// Eject plans to copy templates into the project, byte for byte, and to have them used.
func (p *Project) Eject(e Ejecting) (*Plan, error) {
	if err := p.agree(ownModule()); err != nil {
		return nil, err
	}
	folder, err := p.folderFor(e.Folder)
	if err != nil {
		return nil, err
	}
	wanted, named, err := p.wanted(e.Names)
	if err != nil {
		return nil, err
	}
	w := p.plan(folder)
	var faults []error
	for _, t := range wanted {
		faults = append(faults, w.eject(t, e.Force, named[t.Path]))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return w.done(), w.checkNames()
}

// wanted are the templates of some names, and which of them were asked for one by one.
func (p *Project) wanted(asked []string) (list []Template, named map[string]bool, err error) {
	named = map[string]bool{}
	var faults []error
	for _, name := range asked {
		found, err := p.release.find(name)
		faults = append(faults, err)
		for _, t := range found {
			named[t.Path] = named[t.Path] || len(found) == 1
			if !slices.ContainsFunc(list, func(other Template) bool { return other.Path == t.Path }) {
				list = append(list, t)
			}
		}
	}
	if len(asked) == 0 {
		list = p.release.all()
	}
	return list, named, errors.Join(faults...)
}

func (w *Plan) eject(t Template, force, named bool) error {
	file := path.Join(w.folder, t.Path)
	there, err := os.ReadFile(w.project.on(file))
	missing := errors.Is(err, os.ErrNotExist)
	switch {
	case missing:
	case err != nil:
		return fmt.Errorf("cannot read %s: %w", file, plain(err))
	case diff3.Same(there, t.content):
		if w.copies.find(file) != nil {
			w.note("%s is ejected already, and as the kit has it.", file)
		}
	case force:
	default:
		return w.occupied(t, file, there, named)
	}
	switch before := w.copies.find(file); {
	case missing:
		w.step("copied", file)
	case !diff3.Same(there, t.content):
		w.step("overwritten", file)
	case before == nil:
		w.step("adopted", file)
	}
	content := t.content
	if !missing && diff3.Same(there, t.content) {
		content = there
	}
	if err := w.put(file, content, there); err != nil {
		return err
	}
	if before := w.copies.find(file); before == nil || before.base != sumOf(t.content) || missing {
		w.keep(file, t)
	}
	return w.register(t)
}

// occupied refuses to write over what is there, or leaves it where everything was asked for.
func (w *Plan) occupied(t Template, file string, there []byte, named bool) error {
	before := w.copies.find(file)
	if before == nil {
		return fmt.Errorf("%s is the project's own and was never ejected: move it away, or pass --force to overwrite it", file)
	}
	base, err := w.project.base(*before)
	switch {
	case err != nil:
		return err
	case named && diff3.Same(there, base):
		return fmt.Errorf("%s is ejected already, and the kit's has changed since: gatehouse update %s brings that in", file, t.Name)
	case named:
		return fmt.Errorf("%s is ejected already and has changes of yours: gatehouse update %s keeps them, --force overwrites them", file, t.Name)
	}
	w.note("%s is ejected already and differs from the kit's: left as it is.", file)
	return nil
}

// register has views.go name what the template draws.
func (w *Plan) register(t Template) error {
	if err := w.read(); err != nil {
		return err
	}
	for _, d := range t.Draws {
		if imported := w.imported(t.Path); imported != "" {
			if _, err := w.views.importing(imported); err != nil {
				return err
			}
		}
		function := w.called(t.Path, d.Func)
		instead, err := w.views.add(d.Registry, d.Field, function)
		if err != nil {
			return err
		}
		if instead != "" {
			w.note("%s has %s: %s, so that %s is not used until you change that.", w.viewsPath(), d.Field, instead, function)
		}
	}
	return nil
}

// checkNames refuses what would not compile, since the package has a declaration of that name
// already, or is called something else.
func (w *Plan) checkNames() error {
	written := map[string]bool{}
	for _, e := range w.edits {
		written[e.path] = true
	}
	taken := map[string]map[string]string{} // by folder, the file that declares each name
	var faults []error
	for _, e := range w.edits {
		if !strings.HasSuffix(e.path, "_templ.go") {
			continue
		}
		folder := path.Dir(e.path)
		if taken[folder] == nil {
			taken[folder] = w.project.declared(folder, written)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), e.path, e.content, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if other, named := taken[folder][packageKey]; named && other != parsed.Name.Name {
			return fmt.Errorf("%s holds package %s, and the kit's templates there are package %s: pass --dir to have them in another folder", folder, other, parsed.Name.Name)
		}
		for _, name := range declarations(parsed) {
			if other := taken[folder][name]; other != "" {
				faults = append(faults, fmt.Errorf("%s declares %s, and so does %s: rename yours", other, name, strings.TrimSuffix(e.path, "_templ.go")+".templ"))
			}
		}
	}
	return errors.Join(faults...)
}

// packageKey is no name that can be declared.
const packageKey = "package"

func (p *Project) declared(folder string, except map[string]bool) map[string]string {
	names := map[string]string{}
	for _, name := range p.goFiles(folder) {
		shown := path.Join(folder, name)
		if except[shown] {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), p.on(shown), nil, parser.SkipObjectResolution)
		if err != nil || strings.HasSuffix(parsed.Name.Name, "_test") {
			continue // the compiler says it better
		}
		names[packageKey] = parsed.Name.Name
		for _, name := range declarations(parsed) {
			names[name] = shown
		}
	}
	return names
}

// goFiles are the names of the Go files in a folder, which need not be there.
func (p *Project) goFiles(folder string) []string {
	entries, err := os.ReadDir(p.on(folder))
	if err != nil {
		return nil
	}
	var list []string
	for _, entry := range entries {
		if !entry.IsDir() && path.Ext(entry.Name()) == ".go" {
			list = append(list, entry.Name())
		}
	}
	return list
}

func declarations(file *ast.File) []string {
	var list []string
	add := func(names ...*ast.Ident) {
		for _, name := range names {
			if name.Name != "_" && name.Name != "init" {
				list = append(list, name.Name)
			}
		}
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.ValueSpec:
					add(s.Names...)
				case *ast.TypeSpec:
					add(s.Name)
				}
			}
		}
	}
	return list
}
