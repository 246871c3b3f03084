package scaffold

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/a-h/templ"
	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// Generate writes the Go of every .templ file in dir and below, as templ itself does. Folders that
// the Go command leaves out are left out.
func Generate(dir string) error {
	var faults []error
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != dir && leftOut(file, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(file) != ".templ":
			return nil
		}
		faults = append(faults, generateFile(dir, file))
		return nil
	})
	return errors.Join(append(faults, err)...)
}

func leftOut(dir, name string) bool {
	if name[0] == '.' || name[0] == '_' || name == "vendor" || name == "testdata" || name == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func generateFile(dir, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	shown, err := filepath.Rel(dir, file)
	if err != nil {
		return err
	}
	generated, err := generate(filepath.ToSlash(shown), content)
	if err != nil {
		return err
	}
	target := generatedName(file)
	if old, err := os.ReadFile(target); err == nil && bytes.Equal(old, generated) {
		return nil // a new time of change would have everything built again
	}
	return os.WriteFile(target, generated, 0o644)
}

func generatedName(file string) string { return strings.TrimSuffix(file, ".templ") + "_templ.go" }

func generate(file string, content []byte) ([]byte, error) {
	parsed, err := parser.ParseString(string(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var code bytes.Buffer
	if _, err := generator.Generate(parsed, &code, generator.WithVersion(templ.Version()), generator.WithFileName(file)); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	formatted, err := format.Source(code.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return formatted, nil
}
