package components_test

import (
	"context"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/components/form"
)

func TestKitHasEveryElement(t *testing.T) {
	t.Parallel()
	complete(t, "Kit", elements.Kit())
	complete(t, "Or", components.Elements{}.Or(elements.Kit()))
}

func complete(t *testing.T, name string, parts any) {
	t.Helper()
	v := reflect.ValueOf(parts)
	for i := range v.NumField() {
		if v.Field(i).IsNil() {
			t.Errorf("%s leaves %s nil", name, v.Type().Field(i).Name)
		}
	}
}

// Every element and every slot of the host's is really used, wherever the kit draws one.
func TestHostsElementsAreUsed(t *testing.T) {
	t.Parallel()
	f := form.Blank("login", "/login", &entry{})
	own := func(name string) templ.Component { return templ.Raw("<own>" + name + "</own>") }
	scope := components.Scope{
		Elements: components.Elements{
			Button:   func(b components.Button) templ.Component { return own("button " + b.Label) },
			Field:    func(f components.Field) templ.Component { return own("field " + f.Name) },
			Password: func(p components.Password) templ.Component { return own("password " + p.Name) },
			Checkbox: func(c components.Checkbox) templ.Component { return own("checkbox " + c.Name) },
			Choice:   func(c components.Choice) templ.Component { return own("choice " + c.Name) },
			Code:     func(c components.Code) templ.Component { return own("code " + c.Name) },
			Alert:    func(a components.Alert) templ.Component { return own("alert " + a.Text) },
			Brand:    func(b components.Brand) templ.Component { return own("brand " + b.Name) },
			Icon:     func(name string) templ.Component { return own("icon " + name) },
			Card:     func(title, _ string) templ.Component { return own("card " + title) },
			Panel:    func(title, _ string) templ.Component { return own("panel " + title) },
		},
		Slots: components.Slots{
			HeadEnd:   func() templ.Component { return own("head end") },
			AboveForm: func(f form.Form) templ.Component { return own("above " + f.Name) },
			BelowForm: func(f form.Form) templ.Component { return own("below " + f.Name) },
			Foot:      func() templ.Component { return own("foot") },
		},
	}
	complete(t, "this test", scope.Elements)
	complete(t, "this test", scope.Slots)
	for want, part := range map[string]templ.Component{
		"button Save": components.Button{Label: "Save"}, "button Change": components.Item{Title: "Name", Action: components.Link{Label: "Change", URL: "/"}},
		"field email": components.Field{Field: f.Field("email")}, "password password": components.Password{Field: f.Field("password")},
		"checkbox terms": components.Checkbox{Field: f.Field("terms")}, "choice role": components.Choice{Field: form.Field{Name: "role"}},
		"code code":  components.Code{Field: form.Field{Name: "code"}},
		"alert Done": components.FlashRegion(components.Alert{Text: "Done"}), "brand Shop": components.Brand{Name: "Shop"},
		"icon mail": components.Icon("mail"), "card Title": components.Card("Title", ""), "panel Title": components.Panel("Title", ""),
		"head end": components.Head("Title"), "above login": components.Form(f), "below login": components.Form(f), "foot": components.Foot(),
	} {
		if html := text(t, scope, part); !strings.Contains(html, "<own>"+want+"</own>") {
			t.Errorf("%T does not draw the host's %q: %s", part, want, html)
		}
	}
}

func TestHostsElementMayAddToTheKits(t *testing.T) {
	t.Parallel()
	arrow := components.Elements{Button: func(b components.Button) templ.Component {
		b.Label += " →"
		return elements.Button(b)
	}}
	doc := draw(t, components.Scope{Elements: arrow}, components.Button{Label: "Go"})
	if got := strings.TrimSpace(doc.Find("button.gh-button").Text()); got != "Go →" {
		t.Errorf("the button says %q", got)
	}
}

func TestHostsCardHoldsWhatTheKitsWould(t *testing.T) {
	t.Parallel()
	wrap := func(title, intro string) templ.Component { return elements.Card(title+"!", intro) }
	doc := draw(t, components.Scope{Elements: components.Elements{Card: wrap}}, holding(components.Card("Sign in", ""), components.Button{Label: "Go"}))
	if doc.Find(".gh-card button").Length() != 1 || doc.Find(".gh-card h1").Text() != "Sign in!" {
		html, _ := doc.Html()
		t.Errorf("the card is %s", html)
	}
}

// What is missing is told by name and with its remedy, whether the context has no scope at all or
// one with a gap.
func TestWithoutElementsDrawingSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	all := map[string]templ.Component{
		"Button": components.Button{}, "Field": components.Field{}, "Password": components.Password{}, "Checkbox": components.Checkbox{},
		"Choice": components.Choice{}, "Code": components.Code{}, "Alert": components.Alert{}, "Brand": components.Brand{},
		"Icon": components.Icon("mail"), "Card": components.Card("", ""), "Panel": components.Panel("", ""),
	}
	if fields := reflect.TypeFor[components.Elements]().NumField(); len(all) != fields {
		t.Errorf("%d of %d elements are tried", len(all), fields)
	}
	for name, part := range all {
		for about, ctx := range map[string]context.Context{"no scope": t.Context(), "a gap": components.With(t.Context(), components.Scope{})} {
			err := part.Render(ctx, io.Discard)
			if err == nil || !strings.Contains(err.Error(), "draws a "+name+":") || !strings.Contains(err.Error(), "elements.Kit()") {
				t.Errorf("%s, %s: %v", name, about, err)
			}
		}
	}
}

func TestFilesAreWhereTheyUsuallyAre(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	ctx := components.With(t.Context(), components.Scope{Elements: elements.Kit()})
	if err := components.Head("T").Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `href="/static/gatehouse.`) {
		t.Errorf("the head is %s", b.String())
	}
}

// What an element is given is settled: whoever gave the label, and whether its view is the one that
// was asked for.
func TestElementsAreGivenWhatIsSettled(t *testing.T) {
	t.Parallel()
	field := form.Field{Name: "town", Label: "Town", Focus: true}
	seen := components.Elements{
		Field:    func(f components.Field) templ.Component { return templ.Raw(f.Label + yes(f.Focus)) },
		Password: func(p components.Password) templ.Component { return templ.Raw(p.Label + yes(p.Focus)) },
		Checkbox: func(c components.Checkbox) templ.Component { return templ.Raw(c.Label + yes(c.Focus)) },
		Choice:   func(c components.Choice) templ.Component { return templ.Raw(c.Label + yes(c.Focus)) },
		Code:     func(c components.Code) templ.Component { return templ.Raw(c.Label + yes(c.Focus)) },
	}
	for _, part := range []templ.Component{
		components.Field{Field: field},
		components.Password{Field: field},
		components.Checkbox{Field: field},
		components.Choice{Field: field},
		components.Code{Field: field},
	} {
		if got := text(t, components.Scope{Elements: seen}, part); got != "Town, focused" {
			t.Errorf("%T is given %q", part, got)
		}
		if got := text(t, components.Scope{Elements: seen}, components.Beside(part)); got != "Town" {
			t.Errorf("%T beside the view that was asked for is given %q", part, got)
		}
	}
}

func yes(focus bool) string {
	if focus {
		return ", focused"
	}
	return ""
}
