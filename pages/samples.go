package pages

import (
	"context"
	"time"

	"github.com/gatehouse-go/gatehouse/components"
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
	return []MailSample{
		{"welcome", func(ctx context.Context, m Mails) components.Mail {
			return m.Welcome(ctx, props.Welcome{AppName: appName, Name: "Ada <" + email + ">", Login: login})
		}},
		{"confirm", func(ctx context.Context, m Mails) components.Mail {
			return m.Confirm(ctx, props.ConfirmMail{
				AppName: appName, Email: email, Link: origin + "/confirm/x?next=%2Forders", Code: "1234 5678", TTL: 24 * time.Hour,
			})
		}},
		{"register-existing", func(ctx context.Context, m Mails) components.Mail {
			return m.RegisterExisting(ctx, props.RegisterExisting{AppName: appName, Email: email, Login: login, Recover: origin + "/recover"})
		}},
		{"register-bare", func(ctx context.Context, m Mails) components.Mail {
			return m.RegisterExisting(ctx, props.RegisterExisting{AppName: appName, Email: email, Login: login})
		}},
		{"change-notice", func(ctx context.Context, m Mails) components.Mail {
			return m.ChangeNotice(ctx, props.ChangeNotice{AppName: appName, At: at, Home: origin + "/", Network: "192.0.2.7", Recover: origin + "/recover"})
		}},
		{"change-bare", func(ctx context.Context, m Mails) components.Mail {
			return m.ChangeNotice(ctx, props.ChangeNotice{AppName: appName, At: at, Home: origin + "/"})
		}},
		{"remember-stolen", func(ctx context.Context, m Mails) components.Mail {
			return m.RememberStolen(ctx, props.RememberStolen{AppName: appName, Login: login})
		}},
	}
}
