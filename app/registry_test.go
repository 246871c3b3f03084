package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// sourcesOf are the files of this package, tests left out.
func sourcesOf(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	must(t, err)
	all := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		must(t, err)
		all[name] = file
	}
	return all
}

// every function that a node stands in, by the node.
func inFunctions(t *testing.T, do func(function string, n ast.Node)) {
	t.Helper()
	for name, file := range sourcesOf(t) {
		for _, declared := range file.Decls {
			in := name
			if function, ok := declared.(*ast.FuncDecl); ok {
				in = function.Name.Name
			}
			ast.Inspect(declared, func(n ast.Node) bool {
				if n != nil {
					do(in, n)
				}
				return true
			})
		}
	}
}

// A cookie is made by newCookie or noCookie, under a name from the list that [watch] holds every
// answer of every story against. Nothing else sets one.
func TestEveryCookieIsListed(t *testing.T) {
	t.Parallel()
	named := map[string]string{} // by its constant
	for _, file := range sourcesOf(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 && strings.HasSuffix(spec.Names[0].Name, "Cookie") {
				if text, ok := spec.Values[0].(*ast.BasicLit); ok {
					value, err := strconv.Unquote(text.Value)
					must(t, err)
					named[spec.Names[0].Name] = value
				}
			}
			return true
		})
	}
	if got, want := slices.Sorted(maps.Values(named)), slices.Sorted(maps.Keys(cookies)); !slices.Equal(got, want) {
		t.Errorf("the cookies are %q, and these tests know %q: say how long a new one lives", got, want)
	}
	inFunctions(t, func(function string, n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			called, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || called.Sel.Name != "newCookie" && called.Sel.Name != "noCookie" || function == "noCookie" {
				return
			}
			if name, ok := n.Args[0].(*ast.Ident); !ok || named[name.Name] == "" {
				t.Errorf("%s makes a cookie by a name that is none of the constants", function)
			}
		case *ast.CompositeLit:
			kind, ok := n.Type.(*ast.SelectorExpr)
			if ok && kind.Sel.Name == "Cookie" && function != "newCookie" {
				t.Errorf("%s makes a cookie of its own: newCookie gives it what all of them have", function)
			}
		case *ast.BasicLit:
			if n.Value == `"Set-Cookie"` {
				t.Errorf("%s sets a cookie by its header", function)
			}
		case *ast.SelectorExpr:
			if n.Sel.Name == "HeaderSetCookie" || n.Sel.Name == "ClearCookie" || n.Sel.Name == "SetCookie" {
				t.Errorf("%s uses %s: newCookie and noCookie are the ways", function, n.Sel.Name)
			}
		}
	})
}

// exits are all functions that lead a browser to another page, by what they call for it: whoever
// writes another thinks of where its target comes from, and has TestNext… try what is hostile.
var exits = map[string][]string{
	"Redirect":    {"to"},
	"to":          {"leaveSaying", "reload", "stay", "toLogin", "turnAway"},
	"leaveSaying": {"Confirmed", "already", "ask", "astray", "fail", "goOn", "gone", "late", "leave", "mayRemove", "open", "park", "receive"},
	"leave":       {"Leave", "add", "again", "arrive", "change", "check", "correct", "done", "empty", "invite", "land", "leave", "mistyped", "open", "receive", "remove", "removed", "restored", "revoke", "send", "try"},
}

// There is one way off a page, and these are all who take it.
func TestEveryRedirectIsListed(t *testing.T) {
	t.Parallel()
	calls := map[string][]string{}
	inFunctions(t, func(function string, n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			if called, ok := n.Fun.(*ast.SelectorExpr); ok && exits[called.Sel.Name] != nil && !slices.Contains(calls[called.Sel.Name], function) {
				calls[called.Sel.Name] = append(calls[called.Sel.Name], function)
			}
		case *ast.BasicLit:
			header := strings.ToLower(strings.Trim(n.Value, `"`))
			if slices.Contains([]string{"hx-redirect", "hx-location", "hx-push-url", "hx-replace-url", "hx-reselect", "hx-retarget", "hx-trigger", "location", "refresh"}, header) && function != "to" {
				t.Errorf("%s sets %s: r.to does, and judges nothing, since what it is given has been judged", function, header)
			}
		case *ast.SelectorExpr:
			if slices.Contains([]string{"HeaderLocation", "HeaderRefresh", "RedirectToRoute", "RedirectBack", "Location"}, n.Sel.Name) {
				t.Errorf("%s uses %s: r.to is the way", function, n.Sel.Name)
			}
		}
	})
	for called, want := range exits {
		slices.Sort(calls[called])
		for _, by := range calls[called] {
			if !slices.Contains(want, by) {
				t.Errorf("%s is called by %s, which is not listed: where does its target come from?", called, by)
			}
		}
	}
	if !slices.Equal(calls["to"], exits["to"]) {
		t.Errorf("to is called by %q; listed are %q", calls["to"], exits["to"])
	}
}

// policy is what every answer of the kit carries, from the golden file.
func policy(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "headers.golden"))
	must(t, err)
	first, _, _ := strings.Cut(string(text), "\n\n")
	all := map[string]string{}
	for line := range strings.SplitSeq(first, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		all[name] = value
	}
	for _, there := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control", "Strict-Transport-Security", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy", "Vary"} {
		if all[there] == "" {
			t.Errorf("the policy lacks %s", there)
		}
	}
	return all
}

// Every status that there is carries every header of the policy, also where the server answers by
// itself because it could not read the request. TestHeaders has every route; these are the ways to
// fail that a route does not have of its own.
func TestHeadersOfFailures(t *testing.T) {
	t.Parallel()
	want := policy(t)
	seen := map[int]bool{}
	check := func(what string, status int, header http.Header) {
		t.Helper()
		seen[status] = true
		for name, value := range want {
			if got := header.Get(name); got != value && (name != "Vary" || !strings.HasPrefix(got, value)) {
				t.Errorf("%s: %d has %s %q, not %q", what, status, name, got, value)
			}
		}
	}
	for _, by := range anyway {
		s := host(app.Config{}).Start(t, dbtest.SQLite(t), by)
		s.Logged()
		b := s.As(s.User(apptest.Person{Email: ada}))
		for what, request := range map[string]apptest.Request{
			"nowhere": {Path: "/nowhere", Header: headers(by)}, "a verb": {Method: http.MethodDelete, Path: "/login", Header: headers(by)},
			"not allowed": {Path: "/admin", Header: headers(by)}, "a failure": {Path: "/broken", Header: headers(by)},
			"packed": {Path: "/logout", Header: headers(by, "Content-Encoding", "gzip"), Body: "x"},
			"forged": {Path: "/logout", Header: headers(by, "Sec-Fetch-Site", "cross-site"), Body: "x"}, "forged at the host": {Path: "/newsletter", Header: headers(by, "Sec-Fetch-Site", "cross-site"), Body: "x"},
			"signed in": {Path: "/login", Header: headers(by)},
			"options":   {Method: http.MethodOptions, Path: "/login", Header: headers(by)},
		} {
			answer := b.Send(request)
			check(what, answer.Status, answer.Header)
		}
		for what, request := range map[string]apptest.Request{"left": {Path: "/logout", Header: headers(by), Body: "{}"}, "not signed in": {Path: "/account", Header: headers(by)}} {
			answer := s.Browser().Send(request)
			check(what, answer.Status, answer.Header)
		}
		// Fiber answers a verb that it does not know by itself, before any handler of ours.
		odd := b.Send(apptest.Request{Method: "PROPFIND", Path: "/login", Header: headers(by)})
		if odd.Status != http.StatusBadRequest || odd.Body != "Invalid http method" || !strings.HasPrefix(odd.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("an unknown verb: %d %v %q", odd.Status, odd.Header, odd.Body)
		}
		for range 25 {
			answer := s.Browser().Send(apptest.Request{Path: "/login", Header: headers(by), Body: encode(by, map[string][]string{"email": {"b@example.com"}, "password": {"x"}})})
			check("a wrong password", answer.Status, answer.Header)
		}
		cookie := b.Cookie("visitor")
		run(t, s, "DROP TABLE sessions")
		answer := s.Browser().SetCookie("session", fixedSession).SetCookie("visitor", cookie).Send(apptest.Request{Path: "/account", Header: headers(by)})
		check("a broken database", answer.Status, answer.Header)
		for what, lines := range map[string][]string{
			"a long header": {"GET /login HTTP/1.1", "Host: shop.example", "X-A: " + strings.Repeat("x", 40_000), "", ""},
			"a long body":   {"POST /login HTTP/1.1", "Host: shop.example", "Content-Length: 9999999", "", ""},
			"no request":    {"?", "", ""},
			"a bad length":  {"POST /login HTTP/1.1", "Host: shop.example", "Content-Length: -1", "", ""},
			"half a form":   {"POST /login HTTP/1.1", "Host: shop.example", "Content-Type: multipart/form-data; boundary=b", "Content-Length: 3", "", "--b"},
		} {
			answer := raw(t, s, lines...)
			check(what, answer.StatusCode, answer.Header)
		}
	}
	for _, status := range []int{200, 303, 400, 401, 403, 404, 405, 413, 415, 422, 429, 431, 500} {
		if !seen[status] {
			t.Errorf("nothing was answered by %d", status)
		}
	}
}
