package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// A pkg is the Go files of one folder.
type pkg struct {
	path   string
	files  []*source
	consts map[string]ast.Expr
}

// A source is one Go file.
type source struct {
	// name is relative to the root, with slashes.
	name    string
	file    *ast.File
	imports map[string]string
	text    []byte
	// template is what a generated file was generated from, and empty for others.
	template string
	// spans map the statements of a generated file to lines of its template.
	spans []span
}

// A span is a stretch of a generated file that came from one line of a template.
type span struct {
	from, to token.Pos
	line     int
}

// load parses every Go file under folders that is not a test.
func load(fset *token.FileSet, root string, folders []string) ([]*pkg, error) {
	module, err := moduleOf(root)
	if err != nil {
		return nil, err
	}
	var pkgs []*pkg
	byPath := map[string]*pkg{}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(name string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			base := entry.Name()
			if entry.IsDir() && (base == "testdata" || strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".") && base != ".") {
				return filepath.SkipDir
			}
			if entry.IsDir() || !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
				return nil
			}
			relative, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			src, err := parse(fset, name, filepath.ToSlash(relative))
			if err != nil {
				return err
			}
			importPath := path.Join(module, path.Dir(src.name))
			p := byPath[importPath]
			if p == nil {
				p = &pkg{path: importPath, consts: map[string]ast.Expr{}}
				byPath[importPath] = p
				pkgs = append(pkgs, p)
			}
			p.add(src)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return pkgs, nil
}

// moduleOf reads the module's path from its go.mod.
func moduleOf(root string) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("run this from the root of the module: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "module" {
			return strings.Trim(fields[1], `"`), nil
		}
	}
	return "", errors.New("go.mod has no module line")
}

func parse(fset *token.FileSet, name, relative string) (*source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	src := &source{name: relative, file: file, imports: map[string]string{}, text: text}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		local := path.Base(importPath)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if local == "." && importPath == speech {
			return nil, fmt.Errorf("%s: %s is imported with a dot, which hides its sentences", relative, speech)
		}
		src.imports[local] = importPath
	}
	if base, generated := strings.CutSuffix(name, "_templ.go"); generated {
		src.spans = spansOf(file)
		template, err := os.ReadFile(base + ".templ")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		src.template = string(template)
	}
	return src, nil
}

// spansOf finds the statements that are followed by "if err … return templ.Error{…, Line: 12}".
func spansOf(file *ast.File) []span {
	var spans []span
	ast.Inspect(file, func(node ast.Node) bool {
		block, ok := node.(*ast.BlockStmt)
		if !ok {
			return true
		}
		for i := 1; i < len(block.List); i++ {
			check, ok := block.List[i].(*ast.IfStmt)
			if !ok {
				continue
			}
			if line := errorLine(check.Body); line > 0 {
				spans = append(spans, span{block.List[i-1].Pos(), block.List[i-1].End(), line})
			}
		}
		return true
	})
	return spans
}

// errorLine returns the Line of the templ.Error that a block returns at once, or 0.
func errorLine(block *ast.BlockStmt) int {
	if len(block.List) != 1 {
		return 0
	}
	result, ok := block.List[0].(*ast.ReturnStmt)
	if !ok || len(result.Results) != 1 {
		return 0
	}
	literal, ok := result.Results[0].(*ast.CompositeLit)
	if !ok {
		return 0
	}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return 0
		}
		name, isName := pair.Key.(*ast.Ident)
		value, isValue := pair.Value.(*ast.BasicLit)
		if isName && isValue && name.Name == "Line" {
			line, err := strconv.Atoi(value.Value)
			if err != nil {
				return 0
			}
			return line
		}
	}
	return 0
}

// refer is the file that the sentences of a source are said to stand in: a generated file's template.
func (s *source) refer() string {
	if name, ok := strings.CutSuffix(s.name, "_templ.go"); ok {
		return name + ".templ"
	}
	return s.name
}

// place returns "file:line" for a node, in the template where that is known: from the error that
// the generated code would return there, or else by finding the same text.
func (s *source) place(fset *token.FileSet, node ast.Node) string {
	for _, span := range s.spans {
		if node.Pos() >= span.from && node.Pos() < span.to {
			return fmt.Sprintf("%s:%d", s.refer(), span.line)
		}
	}
	text := string(s.text[fset.Position(node.Pos()).Offset:fset.Position(node.End()).Offset])
	if before, _, found := strings.Cut(s.template, text); found {
		return fmt.Sprintf("%s:%d", s.refer(), 1+strings.Count(before, "\n"))
	}
	return fmt.Sprintf("%s:%d", s.name, fset.Position(node.Pos()).Line)
}
