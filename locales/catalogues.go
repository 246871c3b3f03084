package locales

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"

	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

//go:embed *.po
var ours embed.FS

// maxPreference bounds what [Catalogues.Match] parses. Browsers send less than a hundred bytes; what
// is longer was made to cost time, and parsing took quadratic time before (CVE-2022-32149).
const maxPreference = 512

// maxPreferences bounds how many preferences are looked at.
const maxPreferences = 16

// maxRead bounds how many preferences are remembered once they have been read. Browsers send few
// different ones; whoever makes up new ones all the time has them read each time, as before.
const maxRead = 1000

// Catalogues are the languages that a site speaks. They never change and any number of goroutines
// may use them.
type Catalogues struct {
	locales []*Locale
	matcher language.Matcher

	// read keeps the language that a preference came to, nil for none.
	read  sync.Map
	reads atomic.Int64
}

// A layer is one catalogue file.
type layer struct {
	file *po.File
	rule po.Plural
}

// New reads the kit's catalogues and lays the host's over them, sentence by sentence, later ones
// over earlier ones. Each PO file at the top of a file system is one language, named by its tag:
// fa.po, pt-BR.po. A sentence that is missing or empty is said as the layer below says it: the
// kit's own catalogue, the language without its region, then English, where a host's en.po
// replaces the kit's wording. An entry whose msgctxt is "code" and whose msgid is a message's code is
// for that message alone. A file that would make a broken sentence is refused.
func New(host ...fs.FS) (*Catalogues, error) { return NewWith(nil, host...) }

// NewWith is [New] with words over all of the catalogues.
func NewWith(words Words, host ...fs.FS) (*Catalogues, error) {
	kits, err := readRegister()
	if err != nil {
		return nil, err
	}
	layers := map[language.Tag][]layer{language.English: nil}
	if err := read(layers, ours, "kit", kits); err != nil {
		return nil, err
	}
	for _, system := range host {
		if system == nil {
			continue
		}
		if err := read(layers, system, "host", kits); err != nil {
			return nil, err
		}
	}
	if err := words.lay(layers, kits); err != nil {
		return nil, fmt.Errorf("locales: words: %w", err)
	}
	var tags []language.Tag
	for tag := range layers {
		tags = append(tags, tag)
	}
	slices.SortFunc(tags, func(a, b language.Tag) int {
		if a == language.English || b == language.English {
			return rank(a) - rank(b)
		}
		return strings.Compare(a.String(), b.String())
	})
	c := &Catalogues{matcher: language.NewMatcher(tags)}
	for _, tag := range tags {
		locale, err := newLocale(tag, layers, kits)
		if err != nil {
			return nil, err
		}
		c.locales = append(c.locales, locale)
	}
	return c, nil
}

// rank puts English first: it is what a matcher falls back to.
func rank(tag language.Tag) int {
	if tag == language.English {
		return 0
	}
	return 1
}

// read adds the catalogues of one file system to layers.
func read(layers map[language.Tag][]layer, system fs.FS, owner string, kits *register) error {
	entries, err := fs.ReadDir(system, ".")
	if err != nil {
		return fmt.Errorf("locales: read the %s's catalogues: %w", owner, err)
	}
	seen := map[language.Tag]string{}
	for _, entry := range entries {
		name, isPO := strings.CutSuffix(entry.Name(), ".po")
		if !isPO || entry.IsDir() {
			continue
		}
		tag, err := language.Parse(name)
		if err != nil || tag == language.Und {
			return fmt.Errorf("locales: %s catalogue %s: %q is not the tag of a language", owner, entry.Name(), name)
		}
		if first, twice := seen[tag]; twice {
			return fmt.Errorf("locales: %s catalogues %s and %s are for the same language", owner, first, entry.Name())
		}
		seen[tag] = entry.Name()
		parsed, err := readFile(system, entry.Name(), kits)
		if err != nil {
			return fmt.Errorf("locales: %s catalogue %s: %w", owner, entry.Name(), err)
		}
		layers[tag] = append(layers[tag], parsed)
	}
	return nil
}

func readFile(system fs.FS, name string, kits *register) (layer, error) {
	data, err := fs.ReadFile(system, name)
	if err != nil {
		return layer{}, err
	}
	file, err := po.Parse(data)
	if err != nil {
		return layer{}, err
	}
	others, err := kits.checkCoded(file.Entries)
	if err != nil {
		return layer{}, err
	}
	if err := (&po.File{Header: file.Header, Entries: others}).Check(); err != nil {
		return layer{}, err
	}
	rule, err := file.Rule()
	return layer{file, rule}, err
}

// newLocale lays the catalogues of a language over those of the languages it falls back to.
func newLocale(tag language.Tag, layers map[language.Tag][]layer, kits *register) (*Locale, error) {
	chain := []language.Tag{tag}
	for parent := tag.Parent(); parent != language.Und; parent = parent.Parent() {
		chain = append(chain, parent)
	}
	if chain[len(chain)-1] != language.English {
		chain = append(chain, language.English)
	}
	locale := &Locale{tag: tag.String(), dir: direction(tag)}
	for _, tag := range slices.Backward(chain) {
		own := map[key]sentence{}
		for _, layer := range layers[tag] {
			for _, e := range layer.file.Entries {
				if e.Spoken() {
					own[key{e.Context, e.ID}] = sentence{e.Forms, layer.rule}
				}
			}
		}
		locale.lay(own, kits)
	}
	return locale, locale.describe(tag)
}

// lay puts the sentences of a language over those of the ones that it falls back to. What these say
// by a code it says by the English.
func (l *Locale) lay(own map[key]sentence, kits *register) {
	if len(own) == 0 {
		return
	}
	if l.sentences == nil {
		l.sentences = map[key]sentence{}
	}
	for k := range own {
		for _, code := range kits.codesOf(k.english) {
			delete(l.sentences, key{byCode, code})
		}
	}
	maps.Copy(l.sentences, own)
}

// describe takes from the catalogue what it says about its own language.
func (l *Locale) describe(tag language.Tag) error {
	ctx := With(context.Background(), l)
	l.name = C(ctx, "name of this language", "English")
	if l.name == "English" && tag != language.English {
		l.name = l.tag
	}
	digits := []rune(C(ctx, "digits of this language", "0123456789"))
	if len(digits) != 10 {
		return fmt.Errorf("locales: %s: msgid \"0123456789\": %q is not ten digits", l.tag, string(digits))
	}
	if digits[0] != '0' {
		l.digits = digits
	}
	return nil
}

// Languages lists what the site speaks: English, then the others by their tags.
func (c *Catalogues) Languages() []*Locale { return slices.Clone(c.locales) }

// Match returns the language that fits best: the first preference that names one the site speaks
// decides. Each preference is a tag or a whole Accept-Language header (RFC 9110, section 12.5.4),
// as a visitor sent it; one that cannot be read is passed over. English if none fits.
func (c *Catalogues) Match(preferences ...string) *Locale {
	for _, preference := range preferences[:min(len(preferences), maxPreferences)] {
		if preference == "" || len(preference) > maxPreference {
			continue
		}
		if locale := c.remembered(preference); locale != nil {
			return locale
		}
	}
	return c.locales[0]
}

// remembered is match, which reads each preference once.
func (c *Catalogues) remembered(preference string) *Locale {
	if locale, known := c.read.Load(preference); known {
		return locale.(*Locale)
	}
	locale := c.match(preference)
	if c.reads.Add(1) > maxRead {
		c.reads.Store(0)
		c.read.Clear()
	}
	c.read.Store(strings.Clone(preference), locale)
	return locale
}

// match is the language that one preference comes to, nil for none.
func (c *Catalogues) match(preference string) *Locale {
	tags, _, err := language.ParseAcceptLanguage(preference)
	if err != nil || len(tags) == 0 {
		return nil
	}
	// The matcher's own tag may carry extensions of the visitor's; its index does not.
	if _, index, confidence := c.matcher.Match(tags...); confidence != language.No {
		return c.locales[index]
	}
	return nil
}
