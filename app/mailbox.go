package app

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// mailbox shows, in development, the mails that would have been sent. It exists only where
// Config.Mailer is a mail.Mailbox and Config.URL is local.
//
//	GET  /dev/mailbox             the mails, newest first; those to one address by ?to=
//	POST /dev/mailbox             throw them away
//	GET  /dev/mailbox/:id         one mail
//	GET  /dev/mailbox/:id/html    its HTML part, in a sandbox
type mailbox struct{}

var (
	mailboxLink    = locales.Message{Code: "mailbox.link", English: "Mailbox"}
	mailboxEmptied = locales.Message{Code: "mailbox.emptied", English: "The mailbox is empty."}
)

func (f mailbox) enable(a *App) error {
	box, kept := a.Mailer.(*mail.Mailbox)
	if !kept || !a.Development() {
		return nil
	}
	a.mailbox = box
	a.tools = append(a.tools, way{mailboxLink, "inbox", "mailbox"})
	a.add(route{name: "mailbox", path: "/dev/mailbox", wide: true, harmless: true, show: f.list, act: f.empty})
	a.add(route{name: "mailbox.mail", path: "/dev/mailbox/:id", wide: true, show: f.read})
	a.add(route{name: "mailbox.html", path: "/dev/mailbox/:id/html", show: f.html})
	return nil
}

// inbox is where a developer reads the mails to an address, or to all for ""; "" where there is no
// mailbox. A page that says to look for a mail gives it to components.InboxHint.
func (a *App) inbox(to string) string {
	list := a.URL("mailbox")
	if list == "" || to == "" {
		return list
	}
	return list + "?to=" + url.QueryEscape(to)
}

func (f mailbox) list(r *request) error {
	// What has just been promised is there to read at once.
	if err := r.DeliverMails(r.ctx); err != nil {
		return err
	}
	to := r.c.Query("to")
	p := props.Mailbox{Form: r.blank(&struct{}{}), To: to, List: r.inbox(""), Here: r.inbox(to), Gallery: r.URL("gallery") + "?group=" + mailGroup}
	found := []letterWire{}
	for _, kept := range r.mailbox.All() {
		if !slices.Contains(p.Recipients, kept.To) {
			p.Recipients = append(p.Recipients, kept.To)
		}
		if strings.Contains(strings.ToLower(kept.To), strings.ToLower(to)) {
			p.Mails = append(p.Mails, r.entry(kept))
			found = append(found, wired(kept))
		}
	}
	return show(r, r.Views.Mailbox, p, wire{"messages": found})
}

func (f mailbox) empty(r *request) error {
	r.mailbox.Empty()
	return r.leave(r.path(), mailboxEmptied, nil)
}

func (r *request) entry(m mail.Kept) props.MailboxEntry {
	return props.MailboxEntry{ID: m.ID, Kind: m.Kind, From: m.From, To: m.To, Subject: m.Subject, At: m.At, URL: r.URL("mailbox.mail", m.ID)}
}

// letterWire is one mail as tests and tools read it.
type letterWire struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	Links   []string  `json:"links"`
	Codes   []string  `json:"codes"`
}

func wired(m mail.Kept) letterWire {
	return letterWire{
		ID: m.ID, Kind: m.Kind, At: m.At, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML,
		Links: linksIn(m.Text), Codes: codesIn(m.Text),
	}
}

var (
	aLink = regexp.MustCompile(`https?://[^\s<>"]+`)
	aCode = regexp.MustCompile(`(?m)^[ \t]*([0-9A-Z]{3,5}[ -]?[0-9A-Z]{3,5})[ \t\r]*$`)
)

// linksIn are the addresses in a text, each once.
func linksIn(text string) []string {
	links := []string{}
	for _, link := range aLink.FindAllString(text, -1) {
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}

// codesIn are the codes that stand on lines of their own. A word in capitals is none.
func codesIn(text string) []string {
	codes := []string{}
	for _, line := range aCode.FindAllStringSubmatch(text, -1) {
		if strings.ContainsAny(line[1], "0123456789") {
			codes = append(codes, line[1])
		}
	}
	return codes
}

func (f mailbox) read(r *request) error {
	kept, ok := r.mailbox.Find(r.c.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	p := r.inspected(kept)
	p.Back, p.BackTo, p.Inbox = r.inbox(""), mailboxLink, r.inbox(kept.To)
	if kept.HTML != "" {
		p.HTML = r.URL("mailbox.html", kept.ID)
	}
	r.c.Set(fiber.HeaderContentSecurityPolicy, csp+"; frame-src 'self'")
	return show(r, r.Views.MailboxMail, p, wire{"message": wired(kept)})
}

// inspected is a mail taken apart for a developer to look at.
func (r *request) inspected(m mail.Kept) props.MailboxMail {
	source, err := mail.Source(m.Message)
	if err != nil {
		source = err.Error() // what would keep it from being sent is for the developer to see
	}
	return props.MailboxMail{MailboxEntry: r.entry(m), Text: m.Text, Source: source, Links: linksIn(m.Text), Codes: codesIn(m.Text)}
}

func (f mailbox) html(r *request) error {
	kept, ok := r.mailbox.Find(r.c.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	return r.sandbox(kept.HTML)
}

// sandbox serves a mail's HTML part as it would be shown by a mail reader: no script, no origin.
func (r *request) sandbox(html string) error {
	r.c.Set(fiber.HeaderContentSecurityPolicy, "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "+r.pictures()+"; frame-ancestors 'self'")
	r.c.Set(fiber.HeaderXFrameOptions, "SAMEORIGIN")
	return r.c.Type("html", "utf-8").SendString(html)
}
