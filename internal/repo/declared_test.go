package repo

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shelved reports whether the names of a package stand in documents: of all that a host may import, and of
// what that is made of.
func shelved(folder string) bool {
	first, _, _ := strings.Cut(folder, "/")
	return slices.Contains([]string{"app", "components", "db", "locales", "pages", "static"}, first)
}

// A catalogue is everything that those packages declare, such as "app.Config", "app.Config.Hashing" and
// "app.App.URL", and of what type it is, such as "password.Params"; "" for what has no members.
type catalogue struct {
	kinds    map[string]string
	embedded map[string][]string
	shelves  map[string]bool // by name, and whether a host may import it
}

func declaredNames(tb testing.TB) catalogue {
	tb.Helper()
	c := catalogue{map[string]string{}, map[string][]string{}, map[string]bool{}}
	for _, s := range sources(tb) {
		if s.test() || !shelved(s.folder()) {
			continue
		}
		c.shelves[s.file.Name.Name] = !strings.Contains(s.folder(), "internal")
		r := reader{c, s.file.Name.Name, map[string]string{}}
		for _, spec := range s.file.Imports {
			whole, _ := strconv.Unquote(spec.Path.Value)
			name := path.Base(whole)
			if spec.Name != nil {
				name = spec.Name.Name
			}
			r.imports[name] = path.Base(whole)
		}
		for _, declaration := range s.file.Decls {
			r.read(declaration)
		}
	}
	return c
}

// A reader reads the declarations of one file.
type reader struct {
	catalogue
	home    string            // the package
	imports map[string]string // packages by the names that this file gives them
}

func (r reader) read(declaration ast.Decl) {
	switch declaration := declaration.(type) {
	case *ast.FuncDecl:
		of := r.home
		if declaration.Recv != nil {
			of = r.kind(declaration.Recv.List[0].Type)
		}
		r.kinds[of+"."+declaration.Name.Name] = ""
	case *ast.GenDecl:
		for _, spec := range declaration.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					r.kinds[r.home+"."+name.Name] = ""
				}
			case *ast.TypeSpec:
				r.readType(r.home+"."+spec.Name.Name, spec.Type)
			}
		}
	}
}

func (r reader) readType(name string, kind ast.Expr) {
	r.kinds[name] = r.kind(kind)
	var list *ast.FieldList
	switch kind := kind.(type) {
	case *ast.StructType:
		list = kind.Fields
	case *ast.InterfaceType:
		list = kind.Methods
	default:
		return
	}
	for _, field := range list.List {
		for _, member := range field.Names {
			r.kinds[name+"."+member.Name] = r.kind(field.Type)
		}
		if field.Names == nil {
			r.embedded[name] = append(r.embedded[name], r.kind(field.Type))
		}
	}
}

// kind is the type that an expression names: M, *M, M[T] or p.M; "" for any other.
func (r reader) kind(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return r.home + "." + e.Name
	case *ast.StarExpr:
		return r.kind(e.X)
	case *ast.IndexExpr:
		return r.kind(e.X)
	case *ast.SelectorExpr:
		if of, ok := e.X.(*ast.Ident); ok {
			return r.imports[of.Name] + "." + e.Sel.Name
		}
	}
	return ""
}

// has reports whether a chain such as Config.Hashing.Memory, password.Policy.Min or Views.Login names
// something. Without its package it is a type or a field of Config in app, or else a type of any package that a
// host may import.
func (c catalogue) has(chain string) bool {
	first, rest, _ := strings.Cut(chain, ".")
	if c.shelf(first) {
		return c.leads(first, rest)
	}
	if c.leads("app.Config", chain) {
		return true
	}
	if _, ours := c.kinds["app."+first]; ours {
		return c.leads("app", chain)
	}
	for shelf, open := range c.shelves {
		if open && c.leads(shelf, chain) {
			return true
		}
	}
	return false
}

// shelf reports whether a name is that of one of the packages.
func (c catalogue) shelf(name string) bool {
	_, found := c.shelves[name]
	return found
}

func (c catalogue) leads(from, chain string) bool {
	for name := range strings.SplitSeq(chain, ".") {
		found := false
		if from, found = c.step(from, name); !found {
			return false
		}
	}
	return true
}

// step is the type of a member; found tells whether there is one of the name.
func (c catalogue) step(from, name string) (kind string, found bool) {
	member := from + "." + name
	if kind, found := c.kinds[member]; found {
		if ast.IsExported(name) && strings.Count(member, ".") == 1 {
			return member, true // a type, which is where its own members are
		}
		return kind, true
	}
	for _, inside := range append(c.embedded[from], c.kinds[from]) {
		if inside == "" || inside == from {
			continue
		}
		if kind, found := c.step(inside, name); found {
			return kind, true
		}
	}
	return "", false
}

func TestDeclaredNames(t *testing.T) {
	t.Parallel()
	c := declaredNames(t)
	for chain, want := range map[string]bool{
		"Config.Home": true, "Config.Hashing.Memory": true, "Login.Limit.PerAccount.Free": true, "App.URL": true, "Views.Login": true,
		"app.Confirmed": true, "password.Policy.Min": true, "Account.PasswordHash": false, "db.User.PasswordHash": true, "Users.Current": true, "Passwords.Min": true,
		"Config.Nothing": false, "Config.Hashing.Nothing": false, "Login.Nothing": false, "Login.Email": false, "app.Nothing": false, "Nothing.Nothing": false, "Config.Home.More": false,
	} {
		if c.has(chain) != want {
			t.Errorf("%s: want found %t", chain, want)
		}
	}
}
