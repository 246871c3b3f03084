package repo

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// settings are the structs by which a host sets something, by package; a feature is one, too.
var settings = map[string][]string{
	"app":                {"Config", "EmailPolicy", "UsernamePolicy", "Limit", "Lifetimes", "NewUser", "Program"},
	"app/mail":           {"Ceiling"},
	"app/password":       {"Policy", "Params"},
	"app/internal/limit": {"Delay", "Quota"},
}

// Every setting says what it is when nobody sets it, or that somebody has to.
func TestEverySettingSaysItsDefault(t *testing.T) {
	t.Parallel()
	says := regexp.MustCompile(`(?i)\bdefaults?\b|\brequired\b|\bzero\b`)
	seen := 0
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			declared, ok := n.(*ast.GenDecl)
			if !ok {
				return true
			}
			for _, spec := range declared.Specs {
				kind, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				fields, ok := kind.Type.(*ast.StructType)
				listed := slices.Contains(settings[s.folder()], kind.Name.Name)
				feature := s.folder() == "app" && enabled(s.file) == kind.Name.Name
				if !ok || !listed && !feature {
					continue
				}
				seen++
				for _, field := range fields.Fields.List {
					for _, name := range field.Names {
						if text := field.Doc.Text() + field.Comment.Text(); name.IsExported() && !says.MatchString(text) {
							t.Errorf("%s: %s.%s does not say its default: %s", s.path, kind.Name.Name, name.Name, strings.TrimSpace(field.Doc.Text()))
						}
					}
				}
			}
			return true
		})
	}
	if seen < 12 {
		t.Errorf("only %d structs with settings were found", seen)
	}
}
