package app

import (
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/components"
)

// stillCSP lets a frame of the gallery look as it does elsewhere, and do nothing: what is pressed in
// it is sent nowhere.
const stillCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; " +
	"form-action 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'"

// letterCSP is for mails, which have their style within. The sandbox that keeps in those of the mailbox
// would keep the page around them from asking how tall they are, and these hold nobody's words.
const letterCSP = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "

func (f gallery) frame(r *request) error {
	for _, e := range r.exhibits() {
		if e.Name != r.c.Params("state") {
			continue
		}
		if e.mail != nil {
			return f.letter(r, e)
		}
		return f.page(r, e)
	}
	return fiber.ErrNotFound
}

// page draws the state as the kit draws its pages, in the host's own layout.
func (f gallery) page(r *request, e exhibit) error {
	l := r.looks()
	ctx := components.Still(r.Speak(r.ctx, l.in))
	page := e.Page(ctx)
	page.Shape = string(r.Theme.Entrance)
	var html strings.Builder
	if err := r.Views.Around(page, e.Draw(r.Views)).Render(r.Slots.In(ctx, page), &html); err != nil {
		return err
	}
	return r.hold(stillCSP, r.still(html.String(), l))
}

// hold answers with a document that pages of this site may frame.
func (r *request) hold(policy, html string) error {
	r.c.Set(fiber.HeaderContentSecurityPolicy, policy)
	r.c.Set(fiber.HeaderXFrameOptions, "SAMEORIGIN")
	return r.c.Type("html", "utf-8").SendString(html)
}

// letter draws the HTML part of a mail, whose reader's theme is asked of the system.
func (f gallery) letter(r *request, e exhibit) error {
	l := r.looks()
	m, err := r.sampled(e, l)
	if err != nil {
		return err
	}
	dark := map[string]string{"system": "(prefers-color-scheme: dark)", "light": "not all", "dark": "all"}[l.theme]
	return r.hold(letterCSP+r.pictures(), strings.ReplaceAll(turned(m.HTML, l), "(prefers-color-scheme: dark)", dark))
}

var (
	document = regexp.MustCompile(`<html\b[^>]*>`)
	aDir     = regexp.MustCompile(`\bdir="[a-z]*"`)
	posting  = regexp.MustCompile(` method="(post|get)"`)
	leading  = regexp.MustCompile(`(<a\b[^>]*? href=")[^#"][^"]*"`)
	framing  = regexp.MustCompile(`(<iframe\b[^>]*? src=")[^"]*"`)
	moving   = regexp.MustCompile(` (hx-[a-z:0-9-]+|data-gh-countdown)="[^"]*"`)
	taking   = regexp.MustCompile(`(<[a-z][^>]*?) autofocus\b`)
)

// still is a page that stands still: its forms close dialogs and are otherwise sent nowhere, its
// links lead nowhere, nothing counts or asks for news, and no field of forty takes the cursor. What
// it frames is a mail. So it is whoever drew the page.
func (r *request) still(html string, l looks) string {
	html = posting.ReplaceAllLiteralString(html, ` method="dialog"`)
	html = leading.ReplaceAllString(html, `$1#"`)
	html = framing.ReplaceAllString(html, "${1}"+r.URL("gallery.state", "mail-welcome")+`"`)
	html = taking.ReplaceAllString(moving.ReplaceAllLiteralString(html, ""), "$1")
	html = turned(html, l)
	if l.theme == "system" {
		return html
	}
	return strings.Replace(html, "<html", `<html data-theme="`+l.theme+`"`, 1)
}

// turned is a document that runs the way that was asked for.
func turned(html string, l looks) string {
	at := document.FindStringIndex(html)
	if at == nil || l.dir == "auto" {
		return html
	}
	return html[:at[0]] + aDir.ReplaceAllLiteralString(html[at[0]:at[1]], `dir="`+l.dir+`"`) + html[at[1]:]
}
