package repo

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	aLink    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	aHeading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	unlinked = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// Documents lead to files and headings that are there, and every one of them can be found from the first.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	reached := map[string]bool{}
	var documents []string
	for _, name := range paths(t) {
		if path.Ext(name) != ".md" || under(name, "testdata") || strings.HasPrefix(name, "scaffold/starter/") {
			continue // the starter's lead about within the application that is made of it
		}
		documents = append(documents, name)
		for _, link := range aLink.FindAllStringSubmatch(read(t, name), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			file, heading, _ := strings.Cut(link[1], "#")
			to := name
			if file != "" {
				to = path.Join(path.Dir(name), file)
			}
			if name == "docs/README.md" {
				reached[to] = true
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, link[1])
			} else if heading != "" && path.Ext(to) == ".md" && !headings(read(t, to))[heading] {
				t.Errorf("%s leads to %s, which has no such heading", name, link[1])
			}
		}
	}
	for _, name := range documents {
		if strings.HasPrefix(name, "docs/") && name != "docs/README.md" && !reached[name] {
			t.Errorf("docs/README.md does not lead to %s", name)
		}
	}
	if len(reached) < 40 {
		t.Errorf("docs/README.md leads to %d files only", len(reached))
	}
}

// headings are those of a document as links name them.
func headings(page string) map[string]bool {
	all := map[string]bool{}
	for _, heading := range aHeading.FindAllStringSubmatch(page, -1) {
		all[strings.ReplaceAll(unlinked.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-")] = true
	}
	return all
}
