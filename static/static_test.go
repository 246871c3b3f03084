package static_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/static"
)

func TestFilesAreWhatTheirNamesSay(t *testing.T) {
	t.Parallel()
	types := map[string]string{
		"gallery.css": "text/css; charset=utf-8", "gallery.js": "text/javascript; charset=utf-8",
		"favicon.svg": "image/svg+xml", "gatehouse.css": "text/css; charset=utf-8",
		"gatehouse.js": "text/javascript; charset=utf-8", "htmx.min.js": "text/javascript; charset=utf-8",
	}
	if n := len(static.Files()); n != len(types) {
		t.Errorf("%d files are embedded, want %d", n, len(types))
	}
	hashed := regexp.MustCompile(`^[a-z.]+\.[0-9a-f]{16}\.(css|js|svg)$`)
	for _, f := range static.Files() {
		if f.ContentType != types[f.Name] {
			t.Errorf("%s has type %q, want %q", f.Name, f.ContentType, types[f.Name])
		}
		if !hashed.MatchString(f.HashedName) {
			t.Errorf("%s is served as %q, which holds no hash", f.Name, f.HashedName)
		}
		if !strings.Contains(f.HashedName, strings.Trim(f.ETag, `"`)) || !strings.HasPrefix(f.ETag, `"`) {
			t.Errorf("%s has ETag %s, which is not the hash in %s", f.Name, f.ETag, f.HashedName)
		}
		sum := sha512.Sum384(f.Body)
		if want := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); f.Integrity != want || static.Integrity(f.Name) != want {
			t.Errorf("%s has integrity %s, want %s", f.Name, f.Integrity, want)
		}
		if got := unzip(t, f.Gzip); !bytes.Equal(got, f.Body) {
			t.Errorf("%s is %d bytes, and %d when unpacked", f.Name, len(f.Body), len(got))
		}
		if got, ok := static.Lookup(f.HashedName); !ok || got.Name != f.Name {
			t.Errorf("Lookup(%q) finds %q", f.HashedName, got.Name)
		}
		if got, want := static.URL("/assets/", f.Name), "/assets/"+f.HashedName; got != want {
			t.Errorf("URL of %s is %q, want %q", f.Name, got, want)
		}
	}
}

func unzip(t *testing.T, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestUnknownFiles(t *testing.T) {
	t.Parallel()
	if got := static.URL("/static", "gone.css"); got != "/static/gone.css" {
		t.Errorf("URL of a file that is not there is %q", got)
	}
	if got := static.Integrity("gone.css"); got != "" {
		t.Errorf("Integrity of a file that is not there is %q", got)
	}
	for _, name := range []string{"", "gatehouse.css", "../static.go", "gatehouse.0000000000000000.css"} {
		if _, ok := static.Lookup(name); ok {
			t.Errorf("Lookup(%q) finds a file", name)
		}
	}
}

// The vendored script is pinned: a changed byte has to be a decision.
func TestHTMXIsTheReleaseThatWasReviewed(t *testing.T) {
	t.Parallel()
	const want = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
	if got := static.Integrity("htmx.min.js"); got != want {
		t.Errorf("htmx.min.js has integrity %s, want that of 4.0.1, %s", got, want)
	}
}

// What a strict content security policy forbids, and what would turn text into markup.
func TestScriptWritesNoMarkup(t *testing.T) {
	t.Parallel()
	script := string(read(t, "gatehouse.js"))
	for _, banned := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", ".style.", "localStorage", "sessionStorage", "document.cookie"} {
		if strings.Contains(script, banned) {
			t.Errorf("gatehouse.js uses %s", banned)
		}
	}
}

// A style sheet that is written is served.
func TestEveryStyleIsServed(t *testing.T) {
	t.Parallel()
	style := read(t, "gatehouse.css")
	names, err := filepath.Glob("css/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("%q, %v", names, err)
	}
	for _, name := range names {
		part, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(style, part) {
			t.Errorf("%s is not in gatehouse.css (%v)", name, err)
		}
	}
}

// A page turns from right to left by its dir attribute alone.
func TestStyleKnowsNoLeftAndRight(t *testing.T) {
	t.Parallel()
	physical := regexp.MustCompile(`(margin|padding|border|inset)-(left|right)|text-align:\s*(left|right)|[{;\s](left|right|float)\s*:`)
	style := string(read(t, "gatehouse.css"))
	for _, found := range physical.FindAllString(style, -1) {
		t.Errorf("gatehouse.css says %q", found)
	}
	for _, banned := range []string{"url(", "@import", "@font-face", "http"} {
		if strings.Contains(style, banned) {
			t.Errorf("gatehouse.css loads something by %s", banned)
		}
	}
	for _, query := range []string{"prefers-reduced-motion", "forced-colors", "@media print", "focus-visible", "light-dark("} {
		if !strings.Contains(style, query) {
			t.Errorf("gatehouse.css says nothing of %s", query)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	for _, f := range static.Files() {
		if f.Name == name {
			return f.Body
		}
	}
	t.Fatalf("%s is not embedded", name)
	return nil
}
