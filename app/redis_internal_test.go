package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// changesAccount finds queries that change what is read together with a session.
	changesAccount = regexp.MustCompile(`New(Update|Delete)\(\)\.\s*Model\(\(\*db\.(User|Address|UserRole|Role)\)\(nil\)\)(\.|\s|\w|[("=?,)])*`)
	// tells finds what has it read again.
	tells = regexp.MustCompile(`\.(Changed|RevokeAll|renew|replacePassword|endAll)\(`)
)

// Whatever changes an account says so, or else those who are signed in to it see it as it was.
func TestChangesOfAccountsAreTold(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	changes := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			text := string(content[files.Position(function.Pos()).Offset:files.Position(function.End()).Offset])
			for _, query := range changesAccount.FindAllString(text, -1) {
				if strings.Contains(query, `Set("updated_at = updated_at")`) {
					continue // it takes the row, and changes nothing
				}
				changes++
				if !tells.MatchString(text) {
					t.Errorf("%s: %s changes accounts: have it call Changed, or RevokeAll if their sessions end", path, function.Name.Name)
				}
			}
		}
	}
	if changes < 2 {
		t.Errorf("%d changes of accounts were found: the test no longer knows what one looks like", changes)
	}
}
