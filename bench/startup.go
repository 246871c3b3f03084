package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// startUp measures how long the starter takes from being executed to its first page: on a
// database that it has to make, and on the one it made.
func startUp(ctx context.Context, p plan, r *report, folder string) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", strings.TrimSuffix(module, "/")).Output()
	if err != nil {
		return fmt.Errorf("find the kit's sources: %w", err)
	}
	program := filepath.Join(folder, "starter")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./scaffold/starter")
	build.Dir, build.Stderr = strings.TrimSpace(string(root)), os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the starter: %w", err)
	}
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	var first, again []time.Duration
	for n := range p.starts {
		database := "sqlite:" + filepath.Join(folder, "start"+strconv.Itoa(n)+".db")
		for _, took := range []*[]time.Duration{&first, &again} {
			span, err := firstPage(ctx, program, database)
			if err != nil {
				return err
			}
			*took = append(*took, span)
		}
	}
	r.starts(first, again, info.Size())
	return nil
}

// firstPage executes the starter, asks for its sign-in page until that comes, and stops it.
func firstPage(ctx context.Context, program, database string) (took time.Duration, err error) {
	port, err := freePort(ctx)
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = []string{"PORT=" + port, "DATABASE_URL=" + database, "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
	page := call("GET /login HTTP/1.1\r\nHost: localhost:" + port + "\r\nAccept: text/html\r\n\r\n")
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		// Whether it minds being stopped is not what is measured.
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}()
	for time.Since(begun) < 20*time.Second {
		l, err := dial(ctx, "127.0.0.1:"+port)
		if err != nil {
			time.Sleep(500 * time.Microsecond)
			continue
		}
		a, err := l.do(page)
		took = time.Since(begun)
		if err := errors.Join(err, l.conn.Close()); err != nil {
			return 0, err
		}
		if a.status != 200 {
			return 0, fmt.Errorf("the sign-in page answered %d", a.status)
		}
		return took, nil
	}
	return 0, errors.New("the starter did not answer within 20 seconds")
}

func freePort(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}
