package scaffold

import (
	"os"
	"strings"
	"testing"
)

const viewsLine = "\t\tLogin: Login,\n"

func TestUpdateOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	none := madeUp("v0.2.0", "", "")
	for _, c := range []struct {
		name      string
		now       release
		yours     string
		want      State
		note      string
		registers bool
	}{
		{"deleted by you", two, "", Gone, "gatehouse uneject login gives it back to the kit, gatehouse eject login copies it again", true},
		{"dropped by the kit", none, page, Dropped, "the kit has no such page any more", false},
		{"dropped by the kit, changed by you", none, strings.Replace(page, "Help", "Mine", 1), Dropped, "It is left as it is", false},
		{"deleted and dropped", none, "", Gone, "gatehouse uneject login", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := ejected(t).later(t, c.now)
			if p.write(t, pagePath, c.yours); c.yours == "" {
				if err := os.Remove(p.on(pagePath)); err != nil {
					t.Fatal(err)
				}
			}
			if got := p.state(t); got != c.want {
				t.Errorf("it is %s, want %s", got, c.want)
			}
			plan, err := p.Update(nil)
			p.do(t, plan, err)
			if got := p.read(t, pagePath); got != c.yours {
				t.Errorf("it became\n%s", got)
			}
			if all := strings.Join(plan.Notes, "\n"); !strings.Contains(all, c.note) {
				t.Errorf("%q, want %q", all, c.note)
			}
			if strings.Contains(p.read(t, "pages/views.go"), viewsLine) != c.registers {
				t.Errorf("views.go is\n%s", p.read(t, "pages/views.go"))
			}
			p = p.later(t, c.now)
			plan, err = p.Uneject([]string{"login"}, true)
			p.do(t, plan, err)
			for file := range tree(t, p.Root) {
				if file != "." && file != "go.mod" && file != "pages" && file != "pages/views.go" {
					t.Errorf("given back, %s is left", file)
				}
			}
			if strings.Contains(p.read(t, "pages/views.go"), "Login") {
				t.Errorf("given back, views.go is\n%s", p.read(t, "pages/views.go"))
			}
		})
	}
}

// What the kit draws in the same file now is drawn by the copy, and what it no longer asks for is
// not named any more. What the project has decided stays.
func TestUpdateOfViews(t *testing.T) {
	t.Parallel()
	more := page + "\n// LoginLink is new.\ntempl LoginLink() {\n\t<p></p>\n}\n"
	p := ejected(t).later(t, madeUp("v0.2.0", more, ""))
	plan, err := p.Update(nil)
	p.do(t, plan, err)
	if got := p.read(t, "pages/views.go"); !strings.Contains(got, "\t\tLogin:     Login,\n\t\tLoginLink: LoginLink,\n") {
		t.Errorf("a view more:\n%s", got)
	}
	p = p.later(t, one)
	plan, err = p.Update(nil)
	p.do(t, plan, err)
	if got := p.read(t, "pages/views.go"); !strings.Contains(got, viewsLine) || strings.Contains(got, "LoginLink") || !strings.Contains(strings.Join(plan.Notes, " "), "Views.LoginLink is no more") {
		t.Errorf("a view less: %q\n%s", plan.Notes, got)
	}
	for _, yours := range []string{"", "\t\tLogin: framed(Login),\n"} {
		p = ejected(t).later(t, two)
		views := strings.Replace(p.read(t, "pages/views.go"), viewsLine, yours, 1)
		p.write(t, "pages/views.go", views)
		plan, err = p.Update(nil)
		if p.do(t, plan, err); p.read(t, "pages/views.go") != views {
			t.Errorf("yours became\n%s", p.read(t, "pages/views.go"))
		}
	}
}

// Versions may be passed over, come one after the other, or go back.
func TestUpdateBySteps(t *testing.T) {
	t.Parallel()
	three := madeUp("v0.3.0", strings.NewReplacer("Help", "Call us", "email", "name").Replace(page), "")
	yours := strings.Replace(page, "Welcome back.", "Hello.", 1)
	want := strings.Replace(string(three.templates[pagePath].content), "Welcome back.", "Hello.", 1)
	for _, steps := range [][]release{{two, three}, {three}, {three, one, three}, {two, two, one, three}} {
		p := ejected(t)
		p.write(t, pagePath, yours)
		for _, r := range steps {
			p = p.later(t, r)
			plan, err := p.Update([]string{"login"})
			p.do(t, plan, err)
		}
		if got := p.read(t, pagePath); got != want {
			t.Errorf("after %d steps\n%s", len(steps), got)
		}
		if p = p.later(t, three); p.copies[0].version != "v0.3.0" {
			t.Errorf("it is of %s", p.copies[0].version)
		}
	}
}

func TestUpdateSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	for yours, want := range map[string]string{"": "updated", "email": "merged", "Help": "conflict"} {
		p := ejected(t)
		if yours != "" {
			p.write(t, pagePath, strings.Replace(page, yours, "mine", 1))
		}
		p = p.later(t, two)
		plan, err := p.Update(nil)
		if p.do(t, plan, err); len(plan.Steps) != 1 || plan.Steps[0] != (Step{want, pagePath}) {
			t.Errorf("%v, want it %s", plan.Steps, want)
		}
		if want == "conflict" {
			_, err := p.later(t, two).Uneject(nil, false)
			refused(t, err, "pages/login.templ has changes of yours, which would be lost")
		}
	}
}

// A copy knows the fixes that it has, though it is of no version that could be compared.
func TestSafetyOfCopiesBetweenVersions(t *testing.T) {
	t.Parallel()
	changelog := strings.Replace(secure, "[0.2.0]", "[Unreleased]", 1)
	again := strings.Replace(changelog, "- **SEC", "- **SECURITY** `pages/login.templ`: again.\n- **SEC", 1)
	p := project(t, madeUp("devel", page, changelog))
	plan, err := p.Eject(Ejecting{})
	p.do(t, plan, err)
	content := string(two.templates[pagePath].content)
	if p = p.later(t, madeUp("devel", content, changelog)); p.state(t) != Ours {
		t.Errorf("it has the fix, and is %s", p.state(t))
	}
	p = p.later(t, madeUp("devel", content, again))
	list, err := p.Status()
	if err != nil || list[0].State != Security || strings.Join(list[0].Safety, "|") != "**SECURITY** `pages/login.templ`: again." {
		t.Errorf("%+v, %v", list, err)
	}
	plan, err = p.Update(nil)
	p.do(t, plan, err)
	if p = p.later(t, p.release); p.state(t) != Untouched {
		t.Error(p.state(t))
	}
}

func TestWhatIsKeptIsChecked(t *testing.T) {
	t.Parallel()
	base := basePath(sumOf([]byte(page)))
	p := ejected(t).later(t, two)
	p.write(t, base, strings.ReplaceAll(page, "\n", "\r\n")) // as git may check it out
	if p.state(t) != Ours {
		t.Error(p.state(t))
	}
	p.write(t, base, page+"more")
	_, err := p.Status()
	refused(t, err, "its content has been changed; restore that file from your version control")
	if err := os.Remove(p.on(base)); err != nil {
		t.Fatal(err)
	}
	_, err = p.Update(nil)
	refused(t, err, "what pages/login.templ was copied from is not in .gatehouse/base/")
	if p = p.later(t, one); p.state(t) != Untouched { // the kit has it still
		t.Error(p.state(t))
	}

	list := p.read(t, listFile)
	for line, want := range map[string]string{
		"pages/a.templ pages/a.templ v1":                                             "has 3 words, not 5",
		"../a.templ a.templ v1 0 " + strings.Repeat("0", 64):                         `"../a.templ" is no path of a template in this project`,
		"/etc/a.templ a.templ v1 0 " + strings.Repeat("0", 64):                       "is no path of a template",
		`pages\a.templ a.templ v1 0 ` + strings.Repeat("0", 64):                      "is no path of a template",
		"pages/views.go pages/views.go v1 0 " + strings.Repeat("0", 64):              "is no path of a template",
		"pages/a.templ pages/b.templ v1 0 " + strings.Repeat("0", 64):                "pages/a.templ does not end in pages/b.templ",
		"pages/a.templ pages/a.templ v1 x " + strings.Repeat("0", 64):                `"x" is no number of fixes`,
		"pages/a.templ pages/a.templ v1 0 ../../x":                                   `"../../x" is no SHA-256`,
		"pages/login.templ pages/login.templ v1 0 " + strings.Repeat("0", 64):        "is there twice",
		"<<<<<<< HEAD\n=======\n>>>>>>> branch\n":                                    "has the marks of a conflict",
		"# a remark\n\n" + strings.Repeat("pages/a.templ ", 2) + "v1 0 nothing here": "has 6 words",
	} {
		p.write(t, listFile, list+line+"\n")
		_, err := readManifest(p.Root)
		refused(t, err, want)
	}
	p.write(t, listFile, strings.ReplaceAll(list, "\n", "\r\n"))
	if m, err := readManifest(p.Root); err != nil || len(m) != 1 {
		t.Error(m, err)
	}
}

// FuzzManifest: whatever is in the list, what is read of it stays in the project, and is what is
// written.
func FuzzManifest(f *testing.F) {
	f.Add("pages/login.templ pages/login.templ v0.1.0 3 " + strings.Repeat("0a", 32) + "\n# x\n")
	f.Add("a/../../x.templ x.templ v1 0 " + strings.Repeat("0a", 32))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		p := &Project{Root: dir}
		p.write(t, listFile, text)
		m, err := readManifest(dir)
		if err != nil {
			return
		}
		for _, c := range m {
			if !inside(dir, p.on(c.path)) || !strings.HasSuffix(c.path, ".templ") {
				t.Errorf("%q", c.path)
			}
		}
		p.write(t, listFile, string(m.text()))
		if again, err := readManifest(dir); err != nil || string(again.text()) != string(m.text()) {
			t.Errorf("written and read again: %v\n%s", err, m.text())
		}
	})
}

// Another templ, or one that was started in another folder, writes Go that is as good.
func TestGoOfAnotherGeneratorStays(t *testing.T) {
	t.Parallel()
	p := ejected(t)
	const file = "pages/login_templ.go"
	other := strings.NewReplacer("FileName: `pages/login.templ`", "FileName: `login.templ`", "// templ: version: v", "// templ: version: v9").Replace(p.read(t, file))
	if other == p.read(t, file) {
		t.Fatal("it does not say who wrote it")
	}
	p.write(t, file, other)
	plan, err := p.later(t, one).Update(nil)
	if p.do(t, plan, err); p.read(t, file) != other {
		t.Error("it is written anew")
	}
	p.write(t, file, strings.Replace(other, "Help", "Call us", 1))
	plan, err = p.later(t, one).Update(nil)
	if p.do(t, plan, err); !strings.Contains(p.read(t, file), "Help") {
		t.Error("what is not generated from the template stays")
	}
}
