package components_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
)

func TestFormWritesWhatEveryFormNeeds(t *testing.T) {
	t.Parallel()
	f := form.Blank("login", "/login?next=%2Forders", &struct{}{})
	doc := draw(t, components.Scope{Token: func() string { return `masked"token` }}, holding(components.View("login"), holding(components.Form(f))))
	wants(t, doc, "form", map[string]string{
		"id": "login", "action": "/login?next=%2Forders", "method": "post", "novalidate": "",
		"hx-post": "/login?next=%2Forders", "hx-target": "closest [data-fragment]", "hx-swap": "outerMorph",
		"hx-sync": "this:drop", "hx-status:503": "swap:outerMorph",
	})
	wants(t, doc, "form input", map[string]string{"type": "hidden", "name": "csrf_token", "value": `masked"token`})
	wants(t, doc, "[data-fragment]", map[string]string{"data-fragment": "login", "id": "view-login"})
}

func TestPostKeepsHTMXOut(t *testing.T) {
	t.Parallel()
	f := form.Form{Name: "sign-out", Action: "/logout"}
	doc := draw(t, components.Scope{Token: func() string { return "t" }}, components.Post(f))
	wants(t, doc, "form", map[string]string{"action": "/logout", "method": "post", "hx-post": "-", "hx-target": "-"})
	wants(t, doc, "form input", map[string]string{"name": "csrf_token", "value": "t"})
}

func TestManyFormsFitOnOnePage(t *testing.T) {
	t.Parallel()
	one, two := form.Blank("login", "/login", &entry{}), form.Blank("register", "/register", &entry{})
	for _, f := range []*form.Form{&one, &two} {
		f.Fail("email", say("Enter an address."))
		f.Fail("password", say("Enter a password."))
	}
	doc := draw(t, components.Scope{},
		holding(components.Form(one), components.ErrorSummary(one, true), components.Field{Field: one.Field("email"), Hint: "h"}, components.Password{Field: one.Field("password"), Meter: true}),
		holding(components.Form(two), components.ErrorSummary(two, true), components.Field{Field: two.Field("email"), Hint: "h"}, components.Password{Field: two.Field("password"), Meter: true}),
	)
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if seen[id] {
			t.Errorf("two elements have the id %q", id)
		}
		seen[id] = true
	})
	if len(seen) < 12 {
		t.Errorf("%d ids were drawn, which is too few to prove anything", len(seen))
	}
}

func TestErrorSummary(t *testing.T) {
	t.Parallel()
	f := form.Blank("login", "/login", &entry{})
	if html := text(t, components.Scope{}, components.ErrorSummary(f, true)); html != "" {
		t.Errorf("a form with nothing wrong has the summary %s", html)
	}
	f.Fail("", say("They do not match."))
	doc := draw(t, components.Scope{}, components.ErrorSummary(f, true))
	wants(t, doc, "#login-errors", map[string]string{"role": "alert", "tabindex": "-1", "autofocus": ""})
	wants(t, draw(t, components.Scope{}, components.ErrorSummary(f, false)), "#login-errors", map[string]string{"autofocus": "-"})

	f.Fail("email", say("Enter an address."), say("And another thing."))
	doc = draw(t, components.Scope{}, components.ErrorSummary(f, true))
	wants(t, doc, "#login-errors", map[string]string{"autofocus": "-"})
	wants(t, doc, "#login-errors a", map[string]string{"href": "#login-email"})
	if got := doc.Find("#login-errors").Text(); !strings.Contains(got, "They do not match.") || !strings.Contains(got, "Enter an address.") {
		t.Errorf("the summary says %q", got)
	}
}

func TestEmbedAsksForTheFragment(t *testing.T) {
	t.Parallel()
	doc := draw(t, components.Scope{}, components.Embed("/login", "Sign in"))
	wants(t, doc, ".gh-embed", map[string]string{
		"hx-get": "/login", "hx-trigger": "load", "hx-swap": "innerHTML", "hx-headers:inherited": `{"Gatehouse-Embed":"1"}`,
	})
	wants(t, doc, ".gh-embed a", map[string]string{"href": "/login"})
}

func TestFragmentBringsTitleAndMessage(t *testing.T) {
	t.Parallel()
	view := holding(components.View("login"))
	doc := draw(t, components.Scope{}, components.Fragment("Error: Sign in · Shop", components.Alert{Kind: "good", Text: "Saved."}, view))
	if got := doc.Find("title").Text(); got != "Error: Sign in · Shop" {
		t.Errorf("the title is %q", got)
	}
	wants(t, doc, "#flash", map[string]string{"hx-swap-oob": "innerHTML"})
	wants(t, doc, "#flash .gh-alert", map[string]string{"role": "status"})
	doc = draw(t, components.Scope{}, components.Fragment("Sign in", components.Alert{}, view))
	if got := strings.TrimSpace(doc.Find("#flash").Text()); got != "" {
		t.Errorf("no message leaves %q standing", got)
	}
}
