// Package locales speaks: it turns the English that stands in templates and messages into the
// reader's language. The English sentence is the key; gettext catalogues (PO) hold the others,
// and what a catalogue lacks is said in English.
package locales

import (
	"context"
	"fmt"
	"strings"

	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

// T says an English sentence in the language that ctx carries; args fill its verbs. A [Message],
// [time.Duration], [time.Time] or []string among args is spoken too. The sentence must be a
// literal, since the extractor reads it from the source; see [Lookup] for one that is not.
func T(ctx context.Context, english string, args ...any) string {
	locale := From(ctx)
	if locale.sentences == nil && plain(args) {
		if len(args) == 0 {
			return unescape(english)
		}
		return fmt.Sprintf(english, args...)
	}
	return locale.say(ctx, locale.find("", english), args)
}

// C is [T] for a sentence that means different things in different places: context, which is
// never shown, tells them apart ("verb" and "noun" for "Book").
func C(ctx context.Context, context, english string, args ...any) string {
	locale := From(ctx)
	if locale.sentences == nil && plain(args) {
		if len(args) == 0 {
			return unescape(english)
		}
		return fmt.Sprintf(english, args...)
	}
	return locale.say(ctx, locale.find(context, english), args)
}

// N says the form of a sentence that fits n things: one and many are the English ones, and a
// catalogue may know more. args fill the verbs; without any, n does.
func N(ctx context.Context, one, many string, n int, args ...any) string {
	locale := From(ctx)
	if len(args) == 0 {
		args = []any{n}
	}
	form := locale.findForm(one, many, n)
	// The form for one thing may leave out the number ("a minute"), which fmt would complain of.
	if used, err := po.Verbs(form); err == nil && len(used) < len(args) {
		args = args[:len(used)]
	}
	return locale.say(ctx, form, args)
}

// Lookup says a text that is known only when the program runs, such as the label that a host gave
// to its own field: in the reader's language if a catalogue has it, and as it stands if not.
func Lookup(ctx context.Context, text string) string {
	if sentence, ok := From(ctx).sentences[key{"", text}]; ok {
		return sentence.forms[0]
	}
	return text
}

type contextKey struct{}

// With returns a context in which everything is said in locale's language; nil means English.
func With(ctx context.Context, locale *Locale) context.Context {
	if locale == nil {
		locale = english
	}
	return context.WithValue(ctx, contextKey{}, locale)
}

// From returns the locale that ctx carries, and English if it carries none.
func From(ctx context.Context) *Locale {
	if locale, ok := ctx.Value(contextKey{}).(*Locale); ok {
		return locale
	}
	return english
}

// say fills the verbs of a sentence that is already in the locale's language.
func (l *Locale) say(ctx context.Context, sentence string, args []any) string {
	if len(args) == 0 {
		return unescape(sentence)
	}
	spoken := make([]any, len(args))
	for i, arg := range args {
		spoken[i] = l.voice(ctx, arg)
	}
	return fmt.Sprintf(sentence, spoken...)
}

// unescape does what fmt does for a sentence without arguments, and leaves a lone % alone.
func unescape(sentence string) string {
	return strings.ReplaceAll(sentence, "%%", "%")
}
