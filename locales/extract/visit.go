package main

import (
	"go/ast"
	"slices"
)

// A visit looks through one declaration of one file.
type visit struct {
	*collector
	pkg *pkg
	src *source
	// function is the declaration, if it is a function's.
	function *ast.FuncDecl
}

func (v *visit) node(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.CallExpr:
		if s, ok := v.speakers[v.callee(n.Fun)]; ok {
			v.call(n, s)
		}
	case *ast.CompositeLit:
		v.literal(n)
	}
	return true
}

// callee names the package-level function that is called: "import/path.Name".
func (v *visit) callee(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return v.pkg.path + "." + f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && v.src.imports[x.Name] != "" {
			return v.src.imports[x.Name] + "." + f.Sel.Name
		}
	}
	return ""
}

func (v *visit) call(call *ast.CallExpr, s speaker) {
	argument := func(i int) ast.Expr {
		if i < 0 || i >= len(call.Args) {
			return nil
		}
		return call.Args[i]
	}
	if argument(s.english) == nil {
		return // f(g()) with many results; it takes no sentence that could be read here
	}
	v.said(call, argument(s.context), argument(s.english), argument(s.many), argument(s.code))
}

// literal reads Message{…}, and the {…} of a slice, an array or a map of Messages.
func (v *visit) literal(literal *ast.CompositeLit) {
	if v.isMessage(literal.Type) {
		v.message(literal)
		return
	}
	var element ast.Expr
	switch t := literal.Type.(type) {
	case *ast.ArrayType:
		element = t.Elt
	case *ast.MapType:
		element = t.Value
	}
	if pointer, ok := element.(*ast.StarExpr); ok {
		element = pointer.X
	}
	if !v.isMessage(element) {
		return
	}
	for _, item := range literal.Elts {
		if pair, ok := item.(*ast.KeyValueExpr); ok {
			item = pair.Value
		}
		if inner, ok := item.(*ast.CompositeLit); ok && inner.Type == nil {
			v.message(inner)
		}
	}
}

func (v *visit) isMessage(expr ast.Expr) bool {
	return expr != nil && v.callee(expr) == speech+".Message"
}

func (v *visit) message(literal *ast.CompositeLit) {
	var code, english ast.Expr
	for i, element := range literal.Elts {
		pair, keyed := element.(*ast.KeyValueExpr)
		if !keyed {
			switch i {
			case 0:
				code = element
			case 1:
				english = element
			}
			continue
		}
		if name, ok := pair.Key.(*ast.Ident); ok && name.Name == "Code" {
			code = pair.Value
		} else if ok && name.Name == "English" {
			english = pair.Value
		}
	}
	if english == nil {
		return // nothing is said, as in Message{}
	}
	if _, ok := v.pkg.text(english); ok && code == nil {
		v.fault(v.src, literal, "the message has no Code")
		return
	}
	v.said(literal, nil, english, nil, code)
}

// said takes in a sentence, or learns that the function around it is a speaker.
func (v *visit) said(node ast.Node, context, english, many, code ast.Expr) {
	if selector, ok := english.(*ast.SelectorExpr); ok && selector.Sel.Name == "English" {
		return // another Message's, read where that one stands
	}
	if i := v.parameter(english); i >= 0 {
		v.speakers[v.pkg.path+"."+v.function.Name.Name] = speaker{
			context: v.parameter(context), english: i, many: v.parameter(many), code: v.parameter(code),
		}
		return
	}
	var found sentence
	var codeText string
	for _, part := range []struct {
		expr ast.Expr
		into *string
		what string
	}{{context, &found.context, "context"}, {english, &found.id, "sentence"}, {many, &found.plural, "plural"}, {code, &codeText, "code"}} {
		if part.expr == nil {
			continue
		}
		text, ok := v.pkg.text(part.expr)
		if !ok {
			v.fault(v.src, node, "the %s is not a literal, so nobody could translate it; locales.Lookup says a text that only the running program knows", part.what)
			return
		}
		*part.into = text
	}
	v.add(v.src, node, found, codeText)
}

// parameter returns which parameter of the function around it an expression is, or -1. Methods
// count as having none: their callers cannot be found without types.
func (v *visit) parameter(expr ast.Expr) int {
	name, ok := expr.(*ast.Ident)
	if !ok || v.function == nil || v.function.Recv != nil || v.pkg.path == speech {
		return -1
	}
	var names []string
	for _, field := range v.function.Type.Params.List {
		for _, parameter := range field.Names {
			names = append(names, parameter.Name)
		}
		if len(field.Names) == 0 {
			names = append(names, "")
		}
	}
	return slices.Index(names, name.Name)
}
