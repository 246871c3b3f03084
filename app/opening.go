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

// mistakable reports whether somebody else's username looks like this one.
func (o *opening) mistakable(ctx context.Context, tx bun.IDB) (bool, error) {
	o.skeleton = identity.Skeleton(o.username.Shown)
	return tx.NewSelect().Model((*db.User)(nil)).Where("username_skeleton = ?", o.skeleton).Where("username_key <> ?", o.username.Key).Exists(ctx)
}

// claimLooks keeps others from looking like this username, if it is the first of its looks.
func (o *opening) claimLooks(ctx context.Context, tx bun.IDB) error {
	if o.username.Key == "" {
		return nil
	}
	taken, err := o.mistakable(ctx, tx)
	if taken {
		o.skeleton = ""
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
	if o.username.Key != "" {
		switch taken, err := o.mistakable(u.ctx, u); {
		case err != nil:
			return false, err
		case taken:
			return false, &FieldError{"username", registerNameAlike}
		}
		named := u.Users.blank()
		switch err := db.FindUser(u.ctx, u, named, db.IdentityKey{Username: o.username.Key}); {
		case err == nil:
			return u.sentTwice(named, o)
		case !errors.Is(err, sql.ErrNoRows):
			return false, err
		}
	}
	owner := u.Users.blank()
	switch err := db.FindUser(u.ctx, u, owner, db.IdentityKey{Address: o.email.Key}); {
	case err == nil && (f.SignIn || o.invited != nil):
		return true, &FieldError{"email", registerEmailTaken}
	case err == nil:
		return true, u.tellOwner(owner)
	case !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	return false, u.openAccount(o)
}

// sentTwice answers for a username that is taken: by this same registration, if the form was
// double-clicked, and by somebody else if not.
func (u *unit) sentTwice(named db.Account, o *opening) (existing bool, err error) {
	user := named.Account()
	if o.email.Key != "" && addressKey(user) == o.email.Key {
		lately, err := u.lately(user, doubleClick, Registered)
		if err != nil {
			return false, err
		}
		if lately {
			return true, u.tellOwner(named)
		}
	}
	return false, &FieldError{"username", registerNameTaken}
}

// addressKey is the primary address, folded; "" if there is none.
func addressKey(user *db.User) string {
	if user.Primary == nil {
		return ""
	}
	return user.Primary.Key
}

// tellOwner mails who has the address that somebody tried to register with it. Sent twice within
// moments, the form was double-clicked, and there is nothing more to tell.
func (u *unit) tellOwner(owner db.Account) error {
	user := owner.Account()
	told, err := u.lately(user, doubleClick, Registered, RegisterExisting)
	if err != nil {
		return err
	}
	if err := u.happened(RegisterExisting, user, nil); err != nil || user.Primary == nil {
		return err
	}
	to := user.Primary.Email
	if told {
		to = ""
	}
	ctx := u.ctxOf(user)
	return u.mail(ctx, "register.existing", to, u.Mails.RegisterExisting(ctx, props.RegisterExisting{
		AppName: u.Name, Email: user.Primary.Email, Login: u.link("login"),
	}))
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
	ctx := u.ctxOf(user)
	return u.mail(ctx, "register.welcome", user.Primary.Email, u.Mails.Welcome(ctx, props.Welcome{
		AppName: u.Name, Name: cmp.Or(user.Username, user.Primary.Email), Login: u.link("login"),
	}))
}
