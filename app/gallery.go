package app

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
	"github.com/gatehouse-go/gatehouse/pages/states"
)

// gallery shows, in development, every mail with sample data: the host's own letters where it has
// some, in every language that it speaks.
//
//	GET  /dev/mails                    the mails
//	GET  /dev/mails/:id?in=fa          one of them, in one language
//	GET  /dev/mails/:id/html?in=fa     its HTML part, in a sandbox
type gallery struct{}

func (f gallery) enable(a *App) error {
	if !a.Development() {
		return nil
	}
	a.add(route{name: "gallery", path: "/dev/mails", wide: true, show: f.list})
	a.add(route{name: "gallery.mail", path: "/dev/mails/:id", wide: true, show: f.read})
	a.add(route{name: "gallery.html", path: "/dev/mails/:id/html", show: f.html})
	return nil
}

func (f gallery) list(r *request) error {
	var p props.Gallery
	for _, sample := range r.samples() {
		listed := props.Sample{Name: sample.Name}
		for _, language := range r.catalogues.Languages() {
			m, err := r.sampled(sample, language)
			if err != nil {
				return err
			}
			listed.Versions = append(listed.Versions, props.SampleVersion{
				Language: language.Name(), Lang: language.Tag(), Dir: language.Dir(),
				Subject: m.Subject, URL: in(language, r.URL("gallery.mail", sample.Name)),
			})
		}
		p.Samples = append(p.Samples, listed)
	}
	return show(r, r.Views.Gallery, p, wire{"mails": p.Samples})
}

func (a *App) samples() []states.Mail { return states.Mails(a.Name, a.Config.URL) }

// in is a page of the gallery in a language of its own: the page around a mail keeps the reader's.
func in(language *locales.Locale, path string) string {
	return path + "?in=" + url.QueryEscape(language.Tag())
}

// sampled is a sample as it would be sent.
func (r *request) sampled(sample states.Mail, language *locales.Locale) (mail.Message, error) {
	ctx := locales.With(r.ctx, language)
	return r.letter(ctx, sample.Name, "ada@example.com", sample.Write(ctx, r.Mails))
}

// asked is the mail that the address names, in the language that it asks for.
func (f gallery) asked(r *request) (mail.Message, *locales.Locale, error) {
	language := r.catalogues.Match(r.c.Query("in"))
	for _, sample := range r.samples() {
		if sample.Name == r.c.Params("id") {
			m, err := r.sampled(sample, language)
			return m, language, err
		}
	}
	return mail.Message{}, nil, fiber.ErrNotFound
}

func (f gallery) read(r *request) error {
	m, language, err := f.asked(r)
	if err != nil {
		return err
	}
	p := r.inspected(mail.Kept{Message: m, ID: m.Kind})
	p.Back, p.BackTo = r.URL("gallery"), props.Gallery{}.Title()
	if m.HTML != "" {
		p.HTML = in(language, r.URL("gallery.html", m.Kind))
	}
	r.c.Set(fiber.HeaderContentSecurityPolicy, csp+"; frame-src 'self'")
	return show(r, r.Views.MailboxMail, p, wire{"message": wired(mail.Kept{Message: m, ID: m.Kind})})
}

func (f gallery) html(r *request) error {
	m, _, err := f.asked(r)
	if err != nil {
		return err
	}
	return r.sandbox(m.HTML)
}
