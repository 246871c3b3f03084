package repo

import (
	"go/ast"
	"go/build/constraint"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ownModule tells whether the file belongs to a module below the root's, such as tools.
func ownModule(name string) bool {
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if _, err := os.Stat(filepath.Join(root, folder, "go.mod")); err == nil {
			return true
		}
	}
	return false
}

// buildIgnored tells a program that stands beside a package, for go run alone.
func buildIgnored(s source) bool {
	for _, group := range s.file.Comments {
		for _, comment := range group.List {
			if expression, err := constraint.Parse(comment.Text); err == nil && expression.String() == "ignore" {
				return true
			}
		}
	}
	return false
}

const longest = 300

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, name := range paths(t) {
		if !slices.Contains([]string{".go", ".templ", ".css", ".js"}, path.Ext(name)) || under(name, "testdata") || strings.HasSuffix(name, "_templ.go") {
			continue
		}
		if strings.Contains(path.Base(name), ".min.") { // vendored as it came
			continue
		}
		if lines := strings.Count(read(t, name), "\n"); lines > longest {
			t.Errorf("%s has %d lines: past %d a file holds two ideas; split it by idea, not by length", name, lines, longest)
		}
	}
}

func TestOneDocPerPackage(t *testing.T) {
	t.Parallel()
	docs := map[string][]string{} // by folder and package, for a program for go run may stand beside a package
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		key := s.folder() + ": package " + s.file.Name.Name
		if _, seen := docs[key]; !seen {
			docs[key] = nil
		}
		if s.file.Doc.Text() != "" && !s.generated {
			docs[key] = append(docs[key], s.path)
		}
	}
	for key, files := range docs {
		if len(files) != 1 {
			t.Errorf("%s has %d docs %q: one, so that a reader of the package finds one beginning", key, len(files), files)
		}
	}
}

// skips are the tests that may leave something out.
var skips = map[string]string{
	"app/password/fuzz_test.go": "an input that the fuzzed function permits and that only costs time",
	"db/dbtest/template.go":     "go test -short without a Postgres; every other run without one fails",

	"app/internal/redis/redistest/redistest.go": "go test -short without a Redis; every other run without one fails",
}

func TestNothingIsSkipped(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if skips[s.path] != "" {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, selector.Sel.Name) {
				t.Errorf("%s:%d skips: a test that is left out unnoticed is worse than none", s.path, s.line(node))
			}
			return true
		})
	}
}

// raw are the templates that may write markup unescaped. Lint looks after .go files.
var raw = map[string]string{
	"components/icon.templ": "shapes come from a table of ours, never from a visitor",
}

func TestTemplatesEscape(t *testing.T) {
	t.Parallel()
	for _, name := range paths(t) {
		if path.Ext(name) == ".templ" && raw[name] == "" && strings.Contains(read(t, name), "templ.Raw(") {
			t.Errorf("%s uses templ.Raw: what a visitor typed would be run as script", name)
		}
	}
}

// TestOneTempl keeps the command's generator, the hosts' runtime and our own tool alike.
func TestOneTempl(t *testing.T) {
	t.Parallel()
	versions := map[string]string{}
	for _, name := range []string{"go.mod", "tools/go.mod"} {
		for line := range strings.Lines(read(t, name)) {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == templ {
				versions[name] = fields[1]
			}
		}
	}
	if versions["go.mod"] == "" || versions["go.mod"] != versions["tools/go.mod"] {
		t.Errorf("templ is %q: generated code names its version, so ours and a host's would differ", versions)
	}
}
