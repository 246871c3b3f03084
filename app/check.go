package app

import (
	"cmp"
	"fmt"
	"maps"
	netmail "net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/app/internal/redis"
	"github.com/gatehouse-go/gatehouse/db"
)

// check returns everything that is wrong with c at once, each in a sentence that names the field
// and what to do.
func (c Config) check() (errs []error) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("app: "+format, args...)) }
	u, err := url.Parse(c.URL)
	switch {
	case c.URL == "":
		wrong("Config.URL is empty: set it to where people reach the application, such as https://shop.example")
	case err != nil || !aHost(u) || u.Scheme != "http" && u.Scheme != "https":
		wrong("Config.URL %q is not an http or https URL with a host", c.URL)
	case strings.ContainsAny(c.URL, "?#"), u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		wrong("Config.URL %q must be an origin alone, such as https://shop.example; use Config.Prefix for a path", c.URL)
	case u.Scheme == "http" && !c.Development():
		wrong("Config.URL %q is http: use https, since cookies and passwords would travel in the open; http is for localhost alone", c.URL)
	}
	if c.DB == nil {
		wrong("Config.DB is nil: open one with db.Open")
	}
	if c.Redis != "" {
		if err := redis.Check(c.Redis); err != nil {
			wrong("Config.Redis: %w", err)
		}
	}
	if err := c.Users.check(); err != nil {
		wrong("Config.Users: %w", err)
	} else if c.DB != nil {
		if err := db.CheckModel(c.DB, c.Users.blank()); err != nil {
			wrong("Config.Users: %w", err)
		}
	}
	if len(c.Secrets) == 0 {
		wrong("Config.Secrets is empty: set at least one, made for instance by `openssl rand -hex 32`")
	}
	for i, secret := range c.Secrets {
		if len(strings.TrimSpace(secret)) < minSecret {
			wrong("Config.Secrets[%d] has %d characters: use at least %d that are no space, made for instance by `openssl rand -hex 32`", i, len(secret), minSecret)
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
	} else if !aSender(c.From) {
		wrong("Config.From %q is no sender: write an address, such as %q", c.From, "Shop <no-reply@shop.example>")
	}
	if c.ReplyTo != "" && !aSender(c.ReplyTo) {
		wrong("Config.ReplyTo %q is no sender: write an address, such as %q", c.ReplyTo, "Shop <help@shop.example>")
	}
	if c.Prefix != "" && (!plainPath(c.Prefix) || strings.HasSuffix(c.Prefix, "/")) {
		wrong("Config.Prefix %q must begin with one slash, not end with one, and hold letters, digits and dashes between slashes", c.Prefix)
	}
	if strings.Trim(c.Cookies, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		wrong("Config.Cookies %q must be small letters, digits and dashes, such as staff-", c.Cookies)
	}
	for i, origin := range c.Origins {
		if !anOrigin(origin) {
			wrong("Config.Origins[%d] %q must be an origin alone, such as https://docs.shop.example or https://*.shop.example", i, origin)
		}
	}
	for i, host := range c.Hosts {
		if u, err := url.Parse("//" + host); err != nil || !aHost(u) || u.Host != host {
			wrong("Config.Hosts[%d] %q must be a host alone, with a port where it is asked for by one, such as shop.internal:8080", i, host)
		}
	}
	if err := c.checkDomain(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, c.checkLook()...)
	_, unread := c.trusted()
	errs = append(errs, unread...)
	if err := c.Usernames.check(); err != nil {
		errs = append(errs, err)
	}
	if err := c.Passwords.Validate(); err != nil {
		wrong("Config.Passwords: %w", err)
	}
	if c.MailsPerAddress.Hour < 0 || c.MailsPerAddress.Day < 0 {
		wrong("Config.MailsPerAddress holds a negative number: use numbers above zero, or leave them out for 20 an hour and 60 a day")
	}
	for i, kind := range c.Unsent {
		if _, known := notices[kind]; !known {
			wrong("Config.Unsent[%d] %q is no notice that can be left unsent: there are %s", i, kind, strings.Join(slices.Sorted(maps.Keys(notices)), ", "))
		}
	}
	if c.Retention < 0 {
		wrong("Config.Retention is %v: use a time ahead, or leave it out for 30 days", c.Retention)
	}
	if c.Sessions.Idle < 0 || c.Sessions.Absolute < c.Sessions.Idle {
		wrong("Config.Sessions: Absolute (%v) must be at least Idle (%v)", c.Sessions.Absolute, c.Sessions.Idle)
	}
	return errs
}

// aSender reports whether mail can come from what a text says.
func aSender(text string) bool {
	_, err := netmail.ParseAddress(text)
	return err == nil && !strings.ContainsAny(text, "\r\n")
}

// anOrigin reports whether a text is an origin alone; a star may stand for every name below a domain.
func anOrigin(text string) bool {
	named := strings.Replace(text, "://*.", "://any.", 1)
	o, err := url.Parse(named)
	switch {
	case err != nil || !aHost(o) || o.Scheme != "http" && o.Scheme != "https":
		return false
	case strings.Contains(text, "*") && !strings.Contains(strings.TrimPrefix(o.Host, "any."), "."):
		return false
	}
	return o.Scheme+"://"+o.Host == named
}

// aHost reports whether a URL names a host that somebody can ask for.
func aHost(u *url.URL) bool {
	port, err := strconv.Atoi(cmp.Or(u.Port(), "1"))
	return u.Hostname() != "" && !strings.ContainsAny(u.Host, "* ") && err == nil && 0 < port && port < 1<<16
}

// plainPath reports whether a path can only be read one way, by browsers and by Fiber, to which some
// characters are patterns.
func plainPath(path string) bool {
	return local(path) && !strings.ContainsAny(path, "?#:*+% ")
}
