package pages_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/states"
)

// A view without a state is looked at by nobody: not in the gallery, and not by the tests.
func TestEveryViewHasAState(t *testing.T) {
	t.Parallel()
	drawn := map[string]bool{}
	var spies pages.Views
	for field, value := range reflect.ValueOf(&spies).Elem().Fields() {
		value.Set(reflect.MakeFunc(field.Type, func([]reflect.Value) []reflect.Value {
			drawn[field.Name] = true
			return []reflect.Value{reflect.ValueOf(templ.NopComponent)}
		}))
	}
	seen := map[string]bool{}
	for _, s := range states.Of("Shop") {
		if s.View == "" || s.Group == "" || seen[s.Name] {
			t.Errorf("%s of %q is drawn by %q, or its name is used twice", s.Name, s.Group, s.View)
		}
		seen[s.Name] = true
		s.Whole(t.Context(), spies)
	}
	for field := range reflect.TypeFor[pages.Views]().Fields() {
		if !drawn[field.Name] && field.Name != "Layout" { // which is what the two layouts fall back to
			t.Errorf("%s has no state in package states", field.Name)
		}
	}
}

// What people meet in a form that has fields: a view that was never looked at filled in, refused,
// out of patience or with a name of great length breaks there first.
func TestEveryFormIsShownInAllItsStates(t *testing.T) {
	t.Parallel()
	met := map[string][]string{}
	asks := map[string][]string{}
	for _, s := range states.Of("Shop") {
		if s.View == "Views.LoginOrRegister" {
			continue // two views that are looked at by themselves
		}
		for _, f := range s.Forms() {
			key := s.View + " " + f.Name
			met[key] = append(met[key], meets(f)...)
			if longest(reflect.ValueOf(s.Props)) > 60 {
				met[key] = append(met[key], "long names")
			}
			if len(f.Fields()) == 0 {
				continue
			}
			asks[key] = append(asks[key], "empty", "invalid", "locked", "long names")
			if slices.ContainsFunc(f.Fields(), fillable) {
				asks[key] = append(asks[key], "filled")
			}
		}
	}
	for key, wanted := range asks {
		for _, want := range slices.Compact(slices.Sorted(slices.Values(wanted))) {
			if !slices.Contains(met[key], want) {
				t.Errorf("%s is never shown %s", key, want)
			}
		}
	}
}

// fillable fields keep what was typed into them: secrets and codes are not drawn again.
func fillable(f form.Field) bool {
	return f.Kind != "password" && f.Kind != "checkbox" && f.Name != "code" && f.Name != "number" && f.Name != "next"
}

func meets(f form.Form) (kinds []string) {
	filled := slices.ContainsFunc(f.Fields(), func(field form.Field) bool { return field.Value != "" })
	if !filled && !f.Invalid() {
		kinds = append(kinds, "empty")
	}
	if filled {
		kinds = append(kinds, "filled")
	}
	if slices.ContainsFunc(f.Fields(), func(field form.Field) bool { return len(field.Errors) > 0 }) {
		kinds = append(kinds, "invalid")
	}
	if f.Wait > 0 {
		kinds = append(kinds, "locked")
	}
	return kinds
}

// longest is the length of the longest text in v.
func longest(v reflect.Value) (n int) {
	if v.Kind() == reflect.String {
		return v.Len()
	}
	if v.Kind() == reflect.Struct {
		for _, value := range v.Fields() {
			n = max(n, longest(value))
		}
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			n = max(n, longest(v.Index(i)))
		}
	}
	return n
}

// A page in a language that runs from right to left is the same page in other words. The words
// stand in testdata/fa, where somebody who reads them sees what was left in English.
func TestPagesLookAsTheyDidInFarsi(t *testing.T) {
	t.Parallel()
	languages, err := locales.New()
	if err != nil {
		t.Fatal(err)
	}
	farsi := locales.With(t.Context(), languages.Match("fa"))
	for _, s := range states.Of("Shop") {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			here := renderIn(farsi, t, s.Whole(farsi, pages.Default()))
			if got, want := skeleton(parsed(t, here)), skeleton(parsed(t, whole(t, s))); got != want {
				t.Errorf("it is another page than in English: %s", difference(want, got))
			}
			doc := parsed(t, here)
			if dir := doc.Find("html").AttrOr("dir", ""); dir != "rtl" {
				t.Errorf("it runs %s", dir)
			}
			same(t, filepath.Join("testdata", "fa", s.Name+".txt"), strings.Join(words(doc), "\n")+"\n")
		})
	}
}

// spoken are the attributes that are words.
var spoken = []string{"aria-label", "placeholder", "title", "alt"}

// words are what a reader is told, one sentence a line.
func words(doc *goquery.Document) (all []string) {
	doc.Find("*").Contents().Each(func(_ int, node *goquery.Selection) {
		if goquery.NodeName(node) == "#text" {
			if text := strings.Join(strings.Fields(node.Text()), " "); text != "" {
				all = append(all, text)
			}
		}
		for _, name := range spoken {
			if said, ok := node.Attr(name); ok {
				all = append(all, said)
			}
		}
	})
	return all
}

// skeleton is the document without its words.
func skeleton(doc *goquery.Document) string {
	doc.Find("html").RemoveAttr("lang").RemoveAttr("dir")
	doc.Find("*").Each(func(_ int, e *goquery.Selection) {
		for _, name := range spoken {
			e.RemoveAttr(name)
		}
		e.Contents().FilterFunction(func(_ int, node *goquery.Selection) bool { return goquery.NodeName(node) == "#text" }).Remove()
	})
	html, err := doc.Html()
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(html, "><", ">\n<")
}

// An element that a host can replace is on a page of its own, where its looks can be judged.
func TestEveryElementHasAState(t *testing.T) {
	t.Parallel()
	for field := range reflect.TypeFor[components.Elements]().Fields() {
		if !slices.ContainsFunc(states.Of("Shop"), func(s states.State) bool { return s.View == "Elements."+field.Name }) {
			t.Errorf("%s has no state in package states", field.Name)
		}
	}
}

// A component that no state draws is looked at by nobody.
func TestEveryComponentIsInAState(t *testing.T) {
	t.Parallel()
	var drawings strings.Builder
	for _, pattern := range []string{"*.templ", "states/*.templ", "mails/*.templ", "../components/elements/*.templ", "../components/*.templ"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, error %v", pattern, len(files), err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			drawings.Write(source)
		}
	}
	declared := regexp.MustCompile(`(?m)^templ ([A-Z]\w*)\(`)
	files, err := fs.Glob(components.Source(), "*.templ")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	parts := []string{"Fragment", "Hidden"} // what htmx alone is sent, and what nobody sees
	for _, file := range files {
		source, err := fs.ReadFile(components.Source(), file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range declared.FindAllStringSubmatch(string(source), -1) {
			if name := found[1]; !slices.Contains(parts, name) && !regexp.MustCompile(`(?:components\.|@)`+name+`\b`).MatchString(drawings.String()) {
				t.Errorf("no page and no state draws %s of %s", name, file)
			}
		}
	}
}
