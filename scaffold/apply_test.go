package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestApplyIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		edits      []edit
	}{
		{"a folder in the way", "pages is a folder", []edit{{path: "new/file", content: []byte("x")}, {path: "pages", content: []byte("x")}}},
		{"a file in the way", "cannot write go.mod/x: not a directory", []edit{{path: "new/file", content: []byte("x")}, {path: "go.mod/x", content: []byte("x")}}},
		{"out of the project", "leads out of the project", []edit{{path: "new/file", content: []byte("x")}, {path: "../x", content: []byte("x")}}},
		{"a read-only file", "pages/shut is read-only", []edit{{path: "go.mod", content: []byte("x")}, {path: "pages/shut", content: []byte("x")}}},
		{"deleting a read-only file", "pages/shut is read-only", []edit{{path: "go.mod", gone: true}, {path: "pages/shut", gone: true}}},
		{"failing halfway", "", []edit{
			{path: "go.mod", content: []byte("x")},
			{path: "pages/login.templ", gone: true},
			{path: "fresh", content: []byte("x")},
			{path: "a", content: []byte("x")},
			{path: "a/b", content: []byte("x")}, // a is a folder by then
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := ejected(t)
			p.write(t, "pages/shut", "shut")
			if err := os.Chmod(p.on("pages/shut"), 0o444); err != nil {
				t.Fatal(err)
			}
			before := tree(t, p.Root)
			refused(t, p.apply(t.Context(), c.edits), c.want)
			unchanged(t, p.Root, before)
		})
	}
}

// What somebody saves while a command is at work is not written over.
func TestSavedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file string
		plan func(*Project) (*Plan, error)
	}{
		{pagePath, func(p *Project) (*Plan, error) { return p.Update(nil) }},
		{pagePath, func(p *Project) (*Plan, error) { return p.Uneject(nil, false) }},
		{"pages/views.go", func(p *Project) (*Plan, error) { return p.Uneject(nil, false) }},
		{pagePath, func(p *Project) (*Plan, error) { return p.Eject(Ejecting{Force: true}) }},
	} {
		p := ejected(t).later(t, two)
		plan, err := c.plan(p)
		if err != nil {
			t.Fatal(err)
		}
		p.write(t, c.file, "// saved\n"+p.read(t, c.file))
		before := tree(t, p.Root)
		refused(t, plan.Apply(t.Context()), c.file+" has been changed just now")
		unchanged(t, p.Root, before)
	}
	p := project(t, one)
	plan, err := p.Eject(Ejecting{})
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, pagePath, "mine")
	refused(t, plan.Apply(t.Context()), pagePath+" has been changed just now")
}

func TestApplyKeepsModes(t *testing.T) {
	t.Parallel()
	p := ejected(t)
	if err := os.Chmod(p.on(pagePath), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.apply(t.Context(), []edit{{path: pagePath, content: []byte("x")}, {path: "deep/down/new", content: []byte("y")}, {path: "nothing", gone: true}}); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]os.FileMode{pagePath: 0o600, "deep/down/new": 0o644} {
		if info, err := os.Stat(p.on(file)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s is %v, %v; want %v", file, info.Mode(), err, want)
		}
	}
	if err := p.apply(t.Context(), []edit{{path: "deep/down/new", gone: true}}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p.on("deep")); err == nil {
		t.Error("folders that are empty now are left")
	}
}

// A link that leads elsewhere in the project stays a link; one that leads out of it is not followed.
func TestLinks(t *testing.T) {
	t.Parallel()
	p := ejected(t).later(t, two)
	if err := os.Mkdir(p.on("shared"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(p.on(pagePath), p.on("shared/login.templ")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("..", "shared", "login.templ"), p.on(pagePath)); err != nil {
		t.Fatal(err)
	}
	plan, err := p.Update(nil)
	p.do(t, plan, err)
	info, err := os.Lstat(p.on(pagePath))
	if err != nil || info.Mode()&os.ModeSymlink == 0 || !strings.Contains(p.read(t, "shared/login.templ"), "Call us") {
		t.Errorf("the link is %v, %v, and leads to\n%s", info.Mode(), err, p.read(t, "shared/login.templ"))
	}

	p = ejected(t).later(t, two)
	outside := filepath.Join(t.TempDir(), "login.templ")
	if err := os.Rename(p.on(pagePath), outside); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, p.on(pagePath)); err != nil {
		t.Fatal(err)
	}
	if plan, err = p.Update(nil); err != nil {
		t.Fatal(err)
	}
	before := tree(t, p.Root)
	refused(t, plan.Apply(t.Context()), "pages/login.templ leads out of the project")
	unchanged(t, p.Root, before)
	if content, err := os.ReadFile(outside); err != nil || string(content) != page {
		t.Errorf("what is outside was changed: %v\n%s", err, content)
	}
	// To take the link away is not to take away what it leads to.
	plan, err = p.Uneject([]string{"login"}, false)
	p.do(t, plan, err)
	if _, err := os.Lstat(p.on(pagePath)); err == nil {
		t.Error("the link is left")
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}
