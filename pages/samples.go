package pages

import (
	"context"
	"time"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A MailSample is a mail about somebody who is not there, to look at and to test by.
type MailSample struct {
	// Name is the field of [Mails] in small letters, and what is particular about this sample.
	Name string
	// Write writes it with the host's letters, or the kit's.
	Write func(ctx context.Context, m Mails) components.Mail
}

// MailSamples are every mail there is, in each of its shapes, as an application of this name at
// this origin would send it.
func MailSamples(appName, origin string) []MailSample {
	const email = "ada@example.com"
	login, at := origin+"/login", time.Date(2026, 3, 4, 10, 4, 0, 0, time.UTC)
	notice := props.Notice{
		AppName: appName, At: at, Network: "192.0.2.7",
		Subject: locales.Message{Code: "change.notice.subject", English: "Your password at %s was changed"}.With(appName),
		Title:   locales.Message{Code: "change.notice.title", English: "Your password was changed"},
		What:    locales.Message{Code: "change.notice", English: "The password of your account at %s was changed."}.With(appName),
		Then:    locales.Message{Code: "notice.ended", English: "Every other device has been signed out."},
		Advice:  locales.Message{Code: "notice.recover", English: "If it was not you, somebody else has been in your account. Choose another password now."},
		Help:    props.Link{Label: locales.Message{Code: "notice.recover.action", English: "Choose another password"}, URL: origin + "/recover"},
	}
	return []MailSample{
		{"welcome", func(ctx context.Context, m Mails) components.Mail {
			return m.Welcome(ctx, props.Welcome{AppName: appName, Name: "Ada <" + email + ">", Login: login})
		}},
		{"confirm", func(ctx context.Context, m Mails) components.Mail {
			return m.Confirm(ctx, props.ConfirmMail{
				AppName: appName, Email: email, Link: origin + "/confirm/x?next=%2Forders", Code: "1234 5678", TTL: 24 * time.Hour,
			})
		}},
		{"invite", func(ctx context.Context, m Mails) components.Mail {
			return m.Invite(ctx, props.InviteMail{
				AppName: appName, By: "grace@example.com", Email: email, Role: "editor", Link: origin + "/invitation/x", TTL: 7 * 24 * time.Hour,
			})
		}},
		{"invite-bare", func(ctx context.Context, m Mails) components.Mail {
			return m.Invite(ctx, props.InviteMail{AppName: appName, Email: email, Link: origin + "/invitation/x", TTL: 36 * time.Hour})
		}},
		{"invite-accepted", func(ctx context.Context, m Mails) components.Mail {
			return m.InviteAccepted(ctx, props.InviteAccepted{AppName: appName, Email: email, Link: origin + "/invite"})
		}},
		{"register-existing", func(ctx context.Context, m Mails) components.Mail {
			return m.RegisterExisting(ctx, props.RegisterExisting{AppName: appName, Email: email, Login: login, Recover: origin + "/recover"})
		}},
		{"register-bare", func(ctx context.Context, m Mails) components.Mail {
			return m.RegisterExisting(ctx, props.RegisterExisting{AppName: appName, Email: email, Login: login})
		}},
		{"notice", func(ctx context.Context, m Mails) components.Mail { return m.Notice(ctx, notice) }},
		{"notice-bare", func(ctx context.Context, m Mails) components.Mail {
			bare := notice
			bare.Network, bare.Then, bare.Help = "", locales.Message{}, props.Link{URL: origin + "/"}
			bare.Advice = locales.Message{Code: "notice.write", English: "If it was not you, somebody else has been in your account. Write to whoever runs %s now:"}.With(appName)
			return m.Notice(ctx, bare)
		}},
		{"remember-stolen", func(ctx context.Context, m Mails) components.Mail {
			return m.RememberStolen(ctx, props.RememberStolen{AppName: appName, Login: login})
		}},
	}
}
