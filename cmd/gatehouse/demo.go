package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/scaffold/starter/site"
)

// A demo is the starter, run as it is, with everything that it needs in one folder.
type demo struct {
	addr, data, database string
}

// runDemo runs one of the starter's commands, serve if none is named.
func runDemo(args []string) int {
	d := demo{}
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.StringVar(&d.addr, "addr", "localhost:3000", "`host:port` to listen on; :3000 lets other machines in")
	flags.StringVar(&d.data, "data", "demo-data", "`folder` for the database file and what must outlast a restart")
	flags.StringVar(&d.database, "db", "", "`URL` of another database: postgres://… or sqlite:…")
	own, words := apart(flags, args)
	if _, err := parse(flags, "demo [flags] [COMMAND]", own); err != nil {
		return told(err)
	}
	if len(words) > 0 && words[0] == "version" {
		return run(words)
	}
	starter, err := d.site()
	if err != nil {
		return told(err)
	}
	program := starter.Program()
	program.Ready = func(ctx context.Context) error { return d.ready(ctx, starter) }
	return starter.Accounts.Command(words, program)
}

// apart parts the demo's own flags, wherever they stand, from the command and the flags of that.
func apart(flags *flag.FlagSet, args []string) (own, command []string) {
	for i := 0; i < len(args); i++ {
		flagged := strings.HasPrefix(args[i], "-")
		name, _, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		if known := flags.Lookup(name) != nil; !flagged || len(command) > 0 && !known {
			command = append(command, args[i])
			continue
		} else if own = append(own, args[i]); known && !joined && i+1 < len(args) {
			i++
			own = append(own, args[i])
		}
	}
	return own, command
}

// site builds the starter. The address it goes by is localhost whatever it listens on, so that it
// is development: mails are kept, and no certificate is needed.
func (d *demo) site() (*site.Site, error) {
	host, port, err := net.SplitHostPort(d.addr)
	if _, odd := strconv.ParseUint(port, 10, 16); err != nil || odd != nil {
		return nil, misused{fmt.Sprintf("--addr %q is no host and port, such as localhost:3000 or :3000", d.addr)}
	}
	if port == "0" {
		if port, err = freePort(host); err != nil {
			return nil, err
		}
		d.addr = net.JoinHostPort(host, port)
	}
	if err := os.MkdirAll(d.data, 0o700); err != nil {
		return nil, d.unusable(err)
	}
	secret, err := d.kept("secret", func() string { return rand.Text() + rand.Text() })
	if err != nil {
		return nil, err
	}
	if d.database == "" {
		d.database = "sqlite:" + filepath.Join(d.data, "demo.db")
	}
	return site.New(site.Settings{
		Name: "Gatehouse", Addr: d.addr, URL: "http://localhost:" + port, Database: d.database, Secrets: secret,
		Redis: os.Getenv("REDIS_URL"),
	})
}

// freePort chooses a port now, since the application must know it before it listens.
func freePort(host string) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", fmt.Errorf("cannot listen on %s: %w; choose another address by --addr", host, err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}

// kept reads a value from the demo's folder, and makes it the first time.
func (d *demo) kept(name string, fresh func() string) (string, error) {
	content, err := os.ReadFile(filepath.Join(d.data, name))
	if err == nil && strings.TrimSpace(string(content)) != "" {
		return strings.TrimSpace(string(content)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", d.unusable(err)
	}
	value := fresh()
	return value, d.keep(name, value)
}

func (d *demo) keep(name, value string) error {
	if err := os.WriteFile(filepath.Join(d.data, name), []byte(value+"\n"), 0o600); err != nil {
		return d.unusable(err)
	}
	return nil
}

// unusable says what is wrong with the folder, and what to do.
func (d *demo) unusable(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("the folder %q cannot hold the demo's data: %w; choose another by --data", d.data, err)
}

// ready is called when the server is about to answer.
func (d *demo) ready(ctx context.Context, starter *site.Site) error {
	p, err := d.person(ctx, starter.Accounts)
	if err != nil {
		return err
	}
	if err := starter.Announce(os.Stdout); err != nil {
		return err
	}
	_, err = fmt.Printf("Sign in as       %s\nwith password    %s\nIts data is in   %s; delete that folder to start afresh\nCtrl-C stops it.\n",
		strings.Join(p.names, " or "), p.password, d.data)
	return err
}
