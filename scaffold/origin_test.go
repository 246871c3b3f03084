package scaffold

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

func checkout(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOriginOf(t *testing.T) {
	here := checkout(t)
	elsewhere := t.TempDir()
	for _, c := range []struct {
		name  string
		kit   debug.Module
		built string
		cwd   string
		want  origin
	}{
		{"fetched", debug.Module{Version: "v1.2.3", Sum: "h1:x="}, "/cache/gatehouse@v1.2.3", here, origin{version: "v1.2.3", sum: "h1:x="}},
		{"run in a checkout", debug.Module{Version: "(devel)"}, here, elsewhere, origin{checkout: here}},
		{"built from a checkout with a tag", debug.Module{Version: "v1.2.3"}, here, elsewhere, origin{checkout: here}},
		{"a project's tool", debug.Module{Version: "v0.0.0", Replace: &debug.Module{Path: here}}, "github.com/gatehouse-go/gatehouse@v0.0.0", elsewhere, origin{checkout: here}},
		{"paths trimmed, inside the checkout", debug.Module{Version: "(devel)"}, "github.com/gatehouse-go/gatehouse", filepath.Join(here, "scaffold"), origin{checkout: here}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(c.cwd)
			got, err := originOf(c.kit, c.built)
			if err != nil || got != c.want {
				t.Errorf("origin %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
	t.Chdir(elsewhere)
	if got, err := originOf(debug.Module{Version: "(devel)"}, filepath.Join(elsewhere, "gone")); err == nil {
		t.Errorf("a source that is gone was found at %+v", got)
	}
}

// An application of a published version asks for that version, with sums that the Go command
// accepts, and replaces nothing. The kit as it stands here is published on this machine for it.
func TestPublishedVersion(t *testing.T) {
	t.Parallel()
	dir, version := t.TempDir(), "v0.1.0"
	published := filepath.Join(dir, "proxy", kit, "@v")
	if err := os.MkdirAll(published, 0o755); err != nil {
		t.Fatal(err)
	}
	archive, err := os.Create(filepath.Join(published, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	if err := zip.CreateFromDir(archive, module.Version{Path: kit, Version: version}, checkout(t)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	goMod, err := os.ReadFile(filepath.Join(checkout(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(published, version+".mod"), goMod, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(published, version+".info"), fmt.Appendf(nil, `{"Version":%q}`, version), 0o600); err != nil {
		t.Fatal(err)
	}
	sum, err := dirhash.HashZip(archive.Name(), dirhash.Hash1)
	if err != nil {
		t.Fatal(err)
	}
	files, err := compose(name{slug: "shop", shown: "Shop", module: "example.com/shop"}, origin{version: version, sum: sum})
	if err != nil {
		t.Fatal(err)
	}
	if text := string(files["go.mod"]); strings.Contains(text, "replace") || !strings.Contains(text, kit+" "+version+"\n") {
		t.Errorf("go.mod:\n%s", text)
	}
	project := filepath.Join(dir, "shop")
	if _, err := place(project, files); err != nil {
		t.Fatal(err)
	}
	fetched, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	download := exec.CommandContext(t.Context(), "go", "mod", "download", kit)
	download.Dir = project
	download.Env = append(os.Environ(), "GOFLAGS=-mod=readonly -modcacherw", "GOSUMDB=off", "GONOPROXY=none", "GOPRIVATE=",
		"GOMODCACHE="+filepath.Join(dir, "modcache"),
		"GOPROXY=file://"+filepath.Join(dir, "proxy")+",file://"+strings.TrimSpace(string(fetched))+"/cache/download")
	if out, err := download.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	after, err := os.ReadFile(filepath.Join(project, "go.sum"))
	if err != nil || string(after) != string(files["go.sum"]) {
		t.Errorf("go.sum was not complete: %v", err)
	}
}
