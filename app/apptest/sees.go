package apptest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// find looks on the page, or ends the test where there is none.
func (b *Browser) find(selector string) *goquery.Selection {
	b.t.Helper()
	if b.page == nil {
		b.t.Fatal("the browser is on no page: Visit one first")
	}
	return b.page.Find(selector)
}

// text is what can be read, white space folded.
func text(s *goquery.Selection) string {
	s = s.Clone()
	s.Find("script, style, noscript").Remove()
	return strings.Join(strings.Fields(s.Text()), " ")
}

// shown is everything that can be read on the page, or in the answer to a program.
func (b *Browser) shown() string {
	b.t.Helper()
	if b.answer == nil {
		return text(b.find("body"))
	}
	said := []string{b.answer.Meta.Message}
	collect(b.answer.Response, &said)
	return strings.Join(said, "\n")
}

func collect(value any, said *[]string) {
	switch value := value.(type) {
	case string:
		*said = append(*said, value)
	case []any:
		for _, v := range value {
			collect(v, said)
		}
	case map[string]any:
		for _, v := range value {
			collect(v, said)
		}
	}
}

// Sees checks that a text stands on the page, or among what a program was told.
func (b *Browser) Sees(want string) *Browser {
	b.t.Helper()
	if shown := b.shown(); !strings.Contains(shown, want) {
		b.t.Errorf("%q is not on %s:\n%s", want, b.at, shown)
	}
	return b
}

// SeesNot checks that it does not.
func (b *Browser) SeesNot(unwanted string) *Browser {
	b.t.Helper()
	if shown := b.shown(); strings.Contains(shown, unwanted) {
		b.t.Errorf("%q is on %s:\n%s", unwanted, b.at, shown)
	}
	return b
}

// SeesError checks that a field of the form, or under "" the form itself, is said to be wrong in
// these words. On a page the words must be tied to the input, so that a screen reader says them.
func (b *Browser) SeesError(field, want string) *Browser {
	b.t.Helper()
	if errors := b.Errors(field); !strings.Contains(errors, want) {
		b.t.Errorf("the error of %q on %s is %q, not %q; the page:\n%s", field, b.at, errors, want, b.shown())
	}
	return b
}

// Errors is what is said to be wrong with a field of the form, or under "" with the form itself.
func (b *Browser) Errors(field string) string {
	b.t.Helper()
	if b.answer != nil {
		all, _ := b.answer.Response["field_errors"].(map[string]any)
		var said []string
		collect(all[field], &said)
		return strings.Join(said, " ")
	}
	if field == "" {
		return text(b.find(`[role="alert"] p`))
	}
	input := b.find(inputs).FilterFunction(func(_ int, s *goquery.Selection) bool { return s.AttrOr("name", "") == field })
	if input.AttrOr("aria-invalid", "") != "true" {
		return ""
	}
	var said []string
	for id := range strings.FieldsSeq(input.AttrOr("aria-describedby", "")) {
		if strings.HasSuffix(id, "-error") {
			said = append(said, text(b.find("#"+id)))
		}
	}
	return strings.Join(said, " ")
}

// Holds checks what stands in the input called name.
func (b *Browser) Holds(name, want string) *Browser {
	b.t.Helper()
	if got := b.value(b.input(name)); got != want {
		b.t.Errorf("%q holds %q, not %q", name, got, want)
	}
	return b
}

// At checks which page the browser is on: a path with its query. A program is on no page; for it
// At checks that it was let in, or at the page for signing in that it was not.
func (b *Browser) At(want string) *Browser {
	b.t.Helper()
	if b.by == JSON {
		path, _, _ := strings.Cut(want, "?")
		out := path == b.site.App.URL("login")
		if ok := b.status < 300 || out && b.status == http.StatusUnauthorized; !ok {
			b.t.Errorf("the answer is %d, which does not lead to %s:\n%s", b.status, want, b.shown())
		}
		return b
	}
	if got := b.Address(); got != want {
		b.t.Errorf("the browser is at %s, not at %s:\n%s", got, want, b.shown())
	}
	return b
}

// Address is where the browser is: a path with its query, or a whole URL elsewhere.
func (b *Browser) Address() string {
	if b.at == nil {
		return ""
	}
	if b.at.Scheme+"://"+b.at.Host == b.site.URL {
		return (&url.URL{Path: b.at.Path, RawPath: b.at.RawPath, RawQuery: b.at.RawQuery}).String()
	}
	return b.at.String()
}

// Status is the status of the last answer that was shown.
func (b *Browser) Status() int { return b.status }

// Page is the page as it stands, for checks that no method makes.
func (b *Browser) Page() *goquery.Selection {
	b.t.Helper()
	return b.find("html")
}

// SignedIn checks that the browser's session is that of the account with this address or username.
func (b *Browser) SignedIn(as string) *Browser {
	b.t.Helper()
	if who := b.Who(); who != as {
		b.t.Errorf("%q is signed in, not %q", who, as)
	}
	return b
}

// SignedOut checks that nobody is signed in.
func (b *Browser) SignedOut() *Browser {
	b.t.Helper()
	return b.SignedIn("")
}

// Who is signed in: the address, or else the username; "" for nobody. It asks the page for
// signing out, which everyone may see.
func (b *Browser) Who() string {
	b.t.Helper()
	answer := b.Send(Request{Path: b.site.App.URL("logout"), Header: map[string]string{"Accept": "application/json"}})
	user, _ := answer.JSON(b.t).Response["user"].(map[string]any)
	if email, ok := user["email"].(string); ok {
		return email
	}
	username, _ := user["username"].(string)
	return username
}
