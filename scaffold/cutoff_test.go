package scaffold

import (
	"maps"
	"strings"
	"testing"
)

// However far a command came before the machine stopped, saying it again does the rest.
func TestCutOffAndSaidAgain(t *testing.T) {
	t.Parallel()
	mine := func(t *testing.T) *Project {
		p := ejected(t)
		p.write(t, pagePath, strings.Replace(page, "email", "login", 1))
		return p
	}
	more := madeUp("v0.2.0", strings.Replace(page, "Help", "Call us", 1)+"\n// LoginLink is new.\ntempl LoginLink() {\n\t<p></p>\n}\n", "")
	for _, c := range []struct {
		name  string
		begin func(*testing.T) *Project
		now   release
		plan  func(*Project) (*Plan, error)
	}{
		{"eject", func(t *testing.T) *Project { return project(t, one) }, one, func(p *Project) (*Plan, error) { return p.Eject(Ejecting{Names: []string{"login"}}) }},
		{"update", ejected, more, func(p *Project) (*Plan, error) { return p.Update(nil) }},
		{"merge", mine, more, func(p *Project) (*Plan, error) { return p.Update(nil) }},
		{"uneject", ejected, one, func(p *Project) (*Plan, error) {
			if len(p.copies) == 0 {
				return p.plan(""), nil // it is done
			}
			return p.Uneject([]string{"login"}, false)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			steps := 1
			var want map[string]string
			for done := -1; done <= steps; done++ { // the first time all of it
				p := c.begin(t).later(t, c.now)
				plan, err := c.plan(p)
				if err != nil {
					t.Fatal(err)
				}
				edits := plan.all()
				if done >= 0 {
					edits = edits[:min(done, len(edits))]
				}
				steps = len(plan.all())
				if err := p.apply(t.Context(), edits); err != nil {
					t.Fatal(err)
				}
				p = p.later(t, c.now)
				plan, err = c.plan(p)
				p.do(t, plan, err)
				got := tree(t, p.Root)
				if want == nil {
					want = got
				}
				for file := range maps.Keys(got) {
					if got[file] != want[file] {
						t.Errorf("cut off after %d of %d, %s is\n%s\nwant\n%s", done, steps, file, got[file], want[file])
					}
				}
				if len(got) != len(want) {
					t.Errorf("cut off after %d of %d there are %d files, want %d", done, steps, len(got), len(want))
				}
			}
			if steps < 3 {
				t.Errorf("%d steps", steps)
			}
		})
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	changes := strings.ReplaceAll("## [0.2.0]\n\n### Ejected pages\n\n- 'pages/login.templ': 'p.Forgot' is 'p.Recover' now.\n- 'pages/logout.templ': another.\n\n## [0.0.9]\n\n### Ejected pages\n\n- Long ago.\n", "'", "`")
	p := ejected(t).later(t, madeUp("v0.2.0", strings.Replace(page, "Help", "Call us", 1), changes))
	said := strings.Join(p.Advice(), "\n")
	if !p.Behind() || !strings.Contains(said, "0.2.0: `pages/login.templ`: `p.Forgot` is `p.Recover` now.") || strings.Contains(said, "another") || strings.Contains(said, "ago") || !strings.Contains(said, changelogURL) {
		t.Errorf("behind %v:\n%s", p.Behind(), said)
	}
	plan, err := p.Update(nil)
	if p.do(t, plan, err); p.Behind() || strings.Join(p.Advice(), "\n") != said {
		t.Errorf("behind %v, after an update:\n%s", p.Behind(), strings.Join(p.Advice(), "\n"))
	}
}

func TestUnused(t *testing.T) {
	t.Parallel()
	for main, want := range map[string]string{
		"": "Views: pages.Views()",
		"package main\n\nimport \"example.com/host/pages\"\n\nvar v = pages.Views()\n":                   "",
		"package main\n\nimport own \"example.com/host/pages\"\n\nvar v = own.Views()\n":                 "",
		"package main\n\nimport \"example.com/other/pages\"\n\nvar v = pages.Views()\n":                  "Views: pages.Views()",
		"package main\n\nimport \"example.com/host/pages\"\n\nvar v, w = pages.Mails(), other.Views()\n": "Views: pages.Views()",
	} {
		p := ejected(t)
		if main != "" {
			p.write(t, "cmd/host/main.go", main)
		}
		if unused, err := p.later(t, one).Unused(); err != nil || strings.Join(unused, ", ") != want {
			t.Errorf("unused are %q, %v, want %q, with\n%s", unused, err, want, main)
		}
	}
}
