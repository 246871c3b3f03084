package states

import (
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func developmentStates() []shown {
	return []shown{
		{"mailbox", guest(), props.Mailbox{Form: form.Blank("mailbox", "/dev/mailbox", &struct{}{}), Mails: letters(), Recipients: []string{"ada@example.com"}, List: "/dev/mailbox", Here: "/dev/mailbox", Gallery: "/dev/gallery?group=mails"}},
		{"mailbox-empty", guest(), props.Mailbox{List: "/dev/mailbox", Here: "/dev/mailbox"}},
		{"mailbox-nobody", guest(), props.Mailbox{To: "bob", Recipients: []string{"ada@example.com"}, List: "/dev/mailbox", Here: "/dev/mailbox?to=bob"}},
		{"mailbox-mail", guest(), letter()},
		{"gallery", guest(), gallery()},
	}
}

func letters() []props.MailboxEntry {
	at := time.Date(2026, 3, 4, 10, 4, 0, 0, time.UTC)
	return []props.MailboxEntry{
		{ID: "2", Kind: "register.existing", From: "no-reply@shop.example", To: "ada@example.com", Subject: "You already have an account at Shop", At: at.Add(time.Hour), URL: "/dev/mailbox/2"},
		{ID: "1", Kind: "register.welcome", From: "no-reply@shop.example", To: "ada@example.com", Subject: "Welcome to Shop", At: at, URL: "/dev/mailbox/1"},
	}
}

func gallery() props.Gallery {
	const query = "?dir=auto&in=en&theme=dark"
	return props.Gallery{
		Here: "/dev/gallery", Group: "login", Width: 390, Height: 844,
		Groups: []props.GalleryGroup{{Name: "login", URL: "/dev/gallery" + query, Current: true}, {Name: "mails", URL: "/dev/gallery" + query + "&group=mails"}},
		Choosers: []props.Chooser{
			{Name: "theme", Label: say("Theme"), Options: []props.Option{{Value: "light", Label: say("Light")}, {Value: "dark", Label: say("Dark"), Chosen: true}}},
		},
		States: []props.GalleryState{
			{Name: "login", View: "Views.Login", Own: true, URL: "/dev/gallery/login" + query},
			{Name: "mail-welcome", View: "Mails.Welcome", URL: "/dev/gallery/mail-welcome" + query, Mail: &props.GalleryMail{
				Subject: "Welcome to Shop", Text: letter().Text, Source: letter().Source, Lang: "en", Dir: "ltr",
			}},
		},
	}
}

func letter() props.MailboxMail {
	return props.MailboxMail{
		MailboxEntry: letters()[1], HTML: "/dev/mailbox/1/html", Back: "/dev/mailbox", BackTo: say("Mailbox"), Inbox: "/dev/mailbox?to=ada%40example.com",
		Links: []string{"http://localhost:3000/login"}, Codes: []string{"4821 9037"},
		Text:   "Hello Ada,\n\nyour account at Shop is open. Sign in whenever you like:\n\nhttp://localhost:3000/login\n\n4821 9037\n",
		Source: "Subject: Welcome to Shop\r\nTo: <ada@example.com>\r\n\r\nHello Ada,\r\n",
	}
}
