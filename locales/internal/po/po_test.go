package po_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

// TestPlural holds the rules to the numbers that the Unicode plural charts give for whole numbers.
func TestPlural(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, header string
		want             map[int]int
	}{
		{"Japanese", "nplurals=1; plural=0;", map[int]int{0: 0, 1: 0, 5: 0}},
		{"English", "nplurals=2; plural=n != 1;", map[int]int{0: 1, 1: 0, 2: 1}},
		{"French", "nplurals=2; plural=(n > 1);", map[int]int{0: 0, 1: 0, 2: 1}},
		{"Icelandic", "nplurals=2; plural=(n%10!=1 || n%100==11);", map[int]int{1: 0, 11: 1, 21: 0, 111: 1}},
		{"Latvian", "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);", map[int]int{0: 2, 1: 0, 11: 1, 21: 0}},
		{"Polish", "nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;", map[int]int{0: 2, 1: 0, 2: 1, 5: 2, 12: 2, 22: 1, 112: 2}},
		{"Slovenian", "nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);", map[int]int{1: 0, 2: 1, 4: 2, 5: 3, 102: 1}},
		{"Arabic", "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);", map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 11: 4, 100: 5, 103: 3}},
		{"parts in brackets", "nplurals=2; plural=(n==1)?(0):(1)", map[int]int{0: 1, 1: 0, 2: 1}},
		{"negation", "nplurals=2; plural=!(n-1) ? 0 : 1;", map[int]int{1: 0, 2: 1}},
		{"arithmetic", "nplurals=3; plural=(n*2+4)/2%3;", map[int]int{0: 2, 1: 0, 2: 1}},
		{"turned round", "nplurals=2; plural=1<n;", map[int]int{0: 0, 1: 0, 2: 1}},
		{"far away", "nplurals=2; plural=n > 2000 ? 7 : n > 1500 ? 0-7 : 0;", map[int]int{1: 0, 1600: 0, 3000: 1}},
		{"division by zero far away", "nplurals=2; plural=n > 1000 && 1/(n-1001) ? 1 : 0;", map[int]int{1: 0, 1002: 1}},
	} {
		rule, err := po.ParsePlural(c.header)
		if err != nil {
			t.Errorf("%s: %v", c.language, err)
			continue
		}
		for n, want := range c.want {
			if got := rule.Form(n); got != want {
				t.Errorf("%s: %d takes form %d, want %d", c.language, n, got, want)
			}
		}
	}
	var english po.Plural
	if english.Forms() != 2 || english.Form(0) != 1 || english.Form(1) != 0 || english.Form(2) != 1 {
		t.Error("the zero rule does not count as English does")
	}
}

func TestPluralRefused(t *testing.T) {
	t.Parallel()
	for _, header := range []string{
		"", "n != 1", "nplurals=2", "nplurals=2;", "nplurals=0; plural=0;", "nplurals=x; plural=0;", "nplurals=10; plural=0;",
		"nplurals=2; plural=;", "nplurals=2; plural=n ==;", "nplurals=2; plural=(n;", "nplurals=2; plural=n);", "nplurals=2; plural=n?1;",
		"nplurals=2; plural=n?:1;", "nplurals=2; plural=m;", "nplurals=2; plural=n=1;", "nplurals=2; plural=2;", "nplurals=2; plural=n;",
		"nplurals=2; plural=0-1;", "nplurals=2; plural=n%0;", "nplurals=2; plural=1/n;", "nplurals=2; plural=99999999999;", "nplurals=2; plural=n n;",
		"nplurals=2; plural=" + strings.Repeat("(", 2000), "nplurals=2; plural=" + strings.Repeat("!", 999), "plural=0; nplurals=1;", "nplurals=2; plural=n ? 1 : ;",
	} {
		if _, err := po.ParsePlural(header); err == nil || !strings.Contains(err.Error(), "Plural-Forms") {
			t.Errorf("%.60q: %v", header, err)
		}
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"": "", "plain": "", "100%% sure": "", "%s": "s", "%d of %s": "ds", "%[2]s %[1]d": "ds", "%[2]s": "\x00s", "%-05.2f|%+d|%x": "fdx", "%[1]d %[1]d": "d", "%[2]s %d": "\x00sd",
	} {
		got, err := po.Verbs(format)
		if err != nil || string(got) != want {
			t.Errorf("%q has verbs %q, %v; want %q", format, string(got), err, want)
		}
	}
	for _, format := range []string{"%", "100% sure", "%é", "%[", "%[1", "%[]d", "%[0]d", "%[x]d", "%[999]d", "%5", "%*d", "%[1]s %[1]d", "%!", "% "} {
		if got, err := po.Verbs(format); err == nil {
			t.Errorf("%q has verbs %q", format, string(got))
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	file, err := po.Parse([]byte("\ufeff# Lead.\r\n#, fuzzy\nmsgid \"\"\nmsgstr \"\"\n\"language: pl\\n\"\n\"no colon\\n\"\n\n" +
		"# Remark.\n#. Note.\n#: a.go b.go\n#, fuzzy, go-format\n#| msgid \"before\"\nmsgctxt \"c\"\nmsgid \"\"\n\"one\\n\"\n\"two \\\"%s\\\" \\\\ \\t\"\n" +
		"msgid_plural \"%s \"\n\"many\"\nmsgstr[0] \"\"\n\"x\"\nmsgstr[1] \"y\"\n\"z\"\n\n#~| msgid \"old\"\n#~ msgid \"gone\"\n#~ msgstr \"g\"\n\n# The end.\n"))
	if err != nil {
		t.Fatal(err)
	}
	if file.Field("Language") != "pl" || file.Field("Missing") != "" || !slices.Equal(file.Lead, []string{"# Lead.", "#, fuzzy"}) || len(file.Entries) != 2 {
		t.Fatalf("read %+v", file)
	}
	e := file.Entries[0]
	if e.Context != "c" || e.ID != "one\ntwo \"%s\" \\ \t" || e.Plural != "%s many" || !slices.Equal(e.Forms, []string{"x", "yz"}) || e.Line != 8 || e.Spoken() ||
		!slices.Equal(e.Remarks, []string{"# Remark."}) || !slices.Equal(e.Notes, []string{"Note."}) || !slices.Equal(e.Files, []string{"a.go", "b.go"}) || !slices.Equal(e.Flags, []string{"fuzzy", "go-format"}) {
		t.Errorf("read %+v", e)
	}
	if gone := file.Entries[1]; !gone.Obsolete || gone.ID != "gone" || gone.Spoken() {
		t.Errorf("read %+v", gone)
	}
	written := string(file.Bytes())
	again, err := po.Parse([]byte(written))
	if err != nil || string(again.Bytes()) != written {
		t.Errorf("what was written came back as another file: %v\n%s", err, written)
	}
}

func TestParseRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hello":                    "line 1",
		"\nmsgid hello":            "line 2: hello is not in double quotes",
		"\"lost\"":                 "follows nothing",
		"msgstr \"x\"":             "without a msgid",
		"msgid_plural \"x\"":       "without a msgid",
		"msgid \"a\"":              `msgid "a" has no msgstr`,
		"msgid \"a\"\nmsgid \"b\"": "a second msgid",
		"msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"":              "a second msgstr",
		"msgid \"a\"\nmsgstr[0] \"b\"":                         "msgstr[0] stands where msgstr should",
		"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr \"c\"":        "msgstr stands where msgstr[0] should",
		"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[1] \"c\"":     "msgstr[1] stands where msgstr[0] should",
		"msgid \"a\"\nmsgstr \"b\"\nmsgid_plural \"c\"":        "wrong place",
		"msgid \"a\"\nmsgfoo \"b\"":                            "msgfoo stands where msgstr should",
		"msgid \"a\\q\"":                                       `\q is no escape`,
		"msgid \"a\\\"":                                        `lone \`,
		"msgid \"a\"b\"":                                       `written \"`,
		"msgid \"a\"\nmsgstr \"b\"\nmsgid \"\"\nmsgstr \"h\"":  "stands once, at the top",
		"msgctxt \"c\"\nmsgid \"\"\nmsgstr \"h\"":              "a msgid is empty",
		"msgid \"a\"\nmsgstr \"\"\n\nmsgid \"a\"\nmsgstr \"\"": "stands twice",
		"\xff": "not UTF-8",
	} {
		if _, err := po.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
