package components_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

type entry struct {
	Email    string `form:"email,required,kind=email"`
	Nick     string `form:"nick"`
	Password string `form:"password,required,secret,min=12"`
	Terms    bool   `form:"terms,required"`
}

func say(english string) locales.Message { return locales.Message{Code: "test", English: english} }

func TestFieldTiesItsParts(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign-up", "/register", &entry{Email: `a"b@example.com`})
	f.Fail("email", say("Enter an address."), say("Shorter, too."))
	doc := draw(t, components.Scope{}, components.Field{
		Field: f.Field("email"), Label: "E-mail", Hint: "We write rarely.", Autocomplete: "email", InputMode: "email",
		Beside: components.Link{Label: "Why?", URL: "/why"},
	})
	wants(t, doc, "input", map[string]string{
		"id": "sign-up-email", "name": "email", "type": "email", "value": `a"b@example.com`, "autocomplete": "email", "inputmode": "email",
		"aria-describedby": "sign-up-email-hint sign-up-email-error", "aria-invalid": "true", "required": "", "autofocus": "", "dir": "ltr",
	})
	wants(t, doc, "label", map[string]string{"for": "sign-up-email"})
	wants(t, doc, "a", map[string]string{"href": "/why"})
	if got := strings.TrimSpace(doc.Find("label").Text()); got != "E-mail" {
		t.Errorf("label says %q", got)
	}
	if got := doc.Find("#sign-up-email-hint").Text(); got != "We write rarely." {
		t.Errorf("hint says %q", got)
	}
	if got := doc.Find("#sign-up-email-error p").Length(); got != 2 {
		t.Errorf("%d errors are told, want 2", got)
	}
}

func TestFieldWithNothingWrong(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign-up", "/register", &entry{})
	doc := draw(t, components.Scope{}, components.Field{Field: f.Field("nick"), Label: "Nickname"})
	wants(t, doc, "input", map[string]string{
		"type": "text", "required": "-", "autofocus": "-", "aria-invalid": "-", "aria-describedby": "-", "dir": "auto", "autocomplete": "-",
	})
	if got := doc.Find("label").Text(); !strings.Contains(got, "(optional)") {
		t.Errorf("the label of an optional field says %q", got)
	}
	if doc.Find(".gh-error, .gh-hint").Length() != 0 {
		t.Error("a field with neither hint nor error draws one")
	}
}

func TestPasswordIsNeverDrawn(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign-up", "/register", &entry{Password: "hunter2hunter2"})
	secret := f.Field("password")
	secret.Value = "hunter2hunter2"
	html := text(t, components.Scope{}, components.Password{Field: secret, Label: "Password"})
	if strings.Contains(html, "hunter2") {
		t.Errorf("the password is in the page: %s", html)
	}
	if strings.Contains(html, "maxlength") {
		t.Error("a password is cut short as it is typed")
	}
	doc := draw(t, components.Scope{}, components.Password{Field: secret, Label: "Password"})
	wants(t, doc, "input", map[string]string{"type": "password", "autocomplete": "current-password", "value": "-", "data-gh-meter": "-"})
	wants(t, doc, "button", map[string]string{"type": "button", "data-gh-peek": "sign-up-password", "aria-controls": "sign-up-password"})
}

func TestNewPasswordHasAMeter(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign-up", "/register", &entry{})
	doc := draw(t, components.Scope{}, components.Password{Field: f.Field("password"), Label: "Password", New: true, Meter: true})
	wants(t, doc, "input", map[string]string{"autocomplete": "new-password", "data-gh-meter": "sign-up-password-meter", "data-gh-min": "12"})
	wants(t, doc, "#sign-up-password-meter", map[string]string{"data-level": "-"})
	if n := doc.Find("#sign-up-password-meter [data-level]").Length(); n != 4 {
		t.Errorf("the meter has %d words, want 4", n)
	}
}

func TestCheckbox(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign-up", "/register", &entry{Terms: true})
	f.Fail("terms", say("Tick the box."))
	doc := draw(t, components.Scope{}, components.Checkbox{
		Field: f.Field("terms"), Label: "I accept the terms.", Link: components.Link{Label: "Read them", URL: "/terms"},
	})
	wants(t, doc, "input", map[string]string{
		"type": "checkbox", "id": "sign-up-terms", "value": "true", "checked": "", "required": "",
		"aria-invalid": "true", "aria-describedby": "sign-up-terms-error",
	})
	wants(t, doc, "label", map[string]string{"for": "sign-up-terms"})
	if doc.Find("label a").Length() != 0 {
		t.Error("the link is in the label, where a click would tick the box")
	}
	f = form.Blank("sign-up", "/register", &entry{})
	wants(t, draw(t, components.Scope{}, components.Checkbox{Field: f.Field("terms")}), "input", map[string]string{"checked": "-"})
}

func TestExtraFieldsFollowTheirKind(t *testing.T) {
	t.Parallel()
	for kind, typed := range map[string]string{"text": "text", "email": "email", "password": "password", "checkbox": "checkbox"} {
		field := form.Field{Name: "more", ID: "f-more", Kind: kind, Label: "More of it", Required: true}
		doc := draw(t, components.Scope{}, components.Extra(field))
		wants(t, doc, "input", map[string]string{"type": typed, "name": "more"})
		if got := strings.TrimSpace(doc.Find("label").Text()); got != "More of it" {
			t.Errorf("the label of a %s says %q", kind, got)
		}
	}
}

// The input of a field that the host draws is the host's, and what is wrong with it has a place.
func TestExtraOfTheHostsOwn(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign-up", "/register", &entry{})
	f.BlankBeside(&struct {
		Token string `form:"token,kind=own"`
		Fun   bool   `form:"fun,label=Fun"`
	}{})
	if doc := draw(t, components.Scope{}, components.Extras(f)); doc.Find("input").Length() != 1 || doc.Find("#sign-up-token").Length() != 0 {
		t.Error("it is drawn")
	}
	f.Fail("token", say("Try again."))
	doc := draw(t, components.Scope{}, components.Extras(f), components.ErrorSummary(f, true))
	if got := strings.TrimSpace(doc.Find("#sign-up-token #sign-up-token-error").Text()); got != "Try again." {
		t.Errorf("it says %q", got)
	}
	wants(t, doc, "[role=alert] a", map[string]string{"href": "#sign-up-token"})
	wants(t, doc, "#sign-up-token", map[string]string{"tabindex": "-1"})
}

func TestCodeTakesPasteAndAutofill(t *testing.T) {
	t.Parallel()
	field := form.Field{Name: "code", ID: "tf-code", Value: "123456", Required: true}
	doc := draw(t, components.Scope{}, components.Code{Field: field, Label: "Code", Digits: 6, Focus: true})
	wants(t, doc, "input", map[string]string{
		"autocomplete": "one-time-code", "inputmode": "numeric", "type": "text", "value": "-", "maxlength": "-", "autofocus": "", "dir": "ltr",
	})
	doc = draw(t, components.Scope{}, components.Code{Field: field, Label: "Recovery code"})
	wants(t, doc, "input", map[string]string{"inputmode": "text", "autofocus": "-"})
}
