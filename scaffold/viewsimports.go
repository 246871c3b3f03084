package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// importing returns the name by which the file knows a package, and imports it if it does not yet.
func (v *viewsFile) importing(imported string) (name string, err error) {
	if spec := v.spec(imported); spec != nil {
		if spec.Name == nil {
			return path.Base(imported), nil
		}
		if spec.Name.Name == "_" || spec.Name.Name == "." {
			return "", fmt.Errorf("%s imports %s as %s: import it by a name", v.shown, imported, spec.Name.Name)
		}
		return spec.Name.Name, nil
	}
	name = path.Base(imported)
	for _, other := range v.file.Imports {
		if importedName(other) == name {
			return "", fmt.Errorf("%s imports another package called %s: give that another name there", v.shown, name)
		}
	}
	return name, v.addImport(imported)
}

func importedName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return path.Base(importedPath(spec))
}

func importedPath(spec *ast.ImportSpec) string {
	unquoted, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return "" // the parser has refused it before
	}
	return unquoted
}

func (v *viewsFile) spec(imported string) *ast.ImportSpec {
	for _, spec := range v.file.Imports {
		if importedPath(spec) == imported {
			return spec
		}
	}
	return nil
}

// addImport puts an import with its kind: with others of the same module, or last and apart.
func (v *viewsFile) addImport(imported string) error {
	line := strconv.Quote(imported)
	var last *ast.GenDecl
	for _, decl := range v.file.Decls {
		if group, ok := decl.(*ast.GenDecl); ok && group.Tok == token.IMPORT {
			last = group
		}
	}
	switch {
	case last == nil:
		at := v.at(v.file.Name.End())
		return v.change(at, at, "\n\nimport "+line+"\n")
	case !last.Lparen.IsValid():
		from, to := v.at(last.Specs[0].Pos()), v.at(last.Specs[0].End())
		return v.change(from, to, "(\n"+string(v.src[from:to])+"\n"+v.apart(last, imported)+line+"\n)")
	}
	for i := len(last.Specs) - 1; i >= 0; i-- {
		if spec := last.Specs[i].(*ast.ImportSpec); v.alike(importedPath(spec), imported) {
			at := v.at(spec.End())
			if end := bytes.IndexByte(v.src[at:], '\n'); end >= 0 {
				at += end
			}
			return v.change(at, at, "\n"+line)
		}
	}
	at := v.at(last.Rparen)
	return v.change(at, at, "\n"+line+"\n")
}

// apart is an empty line, unless all imports are of one kind.
func (v *viewsFile) apart(group *ast.GenDecl, imported string) string {
	if v.alike(importedPath(group.Specs[0].(*ast.ImportSpec)), imported) {
		return ""
	}
	return "\n"
}

// alike reports whether two packages are both the kit's, both the project's, or both neither.
func (v *viewsFile) alike(one, other string) bool {
	return strings.HasPrefix(one, kit+"/") == strings.HasPrefix(other, kit+"/") &&
		strings.HasPrefix(one, v.module+"/") == strings.HasPrefix(other, v.module+"/")
}

// unimport takes an import out that nothing uses any more.
func (v *viewsFile) unimport(imported string) error {
	spec := v.spec(imported)
	if spec == nil || v.uses(importedName(spec)+".") {
		return nil
	}
	from, to := v.at(spec.Pos()), v.at(spec.End())
	for _, decl := range v.file.Decls {
		if group, ok := decl.(*ast.GenDecl); ok && !group.Lparen.IsValid() && group.Pos() <= spec.Pos() && spec.End() <= group.End() {
			from = v.at(group.Pos())
		}
	}
	start := bytes.LastIndexByte(v.src[:from], '\n') + 1
	if end := bytes.IndexByte(v.src[to:], '\n'); end >= 0 && len(bytes.TrimSpace(v.src[start:from])) == 0 {
		from, to = start, to+end+1
	}
	return v.change(from, to, "")
}

// newViews is a views.go that names nothing yet: the starter's.
func newViews(shown, module string) (*viewsFile, error) {
	src, err := starter.ReadFile("starter/pages/views.go")
	if err != nil {
		return nil, err
	}
	return parseViews(shown, module, src)
}
