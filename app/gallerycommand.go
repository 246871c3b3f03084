package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"

	"github.com/gatehouse-go/gatehouse/app/internal/chromium"
)

// A shot is one picture of one state.
type shot struct {
	name, url string
	width     int
}

// galleryCommand draws what the gallery shows into a folder: a picture of each state in each
// language, theme and width, to be looked at side by side or compared with those of another day.
func (a *App) galleryCommand(ctx context.Context, args []string, p Program) error {
	flags := flag.NewFlagSet("gallery", flag.ContinueOnError)
	dir := flags.String("shots", "", "`folder` to draw into, as state.language.theme.width.png")
	only := flags.String("only", "*", "`pattern` of the states to draw, such as 'login*'")
	languages := flags.String("lang", strings.Join((&request{App: a}).tags(), ","), "`languages`, separated by commas")
	themes := flags.String("theme", "light,dark", "`themes`: light, dark or both")
	widths := flags.String("width", strings.Join(galleryWidths(), ","), "`widths` in pixels")
	program := flags.String("chrome", "", "the `program` of the browser; the default is the one that CHROME names, or one that is installed")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	switch {
	case a.URL("gallery") == "":
		return fmt.Errorf("there is a gallery in development alone, and %s is not: set Config.URL to an http URL on localhost", a.Config.URL)
	case *dir == "":
		_, err := fmt.Fprintf(p.Out, "The gallery is at %s while the application runs. gallery --shots DIR draws it.\n", a.link("gallery"))
		return err
	}
	shots, err := a.shots(*only, strings.Split(*languages, ","), strings.Split(*themes, ","), strings.Split(*widths, ","))
	if err != nil {
		return err
	}
	if *program, err = chromium.Find(*program); errors.Is(err, chromium.ErrNone) {
		err = fmt.Errorf("%w by --chrome", err)
	}
	if err == nil {
		err = os.MkdirAll(*dir, 0o755)
	}
	if err == nil {
		err = a.draw(ctx, p, *program, *dir, shots)
	}
	if err == nil {
		_, err = fmt.Fprintf(p.Out, "%d pictures are in %s\n", len(shots), *dir)
	}
	return err
}

// shots are the pictures to draw, once everything that was asked for is there.
func (a *App) shots(only string, languages, themes, widths []string) (list []shot, err error) {
	for _, asked := range []struct {
		what        string
		these, from []string
	}{
		{"language", languages, (&request{App: a}).tags()},
		{"theme", themes, galleryThemes()},
		{"width", widths, galleryWidths()},
	} {
		for _, this := range asked.these {
			if !slices.Contains(asked.from, this) {
				return nil, fmt.Errorf("%q is no %s of the gallery: choose among %s", this, asked.what, strings.Join(asked.from, ", "))
			}
		}
	}
	for _, e := range a.exhibits() {
		switch wanted, err := filepath.Match(only, e.Name); {
		case err != nil:
			return nil, fmt.Errorf("--only %q is no pattern: %w", only, err)
		case !wanted:
			continue
		}
		for _, in := range languages {
			for _, theme := range themes {
				for _, width := range widths {
					s := shot{name: strings.Join([]string{e.Name, in, theme, width, "png"}, ".")}
					s.url = a.URL("gallery.state", e.Name) + "?" + looks{in, theme, "auto"}.query().Encode()
					s.width, _ = strconv.Atoi(width) // one of those above
					list = append(list, s)
				}
			}
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no state is called %q", only)
	}
	return list, nil
}

// draw serves the application for as long as it takes, to the browser alone: without the work that
// goes on behind it, and so without a database.
func (a *App) draw(ctx context.Context, p Program, program, dir string, shots []shot) (err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &fasthttp.Server{Handler: p.Server.Handler(), CloseOnShutdown: true}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer func() { err = errors.Join(err, server.Shutdown(), <-served) }()
	browser, err := chromium.Start(ctx, program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, browser.Close()) }()
	work := make(chan shot, len(shots))
	for _, s := range shots {
		work <- s
	}
	close(work)
	tabs, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		tabs.Go(func() error { return drawn(ctx, browser, "http://"+listener.Addr().String(), dir, work) })
	}
	return tabs.Wait()
}

// drawn takes from the work until there is no more.
func drawn(ctx context.Context, browser *chromium.Browser, origin, dir string, work <-chan shot) error {
	tab, err := browser.Tab(ctx)
	if err != nil {
		return err
	}
	defer tab.Close()
	for s := range work {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		picture, err := tab.Shoot(origin+s.url, s.width, screens()[s.width])
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, s.name), picture, 0o644); err != nil {
			return err
		}
	}
	return nil
}
