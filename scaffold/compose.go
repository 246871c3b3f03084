package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// compose makes the application's files in memory, by their names in its folder.
func compose(named name, from origin) (map[string][]byte, error) {
	files := map[string][]byte{}
	root, err := fs.Sub(starter, "starter")
	if err != nil {
		return nil, err
	}
	imports := map[string]bool{}
	err = fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(file, "_templ.go") {
			return err
		}
		content, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		if path.Ext(file) == ".go" {
			if content, err = moveImports(file, content, named.module, imports); err != nil {
				return err
			}
		}
		files[file] = rename(content, named)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for file, content := range files {
		if path.Ext(file) != ".templ" {
			continue
		}
		generated, err := generate(file, content)
		if err != nil {
			return nil, err
		}
		if _, err := moveImports(file, generated, named.module, imports); err != nil {
			return nil, err
		}
		files[generatedName(file)] = generated
	}
	if files["go.mod"], err = goMod(named.module, from, imports); err != nil {
		return nil, err
	}
	files["go.sum"], err = goSum(from)
	return files, err
}

// moveImports replaces the template's import paths by the application's, and nothing else of a Go
// file. What the file imports it adds to imports.
func moveImports(file string, content []byte, modulePath string, imports map[string]bool) ([]byte, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, content, parser.ImportsOnly)
	if err != nil {
		return nil, fmt.Errorf("the starter: %w", err)
	}
	var moved bytes.Buffer
	at := 0
	slices.SortFunc(parsed.Imports, func(a, b *ast.ImportSpec) int { return int(a.Pos() - b.Pos()) })
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("the starter: %s: %w", file, err)
		}
		imports[imported] = true
		rest, own := strings.CutPrefix(imported, template)
		if !own || rest != "" && rest[0] != '/' {
			continue
		}
		start, end := files.Position(spec.Path.Pos()).Offset, files.Position(spec.Path.End()).Offset
		moved.Write(content[at:start])
		moved.WriteString(strconv.Quote(modulePath + rest))
		at = end
	}
	moved.Write(content[at:])
	return moved.Bytes(), nil
}

// The template calls itself Starter for people and starter for machines, and uses the word for
// nothing else.
var (
	shownName = regexp.MustCompile(`\bStarter\b`)
	slugName  = regexp.MustCompile(`\bstarter\b`)
)

// rename gives a file the application's names. The module path goes first, since it holds one.
func rename(content []byte, named name) []byte {
	parts := bytes.Split(content, []byte(template))
	for i, part := range parts {
		part = shownName.ReplaceAllLiteral(part, []byte(named.shown))
		parts[i] = slugName.ReplaceAllLiteral(part, []byte(named.slug))
	}
	return bytes.Join(parts, []byte(named.module))
}
