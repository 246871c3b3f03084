package pages_test

import (
	"bytes"
	"compress/gzip"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
	"github.com/gatehouse-go/gatehouse/pages/states"
	"github.com/gatehouse-go/gatehouse/static"
)

func parsed(t *testing.T, html string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// What screen readers, browsers and htmx need of every page in every state.
func TestEveryPageIsWellMade(t *testing.T) {
	t.Parallel()
	for _, s := range states.Of("Shop") {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			doc := parsed(t, whole(t, s))
			if n := doc.Find("h1").Length(); n != viewsOf(s) {
				t.Errorf("%d h1, want %d", n, viewsOf(s))
			}
			if n := doc.Find("main#main").Length(); n != 1 {
				t.Errorf("%d main, want 1", n)
			}
			if n := doc.Find("[autofocus]").Length(); n > 1 {
				t.Errorf("%d elements ask for the cursor", n)
			}
			if n := doc.Find("main #flash").Length(); n != 1 {
				t.Errorf("%d flash regions, want 1", n)
			}
			if got := doc.Find("title").First().Text(); got != s.Page(t.Context()).Title {
				t.Errorf("the title is %q, want %q", got, s.Page(t.Context()).Title)
			}
			checkReferences(t, doc)
			checkForms(t, doc)
		})
	}
}

// viewsOf is how many views the state shows.
func viewsOf(s states.State) int {
	if s.View == "Views.LoginOrRegister" {
		return 2
	}
	return 1
}

func checkReferences(t *testing.T, doc *goquery.Document) {
	t.Helper()
	ids := map[string]int{}
	doc.Find("[id]").Each(func(_ int, e *goquery.Selection) { ids[e.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n != 1 {
			t.Errorf("%d elements have the id %q", n, id)
		}
	}
	for _, name := range []string{"for", "aria-describedby", "aria-controls", "aria-labelledby"} {
		doc.Find("[" + name + "]").Each(func(_ int, e *goquery.Selection) {
			for id := range strings.FieldsSeq(e.AttrOr(name, "")) {
				if ids[id] != 1 {
					t.Errorf("%s names %q, which is not on the page", name, id)
				}
			}
		})
	}
	doc.Find(`a[href^="#"]`).Each(func(_ int, e *goquery.Selection) {
		if ids[strings.TrimPrefix(e.AttrOr("href", ""), "#")] != 1 {
			t.Errorf("a link leads to %s, which is not on the page", e.AttrOr("href", ""))
		}
	})
}

func checkForms(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("form").Each(func(_ int, f *goquery.Selection) {
		if f.AttrOr("method", "") == "dialog" {
			return // it closes the dialog around it
		}
		if f.AttrOr("role", "") == "search" {
			// What a GET sends stands in the address, where no token must be.
			if f.AttrOr("method", "") != "get" || f.AttrOr("action", "") == "" || f.Find(`[name="csrf_token"]`).Length() != 0 {
				t.Errorf("a form that only looks goes by %s to %s", f.AttrOr("method", ""), f.AttrOr("action", ""))
			}
			return
		}
		if f.Find(`input[name="csrf_token"][value="token-of-this-visitor"]`).Length() != 1 {
			t.Errorf("form %s carries no token", f.AttrOr("id", ""))
		}
		if f.AttrOr("method", "") != "post" || f.AttrOr("action", "") == "" {
			t.Errorf("form %s goes nowhere without script", f.AttrOr("id", ""))
		}
	})
	doc.Find("input:not([type=hidden])").Each(func(_ int, e *goquery.Selection) {
		if doc.Find(`label[for="`+e.AttrOr("id", "")+`"]`).Length() != 1 {
			t.Errorf("input %s has no label", e.AttrOr("name", ""))
		}
	})
	doc.Find("button, a").Each(func(_ int, e *goquery.Selection) {
		if strings.TrimSpace(e.Text()) == "" && e.AttrOr("aria-label", "") == "" {
			html, _ := goquery.OuterHtml(e)
			t.Errorf("%s says nothing", html)
		}
	})
}

// A strict content security policy would break, silently, whatever is found here.
func TestNothingRunsInline(t *testing.T) {
	t.Parallel()
	banned := regexp.MustCompile(`(?i)<script(>| (?:[^>]*)>[^<])|<style|\sstyle=|\son[a-z]+=|hx-on|="js:|javascript:|hx-delete|hx-trigger="[^"]*\[`)
	for _, s := range states.Of("Shop") {
		html := whole(t, s)
		for _, found := range banned.FindAllString(html, -1) {
			t.Errorf("%s has %q", s.Name, found)
		}
	}
}

// The bare view is what htmx puts in the place of the one before: one element, nothing beside it.
func TestEveryViewIsOneFragment(t *testing.T) {
	t.Parallel()
	for _, s := range states.Of("Shop") {
		doc := parsed(t, render(t, s.Draw(pages.Default())))
		body := doc.Find("body").Children()
		if s.View == "Views.LoginOrRegister" {
			continue // a pair of them, each of which is looked at by itself
		}
		if body.Length() != 1 || body.AttrOr("data-fragment", "") == "" || body.AttrOr("id", "") != "view-"+body.AttrOr("data-fragment", "") {
			html, _ := doc.Find("body").Html()
			t.Errorf("%s is %.200s", s.Name, html)
		}
		doc.Find("form[hx-post]").Each(func(_ int, f *goquery.Selection) {
			if f.Closest("[data-fragment]").Length() != 1 {
				t.Errorf("%s: htmx finds no fragment around form %s", s.Name, f.AttrOr("id", ""))
			}
		})
	}
}

func TestDefaultsLeaveNothingOut(t *testing.T) {
	t.Parallel()
	for _, v := range []any{pages.Default(), pages.Views{}.WithDefaults(), pages.DefaultMails(), pages.Mails{}.WithDefaults()} {
		fields := reflect.ValueOf(v)
		for i := range fields.NumField() {
			if fields.Field(i).IsNil() {
				t.Errorf("%T has no %s", v, fields.Type().Field(i).Name)
			}
		}
	}
}

func TestDefaultsKeepTheHostsOwn(t *testing.T) {
	t.Parallel()
	own := func(props.Login) templ.Component { return templ.Raw("own") }
	v := pages.Views{Login: own}.WithDefaults()
	if got := render(t, v.Login(props.Login{})); got != "own" {
		t.Errorf("the host's login page is drawn as %q", got)
	}
	if got := render(t, v.Logout(props.Logout{})); !strings.Contains(got, `data-fragment="logout"`) {
		t.Errorf("the kit's logout page is drawn as %q", got)
	}
}

// A first visit loads all of this, and 40 kB is a second on a slow phone.
func TestFirstVisitIsLight(t *testing.T) {
	t.Parallel()
	page := packed(t, []byte(whole(t, named(t, "login-full"))))
	total := page
	for _, f := range static.Files() {
		if !strings.HasPrefix(f.Name, "gallery.") { // which is there in development alone
			total += len(f.Gzip)
		}
	}
	t.Logf("page %d, everything %d bytes", page, total)
	if total >= 40_000 {
		t.Errorf("the first visit of the sign-in page weighs %d bytes", total)
	}
}

func named(t *testing.T, name string) states.State {
	t.Helper()
	for _, s := range states.Of("Shop") {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no state %s", name)
	return states.State{}
}

func packed(t *testing.T, body []byte) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// A page that is copied into a host's project is copied alone, and must compile there.
func TestEveryPageStandsAlone(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{".", "mails"} {
		paths, err := filepath.Glob(filepath.Join(folder, "*_templ.go"))
		if err != nil || len(paths) < 2 {
			t.Fatalf("%s holds %d pages, error %v", folder, len(paths), err)
		}
		files, owner := map[string]*ast.File{}, map[string]string{}
		for _, path := range paths {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files[path] = file
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
					owner[f.Name.Name] = path
				}
			}
		}
		for path, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if name, ok := call.Fun.(*ast.Ident); ok && owner[name.Name] != "" && owner[name.Name] != path {
					t.Errorf("%s calls %s of %s", path, name.Name, owner[name.Name])
				}
				return true
			})
		}
	}
}

func TestPagesKeepToTheirMeans(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("*.templ")
	if err != nil || len(paths) < 7 {
		t.Fatalf("%d pages, error %v", len(paths), err)
	}
	banned := map[string]*regexp.Regexp{
		"a URL of its own":        regexp.MustCompile(`"/[a-z]`),
		"a form of its own":       regexp.MustCompile(`<form|hx-|csrf`),
		"style of its own":        regexp.MustCompile(`style=|<style`),
		"an import it should not": regexp.MustCompile(`gatehouse/(db|app|static)"|gofiber`),
	}
	for _, path := range paths {
		source, err := pages.Source().ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, pattern := range banned {
			if found := pattern.Find(source); found != nil {
				t.Errorf("%s has %s: %s", path, what, found)
			}
		}
	}
}
