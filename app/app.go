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
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
	"github.com/gatehouse-go/gatehouse/static"
)

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
	themed     *static.File // nil where Config.Theme changes no style
	ring       keyring.Ring
	catalogues *locales.Catalogues
	sessions   session.Store
	hasher     Hasher
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
	tools      []way // in development
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

// A way is a link with an icon: on the sign-in page to another way to sign in, or to a tool.
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
	a.safety, a.themed = securityHeaders(a.secure), config.theme()
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
	if a.hasher, err = config.hashes(); err != nil {
		note(err)
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
// listens, workers send mails and write down when sessions were last used. An App is mounted once, and
// a server has one: two of them in one process have a server each, of which [App.Run] works behind
// another's listener.
func (a *App) Mount(server *fiber.App) error {
	if err := a.fits(server.Config()); err != nil {
		return err
	}
	if server.GetRoute(protection).Name != "" {
		return errors.New("app: the server has an App already: each would refuse what is the other's; give each App a server of its own, and choose between them by host or path before both")
	}
	if !a.mounted.CompareAndSwap(false, true) {
		return errors.New("app: this App is mounted already: make one App for each server")
	}
	server.Use(a.protect).Name(protection)
	a.register(server)
	server.Hooks().OnListen(func(fiber.ListenData) error { a.start(); return nil })
	server.Hooks().OnShutdown(func() error { a.close(); return nil })
	return nil
}

// protection is what the protection before every route is called.
const protection = "gatehouse"

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
