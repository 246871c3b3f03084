package app

import (
	"context"
	"io/fs"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
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

	// Theme is how pages look: colour, shape, and whether they are light or dark. The default of each
	// field is the kit's.
	Theme Theme

	// Letter is what every mail has besides what it is about. The default is nothing.
	Letter Letter

	// Elements are the host's own building blocks. The default of each field is the kit's.
	Elements components.Elements

	// Slots are what the host adds to every page. The default of each is nothing.
	Slots Slots

	// Nav are the host's own pages in the navigation of the hub or, where the page says that nobody is
	// signed in, in the header for guests. The default is none.
	Nav func(props.Page) []Link

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

	// Cookies stands before the name of each cookie, such as "staff-", for two Apps on one host. The
	// default is nothing.
	Cookies string

	// Handlers answer routes in the kit's place, by the name of the route. The default of each is the
	// kit's.
	Handlers map[string]Handler

	// Home is where the brand leads, and where people arrive who asked for no other page: a path, or a
	// URL as in Landings. The default is "/".
	Home string

	// Landings are where people go after each step and each failure. The default of each field is the
	// kit's.
	Landings Landings

	// Answers are the host's own ways to answer programs, and whatever ends in an error. The default
	// of each field is the kit's.
	Answers Answers

	// Origins are other origins that a sign-in may lead back to, such as https://docs.shop.example, or
	// https://*.shop.example for every name below. Whoever can put a page there can be where your
	// sign-in leads: list no name that others choose what stands on. The default is none.
	Origins []string

	// MayFollow judges further where a visitor wants to go on to: it is asked after the kit's own
	// check, and can only refuse. To is a path of this application, or a URL of one of Origins, written as
	// it will be followed. The default lets all of those through.
	MayFollow func(ctx context.Context, to string) bool

	// Hosts are names under which requests may come besides the host of URL, such as the internal
	// name that a proxy sends. Requests for any other name are refused. The default is none.
	Hosts []string

	// Domain shares who is signed in between the hosts below it, such as shop.example where URL is
	// https://accounts.shop.example and Hosts lists shop.example: the account pages are at the first
	// alone, and [App.Require] and Current work at both. The danger: every host below the domain is sent the session,
	// and can plant one, so that a page that somebody else runs there, or an old name that they have taken
	// over, can be in anybody's account. Share a domain only if all of it is yours. The default is none: cookies are for
	// the host of URL alone.
	Domain string

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

	// Hasher stores and checks passwords in the place of the kit's own, such as with a key kept in a
	// hardware module. The default is Argon2id as Hashing says.
	Hasher Hasher

	// Identify finds the account that a name belongs to which the kit does not know it by, such as a
	// customer's number; it returns uuid.Nil for nobody. It is asked for every name, so that no answer
	// comes sooner for one that the kit knows, and has to take as long for nobody as for somebody. The
	// kit's own names go before. The default knows none but addresses and usernames.
	Identify func(ctx context.Context, name string) (uuid.UUID, error)

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
