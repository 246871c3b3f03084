package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// troubles are what a person who opens the console would see: breaches of the content security
// policy, scripts that failed, files that were refused for their checksum. There must be none on
// any page, in any story.
type troubles struct {
	mu   sync.Mutex
	list []string
}

// witness runs first in every document. The console does not tell of every breach.
const witness = `document.addEventListener('securitypolicyviolation', (e) =>
	console.error('breach of policy:', e.violatedDirective, e.blockedURI, e.sourceFile))
addEventListener('pageshow', (e) => { window.fromMemory = e.persisted })`

func (t *troubles) hear(event any) {
	switch e := event.(type) {
	case *log.EventEntryAdded:
		// That a page or an answer to htmx has the status of an error is what many tests ask for. Of
		// what pages load besides, see below.
		answered := e.Entry.Source == log.EntrySourceNetwork && strings.Contains(e.Entry.Text, "responded with a status of")
		if e.Entry.Level == log.EntryLevelError && !answered {
			t.note("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			t.note("console: %s", words(e.Args))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		t.note("exception: %s (%s:%d)", text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber+1)
	case *network.EventResponseReceived:
		page := e.Type == network.ResourceTypeDocument || e.Type == network.ResourceTypeFetch || e.Type == network.ResourceTypeXHR
		if e.Response.Status >= 400 && !page {
			t.note("%d for %s", e.Response.Status, e.Response.URL)
		}
	}
}

func words(args []*runtime.RemoteObject) string {
	var all []string
	for _, arg := range args {
		if arg.Description != "" {
			all = append(all, arg.Description)
			continue
		}
		all = append(all, strings.Trim(string(arg.Value), `"`))
	}
	return strings.Join(all, " ")
}

func (t *troubles) note(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, fmt.Sprintf(format, args...))
}

// take returns the troubles so far and forgets them: a test that makes them says so.
func (t *troubles) take() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := slices.Clone(t.list)
	t.list = nil
	return list
}

func (p *tab) report() {
	for _, trouble := range p.take() {
		p.t.Errorf("in the console: %s", trouble)
	}
}

// expect demands that there were troubles, and of no other kinds than these.
func (p *tab) expect(kinds ...string) {
	p.t.Helper()
	list := p.take()
	for _, trouble := range list {
		if !slices.ContainsFunc(kinds, func(kind string) bool { return strings.Contains(trouble, kind) }) {
			p.t.Errorf("in the console: %s", trouble)
		}
	}
	if len(list) == 0 {
		p.t.Errorf("nothing in the console of %v", kinds)
	}
}
