package scaffold

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strings"
)

// A viewsFile is a project's views.go, which names what the project draws itself: a field of a
// literal for each. The file is the project's. Only those fields are put in and taken out, and the
// rest of the file stays as it is written.
type viewsFile struct {
	shown    string
	module   string // the project's
	src      []byte
	returned bool // lines end in CR LF

	set  *token.FileSet
	file *ast.File
}

func parseViews(shown, module string, src []byte) (*viewsFile, error) {
	v := &viewsFile{shown: shown, module: module, returned: bytes.Contains(src, []byte("\r\n"))}
	return v, v.read(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")))
}

func (v *viewsFile) read(src []byte) error {
	v.set = token.NewFileSet()
	file, err := parser.ParseFile(v.set, v.shown, src, parser.ParseComments)
	if err != nil {
		return fmt.Errorf("%w; it has to be Go again before a line can be put into it", err)
	}
	v.src, v.file = src, file
	return nil
}

// text is the file as it is to be written.
func (v *viewsFile) text() []byte {
	if v.returned {
		return bytes.ReplaceAll(v.src, []byte("\n"), []byte("\r\n"))
	}
	return v.src
}

func (v *viewsFile) at(pos token.Pos) int { return v.set.Position(pos).Offset }

// change puts new text in the place of what is between two offsets, and formats the file.
func (v *viewsFile) change(from, to int, text string) error {
	changed := append(append(append([]byte(nil), v.src[:from]...), text...), v.src[to:]...)
	formatted, err := format.Source(changed)
	if err != nil {
		return fmt.Errorf("%s is written in a way that this command cannot put a line into: %w", v.shown, err)
	}
	return v.read(formatted)
}

// literal is what the function of a registry returns; nil if there is no such function.
func (v *viewsFile) literal(registry string) (*ast.CompositeLit, error) {
	for _, decl := range v.file.Decls {
		function, ok := decl.(*ast.FuncDecl)
		if !ok || function.Recv != nil || function.Name.Name != registry || function.Body == nil {
			continue
		}
		var found []*ast.CompositeLit
		for _, statement := range function.Body.List {
			if returned, ok := statement.(*ast.ReturnStmt); ok && len(returned.Results) == 1 {
				if literal, ok := returned.Results[0].(*ast.CompositeLit); ok {
					found = append(found, literal)
				}
			}
		}
		if len(found) != 1 {
			return nil, fmt.Errorf("func %s in %s does not return one literal any more, so that nothing can be put into it by a command", registry, v.shown)
		}
		for _, element := range found[0].Elts {
			if keyOf(element) == "" {
				return nil, fmt.Errorf("func %s in %s has values without the names of their fields", registry, v.shown)
			}
		}
		return found[0], nil
	}
	return nil, nil
}

func keyOf(element ast.Expr) string {
	if pair, ok := element.(*ast.KeyValueExpr); ok {
		if key, ok := pair.Key.(*ast.Ident); ok {
			return key.Name
		}
	}
	return ""
}

func (v *viewsFile) value(element ast.Expr) string {
	value := element.(*ast.KeyValueExpr).Value
	return string(v.src[v.at(value.Pos()):v.at(value.End())])
}

// add has a field hold a function, after those that come before it in the alphabet. It returns what
// the field holds instead, if the project has put something else there.
func (v *viewsFile) add(registry, field, function string) (instead string, err error) {
	literal, err := v.literal(registry)
	if err != nil {
		return "", err
	}
	if literal == nil {
		return "", v.lacks(registry)
	}
	var before ast.Expr
	for _, element := range literal.Elts {
		if keyOf(element) == field {
			if held := v.value(element); held != function {
				return held, nil
			}
			return "", nil
		}
	}
	for _, element := range literal.Elts {
		if keyOf(element) > field {
			break
		}
		before = element
	}
	from, line := v.placeAfter(literal, before)
	return "", v.change(from, from, strings.ReplaceAll(line, "FIELD", field+": "+function))
}

func (v *viewsFile) lacks(name string) error {
	for _, r := range registries() {
		if r.name == name {
			return fmt.Errorf("%s has no func %s any more: write there func %s() %s { return %s{} }, and give it to app.Config", v.shown, name, name, r.typed, r.typed)
		}
	}
	return fmt.Errorf("%s has no func %s", v.shown, name)
}

// placeAfter is where a field can stand, and how it has to be written there.
func (v *viewsFile) placeAfter(literal *ast.CompositeLit, before ast.Expr) (offset int, line string) {
	opened, closed := v.at(literal.Lbrace)+1, v.at(literal.Rbrace)
	at, first := opened, closed
	if len(literal.Elts) > 0 {
		first = v.at(literal.Elts[0].Pos())
	}
	if before != nil {
		at = v.at(before.End())
		comma := bytes.IndexByte(v.src[at:closed], ',')
		if comma < 0 || len(bytes.TrimSpace(v.src[at:at+comma])) > 0 {
			return at, ", FIELD"
		}
		at, first = at+comma+1, closed
		for _, next := range literal.Elts {
			if next.Pos() > before.Pos() {
				first = v.at(next.Pos())
				break
			}
		}
	}
	end := bytes.IndexByte(v.src[at:], '\n')
	switch {
	case end >= 0 && at+end < first:
		return at + end, "\nFIELD,"
	case first == closed:
		return at, "\nFIELD,\n"
	}
	return at, " FIELD,"
}

// drop takes a field out that holds just this function, and reports whether it did.
func (v *viewsFile) drop(registry, field, function string) (bool, error) {
	literal, err := v.literal(registry)
	if err != nil || literal == nil {
		return false, err
	}
	for _, element := range literal.Elts {
		if keyOf(element) == field && v.value(element) == function {
			return true, v.cut(literal, element)
		}
	}
	return false, nil
}

func (v *viewsFile) cut(literal *ast.CompositeLit, element ast.Expr) error {
	from, to := v.at(element.Pos()), v.at(element.End())
	closed := v.at(literal.Rbrace)
	if rest := v.src[to:closed]; bytes.HasPrefix(bytes.TrimLeft(rest, " \t\n"), []byte(",")) {
		to += bytes.IndexByte(rest, ',') + 1
	}
	start := bytes.LastIndexByte(v.src[:from], '\n') + 1
	if end := bytes.IndexByte(v.src[to:], '\n'); end >= 0 && len(bytes.TrimSpace(v.src[start:from])) == 0 && len(bytes.TrimSpace(v.src[to:to+end])) == 0 {
		from, to = start, to+end+1
	}
	if opened := v.at(literal.Lbrace) + 1; len(literal.Elts) == 1 && len(bytes.TrimSpace(v.src[opened:from])) == 0 && len(bytes.TrimSpace(v.src[to:closed])) == 0 {
		from, to = opened, closed
	}
	return v.change(from, to, "")
}

// uses reports whether the file names a function anywhere: alone, or as one of a package. Without a
// name after the dot it is whether it names anything of that package.
func (v *viewsFile) uses(function string) bool {
	from, name, qualified := strings.Cut(function, ".")
	found := false
	var look func(ast.Node) bool
	look = func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.KeyValueExpr: // its key is a field
			ast.Inspect(n.Value, look)
			return false
		case *ast.FuncDecl: // its name is its own
			ast.Inspect(n.Body, look)
			return false
		case *ast.SelectorExpr:
			of, ok := n.X.(*ast.Ident)
			found = found || qualified && ok && of.Name == from && (name == "" || n.Sel.Name == name)
			ast.Inspect(n.X, look)
			return false
		case *ast.Ident:
			found = found || !qualified && n.Name == function
		}
		return true
	}
	ast.Inspect(v.file, look)
	return found
}
