package form

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A spec is a form tag, read: name first, then required, secret, number, min=N, max=N, kind=K and
// label=L; or kit alone, for a field that is read from the form beside it.
type spec struct {
	name, kind, label             string
	required, secret, number, kit bool
	min, max                      int
	extra                         bool
}

func (s spec) field(form string) Field {
	return Field{
		Name: s.name, ID: form + "-" + s.name, Kind: s.kind, Label: s.label,
		Required: s.required, Min: s.min, Max: s.max, Extra: s.extra,
	}
}

// Check reports what is wrong with the form tags of a pointer to a struct, so that a host's
// mistake is told at start-up.
func Check(dst any) error {
	t := reflect.TypeOf(dst)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("form: %T is not a pointer to a struct", dst)
	}
	seen := map[string]bool{}
	var err error
	visit(t.Elem(), nil, false, func(f reflect.StructField, _ []int, _ bool) {
		s, bad := parse(f)
		switch {
		case err != nil:
		case bad != nil:
			err = bad
		case seen[s.name]:
			err = fmt.Errorf("form: two fields of %s are called %q", t.Elem(), s.name)
		}
		seen[s.name] = true
	})
	return err
}

// visit calls do for every tagged field of t, embedded structs in their place. The form that is
// embedded first is the one that a host builds on; what stands around it is the host's addition.
func visit(t reflect.Type, at []int, extra bool, do func(f reflect.StructField, index []int, extra bool)) {
	base := -1
	for i := range t.NumField() {
		if base < 0 && embeds(t.Field(i)) {
			base = i
		}
	}
	for i := range t.NumField() {
		f, index := t.Field(i), append(slices.Clone(at), i)
		added := extra || base >= 0 && i != base
		switch {
		case embeds(f):
			visit(f.Type, index, added, do)
		case tagged(f), f.Type.Kind() == reflect.Pointer && embeds(pointee(f)):
			do(f, index, added)
		}
	}
}

// tagged leaves out "-", which says in every other tag of Go that a field is not to be filled.
func tagged(f reflect.StructField) bool {
	tag, is := f.Tag.Lookup("form")
	return is && tag != "-"
}

// embeds reports whether f is an embedded struct with tagged fields.
func embeds(f reflect.StructField) bool {
	if !f.Anonymous || f.Type.Kind() != reflect.Struct {
		return false
	}
	for i := range f.Type.NumField() {
		if inner := f.Type.Field(i); tagged(inner) || embeds(inner) {
			return true
		}
	}
	return false
}

func pointee(f reflect.StructField) reflect.StructField {
	f.Type = f.Type.Elem()
	return f
}

// A slot is a field of a struct that can be filled, and what its tag says.
type slot struct {
	index []int
	spec
}

// known keeps what the tags of each type say. A type never changes and a program has few of them,
// while every request asks.
var known sync.Map

// slots lists the fields of t that can be filled; Check has told the host of others.
func slots(t reflect.Type) []slot {
	if list, ok := known.Load(t); ok {
		return list.([]slot)
	}
	var list []slot
	visit(t, nil, false, func(f reflect.StructField, index []int, extra bool) {
		if s, err := parse(f); err == nil {
			s.extra = extra
			list = append(list, slot{index, s})
		}
	})
	known.Store(t, list)
	return list
}

func parse(f reflect.StructField) (spec, error) {
	s := spec{kind: "text"}
	switch f.Type.Kind() {
	case reflect.String:
	case reflect.Bool:
		s.kind = "checkbox"
	case reflect.Pointer:
		if f.Anonymous {
			return s, fmt.Errorf("form: %s is embedded as a pointer, which may be nil; embed the struct itself", f.Type.Elem())
		}
		fallthrough
	default:
		return s, fmt.Errorf("form: field %s is a %s; forms hold strings and bools", f.Name, f.Type)
	}
	if !f.IsExported() {
		return s, fmt.Errorf("form: field %s has a form tag and must be exported", f.Name)
	}
	name, rest, _ := strings.Cut(f.Tag.Get("form"), ",")
	s.name = name
	if name == "" {
		return s, fmt.Errorf("form: the tag of field %s begins with no name", f.Name)
	}
	for option := range strings.SplitSeq(rest, ",") {
		key, value, given := strings.Cut(option, "=")
		var err error
		switch key {
		case "":
		case "required":
			s.required = true
		case "secret":
			s.secret, s.kind = true, "password"
		case "number":
			s.number = true
		case "kit":
			s.kit = true
		case "min":
			s.min, err = length(value)
		case "max":
			s.max, err = length(value)
		case "kind":
			s.kind = value
		case "label":
			s.label = value
		default:
			err = fmt.Errorf("unknown option %q", key)
		}
		if given && (key == "required" || key == "secret" || key == "number" || key == "kit") {
			err = fmt.Errorf("%s takes no value: leave it out where it does not hold", key)
		}
		if err != nil {
			return s, fmt.Errorf("form: the tag of field %s: %w", f.Name, err)
		}
	}
	if s.kit && rest != "kit" {
		return s, fmt.Errorf("form: the tag of field %s: %q is read from the kit's form, which has its own rules; leave the options beside kit out", f.Name, name)
	}
	if s.max > 0 && s.min > s.max {
		return s, fmt.Errorf("form: the tag of field %s: min %d is above max %d", f.Name, s.min, s.max)
	}
	return s, nil
}

func length(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err == nil && n < 1 {
		err = fmt.Errorf("the length %d is none", n)
	}
	return n, err
}
