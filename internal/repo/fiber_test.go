package repo

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// fibers are parts of Fiber that do what the kit does, and less safely.
var fibers = map[string]string{
	"/middleware/session": "its ids have 122 bits, stand in a cookie without Secure, and a slow request brings a deleted session back",
	"/middleware/csrf":    "it knows nothing of Sec-Fetch-Site and keeps tokens in a storage",
	"/middleware/limiter": "it counts per process, reads and then writes, and by an address that anybody can claim",
	"/middleware/cache":   "its key is the path alone: one person's page would be shown to the next",
	"/middleware/helmet":  "it sends no HSTS behind a proxy, and headers of ours would be set twice",
	"/middleware/cors":    "no origin but our own may read what is here",
	"/middleware/proxy":   "it forwards cookies and believes what it is told to fetch",
	"/middleware/recover": "protect answers for panics, with a page and the log",
}

// traps are methods that believe what a request says of itself, or answer more than they should.
// The linter forbids them too; this finds them where a file is not linted.
var traps = map[string]string{
	"BaseURL": "Host", "RedirectBack": "Referer", "BodyParser": "fields without a tag", "QueryParser": "fields without a tag",
	"Subdomains": "Host", "IPs": "X-Forwarded-For", "IsFromLocal": "X-Forwarded-For", "SendFile": "a path", "Download": "a path", "SaveFile": "a path", "Fresh": "If-None-Match",
}

func TestFibersTrapsAreLeftAlone(t *testing.T) {
	t.Parallel()
	handlers := 0
	for _, s := range sources(t) {
		kit := covers("app", s.folder()) || covers("scaffold/starter/...", s.folder())
		if s.test() || s.generated || !kit {
			continue
		}
		for _, spec := range s.file.Imports {
			name := strings.Trim(spec.Path.Value, `"`)
			if name == fiber+"/v2" {
				handlers++
			}
			for part, why := range fibers {
				if strings.HasPrefix(name, fiber+"/") && strings.HasSuffix(name, part) {
					t.Errorf("%s:%d imports %s: %s", s.path, s.line(spec), name, why)
				}
			}
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			if called, ok := node.(*ast.SelectorExpr); ok && traps[called.Sel.Name] != "" && ofContext(called.X) {
				t.Errorf("%s:%d uses %s, which goes by %s that the visitor wrote", s.path, s.line(node), called.Sel.Name, traps[called.Sel.Name])
			}
			return true
		})
	}
	if handlers == 0 {
		t.Error("nothing imports Fiber: this test looks for the wrong name")
	}
}

// ofContext tells a Fiber context by the name that it has everywhere: c, or a field of that name.
func ofContext(node ast.Expr) bool {
	switch node := node.(type) {
	case *ast.Ident:
		return slices.Contains([]string{"c", "r"}, node.Name)
	case *ast.SelectorExpr:
		return node.Sel.Name == "c"
	}
	return false
}
