//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startPostgres makes a cluster and serves it. It is thrown away afterwards, so nothing waits for the disk.
func startPostgres(ctx context.Context, initdb string) (*daemon, string, error) {
	// The server lies beside the real initdb, which may not be where a link to it does.
	initdb, err := filepath.EvalSymlinks(initdb)
	if err != nil {
		return nil, "", err
	}
	folder, err := os.MkdirTemp("", "gatehouse-postgres-")
	if err != nil {
		return nil, "", err
	}
	as, err := unprivileged("postgres", folder)
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(folder))
	}
	data := filepath.Join(folder, "data")
	create := exec.CommandContext(ctx, initdb, "--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	create.Dir, create.SysProcAttr = folder, &syscall.SysProcAttr{Credential: as}
	if said, err := create.CombinedOutput(); err != nil {
		return nil, "", errors.Join(fmt.Errorf("initdb: %w\n%s", err, said), os.RemoveAll(folder))
	}
	address, port, err := freeAddress()
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(folder))
	}
	ready := func() error { return postmasterReady(data) }
	d, err := launch(ctx, folder, as, ready, filepath.Join(filepath.Dir(initdb), "postgres"), "-D", data,
		"-c", "listen_addresses=127.0.0.1", "-c", "port="+port, "-c", "unix_socket_directories=",
		"-c", "max_connections=300", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	return d, "postgres://postgres@" + address + "/postgres?sslmode=disable", err
}

// postmasterReady asks where pg_ctl asks: the eighth line of postmaster.pid is the server's state.
func postmasterReady(data string) error {
	pid, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return err
	}
	if lines := strings.Split(string(pid), "\n"); len(lines) < 8 || strings.TrimSpace(lines[7]) != "ready" {
		return fmt.Errorf("postmaster.pid says %q", pid)
	}
	return nil
}

// unprivileged hands the folder to the named user and returns that user's credential where we are root,
// for Postgres refuses to run as root.
func unprivileged(name, folder string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("it does not run as root, and there is no other user to run it as: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(folder, int(uid), int(gid))
}

// startRedis serves an empty Redis that keeps nothing.
func startRedis(ctx context.Context, server string) (*daemon, string, error) {
	folder, err := os.MkdirTemp("", "gatehouse-redis-")
	if err != nil {
		return nil, "", err
	}
	address, port, err := freeAddress()
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(folder))
	}
	ready := func() error { return ping(ctx, address) }
	d, err := launch(ctx, folder, nil, ready, server, "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no")
	return d, "redis://" + address, err
}

func ping(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(string(answer[:n]), "+PONG") {
		return fmt.Errorf("answered %q", answer[:n])
	}
	return nil
}
