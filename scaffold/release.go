package scaffold

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/pages"
)

// A Template is a file of the kit that a project can have its own copy of.
type Template struct {
	// Name is what commands call it: "login", "mails/confirm", "elements/button".
	Name string
	// Path is where it stands in the kit, and below the project's folder for pages.
	Path string
	// Draws says what is drawn by it.
	Draws []Drawn

	content []byte
}

// Drawn is a field of [Views], Mails or Elements, and the function that the field holds.
type Drawn struct{ Registry, Field, Func string }

// A registry is a struct of functions, each of which a project may replace by its own, and typed is
// what it is called in views.go.
type registry struct {
	name, typed string
	kits        any
}

func registries() []registry {
	return []registry{{"Views", "app.Views", pages.Default()}, {"Mails", "app.Mails", pages.DefaultMails()}, {"Elements", "components.Elements", elements.Kit()}}
}

// sources are the folders whose templates can be copied: each needs nothing of the others.
func sources() map[string]fs.FS {
	return map[string]fs.FS{"pages": pages.Source(), "components/elements": elements.Source()}
}

// A release is the kit in one version, as far as copies of its templates go.
type release struct {
	version   string
	templates map[string]Template // by path
	fields    map[string][]string // by registry
	changes   changelog
}

// thisRelease is the kit that the running program was built with.
func thisRelease() (release, error) {
	r := release{version: stamp(), templates: map[string]Template{}, fields: map[string][]string{}, changes: readChangelog(gatehouse.Changelog())}
	for folder, source := range sources() {
		err := fs.WalkDir(source, ".", func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(source, file)
			if err != nil {
				return err
			}
			file = path.Join(folder, file)
			r.templates[file] = Template{Name: nameOf(file), Path: file, content: content}
			return nil
		})
		if err != nil {
			return release{}, err
		}
	}
	for _, from := range registries() {
		kits := reflect.ValueOf(from.kits)
		for i := range kits.NumField() {
			field := kits.Type().Field(i).Name
			r.fields[from.name] = append(r.fields[from.name], field)
			if kits.Field(i).IsNil() { // another field stands in for it
				continue
			}
			file, fn := writtenIn(kits.Field(i))
			t, known := r.templates[file]
			if !known {
				return release{}, fmt.Errorf("%s.%s is drawn by %s, which is in no file that can be copied", from.name, field, fn)
			}
			t.Draws = append(t.Draws, Drawn{from.name, field, fn})
			r.templates[file] = t
		}
	}
	return r, nil
}

// writtenIn is the template that a function was generated from, and the function's name there.
func writtenIn(function reflect.Value) (file, name string) {
	code := runtime.FuncForPC(function.Pointer())
	folder, name, _ := strings.Cut(strings.TrimPrefix(code.Name(), kit+"/"), ".")
	generated, _ := code.FileLine(function.Pointer())
	generated = generated[strings.LastIndexAny(generated, `/\`)+1:]
	return path.Join(folder, strings.TrimSuffix(generated, "_templ.go")+".templ"), name
}

// nameOf leaves out what every file of a kind has in common.
func nameOf(file string) string {
	name := strings.TrimSuffix(file, ".templ")
	for _, folder := range []string{"pages/", "components/"} {
		if rest, found := strings.CutPrefix(name, folder); found {
			return rest
		}
	}
	return name
}

// stamp is the version as it stands in a project; "devel" for that of a folder, which no number
// tells from what was there yesterday.
func stamp() string {
	own := ownModule()
	if own.Replace != nil || own.Version == "" || own.Version == "(devel)" {
		return "devel"
	}
	return own.Version
}

// all are the templates, pages first.
func (r release) all() []Template {
	return slices.SortedFunc(maps.Values(r.templates), func(a, b Template) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Path, b.Path))
	})
}

func rank(t Template) int {
	switch path.Dir(t.Path) {
	case "pages":
		return 0
	case "pages/mails":
		return 1
	}
	return 2
}

// find returns the templates of a name as somebody types it: a template's name or path, a folder
// of them, or what one of them draws. A page goes before a mail of the same name, and that before
// an element.
func (r release) find(name string) ([]Template, error) {
	asked := strings.Trim(strings.ReplaceAll(name, `\`, "/"), "/")
	if folder := r.those(func(t Template) bool {
		return slices.Contains([]string{path.Dir(t.Path), path.Base(path.Dir(t.Path))}, asked)
	}); len(folder) > 0 {
		return folder, nil
	}
	found := r.those(func(t Template) bool { return t.Name == asked || t.Path == asked })
	if len(found) == 0 {
		found = r.those(func(t Template) bool { return path.Base(t.Name) == asked || t.draws(asked) })
	}
	found = slices.DeleteFunc(found, func(t Template) bool { return rank(t) > rank(found[0]) })
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("the kit has no %q to eject; gatehouse eject --list names what there is", name)
	case len(found) > 1:
		return nil, fmt.Errorf("%q is %s; say which", name, strings.Join(names(found), " or "))
	}
	return found, nil
}

func (r release) those(are func(Template) bool) []Template {
	return slices.DeleteFunc(r.all(), func(t Template) bool { return !are(t) })
}

func (t Template) draws(asked string) bool {
	return slices.ContainsFunc(t.Draws, func(d Drawn) bool { return bare(d.Field) == bare(asked) })
}

// bare has "confirm-link" and "ConfirmLink" be one.
func bare(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
}

func names(templates []Template) []string {
	list := make([]string, len(templates))
	for i, t := range templates {
		list[i] = t.Name
	}
	return list
}
