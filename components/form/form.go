// Package form holds what was typed into a form and what was wrong with it, from the moment it
// is decoded to the moment it is drawn again.
//
// Only struct fields with a form tag are ever filled, so that a request cannot set what the
// form does not ask for:
//
//	type SignUp struct {
//		Email    string `form:"email,required,max=254,kind=email"`
//		Password string `form:"password,required,secret"`
//		Terms    bool   `form:"terms,required"`
//	}
package form

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/locales"
)

// A Form is one form of a page: where it goes, what its fields hold, what is wrong with it.
type Form struct {
	// Name tells the forms of a page apart; the ids of a form's elements begin with it.
	Name string
	// Action is the path that the form posts to.
	Action string
	// Errors are about the form as a whole.
	Errors []locales.Message
	// Wait is how many seconds it takes until sending the form again can help; 0 if that does not
	// depend on time.
	Wait int

	fields []Field
	focus  string
	halted bool
}

// A Field is one input of a form.
type Field struct {
	Name string
	// ID is the id of the input; its hint and errors hang their own ids on it.
	ID string
	// Kind is "text", "email", "password" or "checkbox", from the field's type and tag. A host's own field
	// may be "own": the host draws it, in a slot or by a script.
	Kind string
	// Value is what was typed. The value of a secret is never kept.
	Value    string
	Checked  bool
	Required bool
	// Min and Max are lengths in code points; 0 means no bound.
	Min, Max int
	Errors   []locales.Message
	// Focus marks the first field in error, where the cursor goes.
	Focus bool
	// Extra marks a field that the host added to the kit's form.
	Extra bool
	// Label is what a host's extra field is called; pages name the kit's own fields themselves.
	Label string
}

// Invalid reports whether anything is wrong with the form.
func (f Form) Invalid() bool {
	return f.halted || len(f.Errors) > 0 || slices.ContainsFunc(f.fields, Field.invalid)
}

// Halt makes the form invalid for a reason that is not in it.
func (f *Form) Halt() { f.halted = true }

// Field returns the field called name. A name that the form lacks gives a field that shows
// nothing and posts under that name.
func (f Form) Field(name string) Field {
	at := f.index(name)
	if at < 0 {
		return Field{Name: name, ID: f.Name + "-" + name, Kind: "text"}
	}
	field := f.fields[at]
	field.Focus = field.Focus || at == f.focused()
	return field
}

// Has reports whether the form has a field called name.
func (f Form) Has(name string) bool {
	return f.index(name) >= 0
}

// Fields lists the fields in the order in which their struct declares them.
func (f Form) Fields() []Field {
	fields := slices.Clone(f.fields)
	if at := f.focused(); at >= 0 {
		fields[at].Focus = true
	}
	return fields
}

// focused is where the cursor goes, -1 for nowhere in particular.
func (f Form) focused() int {
	for i := range f.fields {
		if f.fields[i].invalid() {
			return i
		}
	}
	return f.index(f.focus)
}

// Extra lists the fields that the host added: all but those of the form that is embedded first.
func (f Form) Extra() []Field {
	if !slices.ContainsFunc(f.fields, func(field Field) bool { return field.Extra }) {
		return nil
	}
	return slices.DeleteFunc(f.Fields(), func(field Field) bool { return !field.Extra })
}

// ErrorCount counts what is wrong with the form.
func (f Form) ErrorCount() int {
	n := len(f.Errors)
	for _, field := range f.fields {
		n += len(field.Errors)
	}
	return n
}

// Fail says what is wrong with a field. Under a name that the form lacks, and under "", it is
// the form as a whole that failed.
func (f *Form) Fail(field string, what ...locales.Message) {
	if at := f.index(field); at >= 0 {
		f.fields = slices.Clone(f.fields) // a copy of the form has the same
		f.fields[at].Errors = slices.Concat(f.fields[at].Errors, what)
		return
	}
	f.Errors = slices.Concat(f.Errors, what)
}

// FocusOn says where the cursor goes when no field of its own is in error.
func (f *Form) FocusOn(field string) { f.focus = field }

// Drop takes a field off the form: this site does not ask for it.
func (f *Form) Drop(names ...string) {
	f.fields = slices.DeleteFunc(slices.Clone(f.fields), func(field Field) bool { return slices.Contains(names, field.Name) })
}

// Require says whether a field must be filled, where that is a setting.
func (f *Form) Require(name string, required bool) {
	if at := f.index(name); at >= 0 {
		f.fields = slices.Clone(f.fields) // a copy of the form has the same
		f.fields[at].Required = required
	}
}

func (f Form) index(name string) int {
	for i := range f.fields {
		if f.fields[i].Name == name {
			return i
		}
	}
	return -1
}

func (f Field) invalid() bool { return len(f.Errors) > 0 }
