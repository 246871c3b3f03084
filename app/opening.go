package app

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// An opening is an account about to be opened, checked as far as it can be without the database.
type opening struct {
	sent            any
	email, username identity.Name
	account         db.Account
	hash            string
	// skeleton is what the username looks like, unless nobody need mind.
	skeleton string
	// id is the account's, where it has been given one before; next is where its owner goes on to.
	id   uuid.UUID
	next string
	// invited is the invitation that it comes of, if there is one.
	invited *invited
}

// claimLooks keeps others from looking like this username, if it is the first of its looks.
func (o *opening) claimLooks(ctx context.Context, tx bun.IDB) error {
	if o.username.Key == "" {
		return nil
	}
	looks := identity.Skeleton(o.username.Shown)
	taken, err := tx.NewSelect().Model((*db.User)(nil)).Where("username_skeleton = ?", looks).Where("username_key <> ?", o.username.Key).Exists(ctx)
	if !taken {
		o.skeleton = looks
	}
	return err
}

// insert writes the account's rows.
func (o *opening) insert(ctx context.Context, tx bun.IDB, now time.Time, confirmed bool) error {
	user := o.account.Account()
	user.ID, user.CreatedAt, user.UpdatedAt, user.AuthVersion = cmp.Or(o.id, db.NewID()), now, now, 1
	user.Username, user.UsernameKey, user.UsernameSkeleton = o.username.Shown, o.username.Key, o.skeleton
	if o.hash != "" {
		user.PasswordHash, user.PasswordChangedAt = o.hash, now
	}
	if _, err := tx.NewInsert().Model(o.account).Exec(ctx); err != nil || o.email.Key == "" {
		return err
	}
	user.Primary = &db.Address{ID: db.NewID(), UserID: user.ID, Email: o.email.Shown, Key: o.email.Key, IsPrimary: true, CreatedAt: now}
	if confirmed {
		user.Primary.ConfirmedAt = now
	}
	_, err := tx.NewInsert().Model(user.Primary).Exec(ctx)
	return err
}

// insert opens the account, unless the address has one.
func (f Register) insert(r *request, o *opening) (existing bool, err error) {
	err = r.claim(func(u *unit) error {
		existing, err = f.insertOnce(u, o)
		if err != nil || u.confirm == nil || o.email.Key == "" || o.invited != nil {
			return err
		}
		return u.keep(o, existing)
	})
	return existing, err
}

func (f Register) insertOnce(u *unit, o *opening) (existing bool, err error) {
	if o.invited != nil {
		// First, so that of two clicks at once the second sees what the first has done.
		if err := u.redeem(o.invited); err != nil {
			return false, err
		}
	}
	var taken *FieldError
	switch o.skeleton, err = u.vacant(o.username, uuid.Nil); {
	case errors.As(err, &taken):
		return f.sentTwice(u, o, taken)
	case err != nil:
		return false, err
	}
	owner := u.Users.blank()
	switch err := db.FindUser(u.ctx, u, owner, db.IdentityKey{Address: o.email.Key}); {
	case err == nil && (f.SignIn || o.invited != nil):
		return true, &FieldError{"email", registerEmailTaken}
	case err == nil && u.TellUnknown:
		return true, u.tellTaken(owner)
	case err == nil:
		return true, u.tellOwner(owner, o.email)
	case !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	return false, u.openAccount(o)
}

// sentTwice answers for a username that is taken: by this same registration, if the form was
// double-clicked, and by somebody else if not.
func (f Register) sentTwice(u *unit, o *opening, taken *FieldError) (existing bool, err error) {
	named := u.Users.blank()
	switch err := db.FindUser(u.ctx, u, named, db.IdentityKey{Username: o.username.Key}); {
	case errors.Is(err, sql.ErrNoRows):
		return f.taken(u, o, taken)
	case err != nil:
		return false, err
	}
	if o.email.Key == "" || addressKey(named.Account()) != o.email.Key {
		return f.taken(u, o, taken)
	}
	switch lately, err := u.lately(named.Account(), doubleClick, Registered); {
	case err != nil:
		return false, err
	case !lately:
		return f.taken(u, o, taken)
	}
	return true, u.tellOwner(named, o.email)
}

// taken says that somebody else has the username: at once, or by mail where it is nobody's business.
func (f Register) taken(u *unit, o *opening, taken *FieldError) (existing bool, err error) {
	if !f.HideUsernames {
		return false, taken
	}
	owner := u.Users.blank()
	switch err := db.FindUser(u.ctx, u, owner, db.IdentityKey{Address: o.email.Key}); {
	case err == nil:
		return true, u.tellOwner(owner, o.email)
	case !errors.Is(err, sql.ErrNoRows):
		return true, err
	}
	if err := u.happened(RegisterTaken, nil, nil); err != nil {
		return true, err
	}
	return true, post(u.ctx, u, "register.taken", o.email.Shown, u.Mails.RegisterTaken, props.RegisterTaken{
		AppName: u.Name, Register: u.link("register"),
	})
}

// addressKey is the primary address, folded; "" if there is none.
func addressKey(user *db.User) string {
	if user.Primary == nil {
		return ""
	}
	return user.Primary.Key
}

// tellOwner mails who has the address that somebody tried to register with it: to that address, which
// may be one of several. Sent twice within moments, the form was double-clicked, and there is
// nothing more to tell.
func (u *unit) tellOwner(owner db.Account, tried identity.Name) error {
	user := owner.Account()
	told, err := u.lately(user, doubleClick, Registered, RegisterExisting)
	if err != nil {
		return err
	}
	if err := u.happened(RegisterExisting, user, nil); err != nil {
		return err
	}
	known, err := u.keeper(tried.Key)
	if err != nil {
		return err
	}
	to := known.Email
	if told {
		to = ""
	}
	ctx := u.ctxOf(user)
	return post(ctx, u, "register.existing", to, u.Mails.RegisterExisting, props.RegisterExisting{
		AppName: u.Name, Email: known.Email, Login: u.link("login"), Recover: u.AbsURL("recover"),
	})
}

// tellTaken says that an address has an account, unless the form that opened it was double-clicked.
func (u *unit) tellTaken(owner db.Account) error {
	opened, err := u.lately(owner.Account(), doubleClick, Registered)
	if err == nil && !opened {
		err = &FieldError{"email", registerEmailTaken}
	}
	return err
}

func (u *unit) openAccount(o *opening) error {
	if err := o.insert(u.ctx, u, u.Now(), false); err != nil {
		return err
	}
	user := o.account.Account()
	if u.Hooks.Registering != nil {
		if err := u.Hooks.Registering(u.ctx, u.Tx, o.account); err != nil {
			return err
		}
	}
	if err := u.happened(Registered, user, nil); err != nil || user.Primary == nil {
		return err
	}
	switch {
	case o.invited != nil:
		return u.accepted(o.invited, user)
	case u.confirm != nil:
		return u.mailConfirm(user, o.email, o.next)
	}
	return u.welcome(user)
}

// welcome greets whoever has opened an account.
func (u *unit) welcome(user *db.User) error {
	to := user.Primary.Email
	if !u.sends("register.welcome") {
		to = "" // no less work than to tell the owner of an address
	}
	ctx := u.ctxOf(user)
	return post(ctx, u, "register.welcome", to, u.Mails.Welcome, props.Welcome{
		AppName: u.Name, Name: cmp.Or(user.Username, user.Primary.Email), Login: u.link("login"),
	})
}
