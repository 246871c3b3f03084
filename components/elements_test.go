package components_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
)

func TestKitHasEveryElement(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]components.Elements{"Kit": components.Kit(), "WithDefaults": components.Elements{}.WithDefaults()} {
		complete(t, name, e)
	}
}

func complete(t *testing.T, name string, e components.Elements) {
	t.Helper()
	v := reflect.ValueOf(e)
	for i := range v.NumField() {
		if v.Field(i).IsNil() {
			t.Errorf("%s leaves %s nil", name, v.Type().Field(i).Name)
		}
	}
}

// Every element of the host's is really used, wherever the kit draws one.
func TestHostsElementsAreUsed(t *testing.T) {
	t.Parallel()
	f := form.Blank("login", "/login", &entry{})
	own := func(name string) templ.Component { return templ.Raw("<own>" + name + "</own>") }
	elements := components.Elements{
		Button:    func(b components.Button) templ.Component { return own("button " + b.Label) },
		Field:     func(f components.Field) templ.Component { return own("field " + f.Name) },
		Password:  func(p components.Password) templ.Component { return own("password " + p.Name) },
		Checkbox:  func(c components.Checkbox) templ.Component { return own("checkbox " + c.Name) },
		Choice:    func(c components.Choice) templ.Component { return own("choice " + c.Name) },
		Code:      func(c components.Code) templ.Component { return own("code " + c.Name) },
		Alert:     func(a components.Alert) templ.Component { return own("alert " + a.Text) },
		Brand:     func(b components.Brand) templ.Component { return own("brand " + b.Name) },
		Icon:      func(name string) templ.Component { return own("icon " + name) },
		Card:      func(title, _ string) templ.Component { return own("card " + title) },
		Panel:     func(title, _ string) templ.Component { return own("panel " + title) },
		HeadEnd:   func() templ.Component { return own("head end") },
		AboveForm: func(f form.Form) templ.Component { return own("above " + f.Name) },
		BelowForm: func(f form.Form) templ.Component { return own("below " + f.Name) },
		Foot:      func() templ.Component { return own("foot") },
	}
	complete(t, "this test", elements)
	for want, part := range map[string]templ.Component{
		"button Save": components.Button{Label: "Save"}, "button Change": components.Item{Title: "Name", Action: components.Link{Label: "Change", URL: "/"}},
		"field email": components.Field{Field: f.Field("email")}, "password password": components.Password{Field: f.Field("password")},
		"checkbox terms": components.Checkbox{Field: f.Field("terms")}, "choice role": components.Choice{Field: form.Field{Name: "role"}},
		"code code":  components.Code{Field: form.Field{Name: "code"}},
		"alert Done": components.FlashRegion(components.Alert{Text: "Done"}), "brand Shop": components.Brand{Name: "Shop"},
		"icon mail": components.Icon("mail"), "card Title": components.Card("Title", ""), "panel Title": components.Panel("Title", ""),
		"head end": components.Head("Title"), "above login": components.Form(f), "below login": components.Form(f), "foot": components.Foot(),
	} {
		if html := text(t, components.Scope{Elements: elements}, part); !strings.Contains(html, "<own>"+want+"</own>") {
			t.Errorf("%T does not draw the host's %q: %s", part, want, html)
		}
	}
}

func TestHostsElementMayAddToTheKits(t *testing.T) {
	t.Parallel()
	elements := components.Elements{Button: func(b components.Button) templ.Component {
		b.Label += " →"
		return components.Kit().Button(b)
	}}
	doc := draw(t, components.Scope{Elements: elements}, components.Button{Label: "Go"})
	if got := strings.TrimSpace(doc.Find("button.gh-button").Text()); got != "Go →" {
		t.Errorf("the button says %q", got)
	}
}

func TestHostsCardHoldsWhatTheKitsWould(t *testing.T) {
	t.Parallel()
	wrap := func(title, intro string) templ.Component { return components.Kit().Card(title+"!", intro) }
	doc := draw(t, components.Scope{Elements: components.Elements{Card: wrap}}, holding(components.Card("Sign in", ""), components.Button{Label: "Go"}))
	if doc.Find(".gh-card button").Length() != 1 || doc.Find(".gh-card h1").Text() != "Sign in!" {
		html, _ := doc.Html()
		t.Errorf("the card is %s", html)
	}
}

func TestWithoutAScopeTheKitsOwnIsDrawn(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := components.Head("T").Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `href="/static/gatehouse.`) {
		t.Errorf("the head is %s", b.String())
	}
}
