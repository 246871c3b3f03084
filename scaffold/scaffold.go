// Package scaffold writes applications: it copies the starter, which is an ordinary application of
// this module, and makes it the host's own. It knows the kit's files, and never runs the kit.
package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// kit is this module's path, and template that of the application which is copied.
const (
	kit      = "github.com/gatehouse-go/gatehouse"
	template = kit + "/scaffold/starter"
)

// Files are named one by one at the top, so that a database or a build left lying there is not
// copied into everybody's application.
//
//go:embed starter/.dockerignore starter/.env.example starter/.gitignore starter/AGENTS.md
//go:embed starter/Dockerfile starter/README.md starter/Taskfile.yml starter/compose.yaml
//go:embed starter/main.go starter/db starter/pages starter/site starter/static
var starter embed.FS

// Options say what to write and where.
type Options struct {
	// Dir is the folder to write into. It is made if it is not there.
	Dir string
	// Module is the application's module path. The default is example.com/ and Dir's name.
	Module string
	// Force writes into a folder that is not empty, over files of the same names.
	Force bool
	// Checkout is a folder with the kit's source, which the application is built with. The default
	// is what the running program was built from, be it a folder or a published version.
	Checkout string
}

// Made is what New has made.
type Made struct {
	// Dir is the folder, as an absolute path.
	Dir string
	// Name is what the application is called, in pages and mails.
	Name string
	// Module is its module path.
	Module string
	// Replaced lists files that were there before and said something else.
	Replaced []string
}

// New writes an application. It builds and passes its tests as it is, without a network. If New
// fails, it has changed nothing.
func New(o Options) (Made, error) {
	if o.Dir == "" {
		return Made{}, errors.New("name a folder for the new application")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return Made{}, err
	}
	from, err := findOrigin(o.Checkout)
	if err != nil {
		return Made{}, err
	}
	if from.checkout != "" && inside(from.checkout, dir) {
		return Made{}, fmt.Errorf("%q is inside the Gatehouse source at %q: choose a folder outside it, such as ../%s", o.Dir, from.checkout, filepath.Base(dir))
	}
	if err := vacant(o.Dir, dir, o.Force); err != nil {
		return Made{}, err
	}
	named, err := nameFor(dir, o.Module)
	if err != nil {
		return Made{}, err
	}
	files, err := compose(named, from)
	if err != nil {
		return Made{}, err
	}
	replaced, err := place(dir, files)
	if err != nil {
		return Made{}, fmt.Errorf("cannot write into %q: %w", o.Dir, plain(err))
	}
	return Made{Dir: dir, Name: named.shown, Module: named.module, Replaced: replaced}, nil
}

// plain leaves out the names of files that the caller has not heard of.
func plain(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// A name is what an application goes by.
type name struct {
	// slug is for files and services: "my-shop". shown is for people: "My shop".
	slug, shown string
	module      string
}

// nameFor derives an application's names from its folder, and its module path unless that is given.
func nameFor(dir, modulePath string) (name, error) {
	slug := slugOf(filepath.Base(dir))
	if slug == "" {
		slug = slugOf(path.Base(modulePath))
	}
	if modulePath == "" {
		if slug == "" {
			return name{}, fmt.Errorf("%q gives no name for a module, which is written in the letters a to z: pass --module, such as example.com/shop", filepath.Base(dir))
		}
		modulePath = "example.com/" + slug
	}
	if err := checkModule(modulePath); err != nil {
		return name{}, err
	}
	if slug == "" {
		slug = "app"
	}
	words := strings.ReplaceAll(slug, "-", " ")
	return name{slug: slug, shown: strings.ToUpper(words[:1]) + words[1:], module: modulePath}, nil
}

// slugOf keeps the letters and digits of a name, in lower case, and turns what parts them into
// single dashes. Whatever comes out can stand in a Go string, in YAML, and as the name of a
// database.
func slugOf(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}

func checkModule(modulePath string) error {
	err := module.CheckPath(modulePath)
	var invalid *module.InvalidPathError
	switch {
	case errors.As(err, &invalid):
		return fmt.Errorf("%q cannot be a module path: %w; it is written like example.com/shop, and can be given by --module", modulePath, invalid.Err)
	case err != nil:
		return err
	case slices.Contains(strings.Split(modulePath, "/"), "vendor"):
		return fmt.Errorf("%q cannot be a module path: Go keeps copies of other modules in folders called vendor; give another by --module", modulePath)
	case modulePath == kit || strings.HasPrefix(modulePath, kit+"/"):
		return fmt.Errorf("%q cannot be a module path: it is Gatehouse's own; give another by --module", modulePath)
	}
	requires, err := kitRequires()
	if err != nil {
		return err
	}
	for _, r := range requires {
		if r.Mod.Path == modulePath {
			return fmt.Errorf("%q cannot be a module path: the application needs the module that has it; give another by --module", modulePath)
		}
	}
	return nil
}
