package scaffold

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// tree is everything below a folder, with what is in it and who may write it.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if all[rel] = entry.Type().String(); entry.Type().IsRegular() {
			content, err := os.ReadFile(file)
			all[rel] = string(content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func unchanged(t *testing.T, root string, before map[string]string) {
	t.Helper()
	after := tree(t, root)
	for file := range maps.Keys(before) {
		if after[file] != before[file] {
			t.Errorf("%s was changed:\n%s\nbefore\n%s", file, after[file], before[file])
		}
	}
	for file := range maps.Keys(after) {
		if _, was := before[file]; !was {
			t.Errorf("%s has come to be", file)
		}
	}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v; want %q", err, want)
	}
}

var one, two = madeUp("v0.1.0", page, ""), madeUp("v0.2.0", strings.Replace(page, "Help", "Call us", 1), "")

func ejected(t *testing.T) *Project {
	t.Helper()
	p := project(t, one)
	plan, err := p.Eject(Ejecting{Names: []string{"login"}})
	p.do(t, plan, err)
	return p
}

// What is ejected and given back leaves nothing behind, and what the host wrote meanwhile stays.
func TestUnejectLeavesNothing(t *testing.T) {
	t.Parallel()
	p := project(t, one)
	v, err := newViews("pages/views.go", p.Module)
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, "pages/views.go", string(v.text()))
	before := tree(t, p.Root)
	plan, err := p.Eject(Ejecting{})
	p.do(t, plan, err)
	if len(tree(t, p.Root)) != len(before)+6 {
		t.Errorf("ejected: %q", slices.Sorted(maps.Keys(tree(t, p.Root))))
	}
	p = p.later(t, one)
	plan, err = p.Uneject(nil, false)
	p.do(t, plan, err)
	unchanged(t, p.Root, before)
}

func TestUnejectKeepsYourChanges(t *testing.T) {
	t.Parallel()
	p := ejected(t).later(t, two)
	p.write(t, pagePath, strings.Replace(page, "email", "login", 1))
	before := tree(t, p.Root)
	_, err := p.Uneject([]string{"login"}, false)
	refused(t, err, "pages/login.templ has changes of yours, which would be lost: pass --force")
	unchanged(t, p.Root, before)
	_, err = p.Uneject([]string{"logout"}, false)
	refused(t, err, `there is no "logout" among what this project has ejected`)

	p.write(t, "pages/views.go", strings.Replace(p.read(t, "pages/views.go"), "Login: Login", "Login: framed(Login)", 1))
	_, err = p.Uneject([]string{"login"}, true)
	refused(t, err, "pages/views.go names Login in a way of your own")
	p.write(t, "pages/views.go", before["pages/views.go"])
	plan, err := p.Uneject([]string{"login"}, true)
	p.do(t, plan, err)
	if p.read(t, pagePath) != "" || strings.Contains(p.read(t, "pages/views.go"), "Login") {
		t.Error("it is still there")
	}
}

func TestEjectOverwritesNothingUnasked(t *testing.T) {
	t.Parallel()
	p := project(t, one)
	p.write(t, pagePath, "package pages\n\ntempl Login() {\n\t<p>Mine</p>\n}\n")
	before := tree(t, p.Root)
	for _, e := range []Ejecting{{Names: []string{"login"}}, {}} {
		_, err := p.Eject(e)
		refused(t, err, "pages/login.templ is the project's own and was never ejected")
	}
	unchanged(t, p.Root, before)
	plan, err := p.Eject(Ejecting{Force: true})
	p.do(t, plan, err)
	if p.read(t, pagePath) != page {
		t.Error("it is not overwritten by force")
	}

	p = p.later(t, one)
	p.write(t, pagePath, strings.Replace(page, "Help", "Mine", 1))
	before = tree(t, p.Root)
	_, err = p.Eject(Ejecting{Names: []string{"login"}})
	refused(t, err, "gatehouse update login keeps them, --force overwrites them")
	plan, err = p.Eject(Ejecting{})
	if p.do(t, plan, err); len(plan.Steps) > 0 || !strings.Contains(strings.Join(plan.Notes, " "), "left as it is") {
		t.Errorf("everything ejected again: %v %v", plan.Steps, plan.Notes)
	}
	unchanged(t, p.Root, before)

	p = ejected(t).later(t, two)
	_, err = p.Eject(Ejecting{Names: []string{"login"}})
	refused(t, err, "gatehouse update login brings that in")
}

// A copy that somebody made by hand is taken over as it is.
func TestEjectAdopts(t *testing.T) {
	t.Parallel()
	p := project(t, one)
	crlf := strings.ReplaceAll(page, "\n", "\r\n")
	p.write(t, pagePath, crlf)
	plan, err := p.Eject(Ejecting{})
	if p.do(t, plan, err); p.read(t, pagePath) != crlf || plan.Steps[0].Does != "adopted" {
		t.Errorf("%v", plan.Steps)
	}
	if p = p.later(t, one); p.state(t) != Untouched {
		t.Error(p.state(t))
	}
}

func TestEjectRefusesWhatWouldNotCompile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, content, want string }{
		{"pages/mine.go", "package pages\n\nfunc Login() {}\n", "pages/mine.go declares Login, and so does pages/login.templ: rename yours"},
		{"pages/mine.go", "package views\n", "pages holds package views, and the kit's templates there are package pages: pass --dir"},
		{"pages/login_templ.go", "package pages\n", "pages/login_templ.go is not what templ generated"},
		{"pages/views.go", "package pages\n\nfunc {\n", "pages/views.go:3:6"},
		{"pages/views.go", "package pages\n\nimport \"" + kit + "/app\"\n\nfunc Views() (v app.Views) { return v }\n", "does not return one literal"},
	} {
		p := project(t, one)
		p.write(t, c.file, c.content)
		before := tree(t, p.Root)
		_, err := p.Eject(Ejecting{Names: []string{"login"}})
		refused(t, err, c.want)
		unchanged(t, p.Root, before)
	}
}

func TestFolders(t *testing.T) {
	t.Parallel()
	p := project(t, one)
	for folder, want := range map[string]string{
		"../web": "is not in the project", "/web": "is not in the project", "my pages": "cannot be a folder of Go packages",
		"_web": "the Go command leaves it out", "a/testdata": "the Go command leaves it out",
	} {
		_, err := p.Eject(Ejecting{Folder: folder})
		refused(t, err, want)
	}
	p.write(t, "nested/go.mod", "module example.com/nested\n")
	_, err := p.Eject(Ejecting{Folder: "nested/web"})
	refused(t, err, "is in another module")

	plan, err := p.Eject(Ejecting{Folder: `internal\web\`})
	p.do(t, plan, err)
	if p.read(t, "internal/web/"+pagePath) != page || !strings.Contains(p.read(t, "internal/web/pages/views.go"), "Login: Login,") {
		t.Errorf("%q", slices.Sorted(maps.Keys(tree(t, p.Root))))
	}
	p = p.later(t, one)
	_, err = p.Eject(Ejecting{Folder: "web"})
	refused(t, err, `this project has its copies in "internal/web/pages", not in "web/pages"`)
	if folder, err := p.folderFor(""); err != nil || folder != "internal/web" {
		t.Errorf("the folder is %q, %v", folder, err)
	}
	if p.state(t) != Untouched {
		t.Error(p.state(t))
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Open(dir)
	refused(t, err, "is in no Go module")
	for goMod, want := range map[string]string{
		"module example.com/x\n":                               "does not require Gatehouse",
		"module " + kit + "\n":                                 "is Gatehouse itself",
		"module example.com/x\nrequire " + kit + " v0.1.0 x\n": "cannot be read",
		"go 1.26\n": "names no module",
	} {
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(goMod), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir)
		refused(t, err, want)
	}
	below := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/x\nrequire "+kit+" v0.1.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := Open(below); err != nil || p.Root != dir || p.Module != "example.com/x" {
		t.Errorf("%+v, %v", p, err)
	}
}

// Templates of another version than the project is built with would not fit its props.
func TestOneVersion(t *testing.T) {
	dir := t.TempDir()
	write := func(file, content string) {
		if err := write(filepath.Join(dir, file), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	write("kit/go.mod", "module "+kit+"\n")
	write("shop/go.mod", "module example.com/x\nrequire "+kit+" v0.1.0\n")
	p, err := Open(filepath.Join(dir, "shop"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOWORK", "")
	if err := p.agree(debug.Module{Version: "v0.1.0"}); err != nil {
		t.Error(err)
	}
	for _, own := range []debug.Module{{Version: "v0.2.0"}, {Version: "(devel)"}, {}, {Version: "v0.1.0", Replace: &debug.Module{Path: dir}}} {
		refused(t, p.agree(own), "and the project is built with v0.1.0: say go tool gatehouse instead")
	}
	write("go.work", "go 1.26\nuse ./shop\n")
	refused(t, p.agree(debug.Module{}), "is built with v0.1.0")
	write("go.work", "go 1.26\nuse (\n\t./shop\n\t./kit\n)\n")
	if err := p.agree(debug.Module{}); err != nil {
		t.Errorf("in a workspace with the kit's source: %v", err)
	}
	t.Setenv("GOWORK", "off")
	refused(t, p.agree(debug.Module{}), "is built with v0.1.0")
}

func TestStoppedBeforeAnything(t *testing.T) {
	t.Parallel()
	p := ejected(t).later(t, two)
	before := tree(t, p.Root)
	plan, err := p.Update(nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	refused(t, plan.Apply(ctx), "nothing has been changed: context canceled")
	unchanged(t, p.Root, before)
}
