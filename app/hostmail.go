package app

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
)

// aKind is what a mail may be called: it stands in logs and lists.
var aKind = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// Mail promises a mail of the host's own: in the layout of the kit's mails, from the same sender,
// through the same outbox, and as part of tx, so that it goes if the change that it tells of is
// there, and only then. Kind names it, such as "orders.shipped", in logs, lists and to the
// [mail.Mailer]. A running server sends it within seconds of the commit.
//
//	err := db.InTx(ctx, accounts.DB, func(ctx context.Context, tx bun.Tx) error {
//		if err := ship(ctx, tx, order); err != nil {
//			return err
//		}
//		ctx = accounts.Speak(ctx, member.Language)
//		return accounts.Mail(ctx, tx, "orders.shipped", member.Primary.Email, components.Mail{
//			Subject: "Your order is on its way",
//			Text:    components.Letter("Hello,", "your order is on its way:", link),
//			HTML:    mails.Shipped(link), // a templ component; components.MailButton and its neighbours fit
//		})
//	})
//
// An empty address makes a mail that costs the same and is dropped, for where there may be nobody
// to tell.
func (a *App) Mail(ctx context.Context, tx bun.IDB, kind, to string, m components.Mail) error {
	switch _, err := identity.Email(to); {
	case !aKind.MatchString(kind):
		return fmt.Errorf("mail: %q is no kind: name it by small letters, digits, dots and dashes, like orders.shipped", kind)
	case to != "" && err != nil:
		return fmt.Errorf("mail %s: the recipient is %w", kind, err) // which is not repeated: it may be personal
	case m.Subject == "" || strings.ContainsAny(m.Subject, "\r\n"):
		return fmt.Errorf("mail %s: the subject %q is not one line", kind, m.Subject)
	case strings.TrimSpace(m.Text) == "":
		return fmt.Errorf("mail %s: there is no text part: some read nothing else", kind)
	case m.Unsubscribe != "":
		if err := mail.CheckUnsubscribe(m.Unsubscribe); err != nil {
			return fmt.Errorf("mail %s: %w", kind, err)
		}
	}
	message, err := a.letter(ctx, kind, to, m)
	if err != nil {
		return err
	}
	return a.outbox.Put(ctx, tx, message)
}

// Speak returns a context in which pages and mails are in the language of a BCP 47 tag, such as an
// account's, or in English if the application does not speak it. An empty tag changes nothing.
func (a *App) Speak(ctx context.Context, language string) context.Context {
	if language == "" {
		return ctx
	}
	return locales.With(ctx, a.catalogues.Match(language))
}
