package app

import (
	"cmp"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/components/elements"
)

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
	if c.Answers.JSON == nil {
		c.Answers.JSON = inEnvelope
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
