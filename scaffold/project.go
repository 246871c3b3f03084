package scaffold

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// A Project is a module that is built with the kit, and what it has copied from it.
type Project struct {
	// Root is the folder of its go.mod, and Module its path.
	Root, Module string

	goMod   *modfile.File
	release release
	copies  manifest
	before  manifest // as it was before a plan was carried out
}

// Open finds the project that a folder belongs to: the closest go.mod above it says which that is.
func Open(dir string) (*Project, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root := moduleRoot(dir)
	if root == "" {
		return nil, fmt.Errorf("%s is in no Go module: say it inside your project, or start one by gatehouse new DIR", dir)
	}
	content, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	goMod, err := modfile.Parse(filepath.Join(root, "go.mod"), content, nil)
	if err != nil {
		return nil, fmt.Errorf("the project's go.mod cannot be read: %w", err)
	}
	switch {
	case goMod.Module == nil:
		return nil, fmt.Errorf("%s names no module", filepath.Join(root, "go.mod"))
	case goMod.Module.Mod.Path == kit:
		return nil, fmt.Errorf("%s is Gatehouse itself: its pages are changed where they are", root)
	case required(goMod) == "":
		return nil, fmt.Errorf("the module in %s does not require Gatehouse; with several modules, say it in the one that does", root)
	}
	p := &Project{Root: root, Module: goMod.Module.Mod.Path, goMod: goMod}
	if p.release, err = thisRelease(); err != nil {
		return nil, err
	}
	p.copies, err = readManifest(root)
	return p, err
}

// Version is the kit's, as it is noted down with each copy.
func (p *Project) Version() string { return p.release.version }

// An Ejectable is a template, and whether the project has a copy of it.
type Ejectable struct {
	Template

	Ejected bool
}

// Ejectable are all templates, pages first.
func (p *Project) Ejectable() []Ejectable {
	var list []Ejectable
	for _, t := range p.release.all() {
		list = append(list, Ejectable{t, slices.ContainsFunc(p.copies, func(c copied) bool { return c.from == t.Path })})
	}
	return list
}

// on is a path of the project as the system writes it.
func (p *Project) on(file string) string { return filepath.Join(p.Root, filepath.FromSlash(file)) }

func required(goMod *modfile.File) string {
	for _, r := range goMod.Require {
		if r.Mod.Path == kit {
			return r.Mod.Version
		}
	}
	return ""
}

// agree refuses to go on with templates of another version than the project is built with: a copy
// has to fit the props that it is compiled with.
func (p *Project) agree(own debug.Module) error {
	wanted := required(p.goMod)
	if own.Version == wanted && own.Replace == nil || replaced(p.goMod.Replace) {
		return nil
	}
	if here, err := p.inWorkspace(); here || err != nil {
		return err
	}
	return fmt.Errorf("this command is of Gatehouse %s, and the project is built with %s: say go tool gatehouse instead, or go run %s/cmd/gatehouse@%s", shownVersion(own), wanted, kit, wanted)
}

func shownVersion(own debug.Module) string {
	if own.Version == "" {
		return "an unknown version"
	}
	return own.Version
}

func replaced(list []*modfile.Replace) bool {
	return slices.ContainsFunc(list, func(r *modfile.Replace) bool { return r.Old.Path == kit })
}

// inWorkspace reports whether a workspace puts a folder in the place of the kit's version.
func (p *Project) inWorkspace() (bool, error) {
	file := os.Getenv("GOWORK")
	for dir := p.Root; file == ""; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			file = filepath.Join(dir, "go.work")
		} else if dir == filepath.Dir(dir) {
			return false, nil
		}
	}
	if file == "off" {
		return false, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	work, err := modfile.ParseWork(file, content, nil)
	if err != nil {
		return false, err
	}
	return replaced(work.Replace) || slices.ContainsFunc(work.Use, func(u *modfile.Use) bool {
		dir := filepath.FromSlash(u.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(file), dir)
		}
		return isCheckout(dir)
	}), nil
}

// folderFor is the folder that copies go below: the one that they are in already, if any are.
func (p *Project) folderFor(asked string) (string, error) {
	folder := path.Clean(strings.ReplaceAll(asked, `\`, "/"))
	if folder == "." {
		folder = ""
	}
	there, known := p.copies.folder()
	switch {
	case known && (asked == "" || there == folder):
		return there, nil
	case known:
		return "", fmt.Errorf("this project has its copies in %q, not in %q: give them back by gatehouse uneject first, or leave out --dir", path.Join(there, "pages"), path.Join(folder, "pages"))
	case folder == "":
		return "", nil
	case !filepath.IsLocal(filepath.FromSlash(folder)):
		return "", fmt.Errorf("%q is not in the project at %s", asked, p.Root)
	}
	if err := module.CheckImportPath(p.Module + "/" + folder); err != nil {
		return "", fmt.Errorf("%q cannot be a folder of Go packages: %w", asked, errors.Unwrap(err))
	}
	if slices.ContainsFunc(strings.Split(folder, "/"), func(part string) bool {
		return part[0] == '.' || part[0] == '_' || part == "testdata" || part == "vendor"
	}) {
		return "", fmt.Errorf("%q cannot be a folder of Go packages: the Go command leaves it out", asked)
	}
	nested := moduleRoot(real(p.on(folder)))
	if nested != "" && nested != real(p.Root) {
		return "", fmt.Errorf("%q is in another module, at %s: say it there", asked, nested)
	}
	return folder, nil
}
