package scaffold

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// page is a template of the kit before anybody changes it.
const page = `package pages

import "github.com/gatehouse-go/gatehouse/pages/props"

// Login is the sign-in page.
templ Login(p props.Login) {
	<section>
		<h1>Sign in to { p.AppName }</h1>
		<p>Welcome back.</p>
		<form>
			<input name="email"/>
			<input name="password"/>
			<button>Sign in</button>
		</form>
		<aside>
			<h2>New here?</h2>
			<a href={ templ.URL(p.Register) }>Open an account</a>
		</aside>
		<footer>Help</footer>
	</section>
}
`

const (
	pagePath = "pages/login.templ"
	aside    = "\t\t<aside>\n\t\t\t<h2>New here?</h2>\n\t\t\t<a href={ templ.URL(p.Register) }>Open an account</a>\n\t\t</aside>\n"
	form     = "\t\t<form>\n\t\t\t<input name=\"email\"/>\n\t\t\t<input name=\"password\"/>\n\t\t\t<button>Sign in</button>\n\t\t</form>\n"
)

// An alteration is what somebody does to a text: each old string becomes the new one after it.
type alteration []string

func (a alteration) of(t *testing.T, text string) string {
	t.Helper()
	for i := 0; i+1 < len(a); i += 2 {
		if strings.Count(text, a[i]) != 1 {
			t.Fatalf("%q is %d times in\n%s", a[i], strings.Count(text, a[i]), text)
		}
		text = strings.Replace(text, a[i], a[i+1], 1)
	}
	return text
}

// madeUp is a kit with one page, in a version.
func madeUp(version, content, changes string) release {
	r := release{version: version, templates: map[string]Template{}, fields: map[string][]string{"Views": {"Login"}}, changes: readChangelog(changes)}
	if content == "" {
		r.fields["Views"] = []string{"Logout"}
		return r
	}
	t := Template{Name: "login", Path: pagePath, content: []byte(content)}
	for line := range strings.Lines(content) {
		if rest, found := strings.CutPrefix(line, "templ "); found {
			name, _, _ := strings.Cut(rest, "(")
			t.Draws = append(t.Draws, Drawn{"Views", name, name})
		}
	}
	r.templates[pagePath], r.fields["Views"] = t, nil
	for _, d := range t.Draws {
		r.fields["Views"] = append(r.fields["Views"], d.Field)
	}
	return r
}

// project makes a project that is built with a folder of the kit, which is at a release.
func project(t *testing.T, r release) *Project {
	t.Helper()
	root := filepath.Join(t.TempDir(), "a [project]")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	text := "module example.com/host\n\nrequire " + kit + " v0.0.0\n\nreplace " + kit + " => ../kit\n"
	write := func(file, content string) {
		if err := os.WriteFile(filepath.Join(root, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", text)
	goMod, err := modfile.Parse("go.mod", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Project{Root: root, Module: "example.com/host", goMod: goMod, release: r}
}

// later is the project when the kit is at another release.
func (p *Project) later(t *testing.T, r release) *Project {
	t.Helper()
	copies, err := readManifest(p.Root)
	if err != nil {
		t.Fatal(err)
	}
	return &Project{Root: p.Root, Module: p.Module, goMod: p.goMod, release: r, copies: copies}
}

func (p *Project) do(t *testing.T, plan *Plan, err error) {
	t.Helper()
	if err == nil {
		err = plan.Apply(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (p *Project) read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(p.on(file))
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (p *Project) write(t *testing.T, file, content string) {
	t.Helper()
	if err := write(p.on(file), []byte(content)); err != nil {
		t.Fatal(err)
	}
}

func (p *Project) state(t *testing.T) State {
	t.Helper()
	list, err := p.Status()
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0].State
}

const secure = "# Changelog\n\n## [0.2.0]\n\n### Ejected pages\n\n- **SECURITY** `pages/login.templ`: the form told\n  what it should not.\n"

var histories = []struct {
	name        string
	yours, ours alteration
	crlf        bool
	changes     string
	want        State
	merged      alteration // of page; nil where there are conflicts
	conflicts   int
}{
	{name: "nobody changed anything", want: Untouched, merged: alteration{}},
	{name: "you alone", yours: alteration{"Welcome back.", "Hello."}, want: Yours, merged: alteration{"Welcome back.", "Hello."}},
	{name: "we alone", ours: alteration{"Welcome back.", "Hello."}, want: Ours, merged: alteration{"Welcome back.", "Hello."}},
	{name: "lines far apart", yours: alteration{"Help", "Call us"}, ours: alteration{"Sign in to", "Enter"}, want: Both, merged: alteration{"Help", "Call us", "Sign in to", "Enter"}},
	{name: "lines with one between", yours: alteration{"email", "login"}, ours: alteration{"<button>Sign in", "<button>Go on"}, want: Both, merged: alteration{"email", "login", "<button>Sign in", "<button>Go on"}},
	{name: "the line below yours", yours: alteration{"email", "login"}, ours: alteration{"\"password\"", "\"secret\""}, want: Both, merged: alteration{"email", "login", "\"password\"", "\"secret\""}},
	{name: "the line above yours", yours: alteration{"\"password\"", "\"secret\""}, ours: alteration{"email", "login"}, want: Both, merged: alteration{"email", "login", "\"password\"", "\"secret\""}},
	{name: "the same line", yours: alteration{"Welcome back.", "Hello."}, ours: alteration{"Welcome back.", "Good day."}, want: Both, conflicts: 1},
	{name: "the same line in the same way", yours: alteration{"Welcome back.", "Hello."}, ours: alteration{"Welcome back.", "Hello."}, want: Untouched, merged: alteration{"Welcome back.", "Hello."}},
	{name: "the same in one place, another alone", yours: alteration{"Welcome back.", "Hello."}, ours: alteration{"Welcome back.", "Hello.", "Help", "Call us"}, want: Both, merged: alteration{"Welcome back.", "Hello.", "Help", "Call us"}},
	{name: "two lines in two places", yours: alteration{"Sign in to", "Into", "Help", "Call us"}, ours: alteration{"Sign in to", "Enter", "Help", "Ask us"}, want: Both, conflicts: 2},
	{name: "a prop is renamed", yours: alteration{"Help", "Call us"}, ours: alteration{"p.Register", "p.SignUp"}, want: Both, merged: alteration{"Help", "Call us", "p.Register", "p.SignUp"}},
	{name: "a prop is renamed that you use once more", yours: alteration{"Help", "{ p.Register }"}, ours: alteration{"p.Register", "p.SignUp"}, want: Both, merged: alteration{"p.Register", "p.SignUp", "Help", "{ p.Register }"}},
	{name: "a prop is renamed on a line of yours", yours: alteration{"Open an account", "Join us"}, ours: alteration{"p.Register", "p.SignUp"}, want: Both, conflicts: 1},
	{name: "we deleted a block", yours: alteration{"Welcome back.", "Hello."}, ours: alteration{aside, ""}, want: Both, merged: alteration{"Welcome back.", "Hello.", aside, ""}},
	{name: "we deleted a block that you changed", yours: alteration{"New here?", "No account?"}, ours: alteration{aside, ""}, want: Both, conflicts: 1},
	{name: "we deleted a block that you added to", yours: alteration{"\t\t\t<h2>New", "\t\t\t<hr/>\n\t\t\t<h2>New"}, ours: alteration{aside, ""}, want: Both, conflicts: 1},
	{name: "you deleted a block", yours: alteration{aside, ""}, ours: alteration{"Welcome back.", "Hello."}, want: Both, merged: alteration{"Welcome back.", "Hello.", aside, ""}},
	{name: "you deleted a block that we changed", yours: alteration{aside, ""}, ours: alteration{"New here?", "No account?"}, want: Both, conflicts: 1},
	{name: "both deleted a block", yours: alteration{aside, ""}, ours: alteration{aside, ""}, want: Untouched, merged: alteration{aside, ""}},
	{name: "we moved a block", yours: alteration{"Help", "Call us"}, ours: alteration{form + aside, aside + form}, want: Both, merged: alteration{form + aside, aside + form, "Help", "Call us"}},
	{name: "we moved a block that you changed", yours: alteration{"New here?", "No account?"}, ours: alteration{form + aside, aside + form}, want: Both, conflicts: 1},
	{name: "you moved a block", yours: alteration{form + aside, aside + form}, ours: alteration{"Help", "Call us"}, want: Both, merged: alteration{form + aside, aside + form, "Help", "Call us"}},
	{name: "you moved a block that we changed", yours: alteration{form + aside, aside + form}, ours: alteration{"New here?", "No account?"}, want: Both, conflicts: 1},
	{name: "an import each", yours: alteration{"import \"github.com/", "import \"fmt\"\n\nimport \"github.com/"}, ours: alteration{"Help", "Call us"}, want: Both, merged: alteration{"import \"github.com/", "import \"fmt\"\n\nimport \"github.com/", "Help", "Call us"}},
	{name: "something each in one place", yours: alteration{"\t\t<form>\n", "\t\t<hr/>\n\t\t<form>\n"}, ours: alteration{"\t\t<form>\n", "\t\t<b>Once more:</b>\n\t\t<form>\n"}, want: Both, conflicts: 1},
	{name: "a function of yours at the end", yours: alteration{"\t</section>\n}\n", "\t</section>\n}\n\nfunc mine() {}\n"}, ours: alteration{"Help", "Call us"}, want: Both, merged: alteration{"\t</section>\n}\n", "\t</section>\n}\n\nfunc mine() {}\n", "Help", "Call us"}},
	{name: "no line end at the end", yours: alteration{"\t</section>\n}\n", "\t</section>\n}"}, ours: alteration{"Help", "Call us"}, want: Both, merged: alteration{"\t</section>\n}\n", "\t</section>\n}", "Help", "Call us"}},
	{name: "all of it rewritten", yours: alteration{page, "package pages\n\ntempl Login(p any) {\n\t<main>Mine</main>\n}\n"}, ours: alteration{"Help", "Call us"}, want: Both, conflicts: 1},
	{name: "emptied", yours: alteration{page, ""}, ours: alteration{"Help", "Call us"}, want: Both, conflicts: 1},
	{name: "CR LF, and untouched", crlf: true, ours: alteration{"Help", "Call us"}, want: Ours, merged: alteration{"Help", "Call us"}},
	{name: "CR LF, and nobody", crlf: true, want: Untouched, merged: alteration{}},
	{name: "CR LF, and yours", crlf: true, yours: alteration{"email", "login"}, ours: alteration{"Help", "Call us"}, want: Both, merged: alteration{"email", "login", "Help", "Call us"}},
	{name: "CR LF, and the same line", crlf: true, yours: alteration{"Help", "Ask us"}, ours: alteration{"Help", "Call us"}, want: Both, conflicts: 1},
	{name: "a fix for safety", ours: alteration{"Help", "Call us"}, changes: secure, want: Security, merged: alteration{"Help", "Call us"}},
	{name: "a fix for safety in what you changed", yours: alteration{"email", "login"}, ours: alteration{"Help", "Call us"}, changes: secure, want: Security, merged: alteration{"email", "login", "Help", "Call us"}},
	{name: "a fix for safety that you made", yours: alteration{"Help", "Call us"}, ours: alteration{"Help", "Call us"}, changes: secure, want: Untouched, merged: alteration{"Help", "Call us"}},
	{name: "a fix for safety of another page", ours: alteration{"Help", "Call us"}, changes: strings.ReplaceAll(secure, "login", "logout"), want: Ours, merged: alteration{"Help", "Call us"}},
}

// TestHistories ejects a page, has both sides change it, and updates.
func TestHistories(t *testing.T) {
	t.Parallel()
	for _, h := range histories {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			first := project(t, madeUp("v0.1.0", page, ""))
			plan, err := first.Eject(Ejecting{Names: []string{"login"}})
			first.do(t, plan, err)
			if got := first.read(t, pagePath); got != page {
				t.Fatalf("the copy is not what was copied:\n%s", got)
			}
			yours := h.yours.of(t, page)
			if h.crlf {
				yours = strings.ReplaceAll(yours, "\n", "\r\n")
			}
			first.write(t, pagePath, yours)

			ours := h.ours.of(t, page)
			p := first.later(t, madeUp("v0.2.0", ours, h.changes))
			if got := p.state(t); got != h.want {
				t.Errorf("it is %s, want %s", got, h.want)
			}
			plan, err = p.Update(nil)
			p.do(t, plan, err)
			merged := p.read(t, pagePath)
			if plan.Conflicts != min(h.conflicts, 1) || strings.Count(merged, "<<<<<<< yours") != h.conflicts || strings.Count(merged, ">>>>>>> Gatehouse v0.2.0") != h.conflicts {
				t.Errorf("%d files with conflicts, want %d conflicts:\n%s", plan.Conflicts, h.conflicts, merged)
			}
			if want := h.merged.of(t, page); h.conflicts == 0 && strings.ReplaceAll(merged, "\r\n", "\n") != want {
				t.Errorf("merged into\n%s\nwant\n%s", merged, want)
			}
			if h.crlf && strings.Count(merged, "\n") != strings.Count(merged, "\r\n") {
				t.Errorf("lines end in two ways: %q", merged)
			}
			for line := range strings.Lines(yours) {
				if line = strings.TrimRight(line, "\r\n"); !strings.Contains(page, line) && !strings.Contains(merged, line) {
					t.Errorf("your line is lost: %s", line)
				}
			}
			p = p.later(t, p.release)
			after := map[bool]State{true: Yours, false: Untouched}[strings.ReplaceAll(merged, "\r\n", "\n") != ours]
			if h.conflicts > 0 {
				after = Unresolved
			}
			if got := p.state(t); got != after {
				t.Errorf("afterwards it is %s, want %s", got, after)
			}
			// Nothing is left of what it was copied from before, and doing it again does nothing.
			plan, err = p.Update(nil)
			p.do(t, plan, err)
			if again := p.read(t, pagePath); again != merged {
				t.Errorf("updated again it is\n%s", again)
			}
			want := []string{sumOf([]byte(page))}
			if h.ours != nil {
				want = []string{sumOf([]byte(ours))}
			}
			if bases := entries(t, p.on(baseFolder)); !slices.Equal(bases, want) {
				t.Errorf("remembered are %q, want %q", bases, want)
			}
			if generated := p.read(t, "pages/login_templ.go"); h.conflicts == 0 {
				if again, err := generate(pagePath, []byte(strings.ReplaceAll(merged, "\r\n", "\n"))); err != nil || string(again) != generated {
					t.Errorf("its Go is not generated anew: %v", err)
				}
			}
		})
	}
	if len(histories) < 30 {
		t.Errorf("%d histories", len(histories))
	}
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range list {
		names = append(names, entry.Name())
	}
	return names
}
