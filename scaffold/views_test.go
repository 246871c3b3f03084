package scaffold

import (
	"go/format"
	"strings"
	"testing"
)

const viewsHead = `package pages

import (
	"github.com/gatehouse-go/gatehouse/app"
)

`

func TestViewsAreAddedAndTakenOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after string }{
		{"empty", "func Views() app.Views {\n\treturn app.Views{}\n}\n", "func Views() app.Views {\n\treturn app.Views{\n\t\tLogin: Login,\n\t}\n}\n"},
		{
			"sorted in, among comments of its own", "func Views() app.Views {\n\treturn app.Views{ // ours\n\t\t// The hub.\n\t\tAccount: Account, // short\n\t\t// The door.\n\t\tLogout: Logout,\n\t\t// end\n\t}\n}\n",
			"func Views() app.Views {\n\treturn app.Views{ // ours\n\t\t// The hub.\n\t\tAccount: Account, // short\n\t\tLogin:   Login,\n\t\t// The door.\n\t\tLogout: Logout,\n\t\t// end\n\t}\n}\n",
		},
		{
			"first", "func Views() app.Views {\n\treturn app.Views{\n\t\t// The door.\n\t\tLogout: Logout,\n\t}\n}\n",
			"func Views() app.Views {\n\treturn app.Views{\n\t\tLogin: Login,\n\t\t// The door.\n\t\tLogout: Logout,\n\t}\n}\n",
		},
		{
			"last", "func Views() app.Views {\n\treturn app.Views{\n\t\tAccount: own(\n\t\t\tAccount,\n\t\t),\n\t}\n}\n",
			"func Views() app.Views {\n\treturn app.Views{\n\t\tAccount: own(\n\t\t\tAccount,\n\t\t),\n\t\tLogin: Login,\n\t}\n}\n",
		},
		{"on one line, at the end", "func Views() app.Views { return app.Views{Account: Account} }\n", "func Views() app.Views { return app.Views{Account: Account, Login: Login} }\n"},
		{"on one line, at the start", "func Views() app.Views { return app.Views{Logout: Logout} }\n", "func Views() app.Views { return app.Views{Login: Login, Logout: Logout} }\n"},
		{"on one line, between", "func Views() app.Views { return app.Views{Account: Account, Logout: Logout} }\n", "func Views() app.Views { return app.Views{Account: Account, Login: Login, Logout: Logout} }\n"},
		{
			"after other statements", "// Views are odd.\nfunc Views() app.Views {\n\tif odd {\n\t\tprintln()\n\t}\n\treturn app.Views{}\n}\n",
			"// Views are odd.\nfunc Views() app.Views {\n\tif odd {\n\t\tprintln()\n\t}\n\treturn app.Views{\n\t\tLogin: Login,\n\t}\n}\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, end := range []string{"\n", "\r\n"} {
				before, after := strings.ReplaceAll(viewsHead+c.before, "\n", end), strings.ReplaceAll(viewsHead+c.after, "\n", end)
				v, err := parseViews("pages/views.go", "example.com/shop", []byte(before))
				if err != nil {
					t.Fatal(err)
				}
				for range 2 { // the second time it is there
					if instead, err := v.add("Views", "Login", "Login"); err != nil || instead != "" {
						t.Fatal(instead, err)
					}
				}
				if string(v.text()) != after {
					t.Errorf("added:\n%s\nwant\n%s", v.text(), after)
				}
				if dropped, err := v.drop("Views", "Login", "Login"); err != nil || !dropped {
					t.Fatal(dropped, err)
				}
				if string(v.text()) != before {
					t.Errorf("taken out again:\n%s\nwant\n%s", v.text(), before)
				}
			}
		})
	}
}

func TestViewsKeepWhatIsTheProjects(t *testing.T) {
	t.Parallel()
	v, err := parseViews("pages/views.go", "example.com/shop", []byte(viewsHead+"func Views() app.Views {\n\treturn app.Views{\n\t\tLogin: framed(Login), // with a picture\n\t\tLogout: Logout, // mine\n\t}\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if instead, err := v.add("Views", "Login", "Login"); err != nil || instead != "framed(Login)" {
		t.Errorf("in the field stands %q, %v", instead, err)
	}
	if dropped, err := v.drop("Views", "Login", "Login"); err != nil || dropped {
		t.Errorf("what the project wrote is taken out: %v, %v", dropped, err)
	}
	if !v.uses("Login") || v.uses("framed2") || v.uses("Views") || v.uses("mails.Login") || !v.uses("app.Views") || !v.uses("app.") {
		t.Error("what the file uses is told wrongly")
	}
	if dropped, err := v.drop("Views", "Logout", "Logout"); err != nil || !dropped || !strings.Contains(string(v.text()), "// mine") {
		t.Errorf("a comment went with its line: %v, %v\n%s", dropped, err, v.text())
	}
}

func TestViewsAreRefusedByName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, src, want string }{
		{"no literal", "func Views() app.Views {\n\tv := app.Views{}\n\treturn v\n}\n", "does not return one literal any more"},
		{"two of them", "func Views() app.Views {\n\tif x {\n\t\treturn app.Views{}\n\t}\n\treturn app.Views{}\n}\n", ""},
		{"without fields", "func Views() app.Views { return app.Views{nil} }\n", "without the names of their fields"},
		{"no function", "var x int\n", "has no func Views"},
	} {
		v, err := parseViews("pages/views.go", "example.com/shop", []byte(viewsHead+c.src))
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.add("Views", "Login", "Login")
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := parseViews("pages/views.go", "example.com/shop", []byte("package pages\nfunc {")); err == nil || !strings.Contains(err.Error(), "pages/views.go:2:6") {
		t.Errorf("what is no Go: %v", err)
	}
}

func TestViewsImport(t *testing.T) {
	t.Parallel()
	const body = "\nvar _ = x.Y\n"
	for _, c := range []struct{ name, before, after, known string }{
		{"none", "package pages\n", "package pages\n\nimport \"example.com/shop/pages/mails\"\n", "mails"},
		{"one of another kind", "package pages\n\nimport \"github.com/gatehouse-go/gatehouse/app\"\n", "package pages\n\nimport (\n\t\"github.com/gatehouse-go/gatehouse/app\"\n\n\t\"example.com/shop/pages/mails\"\n)\n", "mails"},
		{"a list", "package pages\n\nimport (\n\t\"github.com/gatehouse-go/gatehouse/app\" // the kit\n)\n", "package pages\n\nimport (\n\t\"github.com/gatehouse-go/gatehouse/app\" // the kit\n\n\t\"example.com/shop/pages/mails\"\n)\n", "mails"},
		{"its kind", "package pages\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/shop/static\" // ours\n)\n", "package pages\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/shop/pages/mails\"\n\t\"example.com/shop/static\" // ours\n)\n", "mails"},
		{"known by another name", "package pages\n\nimport letters \"example.com/shop/pages/mails\"\n", "package pages\n\nimport letters \"example.com/shop/pages/mails\"\n", "letters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, err := parseViews("pages/views.go", "example.com/shop", []byte(c.before+body))
			if err != nil {
				t.Fatal(err)
			}
			known, err := v.importing("example.com/shop/pages/mails")
			if err != nil || known != c.known || string(v.text()) != c.after+body {
				t.Errorf("known as %q, %v:\n%s\nwant\n%s", known, err, v.text(), c.after+body)
			}
			if err := v.unimport("example.com/shop/pages/mails"); err != nil {
				t.Fatal(err)
			}
			if c.before != c.after && strings.Contains(string(v.text()), "mails") {
				t.Errorf("it stays imported:\n%s", v.text())
			}
			if _, err := format.Source(v.text()); err != nil {
				t.Error(err)
			}
		})
	}
	for _, src := range []string{"package pages\n\nimport \"net/mails\"\n", "package pages\n\nimport _ \"example.com/shop/pages/mails\"\n"} {
		v, err := parseViews("pages/views.go", "example.com/shop", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.importing("example.com/shop/pages/mails"); err == nil {
			t.Errorf("imported into\n%s", src)
		}
	}
}

// A file that this command writes is formatted, and says what it is for.
func TestNewViews(t *testing.T) {
	t.Parallel()
	v, err := newViews("pages/views.go", "example.com/shop")
	if err != nil {
		t.Fatal(err)
	}
	text := string(v.text())
	for _, r := range registries() {
		if !strings.Contains(text, "func "+r.name+"() ") {
			t.Errorf("it lacks %s:\n%s", r.name, text)
		}
	}
	if formatted, err := format.Source(v.text()); err != nil || string(formatted) != text {
		t.Errorf("it is not formatted: %v\n%s", err, text)
	}
}
