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
	"github.com/gatehouse-go/gatehouse/static"
)

var update = flag.Bool("update", false, "write what the pages look like now to testdata")

func TestPagesLookAsTheyDid(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			got := golden(render(t, pages.Layout(s.page, s.view)))
			path := filepath.Join("testdata", s.name+".html")
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
		})
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

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	ctx := components.With(context.Background(), components.Scope{
		Token: func() string { return "token-of-this-visitor" }, Elements: elements.Kit(),
	})
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
