package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// callers lists which functions call a method or function of each name, over the sources of the package.
func callers(t *testing.T) map[string][]string {
	t.Helper()
	files := token.NewFileSet()
	calls := map[string][]string{}
	must(t, fs.WalkDir(os.DirFS("."), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && path != "." {
			return cmpSkip(err)
		}
		if entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			in := path
			if function, ok := declared.(*ast.FuncDecl); ok {
				in = function.Name.Name
			}
			ast.Inspect(declared, func(n ast.Node) bool {
				for _, name := range named(n) {
					calls[name] = append(calls[name], in)
				}
				return true
			})
		}
		return nil
	}))
	return calls
}

func cmpSkip(err error) error {
	if err != nil {
		return err
	}
	return fs.SkipDir
}

// named is every name that a node uses: a method or field by its own name and by that of what it
// stands on, and a type that is made.
func named(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		names := []string{n.Sel.Name}
		switch on := n.X.(type) {
		case *ast.Ident:
			names = append(names, on.Name+"."+n.Sel.Name)
		case *ast.SelectorExpr:
			names = append(names, on.Sel.Name+"."+n.Sel.Name)
		}
		return names
	case *ast.CompositeLit:
		if kind, ok := n.Type.(*ast.SelectorExpr); ok {
			return []string{"new " + kind.Sel.Name}
		}
	}
	return nil
}

// There is one road to a session: walk asks the gates and calls admit, which alone inserts the
// session, rotate gives it another value. Whatever signs in by itself skips the gates.
func TestOneRoadToASession(t *testing.T) {
	t.Parallel()
	calls := callers(t)
	for name, allowed := range map[string][]string{
		"admit":             {"walk"},
		"walk":              {"restore", "signIn"},
		"openSession":       {"admit"},
		"sessions.InsertAs": {"openSession"},
		"new Session":       {"openSession"},
		"sessions.RotateTo": {"rotate"},
		"gates":             {"walk"},
	} {
		by := slices.Sorted(maps.Keys(set(calls[name])))
		for _, caller := range by {
			if !slices.Contains(allowed, caller) {
				t.Errorf("%s is used by %s: only %v may, or the gates are skipped", name, caller, allowed)
			}
		}
		if len(by) == 0 {
			t.Errorf("nothing uses %s: this test looks for the wrong name", name)
		}
	}
	// The cookie of a session is set beside its row.
	for _, caller := range calls["BodyParser"] {
		t.Errorf("%s uses BodyParser, which fills fields that no form has", caller)
	}
	for _, name := range []string{"RedirectBack", "BaseURL", "Hostname", "Protocol", "time.Now"} {
		for _, caller := range calls[name] {
			ofURL := name == "Hostname" && slices.Contains([]string{"Development", "atHome", "plainURL", "aHost", "plainName"}, caller)
			if caller != "withDefaults" && !ofURL {
				t.Errorf("%s uses %s, which believes what a request claims, or the wrong clock", caller, name)
			}
		}
	}
}

func set(list []string) map[string]bool {
	all := map[string]bool{}
	for _, s := range list {
		all[s] = true
	}
	return all
}
