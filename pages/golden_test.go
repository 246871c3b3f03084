package pages_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/states"
	"github.com/gatehouse-go/gatehouse/static"
)

var update = flag.Bool("update", false, "write what the pages look like now to testdata")

func TestPagesLookAsTheyDid(t *testing.T) {
	t.Parallel()
	for _, s := range states.Of("Shop") {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			same(t, filepath.Join("testdata", s.Name+".html"), golden(whole(t, s)))
		})
	}
}

// same demands that what was written to path is what there is now.
func same(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what it was; look at it, then run with -update:\n%s", path, difference(string(want), got))
	}
}

// A golden file of a state that is no more holds nothing still.
func TestGoldenFilesAreOfStates(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, s := range states.Of("Shop") {
		known[filepath.Join("testdata", s.Name+".html")], known[filepath.Join("testdata", "fa", s.Name+".txt")] = true, true
	}
	for _, pattern := range []string{"testdata/*.html", "testdata/fa/*.txt"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, error %v", pattern, len(files), err)
		}
		for _, file := range files {
			if !known[file] {
				t.Errorf("%s is of no state", file)
			}
		}
	}
}

// golden breaks a page into lines, and takes out the hashes that change with every style rule.
func golden(html string) string {
	for _, f := range static.Files() {
		html = strings.ReplaceAll(html, f.HashedName, f.Name)
		html = strings.ReplaceAll(html, templ.EscapeString(f.Integrity), "sha384-of-"+f.Name)
	}
	return strings.ReplaceAll(html, "><", ">\n<") + "\n"
}

// difference shows the first line that is not as it was.
func difference(want, got string) string {
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wants), len(gots)) {
		if wants[i] != gots[i] {
			return "- " + wants[i] + "\n+ " + gots[i]
		}
	}
	return "one is longer than the other"
}

// whole is the document that shows a state in English by the kit's own views.
func whole(t *testing.T, s states.State) string {
	t.Helper()
	return render(t, s.Whole(t.Context(), pages.Default()))
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	return renderIn(t.Context(), t, c)
}

func renderIn(ctx context.Context, t *testing.T, c templ.Component) string {
	t.Helper()
	ctx = components.With(ctx, components.Scope{
		Token: func() string { return "token-of-this-visitor" }, Elements: elements.Kit(),
	})
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
