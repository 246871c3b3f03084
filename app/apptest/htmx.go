package apptest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// postHTMX does what htmx 4 does with a form: posts it as a partial request and puts the answer
// where the form says.
func (b *Browser) postHTMX(to *url.URL, form *goquery.Selection, values url.Values) {
	b.t.Helper()
	target := b.target(form)
	answer := b.trip(http.MethodPost, to, b.headersHTMX(form, target, http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {b.site.URL},
	}), values.Encode())
	b.take(answer, form, target, form.AttrOr("hx-swap", "innerHTML"))
}

// Embedded fetches what an element with hx-get would put into itself when the page is loaded: a
// form of the kit's within a page of the host's.
func (b *Browser) Embedded() *Browser {
	b.t.Helper()
	place := b.find("[hx-get]")
	if place.Length() != 1 {
		b.t.Fatalf("%d elements with hx-get on %s", place.Length(), b.at)
	}
	answer := b.trip(http.MethodGet, b.resolve(place.AttrOr("hx-get", "")), b.headersHTMX(place, place, nil), "")
	b.take(answer, place, place, place.AttrOr("hx-swap", "innerHTML"))
	return b
}

func (b *Browser) headersHTMX(source, target *goquery.Selection, more http.Header) http.Header {
	header := http.Header{
		"Accept": {"text/html"}, "Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Mode": {"same-origin"}, "Sec-Fetch-Dest": {"empty"},
		"Hx-Request": {"true"}, "Hx-Request-Type": {"partial"}, "Hx-Current-Url": {b.at.String()},
		"Hx-Source": {name(source)}, "Hx-Target": {name(target)}, "User-Agent": {"Mozilla/5.0 (apptest)"},
	}
	for key, values := range more {
		header[key] = values
	}
	around := source.Closest(`[hx-headers\:inherited]`)
	for pair := range strings.SplitSeq(strings.Trim(around.AttrOr("hx-headers:inherited", "{}"), "{} "), ",") {
		name, value, _ := strings.Cut(pair, ":")
		if name = strings.Trim(name, `" `); name != "" {
			header.Set(name, strings.Trim(value, `" `))
		}
	}
	return header
}

// name is how htmx 4 names an element to the server.
func name(s *goquery.Selection) string {
	return goquery.NodeName(s) + "#" + s.AttrOr("id", "")
}

func (b *Browser) target(form *goquery.Selection) *goquery.Selection {
	b.t.Helper()
	where := form.AttrOr("hx-target", "this")
	target := form
	if selector, closest := strings.CutPrefix(where, "closest "); closest {
		target = form.Closest(selector)
	} else if where != "this" {
		target = b.page.Find(where)
	}
	if target.Length() != 1 {
		b.t.Fatalf("hx-target %q names %d elements on %s", where, target.Length(), b.at)
	}
	return target
}

// take obeys an answer: its redirect, its status, then the swap.
func (b *Browser) take(answer Answer, source, target *goquery.Selection, swap string) {
	b.t.Helper()
	b.status = answer.Status
	if to := answer.Header.Get("HX-Redirect"); to != "" {
		b.load(http.MethodGet, b.resolve(to), "", "same-origin")
		return
	}
	if answer.Status >= 300 && answer.Status <= 399 {
		b.t.Fatalf("htmx was answered by %d to %s, which would put a whole page into the page", answer.Status, answer.Header.Get("Location"))
	}
	for _, pattern := range []string{"hx-status:" + http3(answer.Status), "hx-status:" + http3(answer.Status)[:2] + "x", "hx-status:" + http3(answer.Status)[:1] + "xx"} {
		if rule, ok := source.Attr(pattern); ok {
			swap = strings.TrimPrefix(rule, "swap:")
			b.swap(answer, target, swap)
			return
		}
	}
	if answer.Status == http.StatusNoContent || answer.Status == http.StatusNotModified || answer.Status >= 500 {
		return // the layout's htmx-config says noSwap
	}
	b.swap(answer, target, swap)
}

func http3(status int) string {
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

func (b *Browser) swap(answer Answer, target *goquery.Selection, swap string) {
	b.t.Helper()
	if strings.Contains(strings.ToLower(answer.Body), "<html") {
		b.t.Fatalf("htmx got a whole page to put into a part of %s (status %d)", b.at, answer.Status)
	}
	if kind := answer.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		b.t.Fatalf("htmx got %q to put into %s", kind, b.at)
	}
	fragment, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Body))
	must(b.t, err)
	titles := fragment.Find("head > title, body > title")
	if titles.Length() > 0 {
		b.page.Find("head > title").SetText(titles.First().Text())
	}
	titles.Remove()
	var apart []*goquery.Selection
	fragment.Find("[hx-swap-oob]").Each(func(_ int, s *goquery.Selection) { apart = append(apart, s.Remove()) })
	inside, err := fragment.Find("body").Html()
	must(b.t, err)
	switch swap {
	case "outerMorph", "outerHTML":
		target.ReplaceWithHtml(inside)
	case "innerMorph", "innerHTML":
		target.SetHtml(inside)
	default:
		b.t.Fatalf("hx-swap %q on %s", swap, b.at)
	}
	for _, s := range apart {
		b.place(s)
	}
	b.keep(swap)
}

func (b *Browser) place(s *goquery.Selection) {
	b.t.Helper()
	id, how := s.AttrOr("id", ""), s.AttrOr("hx-swap-oob", "")
	there := b.page.Find("#" + id)
	if there.Length() != 1 || how != "innerHTML" {
		b.t.Fatalf("an out-of-band %q for #%s, of which there are %d on %s", how, id, there.Length(), b.at)
	}
	inside, err := s.Html()
	must(b.t, err)
	there.SetHtml(inside)
}

// keep keeps what was typed where the swap was a morph and the input is still there.
func (b *Browser) keep(swap string) {
	b.last = nil
	if !strings.HasSuffix(swap, "Morph") {
		b.forget()
		return
	}
	var names []string
	b.find(inputs).Each(func(_ int, s *goquery.Selection) { names = append(names, s.AttrOr("name", "")) })
	for typed := range b.typed {
		if !slices.Contains(names, typed) {
			delete(b.typed, typed)
		}
	}
}
