//go:build !unix

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

// build compiles the application to a folder that become removes.
func build(ctx context.Context, root string) (string, error) {
	dir, err := os.MkdirTemp("", "gatehouse-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, filepath.Base(root)+".exe")
	compile := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	compile.Dir, compile.Stdout, compile.Stderr = root, os.Stderr, os.Stderr
	return program, compile.Run()
}

// become runs the program to its end. Ctrl-C reaches the program by itself, and this one waits.
func become(program string, args []string) int {
	defer os.RemoveAll(filepath.Dir(program))
	signal.Ignore(os.Interrupt)
	child := exec.CommandContext(context.Background(), program, args...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	var failed *exec.ExitError
	switch err := child.Run(); {
	case errors.As(err, &failed):
		return failed.ExitCode()
	case err != nil:
		return told(err)
	}
	return 0
}
