package repo

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	fiber = "github.com/gofiber/fiber"
	templ = "github.com/a-h/templ"
	bun   = "github.com/uptrace/bun"
)

// A boundary says what the packages of one folder may import.
type boundary struct {
	folder string   // with "/..." for what is below it too
	ours   []string // folders of this module it may import, in the same notation
	never  []string // other modules it must not
	reason string
}

// boundaries are the folders of the module, the more particular before the more general.
var boundaries = []boundary{
	{
		folder: ".",
		reason: "the root only embeds go.mod and go.sum, for gatehouse new",
	},
	{
		folder: "locales/...", ours: []string{"locales/..."}, never: []string{fiber, templ, bun},
		reason: "a sentence knows nothing of the program that speaks it, so that everything can import locales",
	},
	{
		folder: "static/...", ours: []string{"static/..."}, never: []string{fiber, templ, bun},
		reason: "files are files; whoever serves them or links to them imports static",
	},
	{
		folder: "db/...", ours: []string{"db/..."}, never: []string{fiber, templ},
		reason: "what is stored does not depend on how it is shown or asked for",
	},
	{
		folder: "components/form", ours: []string{"locales"}, never: []string{fiber, templ, bun},
		reason: "props carry forms, and props are plain data",
	},
	{
		folder: "components/...", ours: []string{"components/...", "locales", "static"}, never: []string{fiber, bun},
		reason: "a component draws what it is given: it sees no request, no model and no app",
	},
	{
		folder: "pages/props", ours: []string{"components/form", "locales"}, never: []string{fiber, templ, bun},
		reason: "props are plain values, which is what lets an ejected page compile in the host and JSON be made of them",
	},
	{
		folder: "pages/...", ours: []string{"pages/...", "components/...", "locales"}, never: []string{fiber, bun},
		reason: "a page sees props and components only: an ejected copy must not reach into the request, the models or the app",
	},
	{
		folder: "app/internal/...", ours: []string{"app/internal/...", "db", "locales"}, never: []string{fiber, templ},
		reason: "mechanism is tried without HTTP; what speaks HTTP is a file in app",
	},
	{
		folder: "app/session/...", ours: []string{"app/session/...", "app/internal/...", "db"}, never: []string{fiber, templ},
		reason: "the session store knows rows and keys, not requests and pages",
	},
	{
		folder: "app/password/...", ours: []string{"app/password/...", "app/internal/...", "locales"}, never: []string{fiber, templ, bun},
		reason: "hashing and policy serve a seeding script as well as a form",
	},
	{
		folder: "app/mail/...", ours: []string{"app/mail/...", "app/internal/...", "db", "locales"}, never: []string{fiber, templ},
		reason: "the outbox takes finished mails: whoever writes them has rendered them",
	},
	{
		folder: "app/apptest/...", ours: []string{"app/...", "pages/...", "components/...", "static", "db/...", "locales/..."},
		reason: "a host's tests import apptest, which must not bring the command along",
	},
	{
		folder: "app", ours: []string{"app/session/...", "app/password/...", "app/mail/...", "app/internal/...", "pages/...", "components/...", "static", "db", "locales"},
		reason: "the library is below the command and the scaffold, and never ships test helpers",
	},
	{
		folder: "scaffold/starter/...", ours: []string{"app/...", "scaffold/starter/...", "pages/...", "components/...", "static", "db", "locales"},
		reason: "the starter becomes the host's program: it may import what a host may",
	},
	{
		folder: "examples/...", ours: []string{"app", "app/mail", "app/password", "pages/...", "components/...", "static", "db", "locales"},
		reason: "an example is what a host copies into a module of its own: it may import what a host may, and never a helper of ours",
	},
	{
		folder: "scaffold/...", ours: []string{".", "scaffold/...", "pages/...", "components/...", "static", "locales", "db", "db/..."},
		reason: "the scaffold copies embedded sources; if it imported app it would need an app's settings to eject a page",
	},
	{
		folder: "cmd/...", ours: []string{"cmd/...", "scaffold/...", "locales/extract", "app", "db"},
		reason: "the command hands over to the scaffold and, for the demo, to the starter's program",
	},
	{
		folder: "internal/repo",
		reason: "the rules look at the others from outside",
	},
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test() || ownModule(s.path) || buildIgnored(s) {
			continue
		}
		i := slices.IndexFunc(boundaries, func(b boundary) bool { return covers(b.folder, s.folder()) })
		if i < 0 {
			t.Errorf("%s: no boundary says what %s may import", s.path, s.folder())
			continue
		}
		b := boundaries[i]
		for _, spec := range s.file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if !b.admits(name) {
				t.Errorf("%s:%d imports %s: %s", s.path, s.line(spec), name, b.reason)
			}
		}
	}
}

func (b boundary) admits(name string) bool {
	if name == module {
		return slices.Contains(b.ours, ".")
	}
	if folder, ours := strings.CutPrefix(name, module+"/"); ours {
		return slices.ContainsFunc(b.ours, func(allowed string) bool { return covers(allowed, folder) })
	}
	return !slices.ContainsFunc(b.never, func(prefix string) bool { return name == prefix || strings.HasPrefix(name, prefix+"/") })
}

func covers(pattern, folder string) bool {
	below, all := strings.CutSuffix(pattern, "/...")
	return folder == below || all && strings.HasPrefix(folder, below+"/")
}

func TestNoTestHelpersInPrograms(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		// e2e and bench are tests from end to end; apptest is made of the other helpers.
		helpers := covers("app/apptest/...", s.folder()) || covers("app/internal/redis/redistest", s.folder())
		if s.test() || helpers || covers("e2e/...", s.folder()) || covers("bench/...", s.folder()) {
			continue
		}
		for _, spec := range s.file.Imports {
			if name := strings.Trim(spec.Path.Value, `"`); slices.ContainsFunc([]string{"/app/apptest", "/db/dbtest", "/app/internal/redis/redistest"}, func(helper string) bool {
				return strings.HasPrefix(name, module+helper)
			}) {
				t.Errorf("%s:%d imports %s: it would put a test's keys, clocks and mailboxes into a program", s.path, s.line(spec), name)
			}
		}
	}
}

func TestNoAssertionLibrary(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, spec := range s.file.Imports {
			if strings.Contains(spec.Path.Value, "/testify") {
				t.Errorf("%s:%d imports %s: an if and a sentence say more than assert does", s.path, s.line(spec), spec.Path.Value)
			}
		}
	}
}

// TestBoundaries is the rules' own test: a table of imports that would be wrong.
func TestBoundaries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		folder, name string
		admitted     bool
	}{
		{"pages", module + "/pages/props", true},
		{"pages", module + "/db", false},
		{"pages/mails", module + "/app", false},
		{"pages", fiber + "/v2", false},
		{"components", templ, true},
		{"components/form", module + "/components", false},
		{"locales", module + "/db", false},
		{"db", bun + "/dialect", true},
		{"app/session", fiber + "/v2", false},
		{"app/internal/token", templ, false},
		{"app", module + "/app/apptest", false},
		{"scaffold", module + "/app", false},
		{"scaffold/starter/site", module + "/app", true},
		{"cmd/gatehouse", module + "/app/session", false},
		{"examples/basic", module + "/app", true},
		{"examples/basic", module + "/scaffold/starter/site", false},
		{"examples/basic", module + "/app/internal/token", false},
	}
	for _, test := range tests {
		i := slices.IndexFunc(boundaries, func(b boundary) bool { return covers(b.folder, test.folder) })
		if i < 0 || boundaries[i].admits(test.name) != test.admitted {
			t.Errorf("%s importing %s: want admitted %t", test.folder, test.name, test.admitted)
		}
	}
}
