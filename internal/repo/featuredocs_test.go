package repo

import (
	"go/ast"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	// A manifest line in the doc comment of a feature, such as "GET  /login   ask for …".
	manifestLine = regexp.MustCompile(`(?m)^\s*(?:GET|POST)\s+(/\S*)`)
	aMailKind    = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)?$`)
)

// The page of a feature has its settings with what each is unless set, its routes, its events, and
// what programs get.
func TestFeaturePagesAreComplete(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.folder() != "app" || s.test() || enabled(s.file) == "" || !ast.IsExported(enabled(s.file)) {
			continue
		}
		name := "docs/" + strings.TrimSuffix(strings.TrimPrefix(s.path, "app/"), ".go") + ".md"
		page := read(t, name)
		lacks := func(what, text string) {
			if !strings.Contains(page, text) {
				t.Errorf("%s does not have %s %s", name, what, text)
			}
		}
		kind, doc := typeOf(s.file, enabled(s.file))
		for _, field := range kind.Fields.List {
			for _, setting := range field.Names {
				// One row for one setting or a few, and for a Limit a row for each of its parts.
				row := regexp.MustCompile("(?m)^\\|[^|]*`" + setting.Name + "(\\.[A-Z]\\w*)?`[^|]*\\|.+\\|.+\\|$")
				if setting.IsExported() && !row.MatchString(page) {
					t.Errorf("%s has no row for the setting %s and what it is unless set", name, setting.Name)
				}
			}
		}
		paths := manifestLine.FindAllStringSubmatch(doc, -1)
		for _, path := range paths {
			lacks("the path", path[1])
		}
		if len(paths) > 0 {
			lacks("the section", "For programs")
		}
		for _, event := range eventsOf(s.file) {
			lacks("the event", "`"+event+"`")
		}
	}
}

func typeOf(file *ast.File, name string) (kind *ast.StructType, doc string) {
	for _, declaration := range file.Decls {
		if d, ok := declaration.(*ast.GenDecl); ok {
			for _, spec := range d.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == name {
					kind, _ = t.Type.(*ast.StructType)
					return kind, d.Doc.Text()
				}
			}
		}
	}
	return &ast.StructType{Fields: &ast.FieldList{}}, ""
}

// eventsOf are the names of the events that a file declares.
func eventsOf(file *ast.File) (names []string) {
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "EventName" {
			for _, value := range spec.Values {
				if name, whole := text(value); whole {
					names = append(names, name)
				}
			}
		}
		return true
	})
	return names
}

// Every mail and every setting of Config has a place where it is explained, and every event a page.
func TestMailsEventsAndSettingsAreExplained(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, name := range paths(t) {
		if strings.HasPrefix(name, "docs/") && strings.HasSuffix(name, ".md") && name != flaskPage {
			all.WriteString(read(t, name))
		}
	}
	mails, events, config := read(t, "docs/mail.md"), 0, 0
	kinds := map[string]bool{}
	for _, s := range sources(t) {
		if s.folder() != "app" || s.test() {
			continue
		}
		for _, event := range eventsOf(s.file) {
			events++
			if !strings.Contains(all.String(), "`"+event+"`") {
				t.Errorf("no document explains the event %s", event)
			}
		}
		if kind, _ := typeOf(s.file, "Config"); s.path == "app/config.go" {
			for _, field := range kind.Fields.List {
				for _, name := range field.Names {
					config++
					if !regexp.MustCompile(`Config\.` + name.Name + `\b`).MatchString(all.String()) {
						t.Errorf("no document explains Config.%s", name.Name)
					}
				}
			}
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			if kind := mailKind(node); kind != "" {
				kinds[kind] = true
			}
			return true
		})
	}
	if standard := "`app.Standard()`: " + strings.Join(standardFeatures(t), ", ") + " |"; !strings.Contains(all.String(), standard) {
		t.Errorf("docs/config.md does not have %q", standard)
	}
	for kind := range kinds {
		if !strings.Contains(mails, "| `"+kind+"`") && !strings.Contains(mails, ", `"+kind+"`") {
			t.Errorf("docs/mail.md does not explain the mail %s", kind)
		}
	}
	if events < 25 || config < 25 || len(kinds) < 15 {
		t.Errorf("only %d events, %d settings and %d mails were found", events, config, len(kinds))
	}
}

// mailKind is the name of the mail that post(ctx, u, kind, …) or notice{kind: …} is about.
func mailKind(node ast.Node) string {
	var kind ast.Expr
	switch node := node.(type) {
	case *ast.CallExpr:
		if name, ok := node.Fun.(*ast.Ident); ok && name.Name == "post" && len(node.Args) > 2 {
			kind = node.Args[2]
		}
	case *ast.KeyValueExpr:
		if key, ok := node.Key.(*ast.Ident); ok && key.Name == "kind" {
			kind = node.Value
		}
	}
	literal, ok := kind.(*ast.BasicLit)
	if !ok {
		return ""
	}
	if name, err := strconv.Unquote(literal.Value); err == nil && aMailKind.MatchString(name) {
		return name
	}
	return ""
}

// standardFeatures are those that app.Standard returns.
func standardFeatures(tb testing.TB) (names []string) {
	tb.Helper()
	for _, s := range sources(tb) {
		if s.path != "app/app.go" {
			continue
		}
		for _, declaration := range s.file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Name.Name == "Standard" {
				ast.Inspect(f.Body, func(node ast.Node) bool {
					if made, ok := node.(*ast.CompositeLit); ok {
						if name, ok := made.Type.(*ast.Ident); ok {
							names = append(names, name.Name)
						}
					}
					return true
				})
			}
		}
	}
	return names
}
