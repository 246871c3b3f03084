package elements_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/components/elements"
)

// A copy of one file builds without the others, and together with copies of all of them.
func TestEachFileStandsAlone(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(elements.Source(), "*.templ")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d files are embedded: %v", len(names), err)
	}
	declared, used := map[string]string{}, map[string]map[string]bool{}
	for _, name := range names {
		written, err := parser.ParseFile(token.NewFileSet(), strings.TrimSuffix(name, ".templ")+"_templ.go", nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range written.Decls {
			for _, declaredName := range declares(d) {
				declared[declaredName] = name
			}
		}
		used[name] = map[string]bool{}
		ast.Walk(idents(used[name]), written)
	}
	for name, all := range used {
		for ident := range all {
			if home := declared[ident]; home != "" && home != name {
				t.Errorf("%s uses %s of %s: a copy of it alone would not build", name, ident, home)
			}
		}
	}
}

// idents collects the names that stand for themselves rather than for a part of something.
type idents map[string]bool

func (used idents) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.Ident:
		used[n.Name] = true
	case *ast.SelectorExpr:
		ast.Walk(used, n.X)
		return nil
	}
	return used
}

func declares(d ast.Decl) []string {
	var names []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		names = append(names, d.Name.Name)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, ident := range spec.Names {
					if ident.Name != "_" {
						names = append(names, ident.Name)
					}
				}
			}
		}
	}
	return names
}
