package locales

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

//go:embed gatehouse.pot
var template string

// Words are single sentences that a host says otherwise, by the tag of a language and then by the kit's
// English, or by the code of a [Message] for that message alone:
//
//	locales.Words{
//		"en": {"Sign in": "Log in", "login.failed": "No such name, or not its password."},
//		"fa": {"login.failed": "نام یا گذرواژه نادرست است."},
//	}
//
// The English may stand in many places; a code is one message and goes before it. Verbs are as in the English.
type Words map[string]map[string]string

// byCode is the msgctxt under which a catalogue has a message by its code.
const byCode = "code"

// A register is every sentence of the kit's.
type register struct {
	sentences map[string]*po.Entry
	// codes has the English of each message; one code may speak of several things in several sentences.
	codes map[string][]*po.Entry
}

func readRegister() (*register, error) {
	file, err := po.Parse([]byte(template))
	if err != nil {
		return nil, fmt.Errorf("locales: gatehouse.pot: %w", err)
	}
	r := &register{map[string]*po.Entry{}, map[string][]*po.Entry{}}
	for _, e := range file.Entries {
		if e.Context == "" {
			r.sentences[e.ID] = e
		}
		for _, line := range e.Notes {
			if code, is := strings.CutPrefix(line, "code: "); is {
				r.codes[code] = append(r.codes[code], e)
			}
		}
	}
	return r, nil
}

// codesOf are the codes of the messages with that English.
func (r *register) codesOf(english string) (codes []string) {
	if e := r.sentences[english]; e != nil {
		for _, line := range e.Notes {
			if code, is := strings.CutPrefix(line, "code: "); is {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// speaks returns what is wrong with text as what to say by a code.
func (r *register) speaks(code, text string) error {
	if r.codes[code] == nil {
		return fmt.Errorf("the kit has no message of the code %q", code)
	}
	var errs []error
	for _, e := range r.codes[code] {
		probe := po.File{Entries: []*po.Entry{{ID: e.ID, Forms: []string{text}}}}
		errs = append(errs, probe.Check())
	}
	return errors.Join(errs...)
}

// lay puts the words over the catalogues of their languages.
func (w Words) lay(layers map[language.Tag][]layer, r *register) error {
	var errs []error
	seen := map[language.Tag]bool{}
	for _, name := range slices.Sorted(maps.Keys(w)) {
		tag, err := language.Parse(name)
		if err != nil || tag == language.Und || seen[tag] {
			errs = append(errs, fmt.Errorf("%q is not the tag of a language, or of one that has another tag too", name))
			continue
		}
		seen[tag] = true
		file := &po.File{}
		for _, key := range slices.Sorted(maps.Keys(w[name])) {
			e, err := r.entry(key, w[name][key])
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %q: %w", name, key, err))
				continue
			}
			file.Entries = append(file.Entries, e)
		}
		layers[tag] = append(layers[tag], layer{file: file})
	}
	return errors.Join(errs...)
}

// entry is a sentence under its English or its code.
func (r *register) entry(key, text string) (*po.Entry, error) {
	known := r.sentences[key]
	switch {
	case known == nil && r.codes[key] == nil:
		return nil, errors.New("this is neither a sentence of the kit's in English nor the code of one; sentences of your own are said in catalogues")
	case known == nil:
		return &po.Entry{Context: byCode, ID: key, Forms: []string{text}}, r.speaks(key, text)
	case known.Plural != "":
		return nil, fmt.Errorf("this has a form for one and forms for many (%q): say it in a catalogue, which knows the language's rule", known.Plural)
	}
	e := &po.Entry{ID: key, Forms: []string{text}}
	return e, (&po.File{Entries: []*po.Entry{e}}).Check()
}

// checkCoded checks the entries of a catalogue that go by code, and returns the others.
func (r *register) checkCoded(entries []*po.Entry) (others []*po.Entry, err error) {
	var errs []error
	for _, e := range entries {
		if e.Context != byCode || !e.Spoken() {
			others = append(others, e)
			continue
		}
		if err := r.speaks(e.ID, e.Forms[0]); err != nil {
			errs = append(errs, fmt.Errorf("line %d: %s: %w", e.Line, e.Name(), err))
		}
	}
	return others, errors.Join(errs...)
}
