package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A Letter is what a host adds to every mail, to both of its parts.
type Letter struct {
	// Logo is a picture to stand for Config.Name at the top: an https URL or a path of this site, which
	// readers fetch, or do not, when they open the mail. The default is none.
	Logo string
	// Greeting opens the letter, such as "Hello,". The default is none.
	Greeting locales.Message
	// Signature ends it, in one line or more. The default is none.
	Signature locales.Message
	// SubjectPrefix stands before every subject, such as "[Shop] ". The default is none.
	SubjectPrefix string
}

// check returns what is wrong with l in sentences that name the field.
func (l Letter) check() (errs []error) {
	u, err := url.Parse(l.Logo)
	if l.Logo != "" && !local(l.Logo) && (err != nil || u.Scheme != "https" || !aHost(u)) {
		errs = append(errs, fmt.Errorf("app: Config.Letter.Logo %q is neither an https URL nor a path of this application, such as /logo.png", l.Logo))
	}
	if strings.ContainsAny(l.SubjectPrefix, "\r\n") {
		errs = append(errs, errors.New("app: Config.Letter.SubjectPrefix holds a line break"))
	}
	return errs
}

// logo is where the picture is, absolutely.
func (a *App) logo() string {
	if local(a.Letter.Logo) {
		return a.Config.URL + a.Letter.Logo
	}
	return a.Letter.Logo
}

// pictures are those that a mail may show where it is looked at in a browser, as a content security policy
// says it.
func (a *App) pictures() string { return strings.TrimSpace("img-src data: " + a.logo()) }

var mailReason = locales.Message{Code: "mail.reason", English: "You get this mail because of an account at %s."}

// letter puts a mail into its envelope, in the language that ctx carries. An empty address makes
// one that costs the same and is dropped.
func (a *App) letter(ctx context.Context, kind, to string, m components.Mail) (mail.Message, error) {
	locale := locales.From(ctx)
	envelope := props.Envelope{
		Subject: a.Letter.SubjectPrefix + m.Subject, AppName: a.Name, Home: a.home(), Lang: locale.Tag(), Dir: locale.Dir(),
		Reason: m.Reason, Unsubscribe: m.Unsubscribe, Logo: a.logo(), Greeting: a.Letter.Greeting, Signature: a.Letter.Signature,
	}
	if envelope.Reason.IsZero() {
		envelope.Reason = mailReason.With(a.Name)
	}
	message := mail.Message{
		Kind: kind, From: a.From, To: to, Subject: envelope.Subject, Text: a.Mails.Text(ctx, envelope, m.Text), Lang: locale.Tag(), Unsubscribe: m.Unsubscribe, At: a.Now(),
	}
	var err error
	if message.From, message.ReplyTo, err = a.senders(kind, m); err != nil {
		return mail.Message{}, err
	}
	if m.Props != nil {
		if message.Props, err = json.Marshal(m.Props); err != nil {
			return mail.Message{}, fmt.Errorf("mail %s: props: %w", kind, err)
		}
	}
	if m.HTML == nil {
		return message, nil
	}
	if a.Theme.Coloured() {
		colours := a.Theme.Colours()
		ctx = components.With(ctx, components.Scope{Static: a.URL("static"), Elements: a.Elements, Mail: &colours})
	}
	var html bytes.Buffer
	if err := a.Mails.Layout(envelope, m.HTML).Render(ctx, &html); err != nil {
		return mail.Message{}, fmt.Errorf("mail %s: %w", kind, err)
	}
	message.HTML = html.String()
	return message, nil
}

// senders are where a mail comes from, and where answers to it go.
func (a *App) senders(kind string, m components.Mail) (from, replyTo string, err error) {
	from, replyTo = cmp.Or(m.From, a.From), cmp.Or(m.ReplyTo, a.ReplyTo)
	for _, sender := range []string{from, replyTo} {
		if sender != "" && !aSender(sender) {
			return "", "", fmt.Errorf("mail %s: %q is no sender", kind, sender)
		}
	}
	return from, replyTo, nil
}

// ctxOf is a context that speaks the language of an account, or else that of the request.
func (u *unit) ctxOf(user *db.User) context.Context { return u.Speak(u.ctx, user.Language) }

// link is the absolute URL of a route, for mails.
func (a *App) link(name string, params ...string) string {
	return a.Config.URL + a.URL(name, params...)
}
