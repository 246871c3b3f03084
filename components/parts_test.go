package components_test

import (
	"embed"
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/static"
)

func TestButton(t *testing.T) {
	t.Parallel()
	doc := draw(t, components.Scope{}, components.Button{Label: "Save", Name: "do", Value: "save", Wide: true, Icon: "check", Attributes: templ.Attributes{"data-x": "1"}})
	wants(t, doc, "button", map[string]string{"type": "submit", "name": "do", "value": "save", "class": "gh-button gh-button--wide", "data-x": "1"})
	wants(t, doc, "button svg", map[string]string{"aria-hidden": "true"})
	doc = draw(t, components.Scope{}, components.Button{Label: "Change", URL: "/change", Kind: components.Plain, About: "Change: Password"})
	wants(t, doc, "a", map[string]string{"href": "/change", "class": "gh-button gh-button--plain", "aria-label": "Change: Password", "type": "-"})
}

// A host's data may hold a URL that somebody else chose.
func TestURLsThatRunScriptAreRefused(t *testing.T) {
	t.Parallel()
	const evil = "javascript:alert(1)"
	for _, part := range []templ.Component{
		components.Button{Label: "x", URL: evil},
		components.Brand{Name: "x", URL: evil},
		components.Alert{Text: "x", Action: components.Link{Label: "x", URL: evil}},
		components.Field{Field: form.Field{Name: "x"}, Beside: components.Link{Label: "x", URL: evil}},
		components.Nav("x", []components.Entry{{Label: "x", URL: evil}}), components.Links([]components.Link{{Label: "x", URL: evil}}),
		components.Addresses([]string{evil}), components.SafeFrame(evil, "x"), components.Back(evil, "x"), components.Pages(evil, evil),
		components.Letterhead(evil, "x", "y", time.Time{}), components.MailButton("x", evil), components.MailLink("x", "y", evil),
	} {
		html := text(t, components.Scope{}, part)
		if regexp.MustCompile(`(href|src|action)="javascript:`).MatchString(html) {
			t.Errorf("%T leads to script: %s", part, html)
		}
		if !strings.Contains(html, "about:invalid") {
			t.Errorf("%T draws no link, so nothing is proven: %s", part, html)
		}
	}
}

// The way to the development mailbox is drawn in development alone.
func TestInboxHint(t *testing.T) {
	t.Parallel()
	if html := text(t, components.Scope{}, components.InboxHint("")); html != "" {
		t.Errorf("outside development it draws %s", html)
	}
	doc := draw(t, components.Scope{}, components.InboxHint("/dev/mailbox?to=ada%40example.com"))
	wants(t, doc, ".gh-inbox a", map[string]string{"href": "/dev/mailbox?to=ada%40example.com"})
}

func TestAlertInterruptsOnlyForBadNews(t *testing.T) {
	t.Parallel()
	for kind, role := range map[string]string{"good": "status", "bad": "alert", "warn": "status", "note": "status", "": "status", "odd": "status"} {
		doc := draw(t, components.Scope{}, components.Alert{Kind: kind, Text: "Told."})
		wants(t, doc, ".gh-alert", map[string]string{"role": role})
		if doc.Find("svg").Length() != 1 {
			t.Errorf("an alert of kind %q is told apart by colour alone", kind)
		}
	}
}

func TestIconsAreKnown(t *testing.T) {
	t.Parallel()
	if html := text(t, components.Scope{}, components.Icon("no-such-icon")); html != "" {
		t.Errorf("an unknown icon draws %s", html)
	}
	named := regexp.MustCompile(`(?:Icon\(|Icon: )"([a-z0-9-]+)"`)
	found := 0
	for _, source := range []embed.FS{components.Source(), elements.Source()} {
		err := fs.WalkDir(source, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			written, err := source.ReadFile(path)
			for _, m := range named.FindAllStringSubmatch(string(written), -1) {
				found++
				if text(t, components.Scope{}, components.Icon(m[1])) == "" {
					t.Errorf("%s names the icon %q, which does not exist", path, m[1])
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if found < 8 {
		t.Errorf("%d icons found", found)
	}
}

func TestHeadPinsWhatItLoads(t *testing.T) {
	t.Parallel()
	doc := draw(t, components.Scope{Static: "/assets"}, components.Head("Sign in · Shop"))
	for selector, name := range map[string]string{`link[rel="stylesheet"]`: "gatehouse.css", `script[defer]`: "htmx.min.js", `script[type="module"]`: "gatehouse.js"} {
		wants(t, doc, selector, map[string]string{"integrity": static.Integrity(name), "nonce": "-"})
	}
	wants(t, doc, `script[defer]`, map[string]string{"src": static.URL("/assets", "htmx.min.js")})
	var config struct {
		History             string `json:"history"`
		NoSwap              []any  `json:"noSwap"`
		IncludeIndicatorCSS *bool  `json:"includeIndicatorCSS"`
	}
	if err := json.Unmarshal([]byte(doc.Find(`meta[name="htmx-config"]`).AttrOr("content", "")), &config); err != nil {
		t.Fatal(err)
	}
	if config.History != "reload" || len(config.NoSwap) != 3 || config.IncludeIndicatorCSS == nil || *config.IncludeIndicatorCSS {
		t.Errorf("htmx is set to %+v", config)
	}

	var b strings.Builder
	ctx := components.With(templ.WithNonce(t.Context(), "n0nce"), components.Scope{Elements: elements.Kit()})
	if err := components.Assets().Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), `nonce="n0nce"`); got != 3 {
		t.Errorf("%d elements carry the nonce, want 3", got)
	}
}

func TestAvatarMenuSignsOutByPost(t *testing.T) {
	t.Parallel()
	menu := components.AvatarMenu(components.Person{Name: "Ada", Email: "ada@example.com", Initials: "A"},
		[]components.Entry{{Label: "Account", URL: "/account", Current: true}}, form.Form{Name: "sign-out", Action: "/logout"})
	doc := draw(t, components.Scope{Token: func() string { return "t" }}, menu)
	wants(t, doc, "details form", map[string]string{"method": "post", "action": "/logout", "hx-post": "-"})
	wants(t, doc, "details a", map[string]string{"href": "/account", "aria-current": "page"})
}

func TestDialog(t *testing.T) {
	t.Parallel()
	doc := draw(t, components.Scope{}, components.DialogButton("sure", components.Button{Label: "Delete", URL: "/delete"}), components.Dialog("sure", "Delete it?"))
	wants(t, doc, "a", map[string]string{"href": "/delete", "data-gh-open": "sure", "aria-haspopup": "dialog"})
	wants(t, doc, "dialog", map[string]string{"id": "sure", "aria-labelledby": "sure-title", "open": "-"})
	if got := doc.Find("#sure-title").Text(); got != "Delete it?" {
		t.Errorf("the dialog is called %q", got)
	}
}

func TestTableNamesItsColumns(t *testing.T) {
	t.Parallel()
	doc := draw(t, components.Scope{}, holding(components.Table("Devices", []string{"Device", ""}), templ.Raw("<tr><td>Phone</td><td></td></tr>")))
	if doc.Find(`th[scope="col"]`).Length() != 1 || doc.Find("caption").Text() != "Devices" || doc.Find("tbody tr").Length() != 1 {
		html, _ := doc.Html()
		t.Errorf("the table is %s", html)
	}
}

func TestCountdownStartsFromTheWholeTime(t *testing.T) {
	t.Parallel()
	for seconds, clock := range map[int]string{5: "0:05", 59: "0:59", 95: "1:35", 3600: "60:00"} {
		if got := draw(t, components.Scope{}, components.Countdown(seconds)).Find(`[role="timer"]`).Text(); got != clock {
			t.Errorf("%d seconds are told as %q, want %q", seconds, got, clock)
		}
	}
}

func TestLetterLeavesOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	if got, want := components.Letter("Hello,", "", "  ", "Bye.\n"), "Hello,\n\nBye.\n"; got != want {
		t.Errorf("Letter is %q, want %q", got, want)
	}
}
