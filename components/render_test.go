package components_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
)

// draw renders parts one after the other and parses what came out.
func draw(t *testing.T, s components.Scope, parts ...templ.Component) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text(t, s, parts...)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func text(t *testing.T, s components.Scope, parts ...templ.Component) string {
	t.Helper()
	var b strings.Builder
	s.Elements = s.Elements.Or(elements.Kit())
	if err := all(parts...).Render(components.With(context.Background(), s), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func all(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, part := range parts {
			if err := part.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// holding draws parts within parent.
func holding(parent templ.Component, parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, all(parts...)), w)
	})
}

// wants reports every attribute of the one element that selector finds which is not as wanted; a
// want of "-" means that the attribute must not be there.
func wants(t *testing.T, doc *goquery.Document, selector string, want map[string]string) {
	t.Helper()
	found := doc.Find(selector)
	if found.Length() != 1 {
		t.Fatalf("%q finds %d elements, want 1", selector, found.Length())
	}
	for name, value := range want {
		got, there := found.Attr(name)
		if value == "-" && there {
			t.Errorf("%s has %s=%q, want none", selector, name, got)
		}
		if value != "-" && (!there || got != value) {
			t.Errorf("%s has %s=%q, want %q", selector, name, got, value)
		}
	}
}
