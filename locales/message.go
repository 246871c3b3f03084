package locales

import "context"

// A Message is a sentence not yet spoken: [Message.In] says it in the reader's language. Errors
// and flashes are Messages, declared once beside the feature that uses them.
//
// A Message may travel as JSON (the flash cookie does). Its arguments come back speaking as they
// did, whole numbers as int64, and the kinds that [T] speaks as themselves; anything else comes
// back as the text that fmt prints for it.
type Message struct {
	// Code names the message to machines and never changes.
	Code string `json:"code"`
	// English is the sentence in English and the key under which catalogues hold the others.
	English string `json:"english"`
	// Args fill the verbs of English.
	Args []any `json:"args,omitempty"`
}

// With returns the message with its verbs filled.
func (m Message) With(args ...any) Message {
	m.Args = args
	return m
}

// In speaks the message in the language that ctx carries.
func (m Message) In(ctx context.Context) string {
	locale := From(ctx)
	if own, replaced := locale.sentences[key{byCode, m.Code}]; replaced {
		return locale.say(ctx, own.forms[0], m.Args)
	}
	return T(ctx, m.English, m.Args...)
}

// IsZero reports whether there is nothing to say.
func (m Message) IsZero() bool { return m.Code == "" && m.English == "" }
