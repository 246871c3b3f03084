package main

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

// speech is the package whose calls and literals hold the sentences.
const speech = "github.com/gatehouse-go/gatehouse/locales"

// A sentence is something said in English, wherever it is said.
type sentence struct {
	context, id, plural string
	codes, files        map[string]bool
}

// A speaker is a function that takes a sentence; each field is the place of a parameter, or -1.
type speaker struct{ context, english, many, code int }

// A collector gathers sentences and faults.
type collector struct {
	fset      *token.FileSet
	sentences map[[2]string]*sentence
	// codes remembers where each code was first seen and with which English.
	codes    map[string]coded
	speakers map[string]speaker
	faults   map[string]bool
}

type coded struct{ english, place string }

// extract returns the sentences under the folders of the module at root, and what is wrong with
// others. It returns no sentences at all if the source cannot be read.
func extract(root string, folders []string) ([]*sentence, error) {
	fset := token.NewFileSet()
	pkgs, err := load(fset, root, folders)
	if err != nil {
		return nil, err
	}
	speakers := map[string]speaker{
		speech + ".T": {context: -1, english: 1, many: -1, code: -1},
		speech + ".C": {context: 1, english: 2, many: -1, code: -1},
		speech + ".N": {context: -1, english: 1, many: 2, code: -1},
	}
	for {
		c := &collector{fset, map[[2]string]*sentence{}, map[string]coded{}, speakers, map[string]bool{}}
		known := len(speakers)
		for _, p := range pkgs {
			for _, src := range p.files {
				c.read(p, src)
			}
		}
		// A function that hands its parameter on is a speaker itself, so its callers are read
		// again, until no more are found.
		if len(speakers) == known {
			return c.result()
		}
	}
}

func (c *collector) result() ([]*sentence, error) {
	sentences := slices.AppendSeq([]*sentence{}, maps.Values(c.sentences))
	slices.SortFunc(sentences, func(a, b *sentence) int { return slices.Compare(a.order(), b.order()) })
	if len(c.faults) > 0 {
		return sentences, errors.New(strings.Join(slices.Sorted(maps.Keys(c.faults)), "\n"))
	}
	return sentences, nil
}

// order sorts by the first file and then by the English, so that a translator meets together what
// is read together, and moving a line moves nothing in the catalogue.
func (s *sentence) order() []string {
	return []string{slices.Min(slices.Collect(maps.Keys(s.files))), s.id, s.context}
}

func (c *collector) read(p *pkg, src *source) {
	for _, declaration := range src.file.Decls {
		function, _ := declaration.(*ast.FuncDecl)
		v := &visit{collector: c, pkg: p, src: src, function: function}
		ast.Inspect(declaration, v.node)
	}
}

func (c *collector) fault(src *source, node ast.Node, format string, args ...any) {
	c.faults[src.place(c.fset, node)+": "+fmt.Sprintf(format, args...)] = true
}

// add records a sentence that was found in src.
func (c *collector) add(src *source, node ast.Node, found sentence, code string) {
	if found.id == "" {
		c.fault(src, node, "the sentence is empty")
		return
	}
	if found.id == "%s" {
		return // all of it is an argument, so there is nothing to translate
	}
	verbs, err := po.Verbs(found.id)
	if err != nil {
		c.fault(src, node, "%q %v", found.id, err)
	}
	if found.plural != "" {
		many, err := po.Verbs(found.plural)
		if err != nil {
			c.fault(src, node, "%q %v", found.plural, err)
		} else if len(verbs) > len(many) || !slices.Equal(verbs, many[:len(verbs)]) {
			c.fault(src, node, "%q and %q do not have the same verbs", found.id, found.plural)
		}
	}
	key := [2]string{found.context, found.id}
	s := c.sentences[key]
	if s == nil {
		found.codes, found.files = map[string]bool{}, map[string]bool{}
		s = &found
		c.sentences[key] = s
	}
	if found.plural != "" && s.plural != "" && s.plural != found.plural {
		c.fault(src, node, "%q has the plurals %q and %q", found.id, s.plural, found.plural)
	}
	s.plural = cmp.Or(s.plural, found.plural)
	s.files[src.refer()] = true
	if code == "" {
		return
	}
	s.codes[code] = true
	if first, ok := c.codes[code]; ok && first.english != found.id {
		c.fault(src, node, "code %q says %q here and %q in %s", code, found.id, first.english, first.place)
	} else if !ok {
		c.codes[code] = coded{found.id, src.place(c.fset, node)}
	}
}
