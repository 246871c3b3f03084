package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A NewUser is an account that the host opens itself, without a visitor: seeds, imports, tests,
// operators.
type NewUser struct {
	// Email is the account's primary address. The default is none.
	Email string
	// Confirmed says that the address is known to be the person's. The default is that it is not.
	Confirmed bool
	// Username is the account's name; operators may give a reserved one, and one that looks like
	// another's. The default is none.
	Username string
	// Password is what they sign in with; the policy does not bind operators. The default is
	// none, and no password opens the account then.
	Password string
	// Fill sets the host's own columns. The default leaves them as they are.
	Fill func(db.Account)
}

// CreateUser opens an account. A name that is taken is an error of which db.IsUnique holds.
func (a *App) CreateUser(ctx context.Context, n NewUser) (db.Account, error) {
	o := opening{account: a.Users.blank()}
	var errs []error
	var err error
	if n.Email != "" {
		if o.email, err = identity.Email(n.Email); err != nil {
			errs = append(errs, fmt.Errorf("create user: address %q: %w", n.Email, err))
		}
	}
	if n.Username != "" {
		if o.username, err = identity.Username(n.Username); err != nil {
			errs = append(errs, fmt.Errorf("create user: username %q: %w", n.Username, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if n.Password != "" {
		if o.hash, err = a.hasher.Hash(ctx, n.Password); err != nil {
			return nil, fmt.Errorf("create user: %w", err)
		}
	}
	if n.Fill != nil {
		n.Fill(o.account)
	}
	err = db.InTx(ctx, a.DB, func(ctx context.Context, tx bun.Tx) error {
		if err := o.claimLooks(ctx, tx); err != nil {
			return err
		}
		if err := o.insert(ctx, tx, a.Now(), n.Confirmed); err != nil {
			return err
		}
		return a.audit(ctx, tx, Event{Name: Registered, User: o.account.Account(), At: a.Now()}, uuid.Nil)
	})
	if err != nil {
		return nil, fmt.Errorf("create user: %w", err)
	}
	return o.account, nil
}

// FindUser returns the account that a name belongs to, an address or a username, in any spelling
// that names the same one. It answers sql.ErrNoRows if there is none.
func (a *App) FindUser(ctx context.Context, name string) (db.Account, error) {
	return a.find(ctx, name, Email|Username)
}

// find looks up the account that a name belongs to, as one of the kinds of name in by.
func (a *App) find(ctx context.Context, name string, by Identity) (db.Account, error) {
	var key db.IdentityKey
	email, username := identity.Key(name)
	if by&Email != 0 {
		key.Address = email
	}
	if by&Username != 0 {
		key.Username = username
	}
	account := a.Users.blank()
	err := db.FindUser(ctx, a.DB, account, key)
	if a.Identify == nil || err != nil && !errors.Is(err, sql.ErrNoRows) {
		return account, err
	}
	// Asked and loaded whoever was found, so that it takes as long for all.
	id, failed := a.Identify(ctx, name)
	if failed != nil {
		return nil, fmt.Errorf("identify: %w", failed)
	}
	other := a.Users.blank()
	if unknown := db.LoadUser(ctx, a.DB, other, id); err != nil {
		account, err = other, unknown
	}
	return account, err
}

// lookUp is find for pages, where nobody is an answer too: a nil account.
func (a *App) lookUp(ctx context.Context, name string, by Identity) (db.Account, error) {
	account, err := a.find(ctx, name, by)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return account, err
}

var nameUnknown = locales.Message{Code: "account.unknown", English: "Nobody has an account by this name. Check it, or create an account."}

// unknown has a form say that nobody has the account that it names, where Config.TellUnknown wants it.
func (r *request) unknown(account db.Account, filled *form.Form) bool {
	if account != nil || !r.TellUnknown {
		return false
	}
	filled.Fail("email", nameUnknown)
	return true
}

// reaches is the address at which a mail reaches the owner of an account who goes by name: the one
// that they named, if it is proven to be theirs, or else the primary one. It is nil for nobody, for
// who has none, and for who is not let in; all are looked for.
func (r *request) reaches(account db.Account, name string) (*db.Address, error) {
	var whose uuid.UUID
	if account != nil && account.Account().Active() {
		whose = account.Account().ID
	}
	email, _ := identity.Key(name)
	address := new(db.Address)
	err := r.DB.NewSelect().Model(address).Where("user_id = ?", whose).
		Where("is_primary OR (address_key = ? AND confirmed_at IS NOT NULL AND held_until IS NULL)", email).Order("is_primary").Limit(1).Scan(r.ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return address, err
}

// nameOf is what the owner of an account types to name it; "" if there is nothing of the kind.
func nameOf(user *db.User, by Identity) string {
	if by&Email != 0 && user.Primary != nil {
		return user.Primary.Email
	}
	if by&Username != 0 {
		return user.Username
	}
	return ""
}

// CheckPassword reports whether plain opens account, with no limit, no gate and no event: for
// programs, not for pages.
func (a *App) CheckPassword(ctx context.Context, account db.Account, plain string) (bool, error) {
	return a.hasher.Verify(ctx, plain, account.Account().PasswordHash)
}

// SetPassword gives an account another password, ends everything that the old one opened and tells
// the owner, as [Change] does. The policy does not bind operators.
func (a *App) SetPassword(ctx context.Context, account db.Account, plain string) error {
	hash, err := a.hasher.Hash(ctx, plain)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	err = a.operator(ctx).act(func(u *unit) error { return u.newPassword(account.Account(), hash, nil) })
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}
