package apptest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// A Browser is one visitor: cookies, the page they are on, and what they have typed into it. Its
// methods end the test where a person would be stuck, and return the Browser otherwise.
type Browser struct {
	site   *Site
	t      testing.TB
	by     Transport
	jar    http.CookieJar
	header http.Header

	at     *url.URL
	page   *goquery.Document
	status int
	// typed and ticked are what has been done to the page's inputs; last is the form it was
	// done in.
	typed  map[string]string
	ticked map[string]bool
	last   *goquery.Selection
	form   string

	// Of a program alone: the answer, read, and the token for the next request.
	answer *Envelope
	token  string
}

// A Request is sent as it stands by [Browser.Send].
type Request struct {
	// Method defaults to GET, or to POST where there is a Body.
	Method string
	Path   string
	Header map[string]string
	Body   string
}

// An Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Visit opens a page as if its address had been typed, or followed from a mail.
func (b *Browser) Visit(address string) *Browser {
	b.t.Helper()
	return b.open(address, "none")
}

// Follow opens the page that a link leads to. The link is found by its text.
func (b *Browser) Follow(label string) *Browser {
	b.t.Helper()
	links := b.find("a[href]").FilterFunction(func(_ int, a *goquery.Selection) bool { return text(a) == label })
	if links.Length() == 0 {
		b.t.Fatalf("no link %q on %s:\n%s", label, b.at, b.shown())
	}
	return b.open(links.AttrOr("href", ""), "same-origin")
}

func (b *Browser) open(address, from string) *Browser {
	b.t.Helper()
	to := b.resolve(address)
	b.load(http.MethodGet, to, "", from)
	if b.by == JSON {
		b.askJSON(to)
	}
	return b
}

// Via has every later request go to another instance of the site; see [Site.Another].
func (b *Browser) Via(s *Site) *Browser {
	b.site = s
	return b
}

// Header has every later request of this browser carry a header. An empty value takes it away.
func (b *Browser) Header(name, value string) *Browser {
	b.header.Set(name, value)
	return b
}

// Send sends r with the browser's cookies and nothing else, follows nothing, and leaves the page
// as it is. Cookies that come back are kept.
func (b *Browser) Send(r Request) Answer {
	b.t.Helper()
	method := r.Method
	if method == "" {
		method = http.MethodGet
		if r.Body != "" {
			method = http.MethodPost
		}
	}
	header := http.Header{}
	for name, value := range r.Header {
		header.Set(name, value)
	}
	return b.trip(method, b.resolve(r.Path), header, r.Body)
}

// Cookie is the value of one of the kit's cookies, by its name without prefix; "" if there is none.
func (b *Browser) Cookie(name string) string {
	for _, c := range b.jar.Cookies(b.site.address("/")) {
		if c.Name == b.site.cookie(name) {
			return c.Value
		}
	}
	return ""
}

// SetCookie puts one of the kit's cookies into the browser. An empty value takes it away.
func (b *Browser) SetCookie(name, value string) *Browser {
	c := &http.Cookie{Name: b.site.cookie(name), Value: value, Path: "/", Secure: b.site.secure, HttpOnly: true}
	if value == "" {
		c.MaxAge = -1
	}
	b.jar.SetCookies(b.site.address("/"), []*http.Cookie{c})
	return b
}

func (b *Browser) resolve(address string) *url.URL {
	b.t.Helper()
	to := b.site.address("/")
	if b.at != nil {
		to = b.at
	}
	to, err := to.Parse(address)
	must(b.t, err)
	to.Fragment = ""
	return to
}

// trip is one request and its answer. All of them pass here.
func (b *Browser) trip(method string, to *url.URL, header http.Header, body string) Answer {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, to.String(), strings.NewReader(body))
	must(b.t, err)
	request.Header = header.Clone()
	for name, values := range b.header {
		request.Header.Del(name)
		if values[0] != "" {
			request.Header[name] = values
		}
	}
	client := http.Client{
		Transport: b.site.client, Jar: b.jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	must(b.t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	must(b.t, err)
	if b.site.host.Observe != nil {
		b.site.host.Observe(b.t, response)
	}
	return Answer{Status: response.StatusCode, Header: response.Header, Body: string(content)}
}

// load asks for a whole page and shows it, following redirects as browsers do.
func (b *Browser) load(method string, to *url.URL, body, from string) {
	b.t.Helper()
	for range 10 {
		if to.Scheme+"://"+to.Host != b.site.URL {
			b.show(to, Answer{})
			return
		}
		header := http.Header{
			"Accept":         {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
			"Sec-Fetch-Site": {from}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"},
			"User-Agent": {"Mozilla/5.0 (apptest)"},
		}
		if method != http.MethodGet {
			header.Set("Origin", b.site.URL)
			header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		answer := b.trip(method, to, header, body)
		next := answer.Header.Get("Location")
		if answer.Status < 300 || answer.Status > 399 || next == "" {
			b.show(to, answer)
			return
		}
		if answer.Status != http.StatusSeeOther && method != http.MethodGet {
			b.t.Errorf("%s %s was answered by %d, which may post again: 303 does not", method, to, answer.Status)
		}
		var err error
		to, err = to.Parse(next)
		must(b.t, err)
		method, body = http.MethodGet, ""
	}
	b.t.Fatalf("more than ten redirects, the last to %s", to)
}

func (b *Browser) show(at *url.URL, answer Answer) {
	b.t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Body))
	must(b.t, err)
	page.Find("template").Remove() // script alone looks into them
	b.at, b.page, b.status, b.answer = at, page, answer.Status, nil
	b.forget()
}

func (b *Browser) forget() {
	b.typed, b.ticked, b.last, b.form = map[string]string{}, map[string]bool{}, nil, ""
}
