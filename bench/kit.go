package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

// The site goes by https, as in production: cookies are secure ones, and no development aid is on
// its pages. TLS itself is not measured.
const (
	host   = "bench.example"
	origin = "https://" + host
)

// secret is what everybody signs in with.
const secret = "correct horse battery staple"

// A kit is the kit set up as in production, and what its rivals need to do the same.
type kit struct {
	db      *bun.DB
	cookies string
	session string
}

func newKit(ctx context.Context, s setup) (*kit, error) {
	conn, err := db.Open(s.Database)
	if err != nil {
		return nil, err
	}
	k := &kit{db: conn}
	if err := k.seed(ctx, cmp.Or(s.People, people)); err != nil {
		return nil, errors.Join(fmt.Errorf("seed: %w", err), conn.Close())
	}
	return k, nil
}

func (k *kit) close() { _ = k.db.Close() }

// people is how many accounts there are where nothing else is said.
const people = 64

// newcomers is how many more have yet to confirm their address.
const newcomers = 64

func address(n int) string { return fmt.Sprintf("person%d@bench.example", n) }

// newcomer is the address of somebody who has yet to confirm it, and stranger that of nobody.
func newcomer(n int) string { return fmt.Sprintf("newcomer%d@bench.example", n) }

func stranger(n int) string { return fmt.Sprintf("stranger%d@bench.example", n) }

// seed opens the accounts, all with one password, and signs the first of them in.
func (k *kit) seed(ctx context.Context, people int) error {
	if _, err := db.Migrate(ctx, k.db); err != nil {
		return err
	}
	// What a server before this one has left on the database, its people and their sessions.
	if _, err := k.db.NewDelete().Model((*db.User)(nil)).Where("TRUE").Exec(ctx); err != nil {
		return err
	}
	hash, err := password.Hash(secret)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	var users []db.User
	var addresses []db.Address
	for n := range people {
		user := db.User{
			ID: db.NewID(), Username: fmt.Sprintf("Person %d", n), UsernameKey: fmt.Sprintf("person %d", n),
			PasswordHash: hash, PasswordChangedAt: now, AuthVersion: 1, CreatedAt: now, UpdatedAt: now,
		}
		users = append(users, user)
		addresses = append(addresses, db.Address{
			ID: db.NewID(), UserID: user.ID, Email: address(n), Key: address(n), IsPrimary: true, ConfirmedAt: now, CreatedAt: now,
		})
	}
	for n := range newcomers {
		user := db.User{ID: db.NewID(), PasswordHash: hash, PasswordChangedAt: now, AuthVersion: 1, CreatedAt: now, UpdatedAt: now}
		users = append(users, user)
		addresses = append(addresses, db.Address{ID: db.NewID(), UserID: user.ID, Email: newcomer(n), Key: newcomer(n), IsPrimary: true, CreatedAt: now})
	}
	if _, err := k.db.NewInsert().Model(&users).Exec(ctx); err != nil {
		return err
	}
	if _, err := k.db.NewInsert().Model(&addresses).Exec(ctx); err != nil {
		return err
	}
	store := session.Store{Now: time.Now, Idle: time.Hour, Absolute: time.Hour}
	k.session, err = store.Insert(ctx, k.db, &users[0], &db.Session{Methods: db.Methods{{Name: app.ByPassword, At: now}}, AuthAt: now})
	visitor, _ := session.NewValue()
	k.cookies = "__Host-session=" + k.session + "; __Host-visitor=" + visitor
	return err
}

// mount puts the kit on a server of its own, with its limits out of the way. Nothing else differs
// from what a host gets.
func (k *kit) mount(views app.Views) (*app.App, *fiber.App, error) {
	const plenty = math.MaxInt64 / 2
	unbounded := app.Limit{
		PerAccount: app.Delay{Free: plenty, Within: time.Hour, First: time.Second, Longest: time.Second},
		PerNetwork: app.Quota{Most: plenty, Within: time.Hour},
	}
	accounts, err := app.New(app.Config{
		URL: origin, Name: "Bench", From: "no-reply@" + host,
		Secrets: []string{"a secret of the benchmark, which keeps nothing secret"},
		DB:      k.db, Mailer: mail.NewMailbox(), Views: views,
		// What is logged is put into words, as it would be, and then dropped.
		Log: slog.New(slog.NewJSONHandler(io.Discard, nil)),
		Features: []app.Feature{
			app.Login{Limit: unbounded},
			app.Logout{},
			app.Register{},
			app.Confirm{Limit: unbounded},
			app.Recover{Limit: unbounded},
			app.Account{},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	server := fiber.New(accounts.FiberConfig())
	return accounts, server, accounts.Mount(server)
}

// The names of what is served.
const (
	theKit       = "kit"
	bareLogin    = "bare sign-in page"
	bytesLogin   = "bytes of the sign-in page"
	bareAccount  = "bare account page"
	rawAccount   = "bare account page, hand-written SQL"
	bytesAccount = "bytes of the account page"
)

// servers are the kit and its rivals.
func (k *kit) servers() (map[string]*fiber.App, error) {
	_, kits, err := k.mount(app.Views{})
	if err != nil {
		return nil, err
	}
	login, err := k.watch("/login", "")
	if err != nil {
		return nil, fmt.Errorf("watch the sign-in page: %w", err)
	}
	account, err := k.watch("/account", k.cookies)
	if err != nil {
		return nil, fmt.Errorf("watch the account page: %w", err)
	}
	raw, err := account.byHand(k)
	if err != nil {
		return nil, fmt.Errorf("read by hand: %w", err)
	}
	return map[string]*fiber.App{
		theKit:      kits,
		bareLogin:   bare("/login", login.draw),
		bytesLogin:  bare("/login", login.write),
		bareAccount: bare("/account", account.byBun(k)), rawAccount: bare("/account", raw),
		bytesAccount: bare("/account", account.write),
	}, nil
}
