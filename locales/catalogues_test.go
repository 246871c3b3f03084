package locales_test

import (
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

const head = "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n != 1;\\n\"\n"

func TestMatch(t *testing.T) {
	t.Parallel()
	all := catalogues(t, map[string]string{"pt.po": "", "pt-BR.po": "", "zh_Hant.po": ""})
	for _, c := range []struct {
		name        string
		preferences []string
		want        string
	}{
		{"nothing", nil, "en"},
		{"empty", []string{"", ""}, "en"},
		{"a tag", []string{"fa"}, "fa"},
		{"a region", []string{"fa-AF"}, "fa"},
		{"in capitals", []string{"FA"}, "fa"},
		{"underscore", []string{"fa_IR"}, "fa"},
		{"a header", []string{"fr-CH, fr;q=0.9, fa;q=0.8, en;q=0.7, *;q=0.5"}, "fa"},
		{"weights", []string{"en;q=0.3, fa;q=0.9"}, "fa"},
		{"refused by weight", []string{"fa;q=0, en"}, "en"},
		{"query before cookie", []string{"fa", "en"}, "fa"},
		{"what cannot be read is passed over", []string{"%%%", "../../etc", "fa"}, "fa"},
		{"what is not spoken is passed over", []string{"ja", "fa"}, "fa"},
		{"anything", []string{"*"}, "en"},
		{"not spoken", []string{"ja"}, "en"},
		{"undetermined", []string{"und"}, "en"},
		{"a region of its own", []string{"pt-BR"}, "pt-BR"},
		{"another region", []string{"pt-PT"}, "pt"},
		{"by script", []string{"zh-TW"}, "zh-Hant"},
		{"too long", []string{"fa" + strings.Repeat(", en;q=0.1", 1000)}, "en"},
		{"extensions of the visitor's", []string{"fa-u-nu-latn-ca-buddhist"}, "fa"},
		{"too many", append(make([]string, 100), "fa"), "en"},
		{"not text", []string{"\xff\xfe\x00"}, "en"},
	} {
		if got := all.Match(c.preferences...).Tag(); got != c.want {
			t.Errorf("%s: %.80q matched %q, want %q", c.name, c.preferences, got, c.want)
		}
	}
}

func TestMatchIsQuick(t *testing.T) {
	t.Parallel()
	all := catalogues(t, nil)
	for name, header := range map[string]string{
		"dashes": strings.Repeat("-", 1<<20), "commas": strings.Repeat(",", 1<<20), "tags": strings.Repeat("en-", 1<<19),
		"at the limit": strings.Repeat("x-", 256), "ranges at the limit": strings.Repeat("fr,", 170),
	} {
		// The machine may be busy, so that only every one of several tries being slow counts.
		best := time.Hour
		for range 5 {
			start := time.Now()
			all.Match(header)
			best = min(best, time.Since(start))
		}
		if best > 50*time.Millisecond {
			t.Errorf("%s took %s", name, best)
		}
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	all := catalogues(t, map[string]string{"ar.po": "", "de.po": "", "en-GB.po": "", "he.po": "", "pl.po": pirate})
	var got []string
	for _, locale := range all.Languages() {
		got = append(got, locale.Tag()+" "+locale.Name()+" "+locale.Dir())
	}
	want := "en English ltr, ar ar rtl, de de ltr, en-GB en-GB ltr, fa فارسی rtl, he he rtl, pl Arr ltr"
	if strings.Join(got, ", ") != want {
		t.Errorf("the languages are\n%s, want\n%s", strings.Join(got, ", "), want)
	}
	all.Languages()[0] = nil
	if all.Languages()[0] == nil {
		t.Error("a caller changed the catalogues")
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	file := func(text string) fs.FS {
		return fstest.MapFS{"en.po": {Data: []byte(text)}, "fa.po": {Data: []byte(`msgid "Sign in"
msgstr "بفرمایید"

msgid "Sign out"
msgstr ""

#, fuzzy
msgid "Username"
msgstr "nobody looked at this"

#~ msgid "Password"
#~ msgstr "gone"
`)}, "fa-AF.po": {Data: []byte("msgid \"Password\"\nmsgstr \"رمز\"\n")}, "notes.txt": {Data: []byte("not a catalogue")}}
	}
	all, err := locales.New(nil, file(`msgid "Sign in"
msgstr "Log in"

msgid "Only the host says this"
msgstr "The host said it"

msgid "Replaced"
msgstr "once"
`), fstest.MapFS{"en.po": {Data: []byte("msgid \"Replaced\"\nmsgstr \"twice\"\n")}})
	if err != nil {
		t.Fatal(err)
	}
	kit, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	ours := locales.With(t.Context(), kit.Match("fa"))
	english, farsi := locales.With(t.Context(), all.Match("en")), locales.With(t.Context(), all.Match("fa"))
	afghan := locales.With(t.Context(), all.Match("fa-AF"))
	for _, c := range []struct{ name, got, want string }{
		{"English replaced", locales.T(english, "Sign in"), "Log in"},
		{"English kept", locales.T(english, "Sign out"), "Sign out"},
		{"later over earlier", locales.T(english, "Replaced"), "twice"},
		{"Farsi replaced", locales.T(farsi, "Sign in"), "بفرمایید"},
		{"empty falls back to the kit's", locales.T(farsi, "Sign out"), locales.T(ours, "Sign out")},
		{"fuzzy is not spoken", locales.T(farsi, "Username"), locales.T(ours, "Username")},
		{"obsolete is not spoken", locales.T(farsi, "Password"), locales.T(ours, "Password")},
		{"no Farsi falls back to the host's English", locales.T(farsi, "Only the host says this"), "The host said it"},
		{"a region's own", locales.T(afghan, "Password"), "رمز"},
		{"a region falls back", locales.T(afghan, "Sign in"), "بفرمایید"},
		{"a region's figures", locales.Number(afghan, 42), "۴۲"},
	} {
		if c.got != c.want {
			t.Errorf("%s: said %q, want %q", c.name, c.got, c.want)
		}
	}
	if locales.T(ours, "Sign out") == "Sign out" {
		t.Error("the kit's own Farsi is not spoken")
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, text, want string }{
		{"another verb", "de.po", `msgid "Wait %d minutes"` + "\n" + `msgstr "Warte %s Minuten"`, `msgid "Wait %d minutes": the translation says argument 1 as %s, the English as %d`},
		{"a verb left out", "de.po", `msgid "Hello %s"` + "\n" + `msgstr "Hallo"`, "leaves out argument 1, %s"},
		{"a verb too many", "de.po", `msgid "Hello"` + "\n" + `msgstr "Hallo %s"`, "that the English lacks"},
		{"verbs the other way round", "de.po", `msgid "%s has %d"` + "\n" + `msgstr "%d hat %s"`, "argument 1 as %d"},
		{"an index too high", "de.po", `msgid "Hello %s"` + "\n" + `msgstr "Hallo %[2]s"`, "argument 2"},
		{"a lone percent sign", "de.po", `msgid "%d of them"` + "\n" + `msgstr "%d von 100%"`, "percent sign"},
		{"a width from an argument", "de.po", `msgid "%d"` + "\n" + `msgstr "%*d"`, "is no verb"},
		{"a broken plural", "de.po", head + "\n" + `msgid "%d day"` + "\n" + `msgid_plural "%d days"` + "\n" + `msgstr[0] "%d Tag"` + "\n" + `msgstr[1] "Tage"`, "msgstr[1]: the translation leaves out"},
		{"a form too few", "de.po", head + "\n" + `msgid "%d day"` + "\n" + `msgid_plural "%d days"` + "\n" + `msgstr[0] "%d Tag"`, "there are 1 plural forms, and Plural-Forms counts 2"},
		{"a broken rule", "de.po", `msgid ""` + "\n" + `msgstr "Plural-Forms: nplurals=2; plural=n %% 2;\n"`, "Plural-Forms"},
		{"another charset", "de.po", `msgid ""` + "\n" + `msgstr "Content-Type: text/plain; charset=latin1\n"`, "only UTF-8"},
		{"not UTF-8", "de.po", "msgid \"\xff\"", "not UTF-8"},
		{"a line that is nothing", "de.po", "msgid \"a\"\nmsgstr \"b\"\nhello", "line 3"},
		{"a sentence twice", "de.po", "msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"", "stands twice, first in line 1"},
		{"not a language", "shop.strings.po", "", "is not the tag of a language"},
		{"too few digits", "de.po", "msgctxt \"digits of this language\"\nmsgid \"0123456789\"\nmsgstr \"0123\"", "ten digits"},
	} {
		_, err := locales.New(fstest.MapFS{c.file: {Data: []byte(c.text)}})
		if err == nil {
			t.Errorf("%s was accepted", c.name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || (!strings.Contains(err.Error(), c.file) && c.name != "too few digits") {
			t.Errorf("%s: refused with %q, which should name %s and say %q", c.name, err, c.file, c.want)
		}
	}
	_, err := locales.New(fstest.MapFS{"pt-BR.po": {}, "pt_BR.po": {}})
	if err == nil || !strings.Contains(err.Error(), "same language") {
		t.Errorf("two files for one language: %v", err)
	}
	_, err = locales.New(os.DirFS("/no/such/folder"))
	if err == nil || !strings.Contains(err.Error(), "host") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestOurs holds the kit's own catalogues to what New asks of a host's, and to being complete:
// the template beside them is what the extractor read from the source.
func TestOurs(t *testing.T) {
	t.Parallel()
	template := readPO(t, "gatehouse.pot")
	names, err := fs.Glob(os.DirFS("."), "*.po")
	if err != nil || len(names) == 0 {
		t.Fatalf("the catalogues are %q, %v", names, err)
	}
	for _, name := range names {
		file := readPO(t, name)
		if err := file.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if file.Field("X-Complete") != "yes" {
			continue
		}
		spoken := map[[2]string]*po.Entry{}
		for _, e := range file.Entries {
			if e.Spoken() {
				spoken[[2]string{e.Context, e.ID}] = e
			}
		}
		for _, e := range template.Entries {
			if found := spoken[[2]string{e.Context, e.ID}]; found == nil || found.Plural != e.Plural {
				t.Errorf("%s says nothing for %s", name, e.Name())
			}
		}
	}
	all, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Languages()) != len(names)+1 {
		t.Errorf("%d languages come of %d files and English", len(all.Languages()), len(names))
	}
}

func readPO(t *testing.T, name string) *po.File {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := po.Parse(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return file
}

func TestConcurrent(t *testing.T) {
	t.Parallel()
	all := catalogues(t, map[string]string{"pl.po": pirate})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 200 {
				tag := []string{"en", "fa", "pl", "pl-PL"}[i%4]
				ctx := locales.With(t.Context(), all.Match(tag))
				locales.T(ctx, "Wait %s.", 3*time.Minute)
				locales.N(ctx, "%d try left", "%d tries left", i)
				locales.DateTime(ctx, time.Unix(0, 0).UTC())
				all.Languages()
			}
		})
	}
	group.Wait()
}
