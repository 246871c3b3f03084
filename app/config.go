package app

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/net/idna"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/locales"
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

	// ReplyTo is where answers to mails go, like From. The default is to From.
	ReplyTo string

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

	// Slots are what the host adds to every page. The default is nothing.
	Slots components.Slots

	// Forms are what the host adds to the kit's forms, by the names of their routes, as listed by the
	// routes command; see [Asks]. The default is nothing.
	Forms map[string]Form

	// Flash settles how a message is shown on the page that somebody is led on to: kind is "good", "bad" or
	// "note", and its code says which it is. Another kind or message is shown in its place, and the zero
	// Message not at all. Programs are told as ever. The default shows all.
	Flash func(ctx context.Context, kind string, m locales.Message) (string, locales.Message)

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

	// Unsent names the notices that are not sent, such as "register.welcome"; docs/mail.md lists them.
	// The log warns of those by which an owner finds out about a stranger. The default sends all.
	Unsent []string

	// Passwords is what a new password must satisfy. The default is 8 to 256 characters that are
	// neither common nor guessable; see password.NIST.
	Passwords password.Policy

	// Emails is what a new address must satisfy besides being one. The default asks nothing more.
	Emails EmailPolicy

	// Usernames is what a new username must satisfy besides being one. The default asks nothing more.
	Usernames UsernamePolicy

	// TellUnknown says to whoever asks whether a name has an account: at signing in, registering and
	// wherever a mail is asked for. Anybody finds out then, for any number of addresses, who is here
	// (ASVS 6.3.8), and the log warns of it. The default is one answer for all.
	TellUnknown bool

	// Reserved are usernames that visitors cannot choose, in any spelling that looks like them. The
	// default is [ReservedNames]; a list that is empty and not nil reserves none.
	Reserved []string

	// Hashing sets the cost of a password hash and how many run at once. The default is
	// argon2id with 19 MiB, two passes, one lane, as many at once as there are processors.
	Hashing password.Params

	// Locales are catalogues in PO files that lie over the kit's, the English included. The default
	// is the kit's alone.
	Locales fs.FS

	// Words are single sentences to say otherwise, over Locales; see locales.Words. The default is none.
	Words locales.Words

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

// plainURL writes an origin as browsers send it: in lower case, its host in ASCII, without the port
// that goes without saying. What it cannot read it leaves for check to refuse.
func plainURL(text string) string {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || u.Host == "" || u.Opaque != "" {
		return text
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil || net.ParseIP(u.Hostname()) != nil {
		host = strings.ToLower(u.Hostname())
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if port := u.Port(); port != "" && port != map[string]string{"https": "443", "http": "80"}[u.Scheme] {
		u.Host = net.JoinHostPort(host, port)
	} else if strings.Contains(host, ":") {
		u.Host = "[" + host + "]"
	} else {
		u.Host = host
	}
	return u.String()
}

func (c Config) withDefaults() Config {
	c.URL = plainURL(c.URL)
	if u, err := url.Parse(c.URL); err == nil {
		c.Name = cmp.Or(c.Name, u.Hostname())
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
	c.Elements = c.Elements.Or(elements.Kit())
	return c
}
