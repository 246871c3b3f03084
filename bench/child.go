package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
)

// childSetup is the environment variable that makes this program a server, and says which.
const childSetup = "GATEHOUSE_BENCH_CHILD"

// A setup is what a child serves.
type setup struct {
	Database string
	// People is how many accounts there are.
	People int
}

// A serving is what a child says once it serves.
type serving struct {
	// Addresses are where the kit and its rivals listen, by name.
	Addresses map[string]string
	// Cookies are those of someone who is signed in.
	Cookies string
}

// runChild serves until its standard input ends. Each line there is an order, and gets one line
// of answer.
func runChild(encoded string) error {
	var s setup
	if err := json.Unmarshal([]byte(encoded), &s); err != nil {
		return err
	}
	k, err := newKit(context.Background(), s)
	if err != nil {
		return err
	}
	defer k.close()
	servers, err := k.servers()
	if err != nil {
		return err
	}
	says := serving{Addresses: map[string]string{}, Cookies: k.cookies}
	for name, server := range servers {
		listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		says.Addresses[name] = listener.Addr().String()
		go serve(server, listener)
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(says); err != nil {
		return err
	}
	var profile *os.File
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		order, argument, _ := strings.Cut(orders.Text(), " ")
		var answer any
		switch order {
		case "cpu":
			answer, err = processorTime()
		case "hash":
			var span time.Duration
			if span, err = time.ParseDuration(argument); err == nil {
				answer, err = hashAlone(span)
			}
		case "profile":
			if profile, err = os.Create(argument); err == nil {
				err = pprof.StartCPUProfile(profile)
			}
		case "profiled":
			pprof.StopCPUProfile()
			err = profile.Close()
		default:
			err = fmt.Errorf("%q is no order", order)
		}
		if err := errors.Join(err, out.Encode(answer)); err != nil {
			return err
		}
	}
	return orders.Err()
}

// serve ends the process when a server fails, since its numbers would be worth nothing.
func serve(server *fiber.App, listener net.Listener) {
	if err := server.Listener(listener); err != nil {
		exit(err)
	}
}

// processorTime is what this process has used of the processors so far.
func processorTime() (time.Duration, error) {
	var used syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), err
}

// A child is a process that serves what is measured.
type child struct {
	serving
	pid    int
	cmd    *exec.Cmd
	orders io.WriteCloser
	said   *json.Decoder
}

func startChild(ctx context.Context, s setup) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env, cmd.Stderr = append(os.Environ(), childSetup+"="+string(encoded)), os.Stderr
	orders, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, pid: cmd.Process.Pid, orders: orders, said: json.NewDecoder(out)}
	if err := c.said.Decode(&c.serving); err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start: %w", err), c.stop())
	}
	return c, nil
}

// order tells the child to do something and reads what it has to say.
func (c *child) order(what string, answer any) error {
	if _, err := io.WriteString(c.orders, what+"\n"); err != nil {
		return err
	}
	return c.said.Decode(answer)
}

func (c *child) processorTime() (used time.Duration, err error) {
	err = c.order("cpu", &used)
	return used, err
}

// profiled writes a profile of the child during work to path.
func (c *child) profiled(path string, work func() error) error {
	var nothing any
	if err := c.order("profile "+path, &nothing); err != nil {
		return err
	}
	err := work()
	return errors.Join(err, c.order("profiled", &nothing))
}

func (c *child) stop() error {
	return errors.Join(c.orders.Close(), c.cmd.Wait())
}
