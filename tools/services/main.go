//go:build unix

// Command services runs a command with the databases, the browser and the C compiler that the tests
// need, and stops what it started when the command ends, however it ends.
//
//	go -C tools run ./services -dir .. -- go test -race ./...
//
// Each need is met by the first of these that can meet it:
//
//  1. the environment: TEST_DATABASE_URL, TEST_REDIS_URL, CHROME, CC;
//  2. a program that is installed: Postgres and Redis are started for this one run, on free ports of
//     the loopback address, in a folder of their own that is removed afterwards;
//  3. apt-get, where the machine has it and the user is root;
//  4. docker compose, for the two databases, where a Docker engine answers.
//
// What none of them can meet is listed, with what to do about it, and nothing is run: a suite that is
// skipped unnoticed is worse than one that fails.
//
// -need names what the command needs, for instance -need postgres,redis. The default is everything.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	dir := flag.String("dir", ".", "folder to run the command in")
	only := flag.String("need", "postgres,redis,chrome,race", "what the command needs")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "services: which command? Usage: services [-dir DIR] [-need LIST] -- COMMAND ARGUMENT…")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	began := time.Now()
	err := run(ctx, *dir, strings.Split(*only, ","), flag.Args())
	took := time.Since(began).Round(time.Second)
	if err != nil {
		fmt.Fprintf(os.Stderr, "services: %v\nFAIL after %s: %s\n", err, took, strings.Join(flag.Args(), " "))
		stop()
		os.Exit(1)
	}
	fmt.Printf("PASS in %s: %s\n", took, strings.Join(flag.Args(), " "))
}

func run(ctx context.Context, dir string, only, command []string) (err error) {
	needs, err := pick(needs(), only)
	if err != nil {
		return err
	}
	supplied, err := supply(ctx, thisMachine(), needs)
	defer func() { err = errors.Join(err, supplied.stop()) }()
	if err != nil {
		return err
	}
	return inGroup(ctx, dir, append(os.Environ(), supplied.env...), command)
}

// inGroup runs the command in a process group of its own, so that ending it ends all that it started:
// a signal reaches only the first of task, go and the test binaries otherwise.
func inGroup(ctx context.Context, dir string, env, command []string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whoever did not hear SIGTERM
		return errors.New("interrupted")
	}
	return err
}
