package form_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A signUp has everything that a form of the kit can have, and what none may reach.
type signUp struct {
	Email    string `form:"email,required,max=254,kind=email"`
	Name     string `form:"name,max=4"`
	Code     string `form:"code,number"`
	Password string `form:"password,required,secret,max=6"`
	Terms    bool   `form:"terms,required"`
	Remember bool   `form:"remember"`

	Admin   bool
	Role    string
	ID      string `json:"id" bun:"id,pk"`
	Skipped string `form:"-"`
	hidden  string
}

func decode(dst any, in form.Input, without ...string) form.Form {
	return form.Decode("sign_up", "/register", dst, in, without...)
}

func codes(ms []locales.Message) []string {
	var out []string
	for _, m := range ms {
		out = append(out, m.Code)
	}
	return out
}

// CWE-915: what the form does not ask for stays as it is, whatever name it is sent under.
func TestDecodeFillsTaggedFieldsOnly(t *testing.T) {
	t.Parallel()
	in := form.Input{"email": "a@b.example", "password": "secret", "terms": "on"}
	for _, name := range []string{"Admin", "admin", "ADMIN", "Role", "role", "id", "ID", "-", "Skipped", "skipped", "hidden", "", "Email"} {
		in[name] = "true"
	}
	dst := signUp{hidden: "kept"}
	f := decode(&dst, in)
	if f.Invalid() {
		t.Fatalf("invalid: %v", f.Fields())
	}
	want := signUp{Email: "a@b.example", Password: "secret", Terms: true, hidden: "kept"}
	if dst != want {
		t.Errorf("got %+v\nwant %+v", dst, want)
	}
	if f.Has("-") || f.Has("Skipped") {
		t.Error(`a field tagged "-" is part of the form`)
	}
}

func TestDecodeWithoutLeavesFieldsAlone(t *testing.T) {
	t.Parallel()
	dst := signUp{Name: "old"}
	f := decode(&dst, form.Input{"email": "a@b.example", "password": "secret", "name": "new", "terms": true}, "name", "terms")
	if f.Invalid() || dst.Name != "old" || dst.Terms {
		t.Errorf("invalid %v, name %q, terms %v", f.Invalid(), dst.Name, dst.Terms)
	}
	if f.Has("name") || f.Has("terms") {
		t.Error("the form shows a field that it does not ask for")
	}
}

func TestDecodeText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about  string
		field  string
		sent   any
		held   string // in the struct
		shown  string // in the form
		errors []string
	}{
		{"plain", "name", "Ann", "Ann", "Ann", nil},
		{"trimmed", "name", " \t\u00a0Ann\r\n", "Ann", "Ann", nil},
		{"nothing", "name", nil, "", "", nil},
		{"blank required", "email", "  ", "", "", []string{"form.missing"}},
		{"null required", "email", nil, "", "", []string{"form.missing"}},
		{"four code points", "name", "äöüß", "äöüß", "äöüß", nil},
		{"five code points", "name", "äöüßa", "", "äöüßa", []string{"form.too_long"}},
		{"spaces do not count", "name", "   Anna   ", "Anna", "Anna", nil},
		{"one emoji too many", "name", strings.Repeat("😀", 5), "", strings.Repeat("😀", 5), []string{"form.too_long"}},
		{"NUL", "name", "a\x00b", "", "", []string{"form.characters"}},
		{"invalid UTF-8", "name", "a\xffb", "", "", []string{"form.characters"}},
		{"overlong UTF-8", "name", "\xc0\x80", "", "", []string{"form.characters"}},
		{"surrogate", "name", "\xed\xa0\x80", "", "", []string{"form.characters"}},
		{"number for text", "name", json.Number("1"), "", "", []string{"form.type"}},
		{"float for text", "name", 1.0, "", "", []string{"form.type"}},
		{"bool for text", "name", true, "", "", []string{"form.type"}},
		{"list for text", "name", []any{"a"}, "", "", []string{"form.type"}},
		{"object for text", "email", map[string]any{"$ne": ""}, "", "", []string{"form.type"}},
		{"bytes for text", "name", []byte("Ann"), "", "", []string{"form.type"}},
		{"number", "code", json.Number("007123"), "007123", "007123", nil},
		{"number as text", "code", "123456", "123456", "123456", nil},
		{"float for number", "code", 1.5, "", "", []string{"form.type"}},
		{"bool for number", "code", false, "", "", []string{"form.type"}},
		{"secret is not trimmed", "password", "  a  ", "  a  ", "", nil},
		{"blank secret is one", "password", "   ", "   ", "", nil},
		{"secret too long", "password", "1234567", "", "", []string{"form.too_long"}},
		{"secret with NUL", "password", "12\x00", "", "", []string{"form.characters"}},
		{"number for secret", "password", json.Number("123456"), "", "", []string{"form.type"}},
		{"list for secret", "password", []any{"hunter2"}, "", "", []string{"form.type"}},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Parallel()
			var dst signUp
			in := form.Input{"email": "a@b.example", "password": "secret", "terms": "on"}
			in[c.field] = c.sent
			f := decode(&dst, in)
			held := map[string]string{"name": dst.Name, "email": dst.Email, "code": dst.Code, "password": dst.Password}[c.field]
			field := f.Field(c.field)
			if held != c.held || field.Value != c.shown || !slices.Equal(codes(field.Errors), c.errors) {
				t.Errorf("held %q, shown %q, errors %v; want %q, %q, %v", held, field.Value, codes(field.Errors), c.held, c.shown, c.errors)
			}
			if f.Invalid() != (c.errors != nil) || f.ErrorCount() != len(c.errors) {
				t.Errorf("invalid %v, %d errors; want %v", f.Invalid(), f.ErrorCount(), c.errors)
			}
		})
	}
}

func TestTooLongSaysHowLong(t *testing.T) {
	t.Parallel()
	var dst signUp
	f := decode(&dst, form.Input{"name": "Annabel"})
	if got := f.Field("name").Errors[0].In(t.Context()); got != "Use at most 4 characters." {
		t.Errorf("said %q", got)
	}
	if len(form.TooLong.Args) != 0 {
		t.Error("the declared message was written to")
	}
}

func TestDecodeBool(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent any
		want bool
		bad  bool
	}{
		{sent: nil},
		{sent: ""},
		{sent: "0"},
		{sent: "false"},
		{sent: "False"},
		{sent: "FALSE"},
		{sent: "off"},
		{sent: "no"},
		{sent: "n"},
		{sent: "N"},
		{sent: false},
		{sent: "on", want: true},
		{sent: "true", want: true},
		{sent: "1", want: true},
		{sent: "y", want: true},
		{sent: "yes", want: true},
		{sent: "terms", want: true},
		{sent: true, want: true},
		{sent: json.Number("1"), bad: true},
		{sent: 1.0, bad: true},
		{sent: []any{true}, bad: true},
		{sent: map[string]any{}, bad: true},
	} {
		for _, before := range []bool{false, true} {
			dst := signUp{Remember: before}
			f := decode(&dst, form.Input{"email": "a@b.example", "password": "secret", "terms": "on", "remember": c.sent})
			if dst.Remember != c.want || f.Field("remember").Checked != c.want || f.Invalid() != c.bad {
				t.Errorf("%#v over %v: held %v, checked %v, invalid %v; want %v, invalid %v",
					c.sent, before, dst.Remember, f.Field("remember").Checked, f.Invalid(), c.want, c.bad)
			}
		}
	}
}

// A browser sends nothing for a box without a tick: what the struct held before must not count.
func TestDecodeForgetsWhatWasThere(t *testing.T) {
	t.Parallel()
	dst := signUp{Email: "old@b.example", Name: "old", Password: "oldold", Terms: true, Remember: true}
	f := decode(&dst, form.Input{"name": []any{}})
	if want := (signUp{}); dst != want {
		t.Errorf("kept %+v", dst)
	}
	if got := codes(f.Field("terms").Errors); !slices.Equal(got, []string{"form.unticked"}) {
		t.Errorf("terms: %v", got)
	}
}

func TestDecodeNilInput(t *testing.T) {
	t.Parallel()
	var dst signUp
	f := decode(&dst, nil)
	var wrong []string
	for _, field := range f.Fields() {
		if len(field.Errors) > 0 {
			wrong = append(wrong, field.Name+" "+field.Errors[0].Code)
		}
	}
	want := []string{"email form.missing", "password form.missing", "terms form.unticked"}
	if !slices.Equal(wrong, want) {
		t.Errorf("got %v, want %v", wrong, want)
	}
}

// FuzzDecode holds what a decoded form promises, whatever a program sends as JSON.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"email":"a@b.c","password":"x","terms":true}`, `{"password":{"a":"hunter2"}}`,
		`{"code":1e400,"name":"\ud800","email":"\u0000"}`, `{"Admin":true,"-":"x","name":[[[]]]}`, `{"terms":"off","remember":0}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		in := form.Input{}
		decoder := json.NewDecoder(strings.NewReader(body))
		decoder.UseNumber()
		if decoder.Decode(&in) != nil {
			in = form.Input{"email": body, "name": body, "code": body, "password": body, "terms": body, "remember": body}
		}
		var dst signUp
		got := decode(&dst, in)
		if dst.Admin || dst.Role != "" || dst.ID != "" || dst.Skipped != "" || dst.hidden != "" {
			t.Fatalf("filled what is not asked for: %+v", dst)
		}
		if got.Field("password").Value != "" {
			t.Fatal("the form holds a secret")
		}
		for _, text := range []string{dst.Email, dst.Name, dst.Code, dst.Password} {
			if strings.ToValidUTF8(text, "") != text || strings.ContainsRune(text, 0) {
				t.Fatalf("%q cannot be stored", text)
			}
		}
		if !got.Invalid() && (dst.Email == "" || dst.Password == "" || !dst.Terms) {
			t.Fatalf("valid without what is required: %+v", dst)
		}
		if len([]rune(dst.Name)) > 4 || len([]rune(dst.Password)) > 6 {
			t.Fatalf("longer than allowed: %+v", dst)
		}
	})
}
