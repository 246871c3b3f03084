package locales_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/language"

	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

func FuzzMatch(f *testing.F) {
	for _, seed := range []string{"", "*", "fa", "fr-CH, fr;q=0.9, en;q=0.8", "x-", "en-u-", strings.Repeat("a-", 300), "q=;,;", "\x00"} {
		f.Add(seed, seed)
	}
	all := catalogues(f, map[string]string{"pt-BR.po": "", "zh-Hant.po": ""})
	known := map[string]bool{}
	for _, locale := range all.Languages() {
		known[locale.Tag()] = true
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		tag := all.Match(first, second).Tag()
		if !known[tag] {
			t.Errorf("matched %q, which is not spoken", tag)
		}
		if _, err := language.Parse(tag); err != nil {
			t.Errorf("%q: %v", tag, err)
		}
	})
}

// FuzzPO feeds New whatever a host may have on its disk: it is refused, or every sentence in it
// comes out without a trace of fmt's complaints.
func FuzzPO(f *testing.F) {
	for _, seed := range []string{
		"", pirate, head, "msgid \"a\"\nmsgstr \"b\"", "msgid \"%s\"\nmsgstr \"%[1]s %%\"", "#~ msgid \"x\"\n", "\ufeff# hi\r\nmsgid \"x\"\r\nmsgstr \"\"\r\n\"y\"\r\n",
		"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=1; plural=0%n;\\n\"", "msgid \"%d a\"\nmsgid_plural \"%d b\"\nmsgstr[0] \"%d\"\nmsgstr[1] \"%+d\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := locales.New(fstest.MapFS{"pl.po": {Data: data}})
		if err != nil {
			return
		}
		file, err := po.Parse(data)
		if err != nil {
			t.Fatalf("New took what Parse refuses: %v", err)
		}
		ctx := locales.With(t.Context(), all.Match("pl"))
		for _, e := range file.Entries {
			verbs, err := po.Verbs(e.ID)
			if !e.Spoken() || err != nil {
				continue
			}
			args := make([]any, len(verbs))
			for i, verb := range verbs {
				args[i] = argument(verb)
			}
			// What English itself makes of such arguments is not the catalogue's doing.
			if e.Plural != "" || strings.Contains(locales.T(t.Context(), e.ID, args...), "%!") {
				locales.N(ctx, e.ID, e.Plural, len(data), args...)
				continue
			}
			if said := locales.C(ctx, e.Context, e.ID, args...); strings.Contains(said, "%!") {
				t.Errorf("%q as %q says %q", e.ID, e.Forms, said)
			}
		}
		again, err := po.Parse(file.Bytes())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, file.Bytes())
		}
		if string(again.Bytes()) != string(file.Bytes()) {
			t.Errorf("%q was read back as %q", file.Bytes(), again.Bytes())
		}
	})
}

func argument(verb rune) any {
	switch verb {
	case 't':
		return true
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return 1.5
	case 's', 'q', 'v', 'T':
		return "text"
	case 'p':
		return new(int)
	}
	return 7
}
