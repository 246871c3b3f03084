package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A Form is what a host adds to one of the kit's forms: fields of its own, and what it makes of them.
// [Asks] makes one, for Config.Forms.
type Form struct {
	own   func() any
	judge func(ctx context.Context, own any) error
}

// Asks adds to a form the fields of F, a struct of the host's with form tags, and judges what was sent:
//
//	type Robot struct {
//		Answer string `form:"answer,required,max=40,label=What is three and four?"`
//	}
//
//	Forms: map[string]app.Form{"login": app.Asks(func(ctx context.Context, in *Robot) error {
//		if !riddles.From(ctx).Solves(in.Answer) {
//			return &app.FieldError{Field: "answer", Say: notSolved}
//		}
//		return nil
//	})},
//
// The page shows the fields before the button, and those of kind=own not at all: a slot or a script does.
// A field with the option kit, such as `form:"email,kit"`, is none more: it reads what was typed into
// the kit's field of that name, so that there can be one more rule for it.
//
// Judge is called once everything that can be told from the form alone is right, and before the kit
// looks anything up, counts the try or hashes: so that a riddle that was not solved costs nobody a try.
// A [FieldError] is shown at its field, several joined at theirs, and an [Error] of status 403, 429 or
// 503 above the form, which the visitor sees with all that was typed. Any other error is an error 500
// that says nothing of its cause. With judge nil nothing is judged.
func Asks[F any](judge func(ctx context.Context, in *F) error) Form {
	return Form{
		own: func() any { return new(F) },
		judge: func(ctx context.Context, own any) error {
			if judge == nil {
				return nil
			}
			return judge(ctx, own.(*F))
		},
	}
}

// checkForms refuses additions to forms that there are not, and fields that do not fit in.
func (a *App) checkForms() (errs []error) {
	for name, f := range a.Forms {
		r := a.routeCalled(name)
		switch {
		case r == nil || r.asks == nil:
			errs = append(errs, fmt.Errorf("app: Config.Forms names %q, and no feature that is listed has a form of that name: there are %q", name, a.formNames()))
		case f.own == nil:
			errs = append(errs, fmt.Errorf("app: Config.Forms[%q] asks for nothing: use app.Asks to make one", name))
		default:
			if err := form.CheckBeside(r.asks, f.own()); err != nil {
				errs = append(errs, fmt.Errorf("app: Config.Forms[%q]: %w", name, err))
			}
		}
	}
	return errs
}

func (a *App) formNames() []string {
	names := map[string]bool{}
	for i := range a.routes {
		if a.routes[i].asks != nil {
			names[a.routes[i].name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// bind decodes the body into dst, a pointer to a struct with form tags, and describes the form.
func (r *request) bind(dst any, without ...string) form.Form {
	return r.bindAs(r.route.name, r.action(), dst, without...)
}

// bindAs is bind for a form whose name or action is not the route's own. Every form that is sent comes
// through here, and so does what the host makes of it.
func (r *request) bindAs(name, action string, dst any, without ...string) form.Form {
	filled := form.Decode(name, action, dst, r.input(), without...)
	host, listed := r.Forms[r.route.name]
	if !listed {
		return filled
	}
	own := host.own()
	filled.DecodeBeside(dst, own, r.input())
	if filled.Invalid() {
		return filled
	}
	if r.halted = complain(&filled, host.judge(r.ctx, own)); r.halted != nil {
		filled.Halt()
	}
	return filled
}

// blank describes a form that nobody has filled in yet.
func (r *request) blank(dst any, without ...string) form.Form {
	return r.blankAs(r.route.name, r.action(), dst, without...)
}

// blankAs is blank for a form whose name or action is not the route's own.
func (r *request) blankAs(name, action string, dst any, without ...string) form.Form {
	blank := form.Blank(name, action, dst, without...)
	if host, listed := r.Forms[r.route.name]; listed {
		blank.BlankBeside(host.own())
	}
	if extra := blank.Extra(); extra != nil {
		r.visit.extras[r.route.name] = extra
	}
	return blank
}

// complain puts every [FieldError] of err at its field, and returns what else there is.
func complain(f *form.Form, err error) error {
	if several, joined := err.(interface{ Unwrap() []error }); joined {
		var left []error
		for _, one := range several.Unwrap() {
			left = append(left, complain(f, one))
		}
		return errors.Join(left...)
	}
	var wrong *FieldError
	if errors.As(err, &wrong) {
		f.Fail(wrong.Field, wrong.Say)
		return nil
	}
	return err
}

// extraWire tells programs of a field that the host has added to a form.
type extraWire struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Label    string `json:"label,omitempty"`
	Required bool   `json:"required"`
	Min      int    `json:"min,omitempty"`
	Max      int    `json:"max,omitempty"`
}

// extras are the fields that the host has added to the forms of a page, by the names of the forms.
func (r *request) extras() map[string][]extraWire {
	told := map[string][]extraWire{}
	for name, fields := range r.visit.extras {
		for _, f := range fields {
			told[name] = append(told[name], extraWire{f.Name, f.Kind, locales.Lookup(r.ctx, f.Label), f.Required, f.Min, f.Max})
		}
	}
	return told
}
