package app

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/redis"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
)

// A Config is everything a host decides. The zero value of every field but URL and DB is safe.
type Config struct {
	// URL is where people reach the application, such as https://shop.example. Links in mails,
	// the names of cookies and the origin that forms may come from follow from it, never from
	// what a request claims. An http URL on a loopback name means development. Required.
	URL string

	// Name is what the application is called in pages and mails. The default is the host of URL.
	Name string

	// From is the sender of mails: an address, or "Shop <no-reply@shop.example>". Required
	// outside development.
	From string

	// Secrets sign and encrypt, newest first; see [Secrets]. At least 32 characters each.
	// Required outside development.
	Secrets []string

	// DB is where accounts live; see db.Open. Required.
	DB *bun.DB

	// Redis is where several machines share what is quick to make anew: sessions as they were read
	// from DB, for 30 seconds at most, and how often each network has tried. It is
	// redis://user:password@host:6379/0, or rediss:// for TLS, and need not be up: nobody is signed
	// out and no limit is lifted while it is away. The default is none: sessions are read from DB
	// each time, and limits per network are counted in each process alone.
	Redis string

	// Mailer delivers mails. The default, in development alone, is a mailbox at /dev/mailbox.
	Mailer mail.Mailer

	// Users is the host's own account type; see [Extend]. The default is db.User.
	Users Model

	// Views are the host's own pages. The default of each field is the kit's.
	Views Views

	// Mails are the host's own mails. The default of each field is the kit's.
	Mails Mails

	// Elements are the host's own building blocks. The default of each field is the kit's.
	Elements components.Elements

	// Hooks are called when something has happened, or is about to. The default is none.
	Hooks Hooks

	// Gates stand behind the kit's own on the way to a session. The default is none.
	Gates []Gate

	// Features are what this application offers. The default is [Standard].
	Features []Feature

	// Prefix stands before every path of the kit. The default is none.
	Prefix string

	// Paths replaces the path of a route by its name, as listed by the routes command, such as
	// "login": "/sign-in". The default of each is Flask-Security's.
	Paths map[string]string

	// Home is where the brand leads, and where people arrive who asked for no other page. The
	// default is "/".
	Home string

	// Origins are other origins that a sign-in may lead back to, such as https://docs.shop.example.
	// The default is none.
	Origins []string

	// Hosts are names under which requests may come besides the host of URL, such as the internal
	// name that a proxy sends. Requests for any other name are refused. The default is none.
	Hosts []string

	// Proxies are the addresses or networks of the reverse proxies in front, such as 10.0.0.0/8.
	// What they say in X-Forwarded-For is where a request came from. The default is none: the
	// connection's own address counts.
	Proxies []string

	// Foot are the links at the bottom of every page, such as privacy and imprint. The default is
	// none.
	Foot []Link

	// Sessions says how long a person stays signed in. The default is 24 hours unused and 30
	// days at all; see [Strict].
	Sessions Lifetimes

	// Retention is how long what has ended stays on record: sessions, remembered devices, links,
	// that a mail was sent, and mails that were given up. The default is 30 days.
	Retention time.Duration

	// MailsPerAddress is how many mails one address may get. What is over it is dropped, which the
	// log and the command "mail list" show and no answer does; the first mail of its kind in an hour
	// always goes. The default is 20 an hour and 60 a day.
	MailsPerAddress mail.Ceiling

	// Passwords is what a new password must satisfy. The default is 8 to 256 characters that are
	// neither common nor guessable; see password.NIST.
	Passwords password.Policy

	// Emails is what a new address must satisfy besides being one. The default asks nothing more.
	Emails EmailPolicy

	// Reserved are usernames that visitors cannot choose, in any spelling that looks like them. The
	// default is [ReservedNames]; a list that is empty and not nil reserves none.
	Reserved []string

	// Hashing sets the cost of a password hash and how many run at once. The default is
	// argon2id with 19 MiB, two passes, one lane, as many at once as there are processors.
	Hashing password.Params

	// Locales are catalogues in PO files that lie over the kit's, the English included. The default
	// is the kit's alone.
	Locales fs.FS

	// Now is the clock. The default is time.Now.
	Now func() time.Time

	// Log receives what operators should know. The default is slog.Default.
	Log *slog.Logger
}

// Lifetimes says how long a session lives.
type Lifetimes struct {
	// Idle is how long it lives unused. The default is 24 hours.
	Idle time.Duration
	// Absolute is how long it lives at all. The default is 30 days.
	Absolute time.Duration
}

// Strict are lifetimes for where a second factor is the rule (NIST SP 800-63B-4, AAL2).
func Strict() Lifetimes { return Lifetimes{Idle: time.Hour, Absolute: 24 * time.Hour} }

// Secrets reads a list of secrets from one string, such as an environment variable: newest
// first, separated by commas or white space.
func Secrets(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}

// developmentSecret keeps a first start free of settings. New refuses it outside development.
const developmentSecret = "only for development, never in production"

// minSecret is the least length of a secret: 256 bits even if it is written in hexadecimal twice
// as long, and few enough characters to type none of them by hand.
const minSecret = 32

// Development reports whether URL is http on a loopback name.
func (c Config) Development() bool {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" {
		return false
	}
	return loopback(u.Hostname())
}

func (c Config) withDefaults() Config {
	if u, err := url.Parse(c.URL); err == nil {
		c.Name = cmp.Or(c.Name, u.Hostname())
		c.URL = strings.TrimSuffix(c.URL, "/")
	}
	if c.Development() {
		c.From = cmp.Or(c.From, "no-reply@localhost")
		if len(c.Secrets) == 0 {
			c.Secrets = []string{developmentSecret}
		}
		if c.Mailer == nil {
			c.Mailer = mail.NewMailbox()
		}
	}
	if c.Users == nil {
		c.Users = plainUsers()
	}
	if c.Features == nil {
		c.Features = Standard()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Reserved == nil {
		c.Reserved = ReservedNames()
	}
	c.Home = cmp.Or(c.Home, "/")
	c.Sessions.Idle = cmp.Or(c.Sessions.Idle, 24*time.Hour)
	c.Sessions.Absolute = cmp.Or(c.Sessions.Absolute, 30*24*time.Hour)
	c.Retention = cmp.Or(c.Retention, 30*24*time.Hour)
	c.MailsPerAddress = c.MailsPerAddress.Or(mail.Ceiling{Hour: 20, Day: 60})
	c.Views = c.Views.WithDefaults()
	c.Mails = c.Mails.WithDefaults()
	return c
}

// check returns everything that is wrong with c at once, each in a sentence that names the field
// and what to do.
func (c Config) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("app: "+format, args...)) }
	u, err := url.Parse(c.URL)
	switch {
	case c.URL == "":
		wrong("Config.URL is empty: set it to where people reach the application, such as https://shop.example")
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		wrong("Config.URL %q is not an http or https URL with a host", c.URL)
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		wrong("Config.URL %q must be an origin alone, such as https://shop.example; use Config.Prefix for a path", c.URL)
	case u.Scheme == "http" && !c.Development():
		wrong("Config.URL %q is http: use https, since cookies and passwords would travel in the open; http is for localhost alone", c.URL)
	}
	if c.DB == nil {
		wrong("Config.DB is nil: open one with db.Open")
	} else if err := db.CheckModel(c.DB, c.Users.blank()); err != nil {
		wrong("Config.Users: %w", err)
	}
	if c.Redis != "" {
		if err := redis.Check(c.Redis); err != nil {
			wrong("Config.Redis: %w", err)
		}
	}
	if err := c.Users.check(); err != nil {
		wrong("Config.Users: %w", err)
	}
	if len(c.Secrets) == 0 {
		wrong("Config.Secrets is empty: set at least one, made for instance by `openssl rand -hex 32`")
	}
	for i, secret := range c.Secrets {
		if len(secret) < minSecret {
			wrong("Config.Secrets[%d] has %d characters: use at least %d, made for instance by `openssl rand -hex 32`", i, len(secret), minSecret)
		}
		if secret == developmentSecret && !c.Development() {
			wrong("Config.Secrets[%d] is the one for development: make your own, for instance by `openssl rand -hex 32`", i)
		}
	}
	if c.Mailer == nil {
		wrong("Config.Mailer is nil: set one, since accounts need to be told things")
	}
	if c.From == "" {
		wrong("Config.From is empty: set the address that mails come from, such as %q", "Shop <no-reply@shop.example>")
	} else if strings.ContainsAny(c.From, "\r\n") {
		wrong("Config.From holds a line break")
	}
	if c.Prefix != "" && (!strings.HasPrefix(c.Prefix, "/") || strings.HasSuffix(c.Prefix, "/")) {
		wrong("Config.Prefix %q must begin with a slash and not end with one", c.Prefix)
	}
	for i, origin := range c.Origins {
		if o, err := url.Parse(origin); err != nil || o.Host == "" || o.Scheme+"://"+o.Host != origin {
			wrong("Config.Origins[%d] %q must be an origin alone, such as https://docs.shop.example", i, origin)
		}
	}
	for i, host := range c.Hosts {
		if u, err := url.Parse("//" + host); err != nil || u.Host == "" || u.Host != host {
			wrong("Config.Hosts[%d] %q must be a host alone, with a port where it is asked for by one, such as shop.internal:8080", i, host)
		}
	}
	_, unread := c.trusted()
	errs = append(errs, unread...)
	if !local(c.Home) {
		wrong("Config.Home %q must be a path of this application, such as /", c.Home)
	}
	if err := c.Passwords.Validate(); err != nil {
		wrong("Config.Passwords: %w", err)
	}
	if c.Retention < 0 {
		wrong("Config.Retention is %v: use a time ahead, or leave it out for 30 days", c.Retention)
	}
	if c.MailsPerAddress.Hour < 0 || c.MailsPerAddress.Day < 0 {
		wrong("Config.MailsPerAddress holds a negative number: use numbers above zero, or leave them out for 20 an hour and 60 a day")
	}
	if c.Sessions.Idle < 0 || c.Sessions.Absolute < c.Sessions.Idle {
		wrong("Config.Sessions: Absolute (%v) must be at least Idle (%v)", c.Sessions.Absolute, c.Sessions.Idle)
	}
	return errors.Join(errs...)
}
