package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		script string
		want   []string
	}{
		{"nothing", "true", nil},
		{"rewritten as it was", "printf old > kept", nil},
		{"changed", "printf new > kept", []string{"kept"}},
		{"added", "printf new > fresh", []string{"fresh"}},
		{"removed", "rm kept", []string{"kept"}},
		{"all three, in order", "printf new > kept; printf new > fresh; rm folder/gone", []string{"folder/gone", "fresh", "kept"}},
		{"a hidden folder", "printf new > .git/index", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, path := range []string{"kept", "folder/gone", ".git/index"} {
				path = filepath.Join(dir, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := run(t.Context(), dir, []string{"sh", "-c", test.script})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: got %q, want %q", test.script, got, test.want)
			}
		})
	}
}

func TestRunReportsFailure(t *testing.T) {
	t.Parallel()
	if _, err := run(t.Context(), t.TempDir(), []string{"false"}); err == nil {
		t.Error("a command that fails counts as one that changed nothing")
	}
}
