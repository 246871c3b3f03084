package repo

import (
	"go/ast"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withoutFile are files that a feature would have by its name, and why it has none.
var withoutFile = map[string]string{
	"pages/remember.templ":    "it adds a box to the sign-in page and has no page of its own",
	"pages/props/remember.go": "it adds a box to the sign-in page and has no page of its own",
	"pages/alert.templ":       "it sends a notice and has no page",
	"pages/props/alert.go":    "it sends a notice and has no page",
	"pages/track.templ":       "it adds a row to the account page and has no page of its own",
	"pages/props/track.go":    "it adds a row to the account page and has no page of its own",
}

// A feature is an exported type of package app with a method enable.
func TestFeatureHasOneNameEverywhere(t *testing.T) {
	t.Parallel()
	features := 0
	for _, s := range sources(t) {
		if s.folder() != "app" || s.test() || !enables(s.file) {
			continue
		}
		features++
		name := strings.TrimSuffix(strings.TrimPrefix(s.path, "app/"), ".go")
		for _, want := range []string{"app/" + name + "_test.go", "pages/" + name + ".templ", "pages/props/" + name + ".go", "docs/" + name + ".md"} {
			_, err := os.Stat(filepath.Join(root, want))
			switch reason := withoutFile[want]; {
			case err != nil && reason == "":
				t.Errorf("%s: there is no %s: whoever knows a feature's name knows where its page, props, test and doc are", s.path, want)
			case err == nil && reason != "":
				t.Errorf("%s exists; take it off the list of exceptions", want)
			}
		}
	}
	if features == 0 {
		t.Error("no feature was found in app: the test no longer knows what one looks like")
	}
}

func enables(file *ast.File) bool { return enabled(file) != "" }

// enabled is the feature that a file declares; "" if there is none.
func enabled(file *ast.File) string {
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok || f.Name.Name != "enable" || f.Recv == nil {
			continue
		}
		receiver := f.Recv.List[0].Type
		if pointer, ok := receiver.(*ast.StarExpr); ok {
			receiver = pointer.X
		}
		if name, ok := receiver.(*ast.Ident); ok && name.IsExported() {
			return name.Name
		}
	}
	return ""
}
