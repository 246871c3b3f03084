package apptest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// An Envelope is every answer of the kit to a program.
type Envelope struct {
	Meta struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		// MessageCode is the stable name of Message.
		MessageCode string `json:"message_code"`
	} `json:"meta"`
	Response map[string]any `json:"response"`
}

// Codes are the stable names of what is wrong with a field of the form, or under "" with the form.
func (e Envelope) Codes(field string) []string {
	var codes []string
	all, _ := e.Response["codes"].(map[string]any)
	collect(all[field], &codes)
	return codes
}

// JSON reads an answer to a program and checks its form: the status told twice, a token on
// success, errors told flat and by field with a code for each.
func (a Answer) JSON(t testing.TB) Envelope {
	t.Helper()
	var e Envelope
	if kind := a.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
		t.Errorf("a program was answered %d in %q:\n%s", a.Status, kind, a.Body)
		return e
	}
	must(t, json.Unmarshal([]byte(a.Body), &e))
	if wrong := e.wrong(a.Status); wrong != "" {
		t.Errorf("%s:\n%s", wrong, a.Body)
	}
	return e
}

// A program carries no Sec-Fetch-Site and no Origin, as curl and server-side clients do not: its
// requests stand on the anti-forgery token alone.
func programHeaders() http.Header {
	return http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "User-Agent": {"apptest"}}
}

func (b *Browser) askJSON(to *url.URL) {
	b.t.Helper()
	if to.Scheme+"://"+to.Host != b.site.URL {
		return
	}
	header := programHeaders()
	header.Del("Content-Type")
	b.read(to, b.trip(http.MethodGet, to, header, ""))
}

// postJSON posts what the form would post, by the same names: text as strings, boxes as booleans,
// what is hidden and empty not at all.
func (b *Browser) postJSON(to *url.URL, form *goquery.Selection, values url.Values) {
	b.t.Helper()
	if b.token == "" {
		b.askJSON(to)
	}
	fields := map[string]any{"csrf_token": b.token}
	for name := range values {
		input := form.Find(inputs).FilterFunction(func(_ int, s *goquery.Selection) bool { return s.AttrOr("name", "") == name })
		value := values.Get(name)
		switch kind := input.AttrOr("type", "text"); {
		case name == "csrf_token", kind == "hidden" && value == "":
		case kind == "checkbox":
			fields[name] = true
		default:
			fields[name] = value
		}
	}
	body, err := json.Marshal(fields)
	must(b.t, err)
	b.read(to, b.trip(http.MethodPost, to, programHeaders(), string(body)))
}

// read takes an answer in; from the kit, it must be a well-formed envelope.
func (b *Browser) read(from *url.URL, answer Answer) {
	b.t.Helper()
	b.status, b.answer = answer.Status, nil
	if !b.site.of(from.Path) && !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		return // a page of the host's, which has no other form
	}
	e := answer.JSON(b.t)
	b.answer = &e
	if token, ok := b.answer.Response["csrf_token"].(string); ok {
		b.token = token
	}
}

// wrong says what is wrong with the form of an answer.
func (e Envelope) wrong(status int) string {
	if e.Meta.Code != status || e.Response == nil {
		return "meta.code is not the status, or there is no response"
	}
	if status < http.StatusBadRequest {
		if token, _ := e.Response["csrf_token"].(string); token == "" {
			return "there is no csrf_token"
		}
		return ""
	}
	flat, _ := e.Response["errors"].([]any)
	said, _ := e.Response["field_errors"].(map[string]any)
	codes, _ := e.Response["codes"].(map[string]any)
	var all []any
	for field, list := range said {
		messages, _ := list.([]any)
		parallel, _ := codes[field].([]any)
		if len(messages) == 0 || len(messages) != len(parallel) || slices.Contains(parallel, any("")) {
			return "codes do not run parallel to field_errors"
		}
		all = append(all, messages...)
	}
	if len(all) == 0 || len(all) != len(flat) || len(said) != len(codes) || !sameSet(all, flat) {
		return "errors and field_errors do not tell the same"
	}
	return ""
}

func sameSet(a, b []any) bool {
	count := func(list []any) map[any]int {
		n := map[any]int{}
		for _, v := range list {
			n[v]++
		}
		return n
	}
	return reflect.DeepEqual(count(a), count(b))
}
