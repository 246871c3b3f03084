package states

import (
	"reflect"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func componentStates() []shown {
	list := []shown{
		{"button", outside(), specimen{"Button", carded, buttons()}},
		{"field", outside(), specimen{"Field", carded, fields(sample(sampled{}))}},
		{"field-filled", outside(), specimen{"Field", carded, fields(sample(sampled{Email: "ada@example.com", Name: longName()}))}},
		{"field-invalid", outside(), specimen{"Field", carded, fields(sampleRefused())}},
		{"password", outside(), specimen{"Password", carded, passwords(sample(sampled{}))}},
		{"password-invalid", outside(), specimen{"Password", carded, passwords(sampleRefused())}},
		{"checkbox", outside(), specimen{"Checkbox", carded, checkboxes(sample(sampled{}))}},
		{"checkbox-invalid", outside(), specimen{"Checkbox", carded, checkboxes(sampleRefused())}},
		{"choice", outside(), specimen{"Choice", carded, choices(sample(sampled{}))}},
		{"choice-filled", outside(), specimen{"Choice", carded, choices(sample(sampled{Role: "editor"}))}},
		{"choice-invalid", outside(), specimen{"Choice", carded, choices(sampleRefused())}},
		{"code", outside(), specimen{"Code", carded, codes(sample(sampled{}))}},
		{"code-invalid", outside(), specimen{"Code", carded, codes(sampleRefused())}},
		{"error-summary", outside(), specimen{"ErrorSummary", carded, summary(sampleRefused())}},
		{"alert", outside(), specimen{"Alert", carded, alerts()}},
		{"card", outside(), specimen{"Card", bare, card()}},
		{"brand", outside(), specimen{"Brand", carded, brands()}},
		{"icon", guest(), specimen{"Icon", hubbed, icons()}},
		{"panel", inside(), specimen{"Panel", hubbed, panel()}},
		{"panel-empty", inside(), specimen{"EmptyState", hubbed, emptyPanel()}},
		{"table", inside(), specimen{"Table", hubbed, table()}},
		{"tag", inside(), specimen{"Tag", hubbed, tags()}},
		{"dialog", inside(), specimen{"Dialog", hubbed, dialog()}},
		{"qr", inside(), specimen{"QR", hubbed, scanned()}},
		{"codes", inside(), specimen{"Codes", hubbed, kept()}},
		{"countdown", outside(), specimen{"Countdown", carded, countdown()}},
		{"avatar-menu", inside(), specimen{"AvatarMenu", bare, menus()}},
		{"embed", guest(), specimen{"Embed", hubbed, embedded()}},
	}
	for i := range list {
		list[i].page.Foot = nil
	}
	return list
}

// A specimen is a component on a page of its own.
type specimen struct {
	name   string
	around func(name string, look templ.Component) templ.Component
	look   templ.Component
}

func (s specimen) Title() locales.Message {
	return locales.Message{Code: "mailbox.mail", English: "%s"}.With(s.view())
}

func (s specimen) view() string {
	if _, replaceable := reflect.TypeFor[components.Elements]().FieldByName(s.name); replaceable {
		return "Elements." + s.name
	}
	return "components." + s.name
}

func (s specimen) draw(pages.Views) templ.Component { return s.around(s.view(), s.look) }

type sampled struct {
	Email    string `form:"email,required,kind=email"`
	Name     string `form:"name"`
	Password string `form:"password,required,secret,min=8"`
	Terms    bool   `form:"terms,required"`
	News     bool   `form:"news"`
	Role     string `form:"role"`
	Code     string `form:"code,required"`
}

func sample(typed sampled) form.Form { return form.Blank("sample", "/", &typed) }

func sampleRefused() form.Form {
	f := sample(sampled{Email: "ada@", News: true})
	f.Fail("email", say("This is not a full e-mail address, like name@example.com."))
	f.Fail("name", say("This username is taken. Choose another."))
	f.Fail("password", say("Use at least %d characters. A few words in a row are easy to remember.").With(8))
	f.Fail("terms", say("Accept the terms to open an account."))
	f.Fail("role", say("This role cannot be given. Choose another."))
	f.Fail("code", say("This code is wrong or no longer good. Check it, or have a new message sent."))
	return f
}

func entries() []components.Entry {
	return []components.Entry{{Label: "Account", URL: "/account", Icon: "user", Current: true}, {Label: "Devices", URL: "/devices", Icon: "monitor-smartphone"}}
}

func person(p props.Who) components.Person {
	return components.Person{Name: p.Name, Email: p.Email, Initials: p.Initials}
}

// iconNames are the icons that pages ask for.
func iconNames() []string {
	return []string{
		"arrow-left", "at-sign", "calendar", "check", "chevron-down", "chevron-left", "chevron-right", "circle-alert", "circle-check", "clock",
		"copy", "external-link", "eye", "globe", "history", "house", "inbox", "info", "key-round", "lock", "lock-keyhole", "log-in", "log-out",
		"mail", "mail-check", "monitor", "monitor-smartphone", "scroll-text", "search", "settings", "shield", "shield-check", "smartphone",
		"trash-2", "triangle-alert", "user", "user-plus", "users", "x",
	}
}
