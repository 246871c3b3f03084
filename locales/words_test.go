package locales_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gatehouse-go/gatehouse/locales"
)

var (
	signOut = locales.Message{Code: "account.sign_out", English: "Sign out"}
	ended   = locales.Message{Code: "logout.title", English: "Sign out"}
)

func TestWords(t *testing.T) {
	t.Parallel()
	kit, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	all, err := locales.NewWith(locales.Words{
		"en": {"Sign in": "Log in", "account.sign_out": "Leave", "Set on %s": "Since %s", "Sign in to %s": ""},
		"fa": {"Password": "رمز", "register.username_taken": "گرفته شده"},
		"de": {"login.failed": "Falsch."},
	}, fstest.MapFS{
		"en.po": {Data: []byte("msgid \"Sign in\"\nmsgstr \"Come in\"\n\nmsgctxt \"code\"\nmsgid \"account.password.set\"\nmsgstr \"From %s on\"\n")},
		"fa.po": {Data: []byte("msgctxt \"code\"\nmsgid \"logout.title\"\nmsgstr \"خروج از اینجا\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	set := locales.Message{Code: "account.password.set", English: "Set on %s"}.With("Monday")
	taken := locales.Message{Code: "register.username_taken", English: "This username is taken. Choose another."}
	failed := locales.Message{Code: "login.failed", English: "The name or the password is wrong. Check both and try again."}
	english, farsi, german := locales.With(t.Context(), all.Match("en")), locales.With(t.Context(), all.Match("fa")), locales.With(t.Context(), all.Match("de"))
	kits := locales.With(t.Context(), kit.Match("fa"))
	for _, c := range []struct{ name, got, want string }{
		{"over a catalogue", locales.T(english, "Sign in"), "Log in"},
		{"by code", signOut.In(english), "Leave"},
		{"another message with the same English", ended.In(english), "Sign out"},
		{"the sentence in a template", locales.T(english, "Sign out"), "Sign out"},
		{"a code before the English", set.In(english), "From Monday on"},
		{"the English without the code", locales.T(english, "Set on %s", "Monday"), "Since Monday"},
		{"empty is said as before", locales.T(english, "Sign in to %s", "Shop"), "Sign in to Shop"},
		{"another language", locales.T(farsi, "Password"), "رمز"},
		{"a code in another language", taken.In(farsi), "گرفته شده"},
		{"a code in a catalogue", ended.In(farsi), "خروج از اینجا"},
		{"a code in English is nothing to who has a language of their own", signOut.In(farsi), signOut.In(kits)},
		{"a language of the host's", failed.In(german), "Falsch."},
		{"which falls back to English", signOut.In(german), "Leave"},
		{"and to the English of the host", locales.T(german, "Sign in"), "Log in"},
		{"an argument that is a message", locales.T(english, "%s: %s", signOut, "now"), "Leave: now"},
	} {
		if c.got != c.want {
			t.Errorf("%s: said %q, want %q", c.name, c.got, c.want)
		}
	}
	if signOut.In(kits) == "Sign out" || signOut.In(kits) == "Leave" {
		t.Errorf("the kit's own Farsi is %q", signOut.In(kits))
	}
}

func TestWordsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		words locales.Words
		files fs.FS
		want  string
	}{
		{"a code misspelt", locales.Words{"en": {"lgoin.failed": "No."}}, nil, `en: "lgoin.failed": this is neither a sentence of the kit's in English nor the code of one`},
		{"a sentence misspelt", locales.Words{"en": {"Sing in": "Log in"}}, nil, `"Sing in"`},
		{"no language", locales.Words{"english!": {"Sign in": "x"}}, nil, `"english!" is not the tag of a language`},
		{"one language by two tags", locales.Words{"pt-BR": {}, "pt_BR": {}}, nil, "another tag too"},
		{"a verb left out", locales.Words{"en": {"Set on %s": "Set"}}, nil, "leaves out argument 1"},
		{"a verb left out by code", locales.Words{"en": {"account.password.set": "Set"}}, nil, "leaves out argument 1"},
		{"a verb too many by code", locales.Words{"en": {"login.failed": "No, %s"}}, nil, "that the English lacks"},
		{"a plural", locales.Words{"en": {"%d day": "%d Tag"}}, nil, "say it in a catalogue"},
		{"both at once", locales.Words{"en": {"a.b": "x", "c.d": "y"}}, nil, `"c.d"`},
		{"a code misspelt in a catalogue", nil, fstest.MapFS{"en.po": {Data: []byte("msgctxt \"code\"\nmsgid \"a.b\"\nmsgstr \"x\"\n")}}, `line 1: msgid "a.b" (msgctxt "code"): the kit has no message of the code "a.b"`},
		{"a verb of a code in a catalogue", nil, fstest.MapFS{"en.po": {Data: []byte("msgctxt \"code\"\nmsgid \"login.failed\"\nmsgstr \"x %d\"\n")}}, "that the English lacks"},
	} {
		_, err := locales.NewWith(c.words, c.files)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want it to say %q", c.name, err, c.want)
		}
	}
}
