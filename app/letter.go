package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

var mailReason = locales.Message{Code: "mail.reason", English: "You get this mail because of an account at %s."}

// letter puts a mail into its envelope, in the language that ctx carries. An empty address makes
// one that costs the same and is dropped.
func (a *App) letter(ctx context.Context, kind, to string, m components.Mail) (mail.Message, error) {
	locale := locales.From(ctx)
	message := mail.Message{
		Kind: kind, From: a.From, To: to, Subject: m.Subject, Text: m.Text, Lang: locale.Tag(), Unsubscribe: m.Unsubscribe, At: a.Now(),
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
	envelope := props.Envelope{
		Subject: m.Subject, AppName: a.Name, Home: a.Config.URL + a.Home, Lang: locale.Tag(), Dir: locale.Dir(),
		Reason: m.Reason, Unsubscribe: m.Unsubscribe,
	}
	if envelope.Reason.IsZero() {
		envelope.Reason = mailReason.With(a.Name)
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
