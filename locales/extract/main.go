// Command extract reads the English sentences out of the source and keeps the catalogues in step
// with it. It is run from the root of a module:
//
//	go run ./locales/extract           # write the template and merge it into each catalogue
//	go run ./locales/extract -check    # change nothing; fail if that would change something
//
// A host extracts its own sentences with -out and the folders to read:
//
//	go run github.com/gatehouse-go/gatehouse/locales/extract -out locales/shop.pot pages site
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A job is what the command line asks for.
type job struct {
	// root is the folder of the module.
	root string
	// template is the file for the sentences, whose folder holds the catalogues.
	template string
	folders  []string
	check    bool
}

func main() {
	var j job
	flag.BoolVar(&j.check, "check", false, "change nothing; fail if a file would change or a complete catalogue lacks a sentence")
	flag.StringVar(&j.root, "root", ".", "folder of the module")
	flag.StringVar(&j.template, "out", "locales/gatehouse.pot", "file for the sentences; the catalogues (*.po) stand beside it")
	flag.Parse()
	j.folders = flag.Args()
	if len(j.folders) == 0 {
		j.folders = []string{"locales", "app", "components", "pages", "scaffold/starter"}
	}
	if err := j.run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (j job) run(out io.Writer) error {
	sentences, fault := extract(j.root, j.folders)
	if sentences == nil {
		return fault
	}
	target := filepath.Join(j.root, j.template)
	files := map[string][]byte{target: template(sentences, filepath.Base(target)).Bytes()}
	names, err := filepath.Glob(filepath.Join(filepath.Dir(target), "*.po"))
	if err != nil {
		return err
	}
	faults := []error{fault}
	for _, name := range names {
		merged, err := mergeFile(name, sentences)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = merged.Bytes()
		if err := merged.Check(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
		missing := untranslated(merged)
		if len(missing) == 0 {
			continue
		}
		fmt.Fprintf(out, "%s: %d of %d sentences have no translation\n", name, len(missing), len(sentences))
		if j.check && merged.Field("X-Complete") == "yes" {
			for _, e := range missing {
				faults = append(faults, fmt.Errorf("%s: %s has no translation", name, e.Name()))
			}
		}
	}
	for _, name := range append(names, target) {
		faults = append(faults, j.settle(name, files[name]))
	}
	return errors.Join(faults...)
}

// settle writes a file that has changed or, when checking, says that it has.
func (j job) settle(name string, want []byte) error {
	have, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if bytes.Equal(have, want) {
		return nil
	}
	if j.check {
		return fmt.Errorf("%s is behind the source: run the extractor without -check", name)
	}
	return os.WriteFile(name, want, 0o644)
}
