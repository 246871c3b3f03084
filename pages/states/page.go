package states

import (
	"reflect"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func ada() props.Who {
	return props.Who{Name: "Ada Lovelace", Email: "ada@example.com", Initials: "AL"}
}

func outside() props.Page {
	return props.Page{
		Home: "/", Entrance: true,
		Foot: []props.Link{{Label: say("Privacy"), URL: "/privacy"}, {Label: say("Terms"), URL: "/terms"}},
	}
}

func inside() props.Page {
	p := outside()
	p.Entrance, p.Who, p.SignOut = false, new(ada()), "/logout"
	p.Nav = []props.Link{
		{Label: say("Account"), URL: "/account", Icon: "user", Current: true},
		{Label: say("Devices"), URL: "/devices", Icon: "monitor-smartphone"},
		{Label: say("Activity"), URL: "/activity", Icon: "history"},
		{Label: say("Access tokens"), URL: "/tokens", Icon: "key-round"},
	}
	return p
}

func guest() props.Page {
	p := outside()
	p.Entrance = false
	p.Dev = []props.Link{
		{Label: say("Mailbox"), URL: "/dev/mailbox", Icon: "inbox"}, {Label: say("Gallery"), URL: "/dev/gallery", Icon: "eye"},
	}
	p.Guest = []props.Link{{Label: say("Sign in"), URL: "/login"}, {Label: say("Create an account"), URL: "/register"}}
	return p
}

func alone(p props.Page) props.Page {
	p.Nav, p.Foot = p.Nav[:1], nil
	return p
}

func flashed(p props.Page, kind, text string) props.Page {
	p.Flash = props.Flash{Kind: kind, Message: say(text)}
	return p
}

func say(english string) locales.Message { return locales.Message{Code: "sample", English: english} }

// longName is an address that leaves no room.
func longName() string { return strings.Repeat("long", 20) + "@example.com" }

// locked is the page of a form that was sent too often; field is the one of the props that holds it.
func locked[P Props](p P, field string) P {
	const seconds = 48
	p = failed(p, field, "", say("Too many tries"), say("Wait %s, then try again. Nothing is lost.").With(seconds*time.Second))
	formOf(&p, field).Wait = seconds
	return p
}

// failed is the page once something was wrong with what was typed under name; "" is the form itself.
func failed[P Props](p P, field, name string, what ...locales.Message) P {
	formOf(&p, field).Fail(name, what...)
	return p
}

func formOf[P Props](p *P, field string) *form.Form {
	return reflect.ValueOf(p).Elem().FieldByName(field).Addr().Interface().(*form.Form)
}
