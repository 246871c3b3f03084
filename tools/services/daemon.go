//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A daemon is a server started for this run, or a container.
type daemon struct {
	stop func() error
}

// launch starts a server whose data and log lie in folder, waits until ready says so, and returns the
// daemon that stops it and removes the folder.
func launch(ctx context.Context, folder string, as *syscall.Credential, ready func() error, program string, args ...string) (*daemon, error) {
	path := filepath.Join(folder, "log")
	log, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	defer log.Close()                     // the server holds its own copy of the descriptor
	cmd := exec.Command(program, args...) //nolint:noctx // it has to outlive an interrupt, so that stop can end it in order
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, log, log
	// A group of its own: Ctrl-C in the terminal must not end it before the tests that use it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(exited)
	}()
	d := &daemon{stop: func() error {
		_ = cmd.Process.Signal(os.Interrupt) // for both servers: an orderly end that does not wait for clients
		select {
		case <-exited:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-exited
		}
		return os.RemoveAll(folder)
	}}
	if err := await(ctx, exited, ready); err != nil {
		said, _ := os.ReadFile(path) // best effort: the error stands without it
		return nil, errors.Join(fmt.Errorf("%s: %w\n%s", program, err, said), d.stop())
	}
	return d, nil
}

func await(ctx context.Context, exited <-chan struct{}, ready func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-exited:
			return errors.New("it ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// freeAddress returns a loopback address that nobody listened on a moment ago.
func freeAddress() (address, port string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed on the next line
	if err != nil {
		return "", "", err
	}
	address = l.Addr().String()
	_, port, err = net.SplitHostPort(address)
	return address, port, errors.Join(err, l.Close())
}
