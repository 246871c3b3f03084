package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/gatehouse-go/gatehouse/db"
)

// A tab is one tab of a browser, seen as a person sees it. What it is asked for may take a moment
// to come: every question waits for the answer that is wanted.
type tab struct {
	t    *testing.T
	site *site
	ctx  context.Context
	troubles
}

// open opens a tab in a browser that has never been anywhere. When the test ends it fails if the
// page broke its own rules or wrote errors to the console; see troubles.
func open(t *testing.T, s *site) *tab {
	t.Helper()
	browser, err := one()
	must(t, err)
	return newTab(browser, t, s, chromedp.WithNewBrowserContext())
}

// another opens a second tab of the same browser, with the same cookies.
func (p *tab) another() *tab {
	p.t.Helper()
	return newTab(p.ctx, p.t, p.site)
}

func newTab(parent context.Context, t *testing.T, s *site, options ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx))
	p := &tab{t: t, site: s, ctx: ctx}
	must(t, chromedp.Listen(ctx, p.hear))
	// Several tabs at once: each behaves as if it were the one in front.
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: witness})
	p.width(1280)
	t.Cleanup(p.report)
	return p
}

// call sends a command of the browser's protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	must(p.t, err)
	return result
}

// ask runs a function in the page. It works with script turned off, too: that stops the page's
// own.
func ask[T any](p *tab, function string, args ...any) (T, error) {
	list := make([]string, len(args))
	for i, arg := range args {
		raw, err := json.Marshal(arg)
		must(p.t, err)
		list[i] = string(raw)
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T]("("+function+")("+strings.Join(list, ",")+")", chromedp.EvalAwaitPromise))
}

// value is ask for what must be there by now.
func value[T any](p *tab, function string, args ...any) T {
	p.t.Helper()
	v, err := ask[T](p, function, args...)
	must(p.t, err)
	return v
}

// until waits for a function of the page to return true; what says what is waited for.
func (p *tab) until(what, function string, args ...any) {
	p.t.Helper()
	p.wait(what, func() (bool, error) { return ask[bool](p, function, args...) })
}

func (p *tab) wait(what string, done func() (bool, error)) {
	p.t.Helper()
	var last error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		ok, err := done()
		if ok && err == nil {
			return
		}
		last = err // a page on its way to another has no answer: ask the next one
		if errors.Is(err, context.Canceled) {
			break
		}
	}
	p.t.Fatalf("waited for %s in vain (%v)\n%s", what, last, p.describe())
}

// describe says what a person would see now.
func (p *tab) describe() string {
	seen, err := ask[string](p, `() => location.href + "\n" + document.title + "\n" + document.body?.innerText`)
	if err != nil {
		return "the page does not answer: " + err.Error()
	}
	return seen
}

// visit opens a page by its path, as from the address bar.
func (p *tab) visit(path string) *tab {
	p.t.Helper()
	return p.elsewhere(p.site.url + path)
}

// elsewhere opens any address.
func (p *tab) elsewhere(address string) *tab {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	must(p.t, chromedp.Do(ctx, chromedp.Navigate(address)))
	return p
}

// status demands the status that the page came with.
func (p *tab) status(want int) {
	p.t.Helper()
	if got := value[int](p, `() => performance.getEntriesByType('navigation')[0].responseStatus`); got != want {
		p.t.Errorf("%s came with status %d, not %d", p.path(), got, want)
	}
}

func (p *tab) reload() *tab {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	must(p.t, chromedp.Do(ctx, chromedp.Reload()))
	return p
}

// back presses the browser's own button and does not wait.
func (p *tab) back() *tab {
	p.t.Helper()
	history := call(p, page.GetNavigationHistory, cdp.Empty{})
	if history.CurrentIndex < 1 {
		p.t.Fatal("there is nothing to go back to")
	}
	entry := history.Entries[history.CurrentIndex-1]
	call(p, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: entry.ID})
	return p
}

// at waits for the page of a path, its query included, to be there and at rest.
func (p *tab) at(path string) *tab {
	p.t.Helper()
	p.until("the page "+path, `(want) => location.pathname + location.search === want
		&& document.readyState === 'complete' && !document.querySelector('.htmx-request')`, path)
	return p
}

// path is where the tab is.
func (p *tab) path() string {
	p.t.Helper()
	u, err := url.Parse(value[string](p, `() => location.href`))
	must(p.t, err)
	return u.RequestURI()
}

// has waits for words to be seen.
func (p *tab) has(words ...string) *tab {
	p.t.Helper()
	for _, word := range words {
		p.until("the words "+word, `(word) => document.body.innerText.includes(word)`, word)
	}
	return p
}

// lacks demands that words are not seen now.
func (p *tab) lacks(words ...string) *tab {
	p.t.Helper()
	for _, word := range words {
		if value[bool](p, `(word) => document.body.innerText.includes(word)`, word) {
			p.t.Errorf("%q is there:\n%s", word, p.describe())
		}
	}
	return p
}

// fill clicks into a field by its name and types over what is there.
func (p *tab) fill(name, typed string) *tab {
	p.t.Helper()
	p.press(`main [name="` + name + `"]`)
	value[bool](p, `(name) => { document.querySelector('main [name="' + name + '"]').select(); return true }`, name)
	call(p, input.InsertText, input.InsertTextParams{Text: typed})
	return p
}

// signedIn makes the browser that of someone who is signed in.
func (p *tab) signedIn(user *db.User) *tab {
	p.t.Helper()
	call(p, network.SetCookie, network.SetCookieParams{
		Name: "session", Value: p.site.session(user), URL: p.site.url, HTTPOnly: new(true), SameSite: network.CookieSameSiteLax,
	})
	return p
}

// as is signedIn for someone who has had no account yet.
func (p *tab) as(email string) *tab {
	p.t.Helper()
	return p.signedIn(p.site.person(email))
}

// signIn fills in the form that the tab is on.
func (p *tab) signIn(email string) *tab {
	p.t.Helper()
	return p.fill("email", email).fill("password", secret).button("Sign in")
}
