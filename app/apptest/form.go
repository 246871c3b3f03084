package apptest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

const inputs = "input, textarea, select"

// In has what follows typed into the form called name, where a page has several. The next page
// begins without.
func (b *Browser) In(name string) *Browser {
	b.form = name
	return b
}

// Fill types value into the input called name.
func (b *Browser) Fill(name, value string) *Browser {
	b.t.Helper()
	input := b.input(name)
	switch kind := input.AttrOr("type", "text"); kind {
	case "checkbox", "radio", "hidden", "submit":
		b.t.Fatalf("the input %q on %s is of type %s: nobody can type into it", name, b.at, kind)
	}
	b.typed[name] = value
	return b
}

// Tick ticks the checkbox called name.
func (b *Browser) Tick(name string) *Browser {
	b.t.Helper()
	return b.tick(name, true)
}

// Untick takes the tick away.
func (b *Browser) Untick(name string) *Browser {
	b.t.Helper()
	return b.tick(name, false)
}

func (b *Browser) tick(name string, ticked bool) *Browser {
	b.t.Helper()
	if kind := b.input(name).AttrOr("type", ""); kind != "checkbox" {
		b.t.Fatalf("the input %q on %s is of type %q and no checkbox", name, b.at, kind)
	}
	b.ticked[name] = ticked
	return b
}

// input finds the one input called name that a person can use, and remembers its form.
func (b *Browser) input(name string) *goquery.Selection {
	b.t.Helper()
	found := b.find(inputs).FilterFunction(func(_ int, input *goquery.Selection) bool {
		return input.AttrOr("name", "") == name && input.AttrOr("type", "") != "hidden" &&
			(b.form == "" || input.Closest("form").AttrOr("id", "") == b.form)
	})
	if found.Length() != 1 {
		b.t.Fatalf("%d inputs are called %q on %s:\n%s", found.Length(), name, b.at, b.shown())
	}
	if _, off := found.Attr("disabled"); off {
		b.t.Fatalf("the input %q on %s is disabled", name, b.at)
	}
	b.last = found.Closest("form")
	return found
}

// Submit sends the form that was last typed into, or else the only one in the main part of the
// page, by its first button.
func (b *Browser) Submit() *Browser {
	b.t.Helper()
	form := b.last
	if form == nil {
		form = b.find("main form")
		if form.Length() != 1 {
			b.t.Fatalf("%d forms to send on %s:\n%s", form.Length(), b.at, b.shown())
		}
	}
	button := form.Find(`button[type="submit"], button:not([type])`).First()
	if button.Length() == 0 {
		b.t.Fatalf("the form has no button on %s", b.at)
	}
	return b.send(form, button)
}

// Press presses the button with that label, whichever form it stands in.
func (b *Browser) Press(label string) *Browser {
	b.t.Helper()
	button := b.find("form button").FilterFunction(func(_ int, s *goquery.Selection) bool { return text(s) == label })
	if button.Length() == 0 {
		b.t.Fatalf("no button %q on %s:\n%s", label, b.at, b.shown())
	}
	return b.send(button.First().Closest("form"), button.First())
}

func (b *Browser) send(form, button *goquery.Selection) *Browser {
	b.t.Helper()
	values := b.successful(form)
	if name := button.AttrOr("name", ""); name != "" {
		values.Set(name, button.AttrOr("value", ""))
	}
	to := b.resolve(form.AttrOr("action", b.at.String()))
	posted, scripted := form.Attr("hx-post")
	switch {
	case b.by == JSON:
		b.postJSON(to, form, values)
	case b.by == HTMX && scripted:
		b.postHTMX(b.resolve(posted), form, values)
	case strings.EqualFold(form.AttrOr("method", "get"), "post"):
		b.load(http.MethodPost, to, values.Encode(), "same-origin")
	default:
		to.RawQuery = values.Encode()
		b.load(http.MethodGet, to, "", "same-origin")
	}
	return b
}

// successful are the controls that a browser sends (HTML, form submission, "constructing the
// entry list"), hidden ones included.
func (b *Browser) successful(form *goquery.Selection) url.Values {
	values := url.Values{}
	form.Find(inputs).Each(func(_ int, input *goquery.Selection) {
		name := input.AttrOr("name", "")
		_, off := input.Attr("disabled")
		if name == "" || off {
			return
		}
		switch input.AttrOr("type", "text") {
		case "submit", "button", "reset", "image", "file":
		case "checkbox", "radio":
			_, ticked := input.Attr("checked")
			if by, touched := b.ticked[name]; touched {
				ticked = by
			}
			if ticked {
				values.Add(name, input.AttrOr("value", "on"))
			}
		default:
			values.Add(name, b.value(input))
		}
	})
	return values
}

// value is what stands in an input: what was typed, else what the page says.
func (b *Browser) value(input *goquery.Selection) string {
	if typed, touched := b.typed[input.AttrOr("name", "")]; touched && input.AttrOr("type", "") != "hidden" {
		return typed
	}
	switch goquery.NodeName(input) {
	case "textarea":
		return input.Text()
	case "select":
		chosen := input.Find("option[selected]")
		if chosen.Length() == 0 {
			chosen = input.Find("option")
		}
		return chosen.First().AttrOr("value", chosen.First().Text())
	}
	return input.AttrOr("value", "")
}
