package form

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// CheckBeside reports what is wrong with own, a pointer to a host's struct, as an addition to the
// form that dst declares: beside what [Check] finds, a name that the form has already, a field that is
// read from the form and not in it, and one that nobody could tell what to type into.
func CheckBeside(dst, own any) error {
	if err := Check(own); err != nil {
		return err
	}
	var errs []error
	kits := slots(reflect.TypeOf(dst).Elem())
	for _, s := range slots(reflect.TypeOf(own).Elem()) {
		at := slices.IndexFunc(kits, func(kit slot) bool { return kit.name == s.name })
		has := at >= 0
		switch {
		case has && s.kit && (kits[at].kind == "checkbox") != (s.kind == "checkbox"):
			errs = append(errs, fmt.Errorf("form: the field %q is a tick, or a text, in one struct and not in the other: give both the same type", s.name))
		case !s.kit && s.label == "" && s.kind != "own":
			errs = append(errs, fmt.Errorf("form: the field %q has no label: write label=… into its tag, or kind=own where you draw it yourself", s.name))
		case has && !s.kit:
			errs = append(errs, fmt.Errorf("form: the form has a field %q already: call yours otherwise, or read the kit's by the tag %q", s.name, s.name+",kit"))
		case !has && s.kit:
			var names []string
			for _, kit := range kits {
				names = append(names, kit.name)
			}
			errs = append(errs, fmt.Errorf("form: the form has no field %q to read: it has %s", s.name, strings.Join(names, ", ")))
		}
	}
	return errors.Join(errs...)
}

// BlankBeside adds to f the fields of own, a pointer to a host's struct.
func (f *Form) BlankBeside(own any) {
	f.beside(own, Blank(f.Name, f.Action, own))
}

// DecodeBeside adds to f, which was decoded into dst, the fields of own, a pointer to a host's struct,
// and fills it from in. What own reads of the kit's fields is as dst has it.
func (f *Form) DecodeBeside(dst, own any, in Input) {
	sent := Decode(f.Name, f.Action, own, in)
	kits, from, to := slots(reflect.TypeOf(dst).Elem()), reflect.ValueOf(dst).Elem(), reflect.ValueOf(own).Elem()
	for _, s := range slots(to.Type()) {
		if at := slices.IndexFunc(kits, func(kit slot) bool { return kit.name == s.name }); s.kit && at >= 0 {
			read := from.FieldByIndex(kits[at].index)
			to.FieldByIndex(s.index).Set(read.Convert(to.FieldByIndex(s.index).Type()))
		}
	}
	f.beside(own, sent)
}

func (f *Form) beside(own any, other Form) {
	list := slots(reflect.TypeOf(own).Elem())
	for i := range other.fields {
		if other.fields[i].Extra = true; !list[i].kit {
			f.fields = append(slices.Clip(f.fields), other.fields[i])
		}
	}
}
