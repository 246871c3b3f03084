package form

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/locales"
)

// An Input is what a request sent: strings from a form, anything at all from JSON.
type Input map[string]any

// What decoding can find wrong by itself.
var (
	Missing  = locales.Message{Code: "form.missing", English: "Fill this in."}
	TooLong  = locales.Message{Code: "form.too_long", English: "Use at most %d characters."}
	TooShort = locales.Message{Code: "form.too_short", English: "Use at least %d characters."}
	// WrongType is Flask-Security's API_ERROR.
	WrongType = locales.Message{Code: "form.type", English: "This must be sent as another type."}
	BadText   = locales.Message{Code: "form.characters", English: "This holds characters that cannot be stored. Type it again."}
	MustTick  = locales.Message{Code: "form.unticked", English: "Tick this box to go on."}
)

// A Sayer is a form's struct that has its own words for a field left empty.
type Sayer interface {
	// Missing returns what to say of the field called name; a zero Message means the usual words.
	Missing(name string) locales.Message
}

// Blank describes the form that dst, a pointer to a struct, declares. What dst holds already is
// shown as if it had been typed, secrets apart. Fields named in without are not asked for by this
// site.
func Blank(name, action string, dst any, without ...string) Form {
	return describe(name, action, dst, without, func(v reflect.Value, s spec, field *Field) {
		switch {
		case v.Kind() == reflect.Bool:
			field.Checked = v.Bool()
		case !s.secret:
			field.Value = v.String()
		}
	})
}

// describe calls do for every field of the form that dst declares, to fill in the rest.
func describe(name, action string, dst any, without []string, do func(reflect.Value, spec, *Field)) Form {
	v := reflect.ValueOf(dst).Elem()
	list := slots(v.Type())
	f := Form{Name: name, Action: action, fields: make([]Field, 0, max(0, len(list)-len(without)))}
	for _, s := range list {
		if !slices.Contains(without, s.name) {
			f.fields = append(f.fields, s.field(name))
			do(v.FieldByIndex(s.index), s.spec, &f.fields[len(f.fields)-1])
		}
	}
	return f
}

// Decode fills the tagged fields of dst, a pointer to a struct, from in, and returns the form as
// it was sent, each field with what is wrong with it. Fields named in without are not asked for
// by this site and stay empty.
func Decode(name, action string, dst any, in Input, without ...string) Form {
	sayer, _ := dst.(Sayer)
	return describe(name, action, dst, without, func(v reflect.Value, s spec, field *Field) {
		v.SetZero() // a browser sends nothing for a box without a tick
		if v.Kind() == reflect.Bool {
			decodeBool(v, field, in[s.name])
		} else {
			decodeText(v, field, s, in[s.name])
		}
		if len(field.Errors) == 0 && s.required && v.IsZero() {
			field.Errors = append(field.Errors, missing(sayer, *field))
		}
	})
}

func missing(sayer Sayer, field Field) locales.Message {
	if sayer != nil {
		if m := sayer.Missing(field.Name); !m.IsZero() {
			return m
		}
	}
	if field.Kind == "checkbox" {
		return MustTick
	}
	return Missing
}

func decodeBool(v reflect.Value, field *Field, sent any) {
	switch sent := sent.(type) {
	case nil:
	case bool:
		v.SetBool(sent)
	case string:
		v.SetBool(ticked(sent))
	default:
		field.Errors = append(field.Errors, WrongType)
	}
	field.Checked = v.Bool()
}

// ticked reads what browsers send for a checkbox ("on", or its value) and what programs send.
func ticked(sent string) bool {
	switch strings.ToLower(sent) {
	case "", "0", "false", "off", "no", "n":
		return false
	}
	return true
}

// slack is how far past its bound a text is shown again to be mended. A flood is cut there: all of
// it would come back as often as it is sent.
const slack = 1000

func decodeText(v reflect.Value, field *Field, s spec, sent any) {
	var text string
	switch sent := sent.(type) {
	case nil:
	case string:
		text = sent
	case json.Number:
		if !s.number {
			field.Errors = append(field.Errors, WrongType)
			return
		}
		text = sent.String()
	default:
		field.Errors = append(field.Errors, WrongType)
		return
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		field.Errors = append(field.Errors, BadText)
		return
	}
	if !s.secret {
		text = strings.TrimSpace(text)
		field.Value = text
	}
	if s.max > 0 && utf8.RuneCountInString(text) > s.max {
		field.Errors = append(field.Errors, TooLong.With(s.max))
		if shown := []rune(field.Value); len(shown) > s.max+slack {
			field.Value = string(shown[:s.max+slack])
		}
		return
	}
	// How short a secret may be is for a policy to say, once it is normalised.
	if !s.secret && text != "" && utf8.RuneCountInString(text) < s.min {
		field.Errors = append(field.Errors, TooShort.With(s.min))
	}
	// Strings from the server are overwritten by the next request on the connection.
	v.SetString(strings.Clone(text))
	field.Value = strings.Clone(field.Value)
}
