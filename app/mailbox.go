package app

import (
	"regexp"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// mailbox shows, in development, the mails that would have been sent. It exists only where
// Config.Mailer is a mail.Mailbox and Config.URL is local.
//
//	GET  /dev/mailbox             the mails, newest first
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
	a.add(route{name: "mailbox", path: "/dev/mailbox", wide: true, harmless: true, show: f.list, act: f.empty})
	a.add(route{name: "mailbox.mail", path: "/dev/mailbox/:id", wide: true, show: f.read})
	a.add(route{name: "mailbox.html", path: "/dev/mailbox/:id/html", show: f.html})
	return nil
}

func (f mailbox) list(r *request) error {
	// What has just been promised is there to read at once.
	if err := r.DeliverMails(r.ctx); err != nil {
		return err
	}
	p := props.Mailbox{Form: r.blank(&struct{}{})}
	for _, kept := range r.mailbox.All() {
		p.Mails = append(p.Mails, r.entry(kept))
	}
	return show(r, r.Views.Mailbox, p, wire{"mails": p.Mails})
}

func (f mailbox) empty(r *request) error {
	r.mailbox.Empty()
	return r.leave(r.path(), mailboxEmptied, nil)
}

func (r *request) entry(m mail.Kept) props.MailboxEntry {
	return props.MailboxEntry{ID: m.ID, From: m.From, To: m.To, Subject: m.Subject, At: m.At, URL: r.URL("mailbox.mail", m.ID)}
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

func (f mailbox) read(r *request) error {
	kept, ok := r.mailbox.Find(r.c.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	p := props.MailboxMail{
		MailboxEntry: r.entry(kept), Text: kept.Text, Back: r.URL("mailbox"),
		Links: address.FindAllString(kept.Text, -1),
	}
	if kept.HTML != "" {
		p.HTML = r.URL("mailbox.html", kept.ID)
	}
	r.c.Set(fiber.HeaderContentSecurityPolicy, csp+"; frame-src 'self'")
	return show(r, r.Views.MailboxMail, p, wire{"mail": p})
}

// html serves a mail's HTML part as it would be shown by a mail reader: no script, no origin.
func (f mailbox) html(r *request) error {
	kept, ok := r.mailbox.Find(r.c.Params("id"))
	if !ok {
		return fiber.ErrNotFound
	}
	r.c.Set(fiber.HeaderContentSecurityPolicy, "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'")
	r.c.Set(fiber.HeaderXFrameOptions, "SAMEORIGIN")
	return r.c.Type("html", "utf-8").SendString(kept.HTML)
}
