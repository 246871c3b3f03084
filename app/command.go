package app

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/db"
)

// A Program is what the application's own command line works with.
type Program struct {
	// Server is what serve starts: the one that the App is mounted on. Required to serve.
	Server *fiber.App
	// Addr is where serve listens if its --addr does not say otherwise. The default is :3000.
	Addr string
	// Migrations are the host's own, run after the kit's. The default is none.
	Migrations fs.FS
	// Ready is called once migrations are applied and the server is about to listen. The default
	// does nothing.
	Ready func(ctx context.Context) error
	// Out receives what commands print. The default is standard output.
	Out io.Writer
}

// hostMigrations is the table in which the host's own migrations are kept apart from the kit's.
const hostMigrations = "app_migrations"

// stopWithin is how long requests in flight have to finish.
const stopWithin = 10 * time.Second

const usage = `Commands:
  serve [--addr :3000] [--migrate]   serve the application (what happens without a command)
  migrate up | down | status         change the database's tables, or tell how they stand
  mail list [--most 100]             list mails that have not gone out, and why
  mail retry ID… | --all             have them tried at once
  invitations list [--most 100]      list invitations, whoever sent them, and how they stand
  invitations send ADDRESS…          invite people, with --role ROLE if one is to come with it
  invitations revoke ID…             take invitations back
  gallery --shots DIR                draw every page in every state, by a Chromium that is installed
  routes                             list the routes of the account system
  version                            say which version of Gatehouse this is
`

// Command runs the application's command line: serve, migrate, mail, invitations, gallery, routes, version. It returns
// what
// to end the program with; errors are one sentence on standard error.
//
//	os.Exit(accounts.Command(os.Args[1:], app.Program{Server: server}))
func (a *App) Command(args []string, p Program) (status int) {
	if p.Out == nil {
		p.Out = os.Stdout
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := a.command(ctx, args, p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (a *App) command(ctx context.Context, args []string, p Program) error {
	name := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	switch name {
	case "serve":
		return a.serveCommand(ctx, args, p)
	case "migrate":
		return a.migrateCommand(ctx, args, p)
	case "mail":
		return a.mailCommand(ctx, args, p.Out)
	case "invitations":
		return a.invitationsCommand(ctx, args, p.Out)
	case "gallery":
		return a.galleryCommand(ctx, args, p)
	case "routes":
		return a.routesCommand(p.Out)
	case "version":
		_, err := fmt.Fprintln(p.Out, "gatehouse", Version())
		return err
	case "help":
		_, err := io.WriteString(p.Out, usage)
		return err
	}
	return fmt.Errorf("%q is no command.\n%s", name, usage)
}

func (a *App) serveCommand(ctx context.Context, args []string, p Program) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	addr := flags.String("addr", cmp.Or(p.Addr, ":3000"), "host and port to listen on")
	migrate := flags.Bool("migrate", a.Development(), "apply migrations first")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if err := db.Ping(ctx, a.DB); err != nil {
		return err
	}
	if err := a.prepare(ctx, *migrate, p); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address by --addr", *addr, plainCause(err))
	}
	a.warnOfPort(ctx, listener)
	if p.Ready != nil {
		if err := p.Ready(ctx); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	return serveUntil(ctx, p.Server, listener)
}

// warnOfPort says so when people are sent elsewhere than where the server listens. Behind a proxy
// the two differ as a matter of course.
func (a *App) warnOfPort(ctx context.Context, listener net.Listener) {
	u, err := url.Parse(a.Config.URL)
	_, port, split := net.SplitHostPort(listener.Addr().String())
	if err == nil && split == nil && a.Development() && u.Port() != port {
		a.Log.WarnContext(ctx, "Config.URL names another port than the one listened on: forms and links will not work until it is set to match",
			"url", a.Config.URL, "port", port)
	}
}

func plainCause(err error) error {
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call.Err
	}
	return err
}

// prepare brings the tables up to date, or refuses to serve on old ones.
func (a *App) prepare(ctx context.Context, migrate bool, p Program) error {
	if migrate {
		return a.migrateUp(ctx, p, io.Discard)
	}
	states, err := a.migrationStates(ctx, p)
	if err != nil {
		return err
	}
	for _, s := range states {
		if s.AppliedAt.IsZero() && !s.Missing {
			return fmt.Errorf("the database lacks migration %s: run `migrate up` first, or serve with --migrate", s.Name)
		}
	}
	return nil
}

// serveUntil serves until ctx ends and then lets requests in flight finish.
func serveUntil(ctx context.Context, server *fiber.App, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Listener(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	if err := server.ShutdownWithTimeout(stopWithin); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stopping: %w", err)
	}
	return <-failed
}

func (a *App) migrateCommand(ctx context.Context, args []string, p Program) error {
	if len(args) != 1 {
		return errors.New("say which: migrate up, migrate down or migrate status")
	}
	if err := db.Ping(ctx, a.DB); err != nil {
		return err
	}
	switch args[0] {
	case "up":
		return a.migrateUp(ctx, p, p.Out)
	case "down":
		return a.migrateDown(ctx, p)
	case "status":
		return a.migrateStatus(ctx, p)
	}
	return fmt.Errorf("migrate %s: say up, down or status", args[0])
}

func (a *App) routesCommand(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range a.routes {
		methods := "GET"
		if r.act != nil {
			methods = "GET POST"
		}
		if r.show == nil && !r.files {
			methods = "POST"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.name, methods, r.path, r.who)
	}
	return table.Flush()
}

// Version is the version of Gatehouse that the program was built with.
func Version() string {
	const module = "github.com/gatehouse-go/gatehouse"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if info.Main.Path == module {
		return info.Main.Version
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version
		}
	}
	return "unknown"
}
