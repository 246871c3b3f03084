package mails_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/mails"
	"github.com/gatehouse-go/gatehouse/pages/props"
	"github.com/gatehouse-go/gatehouse/pages/states"
)

var update = flag.Bool("update", false, "write what the mails look like now to testdata")

func letters(t *testing.T) map[string]components.Mail {
	all := map[string]components.Mail{}
	for _, sample := range states.Mails("Fish & Chips", "https://shop.example") {
		all[sample.Name] = sample.Write(t.Context(), pages.DefaultMails())
	}
	return all
}

// A mail without a sample is looked at by nobody: not in the gallery, and not by the tests below.
func TestEveryMailHasASample(t *testing.T) {
	t.Parallel()
	written := map[string]bool{}
	var spies pages.Mails
	for i := range reflect.ValueOf(&spies).Elem().NumField() {
		name, field := reflect.TypeFor[pages.Mails]().Field(i).Name, reflect.ValueOf(&spies).Elem().Field(i)
		field.Set(reflect.MakeFunc(field.Type(), func([]reflect.Value) []reflect.Value {
			written[name] = true
			return []reflect.Value{reflect.Zero(field.Type().Out(0))}
		}))
	}
	for _, sample := range states.Mails("Shop", "https://shop.example") {
		if sample.Write(t.Context(), spies); !written[strings.TrimPrefix(sample.View, "Mails.")] {
			t.Errorf("%s is not written by %q", sample.Name, sample.View)
		}
	}
	for field := range reflect.TypeFor[pages.Mails]().Fields() {
		if field.Name != "Layout" && field.Name != "Text" && !written[field.Name] {
			t.Errorf("%s has no sample in package states", field.Name)
		}
	}
}

func html(t *testing.T, m components.Mail) string {
	t.Helper()
	var b strings.Builder
	envelope := props.Envelope{
		Subject: m.Subject, AppName: "Fish & Chips", Home: "https://shop.example/", Lang: "en", Dir: "ltr",
		Reason: locales.Message{Code: "test", English: "You have an account here."},
	}
	if err := mails.Layout(envelope, m.HTML).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMailsLookAsTheyDid(t *testing.T) {
	t.Parallel()
	for name, m := range letters(t) {
		got := "Subject: " + m.Subject + "\n\n" + m.Text + "\n" + strings.ReplaceAll(html(t, m), "><", ">\n<") + "\n"
		path := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not what it was; look at it, then run with -update:\n%s", path, got)
		}
	}
}

// Both parts say the same: whoever reads only one misses nothing to do.
func TestBothPartsLeadToTheSamePlaces(t *testing.T) {
	t.Parallel()
	for name, m := range letters(t) {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(html(t, m)))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		doc.Find(".paper a").Each(func(_ int, a *goquery.Selection) {
			n++
			if !strings.Contains(m.Text, a.AttrOr("href", "")) {
				t.Errorf("%s: the text part lacks %s", name, a.AttrOr("href", ""))
			}
		})
		if n == 0 {
			t.Errorf("%s leads nowhere", name)
		}
		if strings.Contains(m.Text, "&amp;") || strings.Contains(m.Subject, "&amp;") {
			t.Errorf("%s: text is escaped as if it were HTML: %s", name, m.Text)
		}
		if strings.ContainsAny(m.Subject, "\r\n") {
			t.Errorf("%s: the subject has more than one line", name)
		}
	}
}

// What a reader would block or fetch: nothing may tell the sender that a mail was opened.
func TestMailsFetchNothing(t *testing.T) {
	t.Parallel()
	for name, m := range letters(t) {
		for _, banned := range []string{"<img", "<script", "<link", "url(", "@import", "javascript:"} {
			if strings.Contains(html(t, m), banned) {
				t.Errorf("%s holds %s", name, banned)
			}
		}
	}
}
