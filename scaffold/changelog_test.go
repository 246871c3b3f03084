package scaffold

import (
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse"
)

// A mark that names no file, or is written in another form, would tell nobody.
func TestMarksInTheChangelog(t *testing.T) {
	t.Parallel()
	r := kitRelease(t)
	for _, n := range r.changes {
		if n.safety && len(n.paths) == 0 {
			t.Errorf("%s: this mark names no file: %s", n.version, n.text)
		}
		for _, path := range n.paths {
			if _, known := r.templates[path]; !known {
				t.Errorf("%s: %s is no file of the kit that can be ejected: %s", n.version, path, n.text)
			}
		}
	}
	marked := 0
	for _, n := range r.changes {
		if n.safety {
			marked++
		}
	}
	if written := len(regexp.MustCompile(`(?m)^[^<\n]*SECURITY\*\*`).FindAllString(gatehouse.Changelog(), -1)); written != marked {
		t.Errorf("SECURITY is written %d times, and read as a mark %d times: it stands under %q as - **SECURITY** `pages/login.templ`: why", written, marked, ejectedHeading)
	}
	for _, heading := range strings.Split(gatehouse.Changelog(), "\n## [")[1:] {
		if !strings.Contains(heading, "\n### "+ejectedHeading+"\n") {
			t.Errorf("%s has no %q", strings.SplitN(heading, "\n", 2)[0], ejectedHeading)
		}
	}
}

func TestReadChangelog(t *testing.T) {
	t.Parallel()
	c := readChangelog(strings.ReplaceAll(`# Changelog

## [Unreleased]

### Ejected pages

- None.

## [0.3.0] - 2026-05-01

### Added

- **SECURITY** 'pages/other.templ': not here.

### Ejected pages

- **SECURITY** 'pages/login.templ', 'pages/register.templ': the form told who
  has an account.
- 'pages/login.templ': 'p.Forgot' is 'p.Recover' now.

## [v0.2.0]

### Ejected pages

- Every page: 'p.Site' is 'p.AppName' now.
- 'pages/logout.templ': nothing but looks.
`, "'", "`"))
	var texts []string
	for _, n := range c {
		texts = append(texts, n.version+" "+strings.Join(n.paths, ",")+" "+n.text)
	}
	want := strings.ReplaceAll(strings.Join([]string{
		"0.3.0 pages/login.templ,pages/register.templ **SECURITY** 'pages/login.templ', 'pages/register.templ': the form told who has an account.",
		"0.3.0 pages/login.templ 'pages/login.templ': 'p.Forgot' is 'p.Recover' now.",
		"v0.2.0  Every page: 'p.Site' is 'p.AppName' now.",
		"v0.2.0 pages/logout.templ 'pages/logout.templ': nothing but looks.",
	}, "\n"), "'", "`")
	want = strings.ReplaceAll(want, "\nv0.2.0", "\n0.2.0")
	if got := strings.Join(texts, "\n"); got != want {
		t.Errorf("read\n%s\nwant\n%s", got, want)
	}
	if n := len(c.safety("pages/register.templ")); n != 1 || len(c.safety("pages/other.templ")) != 0 {
		t.Errorf("%d marks", n)
	}
	for version, want := range map[string]int{"v0.1.0": 3, "v0.2.0": 3, "v0.2.1": 2, "v0.3.0": 2, "v0.4.0": 0, "devel": 3} {
		if got := c.since(version, []string{"pages/login.templ"}); len(got) != want {
			t.Errorf("since %s there are %v", version, got)
		}
	}
}
