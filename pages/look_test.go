package pages_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/components/theme"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
	"github.com/gatehouse-go/gatehouse/static"
)

// What a host's theme and slots make of a page, its markup held as that of the kit's own is.
func TestLooksAreAsTheyWere(t *testing.T) {
	t.Parallel()
	var fields struct {
		Email    string `form:"email,required"`
		Password string `form:"password,required,secret"`
	}
	view := pages.Login(props.Login{Form: form.Blank("login", "/login", &fields), AppName: "Shop", Email: true})
	entrance := props.Page{View: "login", Title: "Sign in · Shop", AppName: "Shop", Lang: "en", Dir: "ltr", Home: "/", Entrance: true}
	shaped := func(shape theme.Shape) props.Page {
		p := entrance
		p.Shape = string(shape)
		return p
	}
	hub := entrance
	hub.Entrance, hub.Who, hub.SignOut = false, &props.Who{Name: "Ada", Initials: "A", Roles: []string{"admin"}}, "/logout"
	told := func(name string) func(props.Page) templ.Component {
		return func(p props.Page) templ.Component { return templ.Raw("<p>" + name + " of " + p.View + "</p>") }
	}
	at := func(name string) func(props.Page, form.Form) templ.Component {
		return func(p props.Page, f form.Form) templ.Component {
			return templ.Raw("<p>" + name + " " + f.Name + " of " + p.View + "</p>")
		}
	}
	slots := pages.Slots{
		HeadEnd: func(props.Page) templ.Component { return templ.Raw(`<link rel="stylesheet" href="/shop.css"/>`) },
		Header:  told("header"), Aside: told("aside"), Foot: told("foot"), AboveForm: at("above"), BelowForm: at("below"), AfterSubmit: at("behind"),
	}
	sheet := static.Make("theme.css", []byte(theme.Theme{Accent: "#0a7d5a", Radius: "4px"}.CSS()))
	for name, page := range map[string]props.Page{
		"plain": shaped(theme.Plain), "split": shaped(theme.Split), "card": shaped(theme.Card), "hub": hub,
	} {
		ctx := components.With(t.Context(), components.Scope{Token: func() string { return "token-of-this-visitor" }, Elements: elements.Kit(), Theme: &sheet})
		var b bytes.Buffer
		if err := pages.Layout(page, view).Render(slots.In(ctx, page), &b); err != nil {
			t.Fatal(err)
		}
		got := golden(strings.NewReplacer(sheet.HashedName, sheet.Name, templ.EscapeString(sheet.Integrity), "sha384-of-"+sheet.Name).Replace(b.String()))
		path := filepath.Join("testdata", "looks", name+".html")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not what it was; look at it, then run with -update:\n%s", path, difference(string(want), got))
		}
	}
}
