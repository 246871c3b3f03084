package main

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

const translated = `# By hand.
msgid ""
msgstr ""
"Language: pl\n"
"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n<5 ? 1 : 2;\n"
"X-Complete: yes\n"

#, fuzzy
msgid "Now plural"
msgstr "P"

# A remark.
#. code: old
#: gone.go
msgid "Kept"
msgstr "K"

msgid "%d cat"
msgid_plural "%d cats"
msgstr[0] "%d a"
msgstr[1] "%d b"
msgstr[2] "%d c"

msgid "Gone"
msgstr "G"

msgid "Never translated"
msgstr ""

#~ msgid "Back again"
#~ msgstr "B"
`

const afterwards = `# By hand.
msgid ""
msgstr ""
"Language: pl\n"
"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n<5 ? 1 : 2;\n"
"X-Complete: yes\n"

#: a/a.go
#, go-format
msgid "%d cat"
msgid_plural "%d cats"
msgstr[0] "%d a"
msgstr[1] "%d b"
msgstr[2] "%d c"

#: a/a.go
msgid "Back again"
msgstr "B"

# A remark.
#. code: new
#: a/a.go
msgid "Kept"
msgstr "K"

#: a/a.go
msgid "New"
msgstr ""

#: a/a.go
#, fuzzy, go-format
msgid "Now plural"
msgid_plural "%d now"
msgstr[0] "P"
msgstr[1] ""
msgstr[2] ""

#~ msgid "Gone"
#~ msgstr "G"
`

func TestRun(t *testing.T) {
	t.Parallel()
	root := module(t, map[string]string{
		"a/a.go": "package a\n" + imports + `var _ = []string{locales.T(nil, "New"), locales.T(nil, "Back again"), locales.N(nil, "%d cat", "%d cats", 2),
			locales.N(nil, "Now plural", "%d now", 2)}
			var _ = locales.Message{Code: "new", English: "Kept"}`,
		"locales/pl.po": translated,
	})
	j := job{root: root, template: "locales/shop.pot", folders: []string{"a"}, check: true}
	var out strings.Builder
	err := j.run(&out)
	for _, want := range []string{"pl.po is behind the source", "shop.pot is behind the source", `msgid "New" has no translation`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the check said %v, want %q", err, want)
		}
	}
	if got := read(t, root, "locales/pl.po"); got != translated {
		t.Errorf("the check wrote\n%s", got)
	}
	j.check = false
	for range 2 {
		if err := j.run(&out); err != nil {
			t.Fatal(err)
		}
		if got := read(t, root, "locales/pl.po"); got != afterwards {
			t.Errorf("the catalogue is\n%s, want\n%s", got, afterwards)
		}
	}
	if !strings.Contains(out.String(), "2 of 5 sentences") {
		t.Errorf("the run said %q", out.String())
	}
	template := read(t, root, "locales/shop.pot")
	if file, err := po.Parse([]byte(template)); err != nil || len(file.Entries) != 5 || untranslated(file)[0].ID != "%d cat" {
		t.Errorf("the template is\n%s, %v", template, err)
	}

	j.check = true
	err = j.run(&out)
	if err == nil || strings.Contains(err.Error(), "behind") || strings.Count(err.Error(), "has no translation") != 2 {
		t.Errorf("the check of an incomplete catalogue said %v", err)
	}
	write(t, root, "locales/pl.po", strings.ReplaceAll(afterwards, "X-Complete: yes", "X-Complete: no"))
	if err := j.run(&out); err != nil {
		t.Errorf("the check of a catalogue that may be incomplete said %v", err)
	}
	write(t, root, "locales/pl.po", strings.ReplaceAll(afterwards, "%d a", "%s a"))
	if err := j.run(&out); err == nil || !strings.Contains(err.Error(), `msgid "%d cat": msgstr[0]`) {
		t.Errorf("the check of broken verbs said %v", err)
	}
	write(t, root, "a/a.go", "package a\n")
	if err := (job{root: root, template: j.template, folders: j.folders}).run(&out); err != nil {
		t.Fatal(err)
	}
	if got := read(t, root, "locales/pl.po"); !strings.Contains(got, "#~ msgid \"Kept\"\n#~ msgstr \"K\"\n") {
		t.Errorf("what was gone is not kept:\n%s", got)
	}
}
