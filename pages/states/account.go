package states

import (
	"time"

	"github.com/gatehouse-go/gatehouse/pages/props"
)

func accountStates() []shown {
	return []shown{
		{"account", inside(), account()},
		{"account-flash", flashed(inside(), "good", "Your password is changed. Every other device is signed out."), account()},
		{"account-bare", alone(inside()), props.Account{Who: ada()}},
	}
}

func account() props.Account {
	change := props.Link{Label: say("Change"), URL: "/change"}
	manage := props.Link{Label: say("Manage"), URL: "/manage"}
	return props.Account{
		Who: ada(), Joined: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC),
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
