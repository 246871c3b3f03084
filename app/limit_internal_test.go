package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What each act is bounded by. A new route fails the test until somebody has thought about it here.
const (
	byBoth    = "account and network"                      // whoever takes a secret
	byTries   = "account and network, with nothing hashed" // whoever takes a code, or mails an account
	byNetwork = "network"                                  // whoever sends or makes something and names no account
	byNothing = "nothing"                                  // harmless
)

var bounds = map[string]string{
	"login":            byBoth,
	"change":           byBoth,
	"change-username":  byBoth,
	"recover-username": byTries,
	"register":         byNetwork, // an account that is not there yet cannot be guessed at
	"confirm":          byTries,
	"confirm-code":     byTries,
	"confirm-address":  byBoth,
	"confirm-link":     byNetwork, // its 256 bits name no account
	"recover":          byTries,
	"recover-code":     byTries,
	"recover-link":     byNetwork, // its 256 bits name no account
	"change-email":     byBoth,
	"addresses":        byBoth,
	"address-primary":  byBoth,
	"address-code":     byTries,
	"address-send":     byTries,
	"address-link":     byNetwork, // their 256 bits name no account
	"address-undo":     byNetwork,
	"address-remove":   byNothing, // it takes away what one has, and each had to be asked for
	"invite":           byTries,
	"invite-again":     byTries,
	"invitation":       byNetwork, // its 256 bits name no account
	"invite-revoke":    byNothing, // it takes back what one has sent
	"logout":           byNothing, // it ends one's own session
	"mailbox":          byNothing, // in development alone
	"change-remove":    byBoth,
	"magic-link":       byTries,
	"magic-link-code":  byNetwork, // five are judged on one mail, in the browser that asked for it
	"magic-link-open":  byNetwork, // its 256 bits name no account
	"magic-link-wait":  byNothing, // it takes nothing that could be guessed, and is asked every few seconds
}

// Every route that can be posted to is bounded, or says that it need not be.
func TestEveryActIsBounded(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range every(t).routes {
		if r.act == nil {
			if r.limit != (Limit{}) || r.harmless {
				t.Errorf("%s cannot be posted to and has a limit, or is called harmless", r.name)
			}
			continue
		}
		seen[r.name] = true
		delay, quota := r.limit.PerAccount, r.limit.PerNetwork
		slows := delay.Free > 0 && delay.Within > 0 && delay.First > 0 && delay.Longest >= delay.First
		counts := quota.Most > 0 && quota.Within > 0
		var ok bool
		switch bounds[r.name] {
		case byBoth, byTries:
			ok = slows && counts && !r.harmless
		case byNetwork:
			ok = counts && !r.harmless
		case byNothing:
			ok = r.harmless && r.limit == (Limit{})
		default:
			t.Errorf("POST %s (%s) is new: say in this test what bounds it", r.path, r.name)
			continue
		}
		if !ok {
			t.Errorf("%s should be bounded by %s, and has %+v, harmless %v", r.name, bounds[r.name], r.limit, r.harmless)
		}
	}
	for name := range bounds {
		if !seen[name] {
			t.Errorf("there is no POST %s", name)
		}
	}
	defaults := map[string]Limit{
		"login": loginLimit, "change": changeLimit, "change-username": changeLimit, "recover-username": confirmLimit, "register": registerLimit, "confirm": confirmLimit, "confirm-code": confirmTries, "confirm-address": confirmTries,
		"confirm-link": {PerNetwork: confirmTries.PerNetwork}, "recover": recoverLimit, "recover-code": loginLimit, "recover-link": {PerNetwork: loginLimit.PerNetwork},
		"invite": inviteLimit, "invite-again": inviteLimit, "invitation": {PerNetwork: inviteLimit.PerNetwork},
		"change-email": loginLimit, "addresses": loginLimit, "address-primary": loginLimit, "address-code": loginLimit, "address-send": confirmLimit,
		"address-link": {PerNetwork: loginLimit.PerNetwork}, "address-undo": {PerNetwork: loginLimit.PerNetwork},
		"change-remove": changeLimit, "magic-link": magicLimit, "magic-link-code": {PerNetwork: magicTries}, "magic-link-open": {PerNetwork: magicTries},
	}
	for _, r := range every(t).routes {
		if want, known := defaults[r.name]; known && r.limit != want {
			t.Errorf("the limit of %s is %+v, which is not its default", r.name, r.limit)
		}
	}
}

// A limit that is declared is charged: before the password is hashed, and for the account named
// where there is one.
func TestEveryLimitIsCharged(t *testing.T) {
	t.Parallel()
	code := readSource(t)
	for _, r := range every(t).routes {
		if r.act == nil || r.harmless {
			continue
		}
		act, found := code.acts[r.name]
		if !found {
			t.Errorf("this test does not find the act of %s: write it as a method in the feature's route", r.name)
			continue
		}
		charged, hashed := token.NoPos, token.NoPos
		named := false
		ast.Inspect(act.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := called(call)
			if slices.Contains([]string{"charge", "chargeOnce", "chargeMail"}, name) && !charged.IsValid() {
				charged = call.Pos()
				literal, empty := call.Args[0].(*ast.BasicLit)
				named = !empty || literal.Value != `""`
			}
			if code.reaches(name, "hasher") && !hashed.IsValid() {
				hashed = call.Pos()
			}
			return true
		})
		switch {
		case !charged.IsValid():
			t.Errorf("POST %s never charges its limit", r.name)
		case hashed.IsValid() && hashed < charged:
			t.Errorf("POST %s hashes before it charges its limit", r.name)
		case bounds[r.name] == byTries && !named:
			t.Errorf("POST %s should charge the account that is named", r.name)
		case bounds[r.name] == byBoth && (!named || !hashed.IsValid()):
			t.Errorf("POST %s should charge the account that is named, and hash: named %v, hashes %v", r.name, named, hashed.IsValid())
		}
	}
}

// source is what the files of this package say of themselves.
type source struct {
	// features are the types that can be enabled, acts the methods behind each route's POST, and
	// calls what each function calls by name.
	features map[string]bool
	acts     map[string]*ast.FuncDecl
	calls    map[string][]string
}

func readSource(t *testing.T) source {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	code := source{map[string]bool{}, map[string]*ast.FuncDecl{}, map[string][]string{}}
	methods := map[string]*ast.FuncDecl{}
	var enabling []*ast.FuncDecl
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			methods[receiver(function)+"."+function.Name.Name] = function
			if function.Name.Name == "enable" && function.Recv != nil {
				code.features[receiver(function)] = true
				enabling = append(enabling, function)
			}
			ast.Inspect(function.Body, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					code.calls[function.Name.Name] = append(code.calls[function.Name.Name], called(call))
				}
				return true
			})
		}
	}
	for _, enable := range enabling {
		ast.Inspect(enable.Body, func(n ast.Node) bool {
			if name, act := routeOf(n); act != "" {
				code.acts[name] = methods[receiver(enable)+"."+act]
			}
			return true
		})
	}
	return code
}

// reaches reports whether calling a function of that name comes to the wanted one.
func (s source) reaches(name, wanted string) bool {
	seen := map[string]bool{}
	var walk func(name string) bool
	walk = func(name string) bool {
		if name == wanted {
			return true
		}
		if seen[name] {
			return false
		}
		seen[name] = true
		return slices.ContainsFunc(s.calls[name], walk)
	}
	return walk(name)
}

// called is the name of what is called; "hasher" for whatever the hasher does.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if on, ok := f.X.(*ast.SelectorExpr); ok && on.Sel.Name == "hasher" {
			return "hasher"
		}
		return f.Sel.Name
	}
	return ""
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	kind := f.Recv.List[0].Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// routeOf reads route{name: "…", act: f.method}.
func routeOf(n ast.Node) (name, act string) {
	literal, ok := n.(*ast.CompositeLit)
	if !ok {
		return "", ""
	}
	if kind, ok := literal.Type.(*ast.Ident); !ok || kind.Name != "route" {
		return "", ""
	}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, _ := pair.Key.(*ast.Ident)
		switch value := pair.Value.(type) {
		case *ast.BasicLit:
			if key.Name == "name" {
				name = strings.Trim(value.Value, `"`)
			}
		case *ast.SelectorExpr:
			if key.Name == "act" {
				act = value.Sel.Name
			}
		}
	}
	return name, act
}
