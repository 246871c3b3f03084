package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const imports = "import (\n\t\"context\"\n\t\"github.com/gatehouse-go/gatehouse/locales\"\n)\n"

// module writes a module with the files given and returns its folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	write(t, root, "go.mod", "module example.com/shop\n")
	for name, text := range files {
		write(t, root, name, text)
	}
	return root
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	full := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestExtract(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		// want are the sentences as "context|english|plural|codes", fault a part of the error.
		want  []string
		fault string
	}{
		{name: "T", body: `var _ = locales.T(ctx, "One")`, want: []string{"|One||"}},
		{name: "C", body: `var _ = locales.C(ctx, "verb", "Book")`, want: []string{"verb|Book||"}},
		{name: "N", body: `var _ = locales.N(ctx, "%d cat", "%d cats", 2, 2)`, want: []string{"|%d cat|%d cats|"}},
		{name: "T and N share a sentence", body: `var _, _ = locales.T(ctx, "A cat"), locales.N(ctx, "A cat", "%d cats", 2)`, want: []string{"|A cat|%d cats|"}},
		{name: "apostrophe, quotes, backtick", body: "var _, _ = locales.T(ctx, \"Don't say \\\"no\\\"\"), locales.T(ctx, `C:\\x`)", want: []string{`|C:\x||`, `|Don't say "no"||`}},
		{name: "joined and constant", body: "const b = \"b\" + c\nconst c = \"c\"\nvar _ = locales.T(ctx, (\"a\" + b))", want: []string{"|abc||"}},
		{name: "Message", body: `var _ = locales.Message{Code: "x.y", English: "Say"}`, want: []string{"|Say||x.y"}},
		{name: "Message without names", body: `var _ = locales.Message{"x.y", "Say", nil}`, want: []string{"|Say||x.y"}},
		{name: "Messages", body: `var _ = []locales.Message{{Code: "a", English: "A"}, {Code: "b", English: "B"}}`, want: []string{"|A||a", "|B||b"}},
		{name: "Messages by name", body: `var _ = map[string]*locales.Message{"k": {Code: "a", English: "A"}}`, want: []string{"|A||a"}},
		{name: "With", body: `var _ = locales.Message{Code: "a", English: "Use %d."}.With(5)`, want: []string{"|Use %d.||a"}},
		{name: "two codes, one sentence", body: `var _ = []locales.Message{{Code: "b", English: "A"}, {Code: "a", English: "A"}}`, want: []string{"|A||a,b"}},
		{name: "one code twice", body: `var _ = []locales.Message{{Code: "a", English: "A"}, {Code: "a", English: "A"}}`, want: []string{"|A||a"}},
		{name: "nothing said", body: `var _ = locales.Message{}`},
		{name: "all argument", body: `var _ = locales.Message{Code: "title", English: "%s"}.With("x")`},
		{name: "another's English", body: `func f(m locales.Message) string { return locales.T(ctx, m.English) }`},
		{name: "somebody else's T", body: `type x struct{}; func (x) T(any, string) {}; func f(s string) { x{}.T(ctx, s) }`},
		{name: "helper", body: "func say(code, english string) locales.Message { return locales.Message{Code: code, English: english} }\nvar _ = say(\"a.b\", \"Said\")", want: []string{"|Said||a.b"}},
		{name: "helper of a helper", body: "var _ = outer(\"Said\")\nfunc outer(s string) string { return inner(ctx, s) }\nfunc inner(_ any, s string) string { return locales.T(ctx, s) }", want: []string{"|Said||"}},
		{name: "helper without a literal", body: "func say(s string) string { return locales.T(ctx, s) }\nvar x string\nvar _ = say(x)", fault: "a/a.go:9: the sentence is not a literal"},
		{name: "not a literal", body: "var x string\nvar _ = locales.T(ctx, x)", fault: "a/a.go:8: the sentence is not a literal"},
		{name: "context not a literal", body: "var x string\nvar _ = locales.C(ctx, x, \"a\")", fault: "the context is not a literal"},
		{name: "plural not a literal", body: "var x string\nvar _ = locales.N(ctx, \"a\", x, 1)", fault: "the plural is not a literal"},
		{name: "method's parameter", body: `type m struct{}; func (m) say(s string) string { return locales.T(ctx, s) }`, fault: "the sentence is not a literal"},
		{name: "no code", body: `var _ = locales.Message{English: "A"}`, fault: "a/a.go:7: the message has no Code"},
		{name: "code not a literal", body: "var x string\nvar _ = locales.Message{Code: x, English: \"A\"}", fault: "the code is not a literal"},
		{name: "one code, two sentences", body: "var _ = []locales.Message{{Code: \"a\", English: \"A\"},\n{Code: \"a\", English: \"B\"}}", want: []string{"|A||a", "|B||a"}, fault: `a/a.go:8: code "a" says "B" here and "A" in a/a.go:7`},
		{name: "two plurals", body: `var _, _ = locales.N(ctx, "%d a", "%d b", 1), locales.N(ctx, "%d a", "%d c", 1)`, want: []string{"|%d a|%d b|"}, fault: "has the plurals"},
		{name: "verbs that differ", body: `var _ = locales.N(ctx, "%s cat", "%d cats", 1)`, want: []string{"|%s cat|%d cats|"}, fault: "do not have the same verbs"},
		{name: "percent sign", body: `var _ = locales.T(ctx, "100%")`, want: []string{"|100%||"}, fault: "percent sign"},
		{name: "empty", body: `var _ = locales.T(ctx, "")`, fault: "is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := module(t, map[string]string{
				"a/a.go":          "package a\n" + imports + "var ctx context.Context\n" + c.body,
				"a/a_test.go":     "package a\nnot even Go",
				"a/testdata/x.go": "not even Go",
			})
			sentences, err := extract(root, []string{"a", "missing"})
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("the fault is %v, want %q", err, c.fault)
			}
			var got []string
			for _, s := range sentences {
				e := s.entry(2)
				got = append(got, e.Context+"|"+e.ID+"|"+e.Plural+"|"+strings.ReplaceAll(strings.Join(e.Notes, ","), "code: ", ""))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestAcrossPackages(t *testing.T) {
	t.Parallel()
	root := module(t, map[string]string{
		"a/a.go":   "package a\nimport words \"github.com/gatehouse-go/gatehouse/locales\"\nfunc Say(english string) string { return words.T(nil, english) }",
		"b/c/b.go": "package c\nimport \"example.com/shop/a\"\nvar _ = a.Say(\"From afar\")",
	})
	sentences, err := extract(root, []string{"b", "a"})
	if err != nil || len(sentences) != 1 || sentences[0].id != "From afar" || !sentences[0].files["b/c/b.go"] {
		t.Errorf("found %v, %v", sentences, err)
	}
	for name, text := range map[string]string{
		"dot import": "package d\nimport . \"github.com/gatehouse-go/gatehouse/locales\"\n", "not Go": "package",
	} {
		write(t, root, "d/d.go", text)
		if sentences, err := extract(root, []string{"d"}); err == nil || sentences != nil {
			t.Errorf("%s: found %v, %v", name, sentences, err)
		}
	}
}

// generated is what templ makes of a template: a sentence followed by its templ.Error, and one
// that is handed to a component.
const generated = `package pages
` + imports + `func page(ctx context.Context) error {
	var x string
	if true {
		v, err := templ.JoinStringErrs(locales.T(ctx, x))
		if err != nil {
			return templ.Error{Err: err, FileName: "pages/login.templ", Line: 12, Col: 3}
		}
		err = Button(locales.T(ctx, x + "!")).Render(ctx, v)
		if err != nil {
			return err
		}
		_, _ = locales.T(ctx, "Sign in"), locales.T(ctx, x + "?")
	}
	return nil
}`

func TestTemplates(t *testing.T) {
	t.Parallel()
	root := module(t, map[string]string{
		"pages/login_templ.go": generated,
		"pages/login.templ":    "package pages\n\ntempl page() {\n\t@Button(locales.T(ctx, x + \"!\"))\n}\n",
	})
	sentences, err := extract(root, []string{"pages"})
	if err == nil {
		t.Fatal("nothing was reported")
	}
	for _, place := range []string{"pages/login.templ:12: ", "pages/login.templ:4: ", "pages/login_templ.go:17: "} {
		if !strings.Contains(err.Error(), place) {
			t.Errorf("%s is not in\n%v", place, err)
		}
	}
	if len(sentences) != 1 || !sentences[0].files["pages/login.templ"] {
		t.Errorf("found %+v", sentences)
	}
}

func TestNoModule(t *testing.T) {
	t.Parallel()
	if _, err := extract(t.TempDir(), []string{"."}); err == nil || !strings.Contains(err.Error(), "root of the module") {
		t.Errorf("outside a module: %v", err)
	}
}
