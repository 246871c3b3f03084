package pages_test

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A state is one page as somebody may meet it.
type state struct {
	name string
	page props.Page
	view templ.Component
}

var states = append(append(addressStates(), inviteStates()...), []state{
	{"login", outside("Sign in"), pages.Login(login(loginFields{}))},
	{"login-full", flashed(outside("Sign in"), "note", "Sign in to see this page."), pages.Login(full(login(loginFields{Email: "ada@example.com", Remember: true, Next: "/orders?page=2"})))},
	{"login-refused", outside("Error: Sign in"), pages.Login(refused(login(loginFields{Email: "ada@example.com"})))},
	{"login-missing", outside("Error: Sign in"), pages.Login(missing(login(loginFields{})))},
	{"login-long", outside("Sign in"), pages.Login(long(login(loginFields{Email: strings.Repeat("long", 20) + "@example.com"})))},
	{"logout", outside("Sign out"), pages.Logout(props.Logout{Form: form.Blank("logout", "/logout", &struct{}{}), AppName: "Shop", SignedIn: true, Home: "/"})},
	{"logout-done", outside("Sign out"), pages.Logout(props.Logout{AppName: "Shop", Home: "/"})},
	{"register", outside("Create an account"), pages.Register(register(signUp{}))},
	{"register-invalid", outside("Error: Create an account"), pages.Register(wrong(register(signUp{Email: "ada@", Company: "Analytical Engines"})))},
	{"confirm", outside("Confirm your address"), pages.Confirm(confirm("ada@example.com"))},
	{"confirm-unknown", outside("Confirm your address"), pages.Confirm(confirm(""))},
	{"confirm-invalid", outside("Error: Confirm your address"), pages.Confirm(badCode(confirm("")))},
	{"confirm-wait", outside("Error: Confirm your address"), pages.Confirm(tooSoon(confirm(strings.Repeat("long", 20) + "@example.com")))},
	{"confirm-link", outside("Confirm your address"), pages.ConfirmLink(confirmLink(""))},
	{"confirm-link-other", outside("Confirm your address"), pages.ConfirmLink(confirmLink("Grace Hopper"))},
	{"confirm-address", outside("Correct your address"), pages.ConfirmAddress(confirmAddress())},
	{"confirm-address-invalid", outside("Error: Correct your address"), pages.ConfirmAddress(wrongAddress(confirmAddress()))},
	{"magic-link", outside("Sign in"), pages.MagicLink(magicLink(""))},
	{"magic-link-only", outside("Sign in"), pages.MagicLink(only(magicLink("ada")))},
	{"magic-link-invalid", outside("Error: Sign in"), pages.MagicLink(noAddress(magicLink("ada@")))},
	{"magic-link-wait", outside("Look into your inbox"), pages.MagicLinkWait(waitingFor("ada@example.com"))},
	{"magic-link-wait-invalid", outside("Error: Look into your inbox"), pages.MagicLinkWait(wrongMagicCode(waitingFor("ada@example.com")))},
	{"magic-link-wait-long", outside("Error: Look into your inbox"), pages.MagicLinkWait(againTooSoon(waitingFor(strings.Repeat("long", 20) + "@example.com")))},
	{"magic-link-here", outside("Sign in"), pages.MagicLinkOpen(opened(func(p *props.MagicLinkOpen) { p.Here = true; p.SignedInAs = "Grace Hopper" }))},
	{"magic-link-open", outside("Is it you who signs in?"), pages.MagicLinkOpen(opened(func(*props.MagicLinkOpen) {}))},
	{"magic-link-open-unknown", outside("Error: Is it you who signs in?"), pages.MagicLinkOpen(opened(func(p *props.MagicLinkOpen) {
		p.Asker = props.Asker{Browser: say("an unknown browser"), At: p.Asker.At}
		p.Fail("number", say("Type the number that the other page shows."))
	}))},
	{"magic-link-approved", outside("Approved"), pages.MagicLinkOpen(opened(func(p *props.MagicLinkOpen) { p.Approved = true }))},
	{"magic-link-refused", outside("Refused"), pages.MagicLinkOpen(opened(func(p *props.MagicLinkOpen) { p.Refused = true }))},
	{"magic-link-ended", outside("Error: Sign in"), pages.MagicLinkOpen(opened(overLink))},
	{"recover", outside("Forgot your password?"), pages.Recover(forgotten(""))},
	{"recover-waits", outside("Forgot your password?"), pages.Recover(forgotten("ada@example.com"))},
	{"recover-no-code", outside("Error: Forgot your password?"), pages.Recover(noCode(forgotten("")))},
	{"recover-missing", outside("Error: Forgot your password?"), pages.Recover(nameless(forgotten("")))},
	{"recover-bad-code", outside("Error: Forgot your password?"), pages.Recover(noCode(forgotten(longName)))},
	{"recover-too-soon", outside("Error: Forgot your password?"), pages.Recover(askedTooSoon(forgotten("ada")))},
	{"recover-link", outside("Choose a new password"), pages.RecoverLink(recoverLink("ada@example.com", ""))},
	{"recover-link-other", inside("Choose a new password"), pages.RecoverLink(recoverLink(longName, "Grace Hopper"))},
	{"recover-link-invalid", outside("Error: Choose a new password"), pages.RecoverLink(tooShort(recoverLink("ada@example.com", "Grace Hopper")))},
	{"account", inside("Your account"), pages.Account(account())},
	{"account-flash", flashed(inside("Your account"), "good", "You are signed in."), pages.Account(account())},
	{"account-bare", alone(inside("Your account")), pages.Account(props.Account{Who: ada})},
	{"change", inside("Change your password"), pages.Change(change())},
	{"change-invalid", inside("Error: Change your password"), pages.Change(unchanged(change()))},
	{"change-locked", inside("Error: Change your password"), pages.Change(locked(change()))},
	{"change-first", inside("Set a password"), pages.Change(first(change()))},
	{"change-long", alone(inside("Change your password")), pages.Change(lengthy(change()))},
	{"change-removable", inside("Change your password"), pages.Change(removable(change()))},
	{"change-remove", inside("Remove your password"), pages.ChangeRemove(changeRemove())},
	{"change-remove-last", inside("Error: Remove your password"), pages.ChangeRemove(lastWayIn(changeRemove()))},
	{"change-username", inside("Change your username"), pages.ChangeUsername(changeUsername("ada"))},
	{"change-username-first", inside("Choose a username"), pages.ChangeUsername(changeUsername(""))},
	{"change-username-invalid", inside("Error: Change your username"), pages.ChangeUsername(badUsername(changeUsername("ada")))},
	{"change-username-locked", inside("Error: Change your username"), pages.ChangeUsername(usernameLocked(changeUsername("ada")))},
	{"change-username-bare", alone(inside("Choose a username")), pages.ChangeUsername(bareUsername(changeUsername("")))},
	{"change-username-long", inside("Change your username"), pages.ChangeUsername(changeUsername(strings.Repeat("W", 32)))},
	{"recover-username", outside("Forgot your username?"), pages.RecoverUsername(recoverUsername(""))},
	{"recover-username-invalid", outside("Error: Forgot your username?"), pages.RecoverUsername(noSuchAddress(recoverUsername("ada@")))},
	{"recover-username-wait", outside("Error: Forgot your username?"), pages.RecoverUsername(usernameTooSoon(recoverUsername(strings.Repeat("long", 20) + "@example.com")))},
	{"error-403", outside("You cannot open this page"), pages.Error(trouble(403, "You cannot open this page", "Your account does not have access. If you think it should, ask whoever runs this site.", 0, ""))},
	{"error-404", outside("There is no page here"), pages.Error(trouble(404, "There is no page here", "The link may be old, or a letter of the address is wrong.", 0, ""))},
	{"error-429", outside("Too many tries"), pages.Error(trouble(429, "Too many tries", "Wait a little, then try again. Nothing is lost.", 95, ""))},
	{"error-500", outside("Something went wrong on our side"), pages.Error(trouble(500, "Something went wrong on our side", "It has been written down. Try again in a moment.", 0, "01JD8Q4M2Z7V"))},
	{"mailbox", guest("Mailbox"), pages.Mailbox(props.Mailbox{Form: form.Blank("mailbox", "/dev/mailbox", &struct{}{}), Mails: letters(), Recipients: []string{"ada@example.com"}, List: "/dev/mailbox", Here: "/dev/mailbox", Gallery: "/dev/mails"})},
	{"mailbox-empty", guest("Mailbox"), pages.Mailbox(props.Mailbox{List: "/dev/mailbox", Here: "/dev/mailbox"})},
	{"mailbox-nobody", guest("Mailbox"), pages.Mailbox(props.Mailbox{To: "bob", Recipients: []string{"ada@example.com"}, List: "/dev/mailbox", Here: "/dev/mailbox?to=bob"})},
	{"gallery", guest("Every mail"), pages.Gallery(gallery())},
	{"mailbox-mail", guest("Welcome to Shop"), pages.MailboxMail(letter())},
}...)

type loginFields struct {
	Email    string `form:"email,required,kind=text"`
	Password string `form:"password,required,secret"`
	Remember bool   `form:"remember"`
	Next     string `form:"next"`
}

func login(typed loginFields) props.Login {
	p := props.Login{Form: form.Blank("login", "/login", &typed), AppName: "Shop", Email: true, Username: true, Register: "/register", Recover: "/reset"}
	if !typed.Remember {
		p.Drop("remember")
	}
	return p
}

func full(p props.Login) props.Login {
	p.RecoverUsername = "/recover-username"
	p.Ways = []props.Link{{Label: say("Sign in with a passkey"), URL: "/wan-signin", Icon: "key-round"}, {Label: say("Mail me a link"), URL: "/us-signin", Icon: "mail"}}
	return p
}

func refused(p props.Login) props.Login {
	p.Fail("", say("That e-mail and password do not match. Try again, or choose a new password."))
	p.FocusOn("password")
	return p
}

func missing(p props.Login) props.Login {
	p.Fail("email", say("Enter your e-mail or username."))
	p.Fail("password", say("Enter your password."))
	return p
}

func long(p props.Login) props.Login {
	p.AppName = "The Donaudampfschifffahrtsgesellschaft of Lower Austria"
	return full(p)
}

type baseSignUp struct {
	Email    string `form:"email,required,max=254,kind=email"`
	Username string `form:"username,max=32"`
	Password string `form:"password,required,secret,min=8"`
	Again    string `form:"password_confirm,required,secret"`
	Terms    bool   `form:"terms,required"`
	Next     string `form:"next"`
}

type hostSignUp struct {
	baseSignUp
	Company string `form:"company,required,max=80,label=Company"`
	News    bool   `form:"news,label=Send me news twice a year"`
}

type signUp struct{ Email, Company string }

func register(typed signUp) props.Register {
	dst := hostSignUp{Company: typed.Company}
	dst.Email = typed.Email
	return props.Register{
		Form: form.Blank("register", "/register", &dst), AppName: "Shop", MinPassword: 8, Terms: "/terms", Login: "/login",
	}
}

func wrong(p props.Register) props.Register {
	p.Fail("email", say("Enter an address such as name@example.com."))
	p.Fail("password", say("Use at least 8 characters."), say("Choose one that fewer people use."))
	p.Fail("terms", say("Tick the box to go on."))
	return p
}

type changeFields struct {
	Password    string `form:"password,required,secret"`
	NewPassword string `form:"new_password,required,secret,min=8"`
	Again       string `form:"new_password_confirm,required,secret"`
}

func change() props.Change {
	return props.Change{Form: form.Blank("change", "/change", &changeFields{}), Name: "ada@example.com", MinPassword: 8, Recover: "/reset", Back: "/account"}
}

func unchanged(p props.Change) props.Change {
	p.Fail("password", say("This is not your password. Check it and try again."))
	p.Fail("new_password", say("Use at least 8 characters."))
	return p
}

func locked(p props.Change) props.Change {
	p.Fail("", say("Too many tries"), say("Wait 30 seconds, then try again. Nothing is lost."))
	p.Wait = 30
	return p
}

func first(p props.Change) props.Change {
	p.Drop("password", "new_password_confirm")
	return p
}

func lengthy(p props.Change) props.Change {
	p.Name, p.Back = strings.Repeat("long", 20)+"@example.com", ""
	return p
}

var ada = props.Who{Name: "Ada Lovelace", Email: "ada@example.com", Initials: "AL"}

func account() props.Account {
	change := props.Link{Label: say("Change"), URL: "/change"}
	manage := props.Link{Label: say("Manage"), URL: "/manage"}
	return props.Account{
		Who: ada, Joined: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC),
		Sections: []props.Section{
			{Title: say("Who you are"), Items: []props.Item{
				{Icon: "mail", Title: say("E-mail address"), Plain: "ada@example.com", Action: change},
				{Icon: "user", Title: say("Username"), Text: say("None yet"), Action: props.Link{Label: say("Choose one"), URL: "/change-username"}},
			}},
			{Title: say("Signing in"), Items: []props.Item{
				{Icon: "lock", Title: say("Password"), Text: say("Changed three months ago"), Action: change},
				{Icon: "key-round", Title: say("Passkeys"), State: say("1 active"), Tone: "ok", Text: say("iCloud Keychain, last used today"), Action: manage},
			}},
			{Title: say("Second step"), Intro: say("Asked after your password, never after a passkey."), Items: []props.Item{
				{Icon: "smartphone", Title: say("Authenticator app"), State: say("On"), Tone: "ok", Text: say("Set up on 4 March"), Action: change},
				{Icon: "scroll-text", Title: say("Recovery codes"), State: say("3 left"), Tone: "warn", Text: say("Each lets you in once, without your phone"), Action: props.Link{Label: say("New codes"), URL: "/codes"}},
				{Icon: "monitor", Title: say("This device"), State: say("New"), Text: say("Signed in today at 10:04")},
			}},
		},
	}
}

func trouble(status int, headline, advice string, wait int, id string) props.Error {
	return props.Error{
		Status: status, Headline: say(headline), Advice: say(advice), RetryAfter: wait, RequestID: id,
		Links: []props.Link{{Label: say("Go to the start page"), URL: "/"}, {Label: say("Sign in"), URL: "/login"}},
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
	var p props.Gallery
	for _, name := range []string{"welcome", "register-existing"} {
		p.Samples = append(p.Samples, props.Sample{Name: name, Versions: []props.SampleVersion{
			{Language: "English", Lang: "en", Dir: "ltr", Subject: "Welcome to Shop", URL: "/dev/mails/" + name + "?in=en"},
			{Language: "فارسی", Lang: "fa", Dir: "rtl", Subject: "به Shop خوش آمدید", URL: "/dev/mails/" + name + "?in=fa"},
		}})
	}
	return p
}

func letter() props.MailboxMail {
	return props.MailboxMail{
		MailboxEntry: letters()[1], HTML: "/dev/mailbox/1/html", Back: "/dev/mailbox", BackTo: say("Mailbox"), Inbox: "/dev/mailbox?to=ada%40example.com",
		Links: []string{"http://localhost:3000/login"}, Codes: []string{"4821 9037"},
		Text:   "Hello Ada,\n\nyour account at Shop is open. Sign in whenever you like:\n\nhttp://localhost:3000/login\n\n4821 9037\n",
		Source: "Subject: Welcome to Shop\r\nTo: <ada@example.com>\r\n\r\nHello Ada,\r\n",
	}
}

func outside(title string) props.Page {
	return props.Page{
		Title: title + " · Shop", AppName: "Shop", Lang: "en", Dir: "ltr", Home: "/", Entrance: true,
		Foot: []props.Link{{Label: say("Privacy"), URL: "/privacy"}, {Label: say("Terms"), URL: "/terms"}},
		Dev:  &props.Link{Label: say("Mailbox"), URL: "/dev/mailbox"},
	}
}

func inside(title string) props.Page {
	p := outside(title)
	p.Entrance, p.Who, p.SignOut = false, &ada, "/logout"
	p.Nav = []props.Link{
		{Label: say("Account"), URL: "/account", Icon: "user", Current: true},
		{Label: say("Devices"), URL: "/devices", Icon: "monitor-smartphone"},
		{Label: say("Activity"), URL: "/activity", Icon: "history"},
		{Label: say("Access tokens"), URL: "/tokens", Icon: "key-round"},
	}
	return p
}

func guest(title string) props.Page {
	p := outside(title)
	p.Entrance = false
	p.Guest = []props.Link{{Label: say("Sign in"), URL: "/login"}, {Label: say("Create an account"), URL: "/register"}}
	return p
}

func alone(p props.Page) props.Page {
	p.Nav, p.Foot, p.Dev = p.Nav[:1], nil, nil
	return p
}

func flashed(p props.Page, kind, text string) props.Page {
	p.Flash = props.Flash{Kind: kind, Message: say(text)}
	return p
}

func say(english string) locales.Message { return locales.Message{Code: "test", English: english} }
