package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/internal/limit"
	"github.com/gatehouse-go/gatehouse/app/internal/redis"
	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Views are the pages; see pages.Views.
type Views = pages.Views

// Mails are the mails; see pages.Mails.
type Mails = pages.Mails

// A Link is a way to another page.
type Link = props.Link

// A Feature is something that the application offers. It is a struct whose fields are its
// settings; listing it enables it. The kit's are the only ones: hosts extend what they do by
// hooks, gates and views.
type Feature interface {
	enable(*App) error
}

// feature finds the settings of a feature, if it is listed.
func feature[F Feature](a *App) (settings F, listed bool) {
	for _, f := range a.Features {
		if settings, listed = f.(F); listed {
			return settings, true
		}
	}
	return settings, false
}

// Standard are the features of an application that says nothing else.
func Standard() []Feature {
	return []Feature{Login{}, Remember{}, Logout{}, Register{}, Account{}, Recover{}, Change{}, ChangeEmail{}, Track{}}
}

// An App is the account system of one application.
type App struct {
	Config

	secure     bool
	host       string // as most requests ask for it
	proxies    []netip.Prefix
	safety     []header
	ring       keyring.Ring
	catalogues *locales.Catalogues
	sessions   session.Store
	hasher     *password.Hasher
	outbox     *mail.Outbox
	attempts   limit.Accounts
	tokens     token.Tokens
	networks   limit.Counter
	redis      *redis.Redis // nil where none is configured
	mailbox    *mail.Mailbox

	routes   []route
	remember *Remember
	alert    *Alert
	confirm  *Confirm
	invite   *Invite
	proof    *proof
	magic    *MagicLink
	// What features say of themselves on pages other than their own.
	hub        []func(*request) props.Section
	doorways   []doorway
	ways       []way
	waysIn     []wayIn
	identities []string

	mounted atomic.Bool
	touches chan uuid.UUID
	workers sync.WaitGroup
	stop    context.CancelFunc
}

// A doorway is a link for someone who is not signed in.
type doorway struct {
	label locales.Message
	route string
}

// A way is a link on the sign-in page to another way to sign in.
type way struct {
	label locales.Message
	icon  string
	route string
}

// A wayIn says whether an account can be signed in to by some other way than by its password. Who
// removes the password must have one.
type wayIn func(ctx context.Context, tx bun.IDB, user *db.User) (bool, error)

// New checks a Config, all of it at once, and builds the account system. It opens nothing and
// starts nothing: [App.Mount] does.
func New(config Config) (*App, error) {
	config = config.withDefaults()
	errs := config.check()
	a := &App{
		Config:  config,
		secure:  strings.HasPrefix(config.URL, "https:"),
		ring:    keyring.New(config.Secrets),
		touches: make(chan uuid.UUID, 256),
	}
	a.proxies, _ = config.trusted()
	_, a.host, _ = strings.Cut(config.URL, "://")
	a.safety = securityHeaders(a.secure)
	if config.TellUnknown {
		config.Log.Warn("app: Config.TellUnknown is set: anybody can find out who has an account here")
	}
	a.sessions = session.Store{Now: config.Now, Idle: config.Sessions.Idle, Absolute: config.Sessions.Absolute, Grace: 10 * time.Second}
	a.outbox = mail.NewOutbox(config.DB, a.ring, config.Mailer, config.Now, config.Log)
	a.outbox.Ceiling = config.MailsPerAddress
	a.attempts = limit.Accounts{DB: config.DB, Now: config.Now}
	a.networks = limit.NewMemory(config.Now)
	a.tokens = token.Tokens{Ring: a.ring, Now: config.Now}
	note := func(err error) { errs = append(errs, err) }
	var err error
	if a.hasher, err = password.New(config.Hashing); err != nil {
		note(fmt.Errorf("app: Config.Hashing: %w", err))
	}
	if a.catalogues, err = locales.NewWith(config.Words, catalogues(config.Locales)...); err != nil {
		note(fmt.Errorf("app: Config.Locales and Config.Words: %w", err))
	}
	seen := map[reflect.Type]bool{}
	kits := []Feature{files{}, mailbox{}, gallery{}}
	for i, feature := range append(kits, config.Features...) {
		kind := reflect.TypeOf(feature)
		switch {
		case kind == nil || kind.Kind() != reflect.Struct:
			note(fmt.Errorf("app: Config.Features[%d] is a %v: list features as they are, such as app.Login{}", i-len(kits), kind))
			continue
		case seen[kind]:
			note(fmt.Errorf("app: Config.Features lists %s twice: keep the one with the settings you want", kind.Name()))
			continue
		}
		seen[kind] = true
		note(feature.enable(a))
	}
	if a.URL("login") == "" {
		note(errors.New("app: Config.Features lists no way to sign in: list app.Login{} or app.MagicLink{}, to which every other page leads"))
	}
	errs = append(errs, a.placeRoutes()...)
	errs = append(errs, a.checkForms()...)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	a.warnUnsent()
	return a, a.share()
}

func catalogues(host fs.FS) []fs.FS {
	if host == nil {
		return nil
	}
	return []fs.FS{host}
}

// FiberConfig is what a Fiber server needs to be safe under the kit: strings that live on after
// the request, a limit on bodies, time limits, and the kit's pages for errors.
func (a *App) FiberConfig() fiber.Config {
	return fiber.Config{
		AppName:               a.Name,
		Immutable:             true,
		BodyLimit:             256 << 10,
		ReadBufferSize:        16 << 10,
		ReadTimeout:           15 * time.Second,
		WriteTimeout:          30 * time.Second,
		IdleTimeout:           60 * time.Second,
		DisableStartupMessage: true,
		ErrorHandler:          a.ErrorHandler,
	}
}

// Mount puts the kit's routes on a server, one of its own or one that is there already, and its
// protection against forged requests before every route registered from here on. While the server
// listens, workers send mails and write down when sessions were last used. An App is mounted once.
func (a *App) Mount(server *fiber.App) error {
	if err := a.fits(server.Config()); err != nil {
		return err
	}
	if !a.mounted.CompareAndSwap(false, true) {
		return errors.New("app: this App is mounted already: make one App for each server")
	}
	server.Use(a.protect)
	a.register(server)
	server.Hooks().OnListen(func(fiber.ListenData) error { a.start(); return nil })
	server.Hooks().OnShutdown(func() error { a.close(); return nil })
	return nil
}

// fits refuses a server whose settings would undo the kit's safety, and tells the operator of those
// that leave it open to being kept busy.
func (a *App) fits(c fiber.Config) error {
	if c.ReadTimeout == 0 {
		a.Log.Warn("fiber.Config.ReadTimeout is not set: whoever sends a request slowly keeps a connection for ever; accounts.FiberConfig has 15 seconds")
	}
	if !c.Immutable {
		return errors.New("app: fiber.Config.Immutable is off: turn it on, or start from accounts.FiberConfig(); without it, values of one request change while another is handled")
	}
	return nil
}

func (a *App) start() {
	ctx, cancel := context.WithCancel(context.Background())
	a.stop = cancel
	a.workers.Go(func() { a.outbox.Run(ctx) })
	a.workers.Go(func() { a.touchAll(ctx) })
	a.workers.Go(func() { a.sweepAll(ctx) })
	a.workers.Go(func() { a.warn(ctx) })
}

// warn tells whoever starts the server at once what the first visitor would else find out.
func (a *App) warn(ctx context.Context) {
	if states, err := db.Status(ctx, a.DB); err == nil {
		for _, s := range states {
			if s.AppliedAt.IsZero() {
				a.Log.ErrorContext(ctx, "the database lacks a migration: call db.Migrate first, or run `migrate up`", "migration", s.Name)
			}
		}
	}
	if _, kept := a.Mailer.(*mail.Mailbox); kept && !a.Development() {
		a.Log.WarnContext(ctx, "Config.Mailer keeps mails in memory and sends none: use mail.SMTP where people wait for them")
	}
	if a.redis != nil {
		_ = a.redis.Ping(ctx) // which tells
	}
}

// close stops the workers. Mails not sent yet stay in the outbox and go out at the next start.
func (a *App) close() {
	if a.stop != nil {
		a.stop()
	}
	a.workers.Wait()
	if a.redis != nil {
		if err := a.redis.Close(); err != nil {
			a.Log.Warn("redis: not closed in order", "error", err)
		}
	}
}

// DeliverMails sends every mail that is due and returns, for tests and for programs that do not
// serve. A server does it by itself.
func (a *App) DeliverMails(ctx context.Context) error { return a.outbox.Flush(ctx) }

// touch has a session's last use written down, outside the request. If there is too much to write
// down, this time is left out.
func (a *App) touch(id uuid.UUID) {
	select {
	case a.touches <- id:
	default:
	}
}

func (a *App) touchAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-a.touches:
			if err := a.sessions.Touch(ctx, a.DB, id); err != nil && ctx.Err() == nil {
				a.Log.WarnContext(ctx, "session: last use not written down", "error", err)
			}
		}
	}
}
