package scaffold

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ErrCompile is told of pages that do not compile. The compiler has said why.
var ErrCompile = errors.New("the pages do not compile")

// Check has the project's pages compiled and vetted, and writes what the compiler says to out.
func (p *Project) Check(ctx context.Context, out io.Writer) error {
	folders := map[string]bool{}
	for _, c := range p.copies {
		folders["./"+path.Dir(c.path)] = true
	}
	if folder, _ := p.copies.folder(); len(folders) == 0 || folder != "" || folders["./pages"] {
		folders["./"+path.Join(folder, "pages")] = true
	}
	var there []string
	for folder := range maps.Keys(folders) {
		if len(p.goFiles(folder)) > 0 {
			there = append(there, folder)
		}
	}
	if len(there) == 0 {
		return nil
	}
	slices.Sort(there)
	for _, word := range []string{"build", "vet"} {
		command := exec.CommandContext(ctx, "go", append([]string{word}, there...)...)
		command.Dir, command.Stdout, command.Stderr = p.Root, out, out
		err := command.Run()
		var failed *exec.ExitError
		switch {
		case errors.As(err, &failed):
			return fmt.Errorf("go %s %s: %w", word, strings.Join(there, " "), ErrCompile)
		case err != nil:
			return fmt.Errorf("cannot have the pages compiled: %w", err)
		}
	}
	return nil
}

// Advice is what to know about copies that do not compile: what the changelog says about them in
// the versions since they were made, and where it stands.
func (p *Project) Advice() []string {
	var list []string
	for _, copies := range []manifest{p.before, p.copies} {
		for _, c := range copies {
			for _, n := range p.release.changes.since(c.version, []string{c.from}) {
				if line := n.version + ": " + n.text; !slices.Contains(list, line) {
					list = append(list, line)
				}
			}
		}
	}
	return append(list, fmt.Sprintf("An ejected page that does not compile may use what the kit has renamed or taken out. %q in %s says what stands in its place.", ejectedHeading, changelogURL))
}

// Behind reports whether the kit has changed any template since it was copied.
func (p *Project) Behind() bool {
	return slices.ContainsFunc(p.copies, func(c copied) bool { return sumOf(p.release.templates[c.from].content) != c.base })
}

// Unused are the functions of views.go that draw copies and that nothing in the project calls: the
// application's Config has to be given them.
func (p *Project) Unused() ([]string, error) {
	folder, _ := p.copies.folder()
	views := path.Join(folder, "pages", "views.go")
	content, err := os.ReadFile(p.on(views))
	if err != nil {
		return nil, err
	}
	v, err := parseViews(views, p.Module, content)
	if err != nil {
		return nil, err
	}
	called, err := p.calls(path.Join(folder, "pages"), v.file.Name.Name)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, r := range registries() {
		if literal, err := v.literal(r.name); err == nil && literal != nil && len(literal.Elts) > 0 && !called[r.name] {
			list = append(list, fmt.Sprintf("%s: %s.%s()", r.name, v.file.Name.Name, r.name))
		}
	}
	return list, nil
}

// calls are the functions of one package that the project's Go calls.
func (p *Project) calls(folder, name string) (map[string]bool, error) {
	called := map[string]bool{}
	err := filepath.WalkDir(p.Root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != p.Root && leftOut(file, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_templ.go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil // the compiler says it better
		}
		known := ""
		for _, spec := range parsed.Imports {
			if importedPath(spec) == path.Join(p.Module, folder) {
				known = name
				if spec.Name != nil {
					known = spec.Name.Name
				}
			}
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				switch f := call.Fun.(type) {
				case *ast.SelectorExpr:
					of, ok := f.X.(*ast.Ident)
					called[f.Sel.Name] = called[f.Sel.Name] || ok && of.Name == known
				case *ast.Ident:
					called[f.Name] = called[f.Name] || filepath.Dir(file) == p.on(folder)
				}
			}
			return true
		})
		return nil
	})
	return called, err
}
