package form_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A beside is what a host adds to signUp.
type beside struct {
	Answer   string `form:"answer,required,max=5,label=Three and four"`
	Secret   string `form:"pin,secret,label=PIN"`
	Token    string `form:"token,kind=own"`
	Fun      bool   `form:"fun,label=Fun"`
	Email    string `form:"email,kit"`
	Password string `form:"password,kit"`
	Terms    bool   `form:"terms,kit"`
	Admin    bool
}

func (beside) Missing(name string) locales.Message {
	return map[string]locales.Message{"answer": {Code: "test.answer", English: "Answer."}}[name]
}

func TestDecodeBeside(t *testing.T) {
	t.Parallel()
	in := form.Input{
		"email": " a@b.example ", "password": " pass", "terms": "on", "name": "Ann", "Admin": true, "admin": "on",
		"answer": " seven ", "pin": " 1 ", "token": "x", "fun": "on",
	}
	var dst signUp
	f := decode(&dst, in)
	own := beside{Admin: false}
	f.DecodeBeside(&dst, &own, in)
	want := beside{Answer: "seven", Secret: " 1 ", Token: "x", Fun: true, Email: "a@b.example", Password: " pass", Terms: true}
	if own != want || f.Invalid() {
		t.Errorf("got %+v, want %+v; invalid: %v", own, want, f.Invalid())
	}
	var extra []string
	for _, field := range f.Extra() {
		extra = append(extra, field.Name+" "+field.Kind+" "+field.Value+" "+field.ID)
	}
	if got := strings.Join(extra, ", "); got != "answer text seven sign_up-answer, pin password  sign_up-pin, token own x sign_up-token, fun checkbox  sign_up-fun" {
		t.Errorf("the host's fields are %s", got)
	}
	if got := names(f.Fields()); !slices.Equal(got, []string{"email", "name", "code", "password", "terms", "remember", "answer", "pin", "token", "fun"}) {
		t.Errorf("the fields are %q", got)
	}
}

// What is wrong with the kit's fields is said once, and what is not in the form is not read.
func TestDecodeBesideWrong(t *testing.T) {
	t.Parallel()
	in := form.Input{"email": []any{"a"}, "password": json.Number("1"), "answer": "thirteen", "terms": "on"}
	var dst signUp
	f := decode(&dst, in, "terms")
	own := beside{Email: "before", Terms: true}
	f.DecodeBeside(&dst, &own, in)
	if own != (beside{}) {
		t.Errorf("got %+v", own)
	}
	if got := codes(f.Field("email").Errors); !slices.Equal(got, []string{"form.type"}) {
		t.Errorf("of the address is said %q", got)
	}
	if got := codes(f.Field("answer").Errors); !slices.Equal(got, []string{"form.too_long"}) {
		t.Errorf("of the answer is said %q", got)
	}
	f = decode(&dst, nil)
	f.DecodeBeside(&dst, &own, nil)
	if got := codes(f.Field("answer").Errors); !slices.Equal(got, []string{"test.answer"}) {
		t.Errorf("of no answer is said %q", got)
	}
}

func TestBlankBeside(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign_up", "/", &signUp{})
	g := f
	f.BlankBeside(&beside{Fun: true})
	if got := names(f.Extra()); !slices.Equal(got, []string{"answer", "pin", "token", "fun"}) || !f.Field("fun").Checked || !f.Field("answer").Required || f.Invalid() {
		t.Errorf("the host's fields are %+v", f.Extra())
	}
	if g.Extra() != nil {
		t.Error("a copy changed")
	}
}

func TestHalt(t *testing.T) {
	t.Parallel()
	f := form.Blank("sign_up", "/", &signUp{})
	f.Halt()
	if !f.Invalid() || f.ErrorCount() != 0 {
		t.Errorf("invalid %v, %d errors", f.Invalid(), f.ErrorCount())
	}
}
