package scaffold

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/scaffold/diff3"
)

// What a project keeps of its copies: a list of them, and what each was copied from, under the
// name of its content. Both are committed.
const (
	keepFolder = ".gatehouse"
	listFile   = keepFolder + "/ejected"
	baseFolder = keepFolder + "/base"
)

const listHead = `# What this project has ejected from Gatehouse. The gatehouse command keeps this list; commit it.
# A line is: a file here, the kit's file, the kit's version, its fixes for safety, its content in base/
`

// A copied is a file that a project has copied from the kit.
type copied struct {
	// path is where the copy is, below the project's root; from is where it stands in the kit. Both
	// have slashes on every system.
	path, from string
	version    string
	// fixes is how many notes on its safety the changelog had.
	fixes int
	base  string // the sum of what was copied
}

// A manifest is the list of what is copied, in the order of the paths.
type manifest []copied

func readManifest(root string) (manifest, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(listFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if diff3.Unresolved(content) {
		return nil, fmt.Errorf("%s has the marks of a conflict: keep the lines of both sides, without the marks", listFile)
	}
	var m manifest
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		c, err := readCopied(words)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", listFile, number, err)
		}
		if m.find(c.path) != nil {
			return nil, fmt.Errorf("%s:%d: %s is there twice: keep the line of the version that its copy has", listFile, number, c.path)
		}
		m = append(m, c)
	}
	return m, nil
}

func readCopied(words []string) (copied, error) {
	if len(words) != 5 {
		return copied{}, fmt.Errorf("%q has %d words, not 5", strings.Join(words, " "), len(words))
	}
	c := copied{path: words[0], from: words[1], version: words[2], base: words[4]}
	var err error
	if c.fixes, err = strconv.Atoi(words[3]); err != nil || c.fixes < 0 {
		return copied{}, fmt.Errorf("%q is no number of fixes", words[3])
	}
	if sum, err := hex.DecodeString(c.base); err != nil || len(sum) != sha256.Size {
		return copied{}, fmt.Errorf("%q is no SHA-256", c.base)
	}
	// Somebody else's line must not have this program write elsewhere.
	for _, p := range []string{c.path, c.from} {
		if p != path.Clean(p) || !filepath.IsLocal(filepath.FromSlash(p)) || path.Ext(p) != ".templ" || strings.Contains(p, `\`) {
			return copied{}, fmt.Errorf("%q is no path of a template in this project", p)
		}
	}
	if c.path != c.from && !strings.HasSuffix(c.path, "/"+c.from) {
		return copied{}, fmt.Errorf("%s does not end in %s", c.path, c.from)
	}
	return c, nil
}

func (m manifest) find(path string) *copied {
	for i := range m {
		if m[i].path == path {
			return &m[i]
		}
	}
	return nil
}

// with is the list with one more line, or another in the place of one.
func (m manifest) with(c copied) manifest { return append(m.without(c.path), c) }

func (m manifest) without(path string) manifest {
	return slices.DeleteFunc(slices.Clone(m), func(c copied) bool { return c.path == path })
}

func (m manifest) text() []byte {
	sorted := slices.SortedFunc(slices.Values(m), func(a, b copied) int { return cmp.Compare(a.path, b.path) })
	text := []byte(listHead)
	for _, c := range sorted {
		text = fmt.Appendln(text, c.path, c.from, c.version, c.fixes, c.base)
	}
	return text
}

// folder is what stands before the kit's own paths in this project; false if nothing is copied.
func (m manifest) folder() (folder string, known bool) {
	if len(m) == 0 {
		return "", false
	}
	return strings.TrimSuffix(strings.TrimSuffix(m[0].path, m[0].from), "/"), true
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func basePath(sum string) string { return path.Join(baseFolder, sum) }

// base is what a copy was made of. Git may have changed how its lines end. Where it is lost and the
// kit's template has not changed since, that is it.
func (p *Project) base(c copied) ([]byte, error) {
	content, err := os.ReadFile(p.on(basePath(c.base)))
	if err == nil {
		if content = diff3.Normal(content); sumOf(content) == c.base {
			return content, nil
		}
		err = errors.New("its content has been changed")
	}
	if now := p.release.templates[c.from].content; sumOf(now) == c.base {
		return now, nil
	}
	return nil, fmt.Errorf("what %s was copied from is not in %s: %w; restore that file from your version control", c.path, basePath(c.base), plain(err))
}
