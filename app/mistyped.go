package app

import (
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

type addressForm struct {
	Email    string `form:"email,required,max=254,kind=email"`
	Password string `form:"password,required,secret"`
}

func (addressForm) Missing(field string) locales.Message {
	return map[string]locales.Message{"email": registerNoEmail, "password": confirmNoPassword}[field]
}

// toCorrect is the registration that this visitor may correct: their own account's, if they have
// shown a credential here, or else the one that this browser sent; nil if there is none.
func (r *request) toCorrect() (*registration, error) {
	if err := r.knowInbox(); err != nil {
		return nil, err
	}
	account, err := r.halfway()
	if err != nil || account == nil {
		return r.registration()
	}
	if !unconfirmed(account.Account()) {
		return nil, nil
	}
	return &registration{ID: account.Account().ID, Hash: account.Account().PasswordHash}, nil
}

func (f Confirm) mistyped(r *request) error {
	kept, err := r.toCorrect()
	switch {
	case err != nil:
		return err
	case kept == nil:
		return r.leave(r.URL("confirm"), locales.Message{}, nil)
	}
	return show(r, r.Views.ConfirmAddress, f.addressPage(r, r.blank(&addressForm{}, kept.withoutPassword()...)), wire{})
}

// withoutPassword takes the password off the form of an account that was opened without one. That it
// is they, the browser shows then.
func (kept *registration) withoutPassword() []string {
	if kept == nil || kept.Hash != "" {
		return nil
	}
	return []string{"password"}
}

func (f Confirm) addressPage(r *request, filled form.Form) props.ConfirmAddress {
	next, _ := r.next()
	return props.ConfirmAddress{Form: filled, AppName: r.Name, Email: r.visit.inbox.Email, Back: withNext(r.URL("confirm"), next)}
}

// correct sends the mail to another address. It asks for the password that was chosen: the browser
// may be one that others use. Whether the first address had an account shows in nothing: where no
// account was opened for it, one is opened now.
func (f Confirm) correct(r *request) error {
	kept, err := r.toCorrect()
	if err != nil {
		return err
	}
	var in addressForm
	filled := r.bind(&in, kept.withoutPassword()...)
	if kept == nil && r.account() != nil {
		return f.already(r)
	}
	if kept == nil {
		return &Error{Status: fiber.StatusUnauthorized, Say: confirmGone}
	}
	email := readEmail(in.Email, &filled)
	if filled.Invalid() {
		return reject(r, r.Views.ConfirmAddress, f.addressPage, filled)
	}
	if err := r.charge(kept.ID.String()); err != nil {
		return excuse(r, r.Views.ConfirmAddress, f.addressPage, filled, err)
	}
	right := kept.Hash == ""
	if !right {
		right, err = r.hasher.Verify(r.ctx, in.Password, kept.Hash)
	}
	if err != nil {
		return excuse(r, r.Views.ConfirmAddress, f.addressPage, filled, errors.Join(err, r.refund(kept.ID.String())))
	}
	if !right {
		filled.Fail("password", confirmBadPassword)
		return reject(r, r.Views.ConfirmAddress, f.addressPage, filled)
	}
	if why := r.Emails.refuses(r, email); !why.IsZero() {
		filled.Fail("email", why)
		return reject(r, r.Views.ConfirmAddress, f.addressPage, filled)
	}
	next, _ := r.next()
	err = r.claim(func(u *unit) error { return u.readdress(kept, email, next) })
	if errors.Is(err, errMoved) {
		return f.already(r)
	}
	if err != nil {
		return err
	}
	if err := r.coolDown(email); err != nil {
		return err
	}
	return r.leave(withNext(r.URL("confirm"), next), confirmAsked.With(email.Shown), wire{"user": r.userWire()})
}

// readdress has a registration go to another address: the account moves, or is opened there. An
// address that has an account tells its owner, as registering does.
func (u *unit) readdress(kept *registration, to identity.Name, next string) error {
	cookie, err := u.awaiting(inbox{Email: to.Shown, Flow: u.readInbox().Flow})
	if err != nil {
		return err
	}
	u.cookie(cookie)
	// The account's row is taken first, so that of two clicks at once the second sees the first.
	sent, err := u.lately(&db.User{ID: kept.ID}, doubleClick, ConfirmSent, Registered)
	if err != nil {
		return err
	}
	owner := u.Users.blank()
	switch err := db.FindUser(u.ctx, u, owner, db.IdentityKey{Address: to.Key}); {
	case err == nil && owner.Account().ID != kept.ID:
		return errors.Join(u.tellOwner(owner, to), u.decoy(to))
	case err == nil && !unconfirmed(owner.Account()):
		return errMoved
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return err
	}
	account := u.Users.blank()
	switch err := db.LoadUser(u.ctx, u, account, kept.ID); {
	case errors.Is(err, sql.ErrNoRows):
		return u.openElsewhere(kept, to, next)
	case err != nil:
		return err
	}
	user := account.Account()
	switch {
	case sent && addressKey(user) == to.Key:
		return nil
	case !user.Active():
		return u.mailConfirm(nil, to, next)
	}
	// They may have asked for it as one more, or as the next.
	_, err = u.NewDelete().Model((*db.Address)(nil)).Where("user_id = ?", user.ID).Where("address_key = ?", to.Key).Where("NOT is_primary").Exec(u.ctx)
	if err != nil {
		return err
	}
	moved, err := u.NewUpdate().Model((*db.Address)(nil)).Set("email = ?", to.Shown).Set("address_key = ?", to.Key).
		Where("user_id = ?", user.ID).Where("is_primary").Where("confirmed_at IS NULL").Exec(u.ctx)
	if err != nil {
		return err
	}
	if n, err := moved.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errMoved, err)
	}
	if err := u.Changed(u.ctx, u, user.ID); err != nil {
		return err
	}
	user.Primary.Email, user.Primary.Key = to.Shown, to.Key
	if err := u.happened(ConfirmSent, user, nil); err != nil {
		return err
	}
	return u.mailConfirm(user, to, next)
}

// openElsewhere opens the account that was not opened for the first address, since that had one.
// A username that somebody has taken meanwhile is left out.
func (u *unit) openElsewhere(kept *registration, to identity.Name, next string) error {
	o := opening{id: kept.ID, sent: u.Users.form(), account: u.Users.blank(), email: to, hash: kept.Hash, next: next}
	if kept.Form == nil {
		return errMoved
	}
	if err := json.Unmarshal(kept.Form, o.sent); err != nil {
		return err
	}
	if err := u.Users.fill(o.account, o.sent); err != nil {
		return err
	}
	if kept.Username != "" {
		var err error
		if o.username, err = identity.Username(kept.Username); err != nil {
			return err
		}
		var taken *FieldError
		switch o.skeleton, err = u.vacant(o.username, o.id); {
		case errors.As(err, &taken):
			o.username = identity.Name{}
		case err != nil:
			return err
		}
	}
	return u.openAccount(&o)
}
