package locales

import (
	"golang.org/x/text/language"

	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

// A Locale is one language, ready to be spoken: what it is called, which way it runs and its
// sentences. It never changes and any number of goroutines may use it.
type Locale struct {
	tag       string
	name      string
	dir       string
	digits    []rune
	sentences map[key]sentence
}

// english is what a context without a locale speaks.
var english = &Locale{tag: "en", name: "English", dir: "ltr"}

// A key finds a sentence: msgctxt and msgid.
type key struct{ context, english string }

// A sentence is one entry of a catalogue. It keeps the plural rule of the file it came from, as
// a sentence that fell back to another language counts as that language does.
type sentence struct {
	forms []string
	rule  po.Plural
}

// Tag is the BCP 47 tag of the language, as the lang attribute takes it: "en", "pt-BR".
func (l *Locale) Tag() string { return l.tag }

// Name is what the language calls itself: "English", "فارسی".
func (l *Locale) Name() string { return l.name }

// Dir is the way the script runs, as the dir attribute takes it: "ltr" or "rtl".
func (l *Locale) Dir() string { return l.dir }

// direction returns the way the script of a language runs.
func direction(tag language.Tag) string {
	script, _ := tag.Script()
	switch script.String() {
	case "Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi":
		return "rtl"
	}
	return "ltr"
}

func (l *Locale) find(context, english string) string {
	if sentence, ok := l.sentences[key{context, english}]; ok {
		return sentence.forms[0]
	}
	return english
}

func (l *Locale) findForm(one, many string, n int) string {
	if n < 0 {
		n = max(-n, 0) // the least int has no positive
	}
	if sentence, ok := l.sentences[key{"", one}]; ok {
		if form := sentence.rule.Form(n); form < len(sentence.forms) {
			return sentence.forms[form]
		}
	}
	if n == 1 {
		return one
	}
	return many
}
