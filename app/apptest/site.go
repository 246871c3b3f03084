package apptest

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A Site is one running application: its own database, clock, mailbox and server.
type Site struct {
	// App is the account system and Server what it is mounted on.
	App    *app.App
	Server *fiber.App
	DB     *bun.DB
	Clock  *Clock
	// URL is Config.URL, and Addr the host and port where the server really listens.
	URL, Addr string
	// Transport is how [Site.Browser] talks.
	Transport Transport

	t      testing.TB
	secure bool
	kit    []fiber.Route
	box    *mail.Mailbox
	hasher app.Hasher
	client *http.Transport
	host   Host
	first  *Site // which hears what happens on every instance

	mu     sync.Mutex
	events []app.Event
	audit  int
	log    bytes.Buffer
	heard  bool
}

// Fast are hashing parameters for tests alone: a hash in well under a millisecond.
func Fast() password.Params { return password.Params{Memory: 64, Time: 1, Threads: 1} }

// Start starts the application on a migrated database and stops it when the test ends. Stories
// have it done by [Host.Run].
func (h Host) Start(t testing.TB, conn *bun.DB, by Transport) *Site {
	t.Helper()
	s := &Site{t: t, DB: conn, Clock: &Clock{now: start()}, Transport: by, box: mail.NewMailbox()}
	s.Clock.settle = s.settle
	s.first = s
	return s.serve(h)
}

// Another starts a second instance of the application, as behind a load balancer: on the same
// database, clock and mailbox. What happens there is heard of here, by [Site.Happened] and
// [Site.Mails]. A browser goes there by [Browser.Via].
func (s *Site) Another() *Site {
	s.t.Helper()
	twin := &Site{t: s.t, DB: s.DB, Clock: s.Clock, Transport: s.Transport, box: s.box, first: s.first}
	return twin.serve(s.host)
}

func (s *Site) serve(h Host) *Site {
	t := s.t
	t.Helper()
	s.host = h
	config := s.configure(h.Config)
	if h.Migrations != nil {
		_, err := db.MigrateDir(t.Context(), s.DB, h.Migrations, "app_migrations")
		must(t, err)
	}
	var err error
	if s.hasher = config.Hasher; s.hasher == nil {
		s.hasher, err = password.New(config.Hashing)
		must(t, err)
	}
	s.App, err = app.New(config)
	must(t, err)
	s.URL = s.App.Config.URL
	s.secure = strings.HasPrefix(s.URL, "https:")
	s.Server = fiber.New(s.App.FiberConfig())
	must(t, s.App.Mount(s.Server))
	s.kit = s.Server.GetRoutes(true)
	routes := h.Routes
	if routes == nil {
		routes = home
	}
	routes(s.Server, s.App)
	s.listen(t)
	return s
}

func (s *Site) configure(config app.Config) app.Config {
	config.URL = cmp.Or(config.URL, "https://shop.example")
	config.Name = cmp.Or(config.Name, "Shop")
	config.From = cmp.Or(config.From, "Shop <no-reply@shop.example>")
	if len(config.Secrets) == 0 {
		config.Secrets = []string{"a secret that every test may know"}
	}
	if config.Hasher == nil && config.Hashing == (password.Params{}) {
		config.Hashing = Fast()
	}
	config.DB, config.Mailer, config.Now = s.DB, post{s.box}, s.Clock.Now
	if config.Development() {
		config.Mailer = s.box // which is what makes the page for it
	}
	config.Log = slog.New(slog.NewTextHandler(logWriter{s}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	happened := config.Hooks.Happened
	config.Hooks.Happened = func(ctx context.Context, e app.Event) {
		s.first.mu.Lock()
		s.first.events = append(s.first.events, e)
		s.first.mu.Unlock()
		if happened != nil {
			happened(ctx, e)
		}
	}
	return config
}

// A post keeps mails as a mailbox does, where an application sends them.
type post struct{ *mail.Mailbox }

// home is the page at "/" of a host that has no routes of its own.
func home(server *fiber.App, accounts *app.App) {
	server.Get("/", func(c *fiber.Ctx) error {
		return accounts.Show(c, locales.Message{Code: "host.home", English: "Home"}, templ.Raw("<h1>Home</h1>"))
	})
}

// listen serves on a port of this machine. Browsers reach it under Config.URL, whatever that is:
// the connection is never encrypted, though a browser that is told https behaves as under https.
func (s *Site) listen(t testing.TB) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	s.Addr = listener.Addr().String()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", s.Addr)
	}
	s.client = &http.Transport{DialContext: dial, DialTLSContext: dial, DisableCompression: true}
	stopped := make(chan error, 1)
	go func() { stopped <- s.Server.Listener(listener) }()
	s.awaitServer(t)
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		if err := s.Server.ShutdownWithTimeout(10 * time.Second); err != nil {
			t.Errorf("the server did not stop: %v", err)
		}
		if err := <-stopped; err != nil {
			t.Errorf("the server failed: %v", err)
		}
		s.endLog(t)
	})
}

// awaitServer returns once the server answers, be it that it does not understand: a story that
// ends sooner would stop what has not begun.
func (s *Site) awaitServer(t testing.TB) {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(t.Context(), "tcp", s.Addr)
	must(t, err)
	defer func() { _ = conn.Close() }()
	must(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = conn.Write([]byte("?\r\n\r\n"))
	must(t, err)
	_, err = conn.Read(make([]byte, 1))
	must(t, err)
}

// of reports whether the kit answers path, rather than the host.
func (s *Site) of(path string) bool {
	return slices.ContainsFunc(s.kit, func(r fiber.Route) bool { return r.Path != "/" && fiber.RoutePatternMatch(path, r.Path) })
}

// cookie is the name under which one of the kit's cookies is sent.
func (s *Site) cookie(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

func (s *Site) address(path string) *url.URL {
	base, err := url.Parse(s.URL + "/")
	must(s.t, err)
	to, err := base.Parse(path)
	must(s.t, err)
	return to
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
