package scaffold

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse"
	"github.com/gatehouse-go/gatehouse/components"
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

// Drawn is a field of Views, Mails or Elements, and the function that the field holds.
type Drawn struct{ Registry, Field, Func string }

// A registry is a struct of functions, each of which a project may replace by its own. The kit's own
// are called as the fields are, and stand in the templates of one folder.
type registry struct {
	name   string
	of     reflect.Type
	typed  string // what it is called in views.go
	folder string
}

func registries() []registry {
	return []registry{
		{"Views", reflect.TypeFor[pages.Views](), "app.Views", "pages"},
		{"Mails", reflect.TypeFor[pages.Mails](), "app.Mails", "pages/mails"},
		{"Elements", reflect.TypeFor[components.Elements](), "components.Elements", "components/elements"},
	}
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
		for i := range from.of.NumField() {
			field := from.of.Field(i).Name
			r.fields[from.name] = append(r.fields[from.name], field)
			declares := regexp.MustCompile(`(?m)^(?:templ|func) ` + field + `\(`)
			for file, t := range r.templates {
				if path.Dir(file) == from.folder && declares.Match(t.content) {
					t.Draws = append(t.Draws, Drawn{from.name, field, field})
					r.templates[file] = t
				}
			}
		}
	}
	return r, nil
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
