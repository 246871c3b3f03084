package repo

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.generated {
			continue
		}
		if vague(s.file.Name.Name) {
			t.Errorf("%s: package %s: a name says what is in it, not that it is useful", s.path, s.file.Name.Name)
		}
		for _, declaration := range s.file.Decls {
			for _, name := range declared(declaration) {
				switch {
				case name.Name == "init":
					t.Errorf("%s:%d: init: a package does nothing until it is called", s.path, s.line(name))
				case vague(name.Name):
					t.Errorf("%s:%d: %s: name it for what it does", s.path, s.line(name), name.Name)
				case getter(name.Name):
					t.Errorf("%s:%d: %s: Go's getters go without Get", s.path, s.line(name), name.Name)
				}
			}
		}
	}
}

func vague(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, "util") || strings.HasSuffix(lower, "util") || strings.HasSuffix(lower, "utils") ||
		strings.Contains(name, "Manager") || strings.HasPrefix(name, "manager")
}

func getter(name string) bool {
	rest, found := strings.CutPrefix(name, "Get")
	if !found {
		rest, found = strings.CutPrefix(name, "get")
	}
	return found && rest != "" && unicode.IsUpper(rune(rest[0]))
}

// declared are the names of functions, methods and types that a declaration brings.
func declared(declaration ast.Decl) []*ast.Ident {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		return []*ast.Ident{d.Name}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, spec := range d.Specs {
			if kind, ok := spec.(*ast.TypeSpec); ok {
				names = append(names, kind.Name)
			}
		}
		return names
	}
	return nil
}

func TestVagueNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"SessionManager": true, "managerOf": true, "util": true, "stringutils": true, "Utilities": true,
		"futile": false, "Management": false, "Session": false,
	} {
		if vague(name) != want {
			t.Errorf("vague(%q) = %t", name, !want)
		}
	}
	for name, want := range map[string]bool{"GetUser": true, "getUser": true, "Get": false, "Getter": false, "get": false} {
		if getter(name) != want {
			t.Errorf("getter(%q) = %t", name, !want)
		}
	}
}

// elsewhere finds what is true on one machine alone: a path of it, or where it fetches packages from.
var elsewhere = regexp.MustCompile(`(^|[\s"'=(:` + "`" + `])/(work|Users)/[\w.]|\b(registry|proxy|sum|deb|ftp|mirrors?)\.[a-z0-9-]+\.(org|net|io|dev|com)\b`)

func TestNothingOfOneMachine(t *testing.T) {
	t.Parallel()
	for _, name := range paths(t) {
		number := 0
		for line := range strings.Lines(read(t, name)) {
			number++
			if found := elsewhere.FindString(line); found != "" && !strings.Contains(found, ".example.") {
				t.Errorf("%s:%d names %q, which another machine does not have", name, number, strings.TrimSpace(found))
			}
		}
	}
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		`open("/` + `work/main/go.mod")`:                      true,
		"see /" + "Users/ada/shop":                            true,
		`"resolved": "https://registry.` + `somewhere.org/x"`: true,
		"https://example.com/work/history":                    false,
		"a proxy. Another sentence.":                          false,
		"github.com/gofiber/storage/redis":                    false,
		"the registry of views is pages.All":                  false,
	} {
		if elsewhere.MatchString(line) != want {
			t.Errorf("%q: want found %t", line, want)
		}
	}
}
