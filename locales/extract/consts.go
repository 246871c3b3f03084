package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// add takes a file into the package, with its constants.
func (p *pkg) add(src *source) {
	p.files = append(p.files, src)
	for _, declaration := range src.file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, name := range value.Names {
				if i < len(value.Values) {
					p.consts[name.Name] = value.Values[i]
				}
			}
		}
	}
}

// text returns the string that an expression always is.
func (p *pkg) text(expr ast.Expr) (string, bool) {
	return p.constant(expr, 0)
}

func (p *pkg) constant(expr ast.Expr, depth int) (string, bool) {
	const deepest = 100 // constants that name each other in a ring do not compile
	if depth > deepest {
		return "", false
	}
	switch e := expr.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return p.constant(e.X, depth+1)
	case *ast.BinaryExpr:
		left, ok := p.constant(e.X, depth+1)
		right, ok2 := p.constant(e.Y, depth+1)
		return left + right, ok && ok2 && e.Op == token.ADD
	case *ast.Ident:
		if value, ok := p.consts[e.Name]; ok {
			return p.constant(value, depth+1)
		}
	}
	return "", false
}
