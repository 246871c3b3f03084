package app_test

import (
	"go/ast"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Whoever writes a form that takes a name says here what one could do with it to find out whose it is.
func TestEveryNamingFormIsListed(t *testing.T) {
	t.Parallel()
	naming, acts := map[string]bool{"form": true}, map[string]*ast.FuncDecl{} // form is what makes a SignUp
	method := func(function, name string) string { return function + "." + name }
	files := sourcesOf(t)
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				of, ok := n.Type.(*ast.StructType)
				for _, field := range fields(of, ok) {
					if field.Tag != nil && (strings.Contains(field.Tag.Value, `form:"email`) || strings.Contains(field.Tag.Value, `form:"username`)) {
						naming[n.Name.Name] = true
					}
				}
			case *ast.FuncDecl:
				if n.Recv != nil {
					acts[method(typeName(n.Recv.List[0].Type), n.Name.Name)] = n
				}
			}
			return true
		})
	}
	found := map[string]bool{}
	for _, declared := range acts {
		ast.Inspect(declared, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || typeName(literal.Type) != "route" {
				return true
			}
			path, act := "", ""
			for _, element := range literal.Elts {
				pair, ok := element.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				switch value := pair.Value.(type) {
				case *ast.BasicLit:
					if pair.Key.(*ast.Ident).Name == "path" {
						path, _ = strconv.Unquote(value.Value)
					}
				case *ast.SelectorExpr:
					if pair.Key.(*ast.Ident).Name == "act" {
						act = value.Sel.Name
					}
				}
			}
			handler := acts[method(typeName(declared.Recv.List[0].Type), act)]
			if act != "" && handler == nil {
				t.Errorf("this test does not find the act of %s", path)
				return true
			}
			if handler != nil && names(handler, naming) {
				found[path] = true
			}
			return true
		})
	}
	if got, want := slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(askings)); !slices.Equal(got, want) {
		t.Errorf("names are taken at %q, and these tests ask at %q: say how whoever wants to know whose a name is would ask at the new one", got, want)
	}
}

// names reports whether a handler decodes a form that holds a name: whose type stands in it, alone
// or without the field for it.
func names(handler *ast.FuncDecl, naming map[string]bool) (found bool) {
	ast.Inspect(handler.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			found = found || naming[n.Name] && n.Name != "form"
		case *ast.SelectorExpr:
			found = found || n.Sel.Name == "form"
			return n.Sel.Name != "Form"
		}
		return true
	})
	return found
}

func fields(of *ast.StructType, ok bool) []*ast.Field {
	if !ok {
		return nil
	}
	return of.Fields.List
}

// typeName is the name of a type, pointer or not.
func typeName(of ast.Expr) string {
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	name, ok := of.(*ast.Ident)
	if !ok {
		return ""
	}
	return name.Name
}
