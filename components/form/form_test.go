package form_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

var (
	broken = locales.Message{Code: "test.broken", English: "This is broken."}
	choose = locales.Message{Code: "test.choose", English: "Choose a colour."}
)

// A kitForm is a form that has its own words and that hosts embed.
type kitForm struct {
	Email string `form:"email,required"`
	Agree bool   `form:"agree,required"`
}

func (*kitForm) Missing(name string) locales.Message {
	return map[string]locales.Message{"email": choose}[name]
}

// An Extra is embedded by pointer, which no form may do.
type Extra struct {
	Town string `form:"town"`
}

type hostForm struct {
	kitForm
	Company string `form:"company,required,max=80,label=Company name"`
	Private string
}

func names(fields []form.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}

func TestEmbeddedForm(t *testing.T) {
	t.Parallel()
	var dst hostForm
	f := decode(&dst, form.Input{"email": "a@b.example", "agree": "on", "company": "Acme", "Private": "x", "private": "x"})
	if want := (hostForm{kitForm{"a@b.example", true}, "Acme", ""}); dst != want || f.Invalid() {
		t.Errorf("got %+v, invalid %v", dst, f.Invalid())
	}
	if got := names(f.Fields()); !slices.Equal(got, []string{"email", "agree", "company"}) {
		t.Errorf("order %v", got)
	}
	if got := names(f.Extra()); !slices.Equal(got, []string{"company"}) {
		t.Errorf("extra %v", got)
	}
	if field := f.Field("company"); field.Label != "Company name" || field.Max != 80 || field.ID != "sign_up-company" || !field.Required {
		t.Errorf("company is %+v", field)
	}
}

func TestFieldsBeforeTheEmbeddedForm(t *testing.T) {
	t.Parallel()
	var dst struct {
		Invitation string `form:"invitation"`
		hostForm
		Town string `form:"town"`
	}
	f := form.Blank("f", "/", &dst)
	if got := names(f.Fields()); !slices.Equal(got, []string{"invitation", "email", "agree", "company", "town"}) {
		t.Errorf("order %v", got)
	}
	if got := names(f.Extra()); !slices.Equal(got, []string{"invitation", "company", "town"}) {
		t.Errorf("extra %v: every field outside the kit's own form is the host's", got)
	}
}

// The words of an embedded form hold for its own fields; a host's have the usual ones.
func TestSayer(t *testing.T) {
	t.Parallel()
	var dst hostForm
	f := decode(&dst, form.Input{})
	for name, want := range map[string]string{"email": "test.choose", "agree": "form.unticked", "company": "form.missing"} {
		if got := codes(f.Field(name).Errors); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", name, got, want)
		}
	}
}

func TestBlankShowsWhatThereIsButNoSecret(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign_up", "/register", &signUp{Email: "a@b.example", Password: "hunter2", Terms: true, Role: "admin"})
	if f.Invalid() || f.Name != "sign_up" || f.Action != "/register" {
		t.Errorf("form %+v", f)
	}
	if f.Field("email").Value != "a@b.example" || !f.Field("terms").Checked || f.Field("remember").Checked {
		t.Errorf("fields %+v", f.Fields())
	}
	if dump := fmt.Sprintf("%+v", f); strings.Contains(dump, "hunter2") || strings.Contains(dump, "admin") {
		t.Errorf("the form holds what it must not: %s", dump)
	}
	kinds := map[string]string{"email": "email", "name": "text", "password": "password", "terms": "checkbox"}
	for name, want := range kinds {
		if got := f.Field(name).Kind; got != want {
			t.Errorf("%s is a %s, want %s", name, got, want)
		}
	}
}

// Whatever is wrong with a secret, it is neither shown again nor said.
func TestSecretsAreNeverEchoed(t *testing.T) {
	t.Parallel()
	for _, sent := range []any{"hunter2", "hunter2 is too long for this", "hunter2\x00", "hunter2\xff", []any{"hunter2"}, map[string]any{"x": "hunter2"}} {
		var dst signUp
		f := decode(&dst, form.Input{"password": sent})
		if dump := fmt.Sprintf("%+v", f); strings.Contains(dump, "hunter2") {
			t.Errorf("%q is in %s", sent, dump)
		}
	}
}

func TestFailAndFocus(t *testing.T) {
	t.Parallel()
	var dst signUp
	f := decode(&dst, form.Input{"email": "a@b.example", "password": "secret", "terms": "on"})
	focused := func() string {
		var on []string
		for _, field := range f.Fields() {
			if field.Focus {
				on = append(on, field.Name)
			}
		}
		return strings.Join(on, " ")
	}
	if got := focused(); got != "" {
		t.Errorf("focus on %q without a reason", got)
	}
	f.FocusOn("password")
	if got := focused(); got != "password" || !f.Field("password").Focus {
		t.Errorf("focus on %q, want password", got)
	}
	f.Fail("", broken)
	if got := focused(); got != "password" || !f.Invalid() || f.ErrorCount() != 1 {
		t.Errorf("after a form error: focus on %q, %d errors", got, f.ErrorCount())
	}
	f.Fail("terms", broken)
	f.Fail("name", broken, broken)
	if got := focused(); got != "name" {
		t.Errorf("focus on %q, want the first field in error", got)
	}
	f.Fail("no such field", broken)
	if len(f.Errors) != 2 || f.ErrorCount() != 5 {
		t.Errorf("%d form errors, %d in all", len(f.Errors), f.ErrorCount())
	}
	f.FocusOn("no such field")
	if got := focused(); got != "name" {
		t.Errorf("focus on %q", got)
	}
}

func TestDropAndRequire(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign_up", "/", &signUp{})
	f.Drop("name", "terms", "no such field")
	if got := names(f.Fields()); !slices.Equal(got, []string{"email", "code", "password", "remember"}) {
		t.Errorf("fields %v", got)
	}
	f.Require("code", true)
	f.Require("email", false)
	f.Require("name", true)
	if !f.Field("code").Required || f.Field("email").Required || f.Has("name") {
		t.Errorf("fields %+v", f.Fields())
	}
	if field := f.Field("name"); field.ID != "sign_up-name" || field.Kind != "text" || field.Required {
		t.Errorf("a field that is not there is %+v", field)
	}
	f.Drop("email", "code", "password", "remember")
	if f.Invalid() || len(f.Fields()) != 0 {
		t.Errorf("an empty form is %+v", f)
	}
}

// Forms are handed about by value: what is done to one must not reach another.
func TestCopiesAreApart(t *testing.T) {
	t.Parallel()
	first := form.Blank("f", "/", &signUp{})
	second := first
	second.Drop("email")
	second.Fail("name", broken)
	second.Require("remember", true)
	if got := names(first.Fields()); len(got) != 6 || got[0] != "email" || got[5] != "remember" {
		t.Errorf("dropped from the copy, the first has %q", got)
	}
	if first.Invalid() || first.Field("remember").Required {
		t.Error("the first changed with the copy")
	}
	third := second
	second.Fail("name", broken)
	third.Fail("name", choose)
	if got := codes(second.Field("name").Errors); !slices.Equal(got, []string{"test.broken", "test.broken"}) {
		t.Errorf("errors %v", got)
	}
	second.Fields()[0].Required = true
	if second.Field("name").Required {
		t.Error("Fields hands out the form's own memory")
	}
}

func TestTwoFormsOnAPageShareNoID(t *testing.T) {
	t.Parallel()
	a, b := form.Blank("login", "/", &signUp{}), form.Blank("register", "/", &signUp{})
	for i, field := range a.Fields() {
		if other := b.Fields()[i]; other.ID == field.ID || other.Name != field.Name {
			t.Errorf("%+v and %+v", field, other)
		}
	}
}
