package chromium_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/chromium"
)

// program writes a shell script that stands for a browser.
func program(t *testing.T, dir, name, script string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// The one that is named comes first, then what the environment names, then one that is installed.
func TestFind(t *testing.T) {
	dir, empty := t.TempDir(), t.TempDir()
	installed := program(t, dir, "chromium", "true")
	named := program(t, dir, "mine", "true")
	for _, test := range []struct{ path, chrome, flag, want string }{
		{dir, "", "", installed},
		{dir, named, "", named},
		{dir, named, "chromium", installed},
		{dir, "", "mine", named},
		{empty, "", "", ""},
		{dir, "", "not there", ""},
		{dir, "not there", "", ""},
	} {
		t.Setenv("PATH", test.path)
		t.Setenv("CHROME", test.chrome)
		found, err := chromium.Find(test.flag)
		if found != test.want || (err == nil) != (test.want != "") {
			t.Errorf("with CHROME=%q and --chrome %q: %q, %v; want %q", test.chrome, test.flag, found, err, test.want)
		}
		if none := errors.Is(err, chromium.ErrNone); none != (test.path == empty) {
			t.Errorf("with CHROME=%q and --chrome %q: %v", test.chrome, test.flag, err)
		}
	}
}

// A program that is no browser is told of at once, and leaves nothing behind.
func TestStartNoBrowser(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	begun := time.Now()
	for name, script := range map[string]string{"ends": "exit 0", "fails": "echo no >&2; exit 3", "talks": "echo 'DevTools listening on nothing' >&2"} {
		browser, err := chromium.Start(t.Context(), program(t, t.TempDir(), name, script))
		if browser != nil || err == nil || !strings.Contains(err.Error(), "does not start without a window") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %s to tell", took)
	}
	if _, err := chromium.Start(t.Context(), filepath.Join(dir, "missing")); err == nil {
		t.Error("a program that is not there was started")
	}
	left, err := filepath.Glob(filepath.Join(dir, "gatehouse-chromium-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%q are left, error %v", left, err)
	}
}
