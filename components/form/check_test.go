package form_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/components/form"
)

func TestCheckAcceptsForms(t *testing.T) {
	t.Parallel()
	type colour string
	for _, dst := range []any{
		&signUp{}, &hostForm{}, &struct{}{}, &struct{ At time.Time }{},
		&struct {
			Colour colour `form:"colour,number,min=1,max=2,kind=color,label=Your colour,secret,required"`
		}{},
		&struct {
			time.Time
			*strings.Reader
			Name string `form:"name,"`
		}{},
	} {
		if err := form.Check(dst); err != nil {
			t.Errorf("%T: %v", dst, err)
		}
	}
}

// A host's mistake is told at start-up, in a sentence that names the field or the type.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dst  any
		says string
	}{
		{nil, "not a pointer to a struct"},
		{signUp{}, "not a pointer to a struct"},
		{new(string), "not a pointer to a struct"},
		{&[]signUp{}, "not a pointer to a struct"},
		{&struct {
			Age int `form:"age"`
		}{}, "Age"},
		{&struct {
			Tags []string `form:"tags"`
		}{}, "Tags"},
		{&struct {
			Name *string `form:"name"`
		}{}, "Name"},
		{&struct {
			name string `form:"name"`
		}{}, "must be exported"},
		{&struct {
			Name string `form:""`
		}{}, "no name"},
		{&struct {
			Name string `form:",required"`
		}{}, "no name"},
		{&struct {
			Name string `form:"name,requierd"`
		}{}, `unknown option "requierd"`},
		{&struct {
			Name string `form:"name,max=many"`
		}{}, "many"},
		{&struct {
			Name string `form:"name,min="`
		}{}, "Name"},
		{&struct {
			Name string `form:"name,max=-1"`
		}{}, "Name"},
		{&struct {
			Name string `form:"name,min=9,max=3"`
		}{}, "Name"},
		{&struct {
			Name string `form:"name,required=false"`
		}{}, "required"},
		{&struct {
			Name string `form:"name,secret=false"`
		}{}, "secret"},
		{&struct {
			A string `form:"name"`
			B string `form:"name"`
		}{}, `"name"`},
		{&struct {
			kitForm
			Email string `form:"email"`
		}{}, `"email"`},
		{&struct {
			*Extra
			Name string `form:"name"`
		}{}, "Extra"},
	} {
		err := form.Check(c.dst)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%T: %v; want it to say %q", c.dst, err, c.says)
		}
	}
}

// What Check refuses must not bring the process down, nor fill anything, if it is used all the same.
func TestRefusedFormsFillNothing(t *testing.T) {
	t.Parallel()
	var dst struct {
		*Extra
		Age  int    `form:"age"`
		name string `form:"name"`
		Name string `form:"name,max=x"`
	}
	f := decode(&dst, form.Input{"age": "3", "name": "x", "town": "y"})
	if dst.Age != 0 || dst.name != "" || dst.Name != "" || dst.Extra != nil || len(f.Fields()) != 0 {
		t.Errorf("got %+v, %v", dst, f.Fields())
	}
}
