package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
)

// A Model is the host's account type and registration form, as the kit handles them. Only
// [Extend] makes one.
type Model interface {
	blank() db.Account
	form() any
	signUp(form any) *SignUp
	fill(account db.Account, form any) error
	check() error
}

// A Registration is a SignUp, or a host's form that embeds one.
type Registration interface {
	registration() *SignUp
}

// Users is the host's account type, for its own handlers.
type Users[M db.Account] struct {
	newAccount func() M
	newForm    func() Registration
	fillIn     func(M, Registration) error
}

// Extend joins the host's account type to the host's registration form. Its type parameters all
// follow from fill, which carries the form's extra fields over to a new account:
//
//	var members = app.Extend(func(m *Member, f *SignUp) error {
//		m.Company = f.Company
//		return nil
//	})
//
// An error from fill that is a [FieldError] is shown at that field of the form.
func Extend[M, F any, PM interface {
	*M
	db.Account
}, PF interface {
	*F
	Registration
}](fill func(PM, PF) error,
) *Users[PM] {
	return &Users[PM]{
		newAccount: func() PM { return PM(new(M)) },
		newForm:    func() Registration { return PF(new(F)) },
		fillIn: func(m PM, f Registration) error {
			own, ok := f.(PF)
			if !ok {
				return fmt.Errorf("app: the registration form is a %T", f)
			}
			return fill(m, own)
		},
	}
}

func plainUsers() Model {
	return Extend(func(*db.User, *SignUp) error { return nil })
}

// Current returns the account that is signed in, on every route registered after Mount. Where it
// cannot be found out, nobody is; [App.Require] tells the two apart.
func (u *Users[M]) Current(c *fiber.Ctx) (account M, ok bool) {
	v, mounted := c.Locals(visitKey{}).(*visit)
	if !mounted {
		return account, false
	}
	account, ok = v.app.identify(c).account.(M)
	return account, ok
}

// From is [Users.Current] for templates, which have a context of the kit's: in its pages and the host's in
// their place, in slots and elements, in what [App.Show] draws, and behind [App.Require]. In any other
// context nobody is signed in.
func (u *Users[M]) From(ctx context.Context) (account M, ok bool) {
	if v, known := ctx.Value(visitKey{}).(*visit); known {
		account, ok = v.account.(M)
	}
	return account, ok
}

// From is the App that a context of the kit's is of, as a template has it: see [Users.From]. In any other
// context it is nil.
//
//	<a href={ app.From(ctx).URL("recover") }>{ locales.T(ctx, "Forgot it?") }</a>
func From(ctx context.Context) *App {
	if v, known := ctx.Value(visitKey{}).(*visit); known {
		return v.app
	}
	return nil
}

func (u *Users[M]) blank() db.Account { return u.newAccount() }

// form is a blank form; the kit's where check refuses u anyway.
func (u *Users[M]) form() any {
	if u.newForm == nil {
		return new(SignUp)
	}
	return u.newForm()
}

func (u *Users[M]) signUp(f any) *SignUp { return f.(Registration).registration() }

func (u *Users[M]) fill(account db.Account, f any) error {
	return u.fillIn(account.(M), f.(Registration))
}

func (u *Users[M]) check() error {
	if u.newAccount == nil {
		return errors.New("use app.Extend to make one")
	}
	return form.Check(u.newForm())
}
