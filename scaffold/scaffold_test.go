package scaffold_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/scaffold"
)

// What stands in the starter's folder is copied, but for what running it leaves behind.
func TestEveryFileOfTheStarterIsCopied(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	if _, err := scaffold.New(scaffold.Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	err := fs.WalkDir(os.DirFS("starter"), ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (file == "bin" || file == "vendor" || file == ".task" || file == "demo-data"):
			return fs.SkipDir
		case entry.IsDir() || strings.Contains(file, ".db") || file == ".env":
			return nil
		}
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			t.Errorf("the application lacks a file of the starter: %v", err)
		} else if info.Mode().Perm()&0o200 == 0 {
			t.Errorf("%s cannot be changed by its owner: %v", file, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The pages are generated anew for each application. What is committed must be what that gives.
func TestGenerateIsTempl(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const page = "home.templ"
	source, err := os.ReadFile(filepath.Join("starter", "pages", page))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"pages", "node_modules", ".git", "nested"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, folder, page), source, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "nested", "go.mod"), []byte("module example.com/nested\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := scaffold.Generate(dir); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"node_modules", ".git", "nested"} {
		if _, err := os.Stat(filepath.Join(dir, folder, "home_templ.go")); err == nil {
			t.Errorf("a page in %s was generated", folder)
		}
	}
	got := withoutFileNames(t, filepath.Join(dir, "pages", "home_templ.go"))
	if want := withoutFileNames(t, filepath.Join("starter", "pages", "home_templ.go")); got != want {
		t.Error("the generated page is not the committed one")
	}
}

// withoutFileNames reads generated code. The names in it depend on where templ was started.
func withoutFileNames(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(content), "\n")
	for i, line := range lines {
		before, rest, named := strings.Cut(line, "FileName: `")
		if _, after, closed := strings.Cut(rest, "`"); named && closed {
			lines[i] = before + after
		}
	}
	return strings.Join(lines, "\n")
}

func TestGenerateTellsWhereAPageIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, page := range map[string]string{
		"open.templ":  "package pages\n\ntempl Open() {\n\t<p>\n}\n",
		"right.templ": "package pages\n\ntempl Right() {\n\t<p></p>\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := scaffold.Generate(dir)
	if err == nil || !strings.HasPrefix(err.Error(), "open.templ: ") {
		t.Errorf("Generate says %v, want what is wrong with open.templ", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "right_templ.go")); err != nil {
		t.Errorf("a page that is right is not generated beside one that is wrong: %v", err)
	}
}
