//go:build unix

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// build compiles the application to a place of its own among this user's caches. The Go command
// would put it under a name that is gone once it ends, and go run neither passes signals on nor
// the exit status.
func build(ctx context.Context, root string) (string, error) {
	caches, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(root))
	program := filepath.Join(caches, "gatehouse", hex.EncodeToString(sum[:8]), filepath.Base(root))
	if err := os.MkdirAll(filepath.Dir(program), 0o700); err != nil {
		return "", err
	}
	compile := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	compile.Dir, compile.Stdout, compile.Stderr = root, os.Stderr, os.Stderr
	return program, compile.Run()
}

// become puts the program in the place of this one, so that signals, input and exit status are
// the program's own. It returns only if that fails.
func become(program string, args []string) int {
	return told(syscall.Exec(program, append([]string{program}, args...), os.Environ()))
}
