package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/pages"
)

func kitRelease(t *testing.T) release {
	t.Helper()
	r, err := thisRelease()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A template that could not be ejected would be one that a host cannot change.
func TestEveryTemplateIsDrawnByARegistry(t *testing.T) {
	t.Parallel()
	for _, one := range kitRelease(t).all() {
		if len(one.Draws) == 0 {
			t.Errorf("%s draws nothing of %s: a copy of it would not be used", one.Path, "Views, Mails or Elements")
		}
		if bytes.ContainsRune(one.content, '\r') {
			t.Errorf("%s has lines that end in CR LF, by which copies would differ in every line", one.Path)
		}
	}
}

// Each of the kit's own is where its copy is looked for.
func TestEveryViewCanBeEjected(t *testing.T) {
	t.Parallel()
	r, drawn := kitRelease(t), 0
	for _, one := range r.all() {
		drawn += len(one.Draws)
		for _, d := range one.Draws {
			kits := map[string]any{"Views": pages.Default(), "Mails": pages.DefaultMails(), "Elements": elements.Kit()}[d.Registry]
			function := runtime.FuncForPC(reflect.ValueOf(kits).FieldByName(d.Field).Pointer())
			if want := kit + "/" + path.Dir(one.Path) + "." + d.Func; function.Name() != want {
				t.Errorf("%s.%s is drawn by %s, and by a copy of %s as %s", d.Registry, d.Field, function.Name(), one.Path, want)
			}
		}
	}
	own := map[uintptr]bool{} // several layouts are one
	for _, kits := range []any{pages.Default(), pages.DefaultMails(), elements.Kit()} {
		for i := range reflect.ValueOf(kits).NumField() {
			if !reflect.ValueOf(kits).Field(i).IsNil() {
				own[reflect.ValueOf(kits).Field(i).Pointer()] = true
			}
		}
	}
	if drawn != len(own) {
		t.Errorf("%d views, mails and elements can be ejected, and the kit has %d", drawn, len(own))
	}
}

// A file that used a name of another file of its package would not compile alone in a project.
func TestEveryTemplateStandsAlone(t *testing.T) {
	t.Parallel()
	for _, one := range kitRelease(t).all() {
		generated, err := generate(one.Path, one.content)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), one.Path, generated, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range elsewhere(file) {
			t.Errorf("%s uses %s, which another file declares: a copy of it alone would not compile", one.Path, name)
		}
		for _, literal := range unkeyed(file) {
			t.Errorf("%s gives values to %s without the names of its fields: another field would break a copy", one.Path, literal)
		}
		if file.Name.Name != path.Base(path.Dir(one.Path)) {
			t.Errorf("%s is of package %s: a project would look for it in a folder of that name", one.Path, file.Name.Name)
		}
	}
}

// elsewhere are the names that a file neither declares nor imports.
func elsewhere(file *ast.File) []string {
	known := map[string]bool{}
	for _, spec := range file.Imports {
		known[importedName(spec)] = true
	}
	var list []string
	for _, name := range file.Unresolved {
		if !known[name.Name] && types.Universe.Lookup(name.Name) == nil {
			list = append(list, name.Name)
		}
	}
	return list
}

// unkeyed are the structs of other packages that a file fills by the order of their fields.
func unkeyed(file *ast.File) []string {
	var list []string
	ast.Inspect(file, func(node ast.Node) bool {
		literal, ok := node.(*ast.CompositeLit)
		if !ok || len(literal.Elts) == 0 {
			return true
		}
		of, ok := literal.Type.(*ast.SelectorExpr)
		if _, keyed := literal.Elts[0].(*ast.KeyValueExpr); ok && !keyed {
			list = append(list, types.ExprString(of))
		}
		return true
	})
	return list
}

func TestUnkeyed(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package pages\n\nimport \"a/b\"\n\nvar _, _, _, _ = b.C{1}, b.D{E: 1}, b.F{}, []b.G{{H: 1}}\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(unkeyed(file)); got != "[b.C]" {
		t.Errorf("without names: %s", got)
	}
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package pages\n\nimport \"a/b\"\n\nfunc own() string { return b.C(own(), sibling(len(\"\")), nil) }\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(elsewhere(file)); got != "[sibling]" {
		t.Errorf("declared elsewhere: %s", got)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	r := kitRelease(t)
	for asked, want := range map[string]string{
		"login": "login", "pages/login.templ": "login", `pages\login.templ`: "login", "confirm": "confirm", "mails/confirm": "mails/confirm",
		"confirm-link": "confirm", "ConfirmLink": "confirm", "notice": "mails/notice", "layout": "layout", "change-email": "change_email",
	} {
		if found, err := r.find(asked); err != nil || strings.Join(names(found), " ") != want {
			t.Errorf("%q finds %q, %v; want %q", asked, names(found), err, want)
		}
	}
	for folder, least := range map[string]int{"pages": 15, "mails": 10, "pages/mails/": 10} {
		found, err := r.find(folder)
		if err != nil || len(found) < least {
			t.Errorf("%q finds %q, %v", folder, names(found), err)
		}
		for _, one := range found {
			if !strings.HasSuffix(path.Dir(one.Path), strings.Trim(folder, "/")) {
				t.Errorf("%q finds %s", folder, one.Path)
			}
		}
	}
	for _, nothing := range []string{"", "nothing", "../login", "pages/nothing.templ", "log"} {
		if found, err := r.find(nothing); err == nil {
			t.Errorf("%q finds %q", nothing, names(found))
		}
	}
}
