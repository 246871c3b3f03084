package states

import (
	"context"
	"time"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A Mail is a mail about somebody who is not there, to look at and to test by.
type Mail struct {
	// Name is the field of [pages.Mails] in small letters, and what is particular about this sample.
	Name string
	// View is "Mails." and that field.
	View string
	// Write writes it with the host's letters, or the kit's.
	Write func(ctx context.Context, m pages.Mails) components.Mail
}

// Mails are every mail there is, in each of its shapes, as an application of this name at
// this origin would send it.
func Mails(appName, origin string) []Mail {
	const email = "ada@example.com"
	login, at := origin+"/login", time.Date(2026, 3, 4, 10, 4, 0, 0, time.UTC)
	notice := props.Notice{
		AppName: appName, At: at, Network: "192.0.2.7",
		Subject: locales.Message{Code: "change.notice.subject", English: "Your password at %s was changed"}.With(appName),
		Title:   locales.Message{Code: "change.notice.title", English: "Your password was changed"},
		What:    locales.Message{Code: "change.notice", English: "The password of your account at %s was changed."}.With(appName),
		Then:    locales.Message{Code: "notice.ended", English: "Every other device has been signed out."},
		Fine:    locales.Message{Code: "notice.fine", English: "If this was you, there is nothing to do."},
		Advice:  locales.Message{Code: "notice.recover", English: "If it was not you, somebody else has been in your account. Choose another password now."},
		Help:    props.Link{Label: locales.Message{Code: "notice.recover.action", English: "Choose another password"}, URL: origin + "/reset"},
	}
	return []Mail{
		{"welcome", "Mails.Welcome", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.Welcome(ctx, props.Welcome{AppName: appName, Name: "Ada <" + email + ">", Login: login})
		}},
		{"confirm", "Mails.Confirm", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.Confirm(ctx, props.ConfirmMail{
				AppName: appName, Email: email, Link: origin + "/confirm/x?next=%2Forders", Code: "1234 5678", TTL: 24 * time.Hour,
			})
		}},
		{"invite", "Mails.Invite", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.Invite(ctx, props.InviteMail{
				AppName: appName, By: "grace@example.com", Email: email, Role: "editor", Link: origin + "/invitation/x", TTL: 7 * 24 * time.Hour,
			})
		}},
		{"invite-bare", "Mails.Invite", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.Invite(ctx, props.InviteMail{AppName: appName, Email: email, Link: origin + "/invitation/x", TTL: 36 * time.Hour})
		}},
		{"invite-accepted", "Mails.InviteAccepted", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.InviteAccepted(ctx, props.InviteAccepted{AppName: appName, Email: email, Link: origin + "/invite"})
		}},
		{"magic-link", "Mails.MagicLink", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.MagicLink(ctx, props.MagicLinkMail{
				AppName: appName, Link: origin + "/login/x?next=%2Forders", Code: "1234 5678", TTL: 10 * time.Minute,
				Asker: props.Asker{Browser: locales.Message{Code: "browser.on", English: "%s on %s"}.With("Firefox", "Windows"), Network: "192.0.2.7", At: at},
			})
		}},
		{"recover", "Mails.Recover", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.Recover(ctx, props.RecoverMail{AppName: appName, Name: email, Link: origin + "/reset/x?next=%2Forders", Code: "1234 5678", TTL: 20 * time.Minute})
		}},
		{"register-existing", "Mails.RegisterExisting", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.RegisterExisting(ctx, props.RegisterExisting{AppName: appName, Email: email, Login: login, Recover: origin + "/reset"})
		}},
		{"register-bare", "Mails.RegisterExisting", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.RegisterExisting(ctx, props.RegisterExisting{AppName: appName, Email: email, Login: login})
		}},
		{"recover-username", "Mails.RecoverUsername", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.RecoverUsername(ctx, props.RecoverUsernameMail{AppName: appName, Email: email, Username: "countess.of.lovelace", Login: login})
		}},
		{"recover-username-none", "Mails.RecoverUsername", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.RecoverUsername(ctx, props.RecoverUsernameMail{AppName: appName, Email: email, Login: login})
		}},
		{"register-taken", "Mails.RegisterTaken", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.RegisterTaken(ctx, props.RegisterTaken{AppName: appName, Register: origin + "/register"})
		}},
		{"notice", "Mails.Notice", func(ctx context.Context, m pages.Mails) components.Mail { return m.Notice(ctx, notice) }},
		{"notice-bare", "Mails.Notice", func(ctx context.Context, m pages.Mails) components.Mail {
			bare := notice
			bare.Network, bare.Then, bare.Help = "", locales.Message{}, props.Link{URL: origin + "/"}
			bare.Advice = locales.Message{Code: "notice.write", English: "If it was not you, somebody else has been in your account. Write to whoever runs %s now:"}.With(appName)
			return m.Notice(ctx, bare)
		}},
		{"notice-undo", "Mails.Notice", func(ctx context.Context, m pages.Mails) components.Mail {
			undo := notice
			undo.Subject = locales.Message{Code: "change_email.notice.subject", English: "Your address at %s was changed"}.With(appName)
			undo.Title = locales.Message{Code: "change_email.notice.title", English: "Your address was changed"}
			undo.What = locales.Message{Code: "change_email.notice", English: "The e-mail address of your account at %s was changed."}.With(appName)
			undo.Advice = locales.Message{Code: "change_email.undo_advice", English: "If it was not you, somebody else has been in your account. For %s you can take your address back, which signs out every device and ends the password:"}.With(7 * 24 * time.Hour)
			undo.Help = props.Link{Label: locales.Message{Code: "change_email.undo_action", English: "Take my address back"}, URL: origin + "/change-email/undo/x"}
			return m.Notice(ctx, undo)
		}},
		{"change-email", "Mails.ChangeEmail", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.ChangeEmail(ctx, props.ChangeEmailMail{AppName: appName, Email: email, Link: origin + "/change-email/x", Code: "1234 5678", TTL: time.Hour})
		}},
		{"change-email-existing", "Mails.ChangeEmailExisting", func(ctx context.Context, m pages.Mails) components.Mail {
			return m.ChangeEmailExisting(ctx, props.ChangeEmailExisting{AppName: appName, Email: email, Login: login})
		}},
	}
}
