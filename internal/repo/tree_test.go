package repo

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	module = "github.com/gatehouse-go/gatehouse"
	root   = "../.."
)

// A source is one Go file, parsed.
type source struct {
	path      string // from the root, with slashes
	file      *ast.File
	lines     *token.FileSet
	generated bool
}

func (s source) folder() string { return path.Dir(s.path) }
func (s source) test() bool     { return strings.HasSuffix(s.path, "_test.go") }

func (s source) line(node ast.Node) int { return s.lines.Position(node.Pos()).Line }

// paths are the files that git keeps or would keep, from the root: what .gitignore names is nobody's concern.
func paths(tb testing.TB) []string {
	tb.Helper()
	list, err := listed()
	if err != nil {
		tb.Fatalf("git ls-files: %v", err)
	}
	return list
}

var listed = sync.OnceValues(func() ([]string, error) {
	git := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	git.Dir = root
	out, err := git.Output()
	if err != nil {
		return nil, err
	}
	var kept []string
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		if _, err := os.Lstat(filepath.Join(root, name)); errors.Is(err, fs.ErrNotExist) {
			continue // removed, and not yet committed so
		}
		kept = append(kept, name)
	}
	return kept, nil
})

// sources are the Go files of every module of the repository, but for testdata.
func sources(tb testing.TB) []source {
	tb.Helper()
	all, err := parsed()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

var parsed = sync.OnceValues(func() ([]source, error) {
	list, err := listed()
	if err != nil {
		return nil, err
	}
	var all []source
	for _, name := range list {
		if path.Ext(name) != ".go" || under(name, "testdata") {
			continue
		}
		lines := token.NewFileSet()
		file, err := parser.ParseFile(lines, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		all = append(all, source{path: name, file: file, lines: lines, generated: ast.IsGenerated(file)})
	}
	return all, nil
})

// under tells whether a folder of that name is anywhere above the file.
func under(name, folder string) bool {
	return strings.Contains("/"+path.Dir(name)+"/", "/"+folder+"/")
}

func read(tb testing.TB, name string) string {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}
