//go:build unix

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestLaunch(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "server")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	pid := filepath.Join(folder, "pid")
	ready := func() error { _, err := os.Stat(pid); return err }
	d, err := launch(t.Context(), folder, nil, ready, "sh", "-c", "echo $$ > pid.new; mv pid.new pid; exec sleep 300")
	if err != nil {
		t.Fatal(err)
	}
	process := readPID(t, pid)
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(process, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the server still runs: %v", err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its folder is still there: %v", err)
	}
}

func TestLaunchTellsWhatAServerSaidBeforeItFailed(t *testing.T) {
	t.Parallel()
	never := func() error { return errors.New("not yet") }
	_, err := launch(t.Context(), t.TempDir(), nil, never, "sh", "-c", "echo port taken; exit 1")
	if err == nil || !strings.Contains(err.Error(), "port taken") {
		t.Errorf("error %v leaves out what the server said", err)
	}
}

func TestInGroupEndsGrandchildren(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	beats := func() int64 {
		file, err := os.Stat(filepath.Join(dir, "beats"))
		if err != nil {
			return 0
		}
		return file.Size()
	}
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		for beats() == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		interrupt()
	}()
	err := inGroup(ctx, dir, os.Environ(), []string{"sh", "-c", "sh -c 'while :; do echo >> beats; sleep 0.02; done'; true"})
	if err == nil || err.Error() != "interrupted" {
		t.Errorf("error %v, want interrupted", err)
	}
	// Its process id would not tell: a dead grandchild keeps it until somebody reaps it.
	for deadline := time.Now().Add(10 * time.Second); ; {
		before := beats()
		time.Sleep(300 * time.Millisecond)
		if beats() == before {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("what the command started still runs")
		}
	}
}

func readPID(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	process, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return process
}
