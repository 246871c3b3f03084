package scaffold

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/gatehouse-go/gatehouse"
)

// unpublished stands for a version where a replace directive says what is meant.
const unpublished = "v0.0.0"

func kitModule() (*modfile.File, error) {
	return modfile.Parse("go.mod", []byte(gatehouse.GoMod()), nil)
}

func kitRequires() ([]*modfile.Require, error) {
	file, err := kitModule()
	if err != nil {
		return nil, err
	}
	return file.Require, nil
}

// goMod writes a go.mod that asks for exactly what the kit was built and tested with, so that the
// kit's sums are the application's, and nothing has to be looked up.
func goMod(modulePath string, from origin, imports map[string]bool) ([]byte, error) {
	ours, err := kitModule()
	if err != nil {
		return nil, err
	}
	file := new(modfile.File)
	if err := file.AddModuleStmt(modulePath); err != nil {
		return nil, err
	}
	if err := file.AddGoStmt(ours.Go.Version); err != nil {
		return nil, err
	}
	if err := file.AddTool(kit + "/cmd/gatehouse"); err != nil {
		return nil, err
	}
	requires := []*modfile.Require{{Mod: module.Version{Path: kit, Version: cmp.Or(from.version, unpublished)}}}
	for _, r := range ours.Require {
		requires = append(requires, &modfile.Require{Mod: r.Mod, Indirect: !providesOne(r.Mod.Path, imports)})
	}
	file.SetRequireSeparateIndirect(requires)
	if from.checkout != "" {
		if err := file.AddReplace(kit, "", from.checkout, ""); err != nil {
			return nil, err
		}
	}
	file.Cleanup()
	return file.Format()
}

func providesOne(modulePath string, imports map[string]bool) bool {
	for imported := range imports {
		if imported == modulePath || strings.HasPrefix(imported, modulePath+"/") {
			return true
		}
	}
	return false
}

// goSum is the kit's, and the kit's own sums where it comes as a published version.
func goSum(from origin) ([]byte, error) {
	sums := gatehouse.GoSum()
	if from.version == "" {
		return []byte(sums), nil
	}
	ofMod, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(gatehouse.GoMod())), nil
	})
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%s%s %s %s\n%s %s/go.mod %s\n", sums, kit, from.version, from.sum, kit, from.version, ofMod), nil
}
