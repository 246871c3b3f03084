package app

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// ChangeUsername lets who is signed in choose a username, change it, or go without one.
//
//	GET  /change-username   ask for a name and the password; programs learn the name as it stands
//	POST /change-username   put the new name in its place, and keep the one before from others
//
// It asks for the password, since others come to know a person by the name. A username is no
// credential, though: whoever knows it cannot do more than before, so every session and every
// mailed link goes on. The owner is told by mail.
type ChangeUsername struct {
	// Hold is for how long nobody but its owner can take a name that was given up: else somebody
	// would take it the next moment, and be taken for who had it. The default is 30 days; a second
	// is as good as none.
	Hold time.Duration
	// Most is how many names are kept for one account at a time. Who has as many can go back to one
	// of them, and choose another once one is free: else one person could keep every good name from
	// everybody. The default is 3.
	Most int
	// After is where people go then. The default is the account page, or Config.Home where there is none.
	After string
	// Limit bounds wrong passwords. The default is that of [Login].
	Limit Limit
}

// UsernameChanged is told of a username that was chosen, changed or taken off: Details says what it
// was "from" and "to".
const UsernameChanged EventName = "username_changed"

var (
	changeUsernameDone       = locales.Message{Code: "change_username.done", English: "Your username is %s now."}
	changeUsernameGone       = locales.Message{Code: "change_username.gone", English: "You have no username any more."}
	changeUsernameOften      = locales.Message{Code: "change_username.often", English: "You have changed your username often. Take back one that you had, or choose a new one after %s."}
	changeUsernameIsPassword = locales.Message{Code: "change_username.is_password", English: "This username is too much like your password. Choose another."}
	changeUsernameUnproven   = locales.Message{Code: "change_username.unproven", English: "Sign out and in again to change your username: this browser may have been left open."}
	changeUsernameSubject    = locales.Message{Code: "change_username.notice.subject", English: "Your username at %s was changed"}
	changeUsernameTitle      = locales.Message{Code: "change_username.notice.title", English: "Your username was changed"}
	changeUsernameTold       = locales.Message{Code: "change_username.notice", English: "The username of your account at %s was changed from %s to %s."}
	changeUsernameFirst      = locales.Message{Code: "change_username.notice.first", English: "Your account at %s has a username now: %s."}
	changeUsernameNone       = locales.Message{Code: "change_username.notice.none", English: "The username %s was taken off your account at %s."}
	changeUsernameKept       = locales.Message{Code: "change_username.notice.kept", English: "%s is kept for you until %s, in case you want it back."}
	changeUsernameAction     = locales.Message{Code: "change_username.action", English: "Choose one"}
)

func (f ChangeUsername) enable(a *App) error {
	f.Hold, f.Most = cmp.Or(f.Hold, 30*24*time.Hour), cmp.Or(f.Most, 3)
	switch {
	case f.Hold < 0:
		return fmt.Errorf("app: ChangeUsername.Hold is %v: use a time ahead, or leave it out for 30 days", f.Hold)
	case f.Most < 0:
		return fmt.Errorf("app: ChangeUsername.Most is %d: use a number above zero, or leave it out for 3", f.Most)
	case f.After != "" && !local(f.After):
		return fmt.Errorf("app: ChangeUsername.After %q must be a path of this application, such as /", f.After)
	}
	if err := f.Limit.check("ChangeUsername"); err != nil {
		return err
	}
	a.add(route{name: "change-username", path: "/change-username", who: member, form: true, limit: f.Limit.or(changeLimit), asks: &changeUsernameForm{}, show: f.ask, act: f.change})
	return nil
}

// changeUsernameForm has the name that Flask-Security gave its field, and the password beside it.
type changeUsernameForm struct {
	Username string `form:"username,max=254"`
	Password string `form:"password,secret"`
}

// without lists the fields that are not asked for.
func (f ChangeUsername) without(r *request) []string {
	if r.account().PasswordHash == "" {
		return []string{"password"}
	}
	return nil
}

// removable reports whether an account can do without its username: this site asks nobody for one,
// and its owner can sign in by an address.
func (f ChangeUsername) removable(r *request) bool {
	register, _ := feature[Register](r.App)
	return r.account().Username != "" && r.account().Primary != nil && register.Username != Required && slices.Contains(r.identities, "email")
}

type changeUsernameWire struct {
	User userWire `json:"user"`
	// Current is null where there is none.
	Current *string `json:"current_username"`
	Active  bool    `json:"active_password"`
}

func (f ChangeUsername) ask(r *request) error {
	if err := f.unproven(r); err != nil {
		return err
	}
	user := r.account()
	answer := changeUsernameWire{User: r.userWire(), Active: user.PasswordHash != ""}
	if user.Username != "" {
		answer.Current = &user.Username
	}
	filled := r.blank(&changeUsernameForm{Username: user.Username}, f.without(r)...)
	return show(r, r.Views.ChangeUsername, f.page(r, filled), answer)
}

func (f ChangeUsername) unproven(r *request) error {
	err := r.unproven()
	var late *Error
	if errors.As(err, &late) {
		late.Say = changeUsernameUnproven
	}
	return err
}

func (f ChangeUsername) page(r *request, filled form.Form) props.ChangeUsername {
	least, most := r.Usernames.length()
	filled.Require("username", !f.removable(r))
	filled.Require("password", true)
	p := props.ChangeUsername{
		Form: filled, AppName: r.Name, Current: r.account().Username, SignsIn: slices.Contains(r.identities, "username"), Removable: f.removable(r),
		MinLength: least, MaxLength: most, Back: r.URL("account"),
	}
	if p.Current != "" {
		p.Hold = f.Hold
	}
	return p
}

func (f ChangeUsername) change(r *request) error {
	if err := f.unproven(r); err != nil {
		return err
	}
	var in changeUsernameForm
	filled := r.bind(&in, f.without(r)...)
	name := f.judge(r, in, &filled)
	if filled.Invalid() {
		return reject(r, r.Views.ChangeUsername, f.page, filled)
	}
	user := *r.account()
	id := user.ID.String()
	key := r.accountKey(id)
	if err := r.charge(id); err != nil {
		return excuse(r, r.Views.ChangeUsername, f.page, filled, err)
	}
	switch right, err := r.proves(in.Password); {
	case err != nil:
		return excuse(r, r.Views.ChangeUsername, f.page, filled, errors.Join(err, r.refund(id)))
	case !right:
		filled.Fail("password", changeWrong)
		return reject(r, r.Views.ChangeUsername, f.page, filled)
	}
	if err := r.attempts.Forgive(r.ctx, r.DB, key); err != nil {
		return err
	}
	// What can be said of the password is said to who knows it.
	if name.Shown != "" && r.Passwords.Personal(in.Password, name.Shown) {
		filled.Fail("username", changeUsernameIsPassword)
		return reject(r, r.Views.ChangeUsername, f.page, filled)
	}
	err := r.claim(func(u *unit) error {
		if err := session.Take(u.ctx, u, &user); err != nil {
			return err
		}
		return u.rename(&user, name, f)
	})
	switch {
	case errors.Is(err, session.ErrNone):
		filled.Fail("password", changeOvertaken)
		return reject(r, r.Views.ChangeUsername, f.page, filled)
	case err != nil:
		return excuse(r, r.Views.ChangeUsername, f.page, filled, err)
	}
	// Names that are taken count towards the limit of the network: they can be asked for by the list.
	if err := r.acquit(); err != nil {
		return err
	}
	r.account().Username, r.account().UsernameKey = name.Shown, name.Key
	return f.done(r)
}

// judge checks what was typed, as far as that can be done without the account's hash.
func (f ChangeUsername) judge(r *request, in changeUsernameForm, filled *form.Form) (name identity.Name) {
	_, sent := r.input()["username"]
	switch {
	case in.Username != "":
		name = r.readUsername(in.Username, filled)
	case len(filled.Field("username").Errors) > 0:
	case !sent || !f.removable(r):
		filled.Fail("username", registerNoUsername)
	}
	if in.Password == "" && r.account().PasswordHash != "" && len(filled.Field("password").Errors) == 0 {
		filled.Fail("password", changeNoCurrent)
	}
	return name
}

func (f ChangeUsername) done(r *request) error {
	say := changeUsernameDone.With(r.account().Username)
	if r.account().Username == "" {
		say = changeUsernameGone
	}
	next, _ := r.next()
	return r.leave(cmp.Or(next, f.After, r.URL("account"), r.Home), say, wire{"user": r.userWire()})
}
