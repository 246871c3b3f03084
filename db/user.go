package db

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An Account is a User, or a host's type that embeds one.
type Account interface {
	// Account returns the embedded User.
	Account() *User
}

// A User is one person's account. Hosts add columns by embedding it:
//
//	type Member struct {
//		db.User `bun:",extend"`
//		Company string
//	}
//
// The kit writes its own columns by name and never touches the host's.
type User struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID uuid.UUID `bun:"id,pk,type:uuid"`
	// Username is the name as its owner writes it; empty if the account has none.
	Username string `bun:"username,nullzero"`
	// UsernameKey is the folded form that must be unique and is looked up by.
	UsernameKey string `bun:"username_key,nullzero"`
	// PasswordHash is empty while the account has no password; no password matches then.
	PasswordHash      string    `bun:"password_hash,nullzero"`
	PasswordChangedAt time.Time `bun:"password_changed_at,nullzero"`
	// AuthVersion counts changes of credentials. What was issued under an older version is dead.
	AuthVersion int64 `bun:"auth_version,notnull"`
	// WebAuthnHandle is the random user handle of WebAuthn Level 3, section 4: no personal data in it.
	WebAuthnHandle []byte `bun:"webauthn_handle,nullzero"`
	// Language is a BCP 47 tag, or empty to follow the browser.
	Language string `bun:"language,nullzero"`
	// DisabledAt is when an operator closed the account to its owner.
	DisabledAt time.Time `bun:"disabled_at,nullzero"`
	CreatedAt  time.Time `bun:"created_at,notnull"`
	UpdatedAt  time.Time `bun:"updated_at,notnull"`
	// UsernameSkeleton is what the username looks like (Unicode Technical Standard 39, section 4),
	// unique so that nobody is taken for somebody else. It is empty where an operator gave two
	// accounts names that look alike.
	UsernameSkeleton string `bun:"username_skeleton,nullzero"`
	// SignInCount, CurrentSignInAt and LastSignInAt say how often the account was signed in to, when
	// last, and when before that; the networks say from which address. They stay empty where the
	// application does not track sign-ins.
	SignInCount          int64     `bun:"sign_in_count,notnull"`
	CurrentSignInAt      time.Time `bun:"current_sign_in_at,nullzero"`
	CurrentSignInNetwork string    `bun:"current_sign_in_network,nullzero"`
	LastSignInAt         time.Time `bun:"last_sign_in_at,nullzero"`
	LastSignInNetwork    string    `bun:"last_sign_in_network,nullzero"`

	// Primary is the address that mails go to. It is nil for an account without one.
	Primary *Address `bun:"rel:has-one,join:id=user_id"`
	// Session is the session the account was read by, and nil elsewhere.
	Session *Session `bun:"rel:has-one,join:id=user_id"`
	// RoleNames lists the account's roles, separated by spaces, where the query asked for them.
	RoleNames string `bun:"role_names,scanonly"`
}

// Account makes a User, and every type that embeds one, an [Account].
func (u *User) Account() *User { return u }

// Roles lists the names of the account's roles.
func (u *User) Roles() []string {
	// Other white space is part of a name: split there, "editor\nadmin" would grant a second role.
	return strings.FieldsFunc(u.RoleNames, func(r rune) bool { return r == ' ' })
}

// Active reports whether an operator has left the account open.
func (u *User) Active() bool { return u.DisabledAt.IsZero() }

// An Address is an e-mail address that an account has, or claims.
type Address struct {
	bun.BaseModel `bun:"table:addresses,alias:a"`

	ID     uuid.UUID `bun:"id,pk,type:uuid"`
	UserID uuid.UUID `bun:"user_id,type:uuid,notnull"`
	// Email is the address as its owner writes it. Mail goes to this spelling.
	Email string `bun:"email,notnull"`
	// Key is the folded form: unique among addresses that are confirmed or primary.
	Key         string    `bun:"address_key,notnull"`
	IsPrimary   bool      `bun:"is_primary,notnull"`
	ConfirmedAt time.Time `bun:"confirmed_at,nullzero"`
	CreatedAt   time.Time `bun:"created_at,notnull"`
	// Replaces marks one that is to take the place of the primary address once it is confirmed.
	Replaces bool `bun:"replaces,notnull"`
	// HeldUntil is until when one that was given up is kept from everyone else, so that giving it up
	// can be undone. It still names its account.
	HeldUntil time.Time `bun:"held_until,nullzero"`
}

// A FormerUsername is a name that an account has given up, and that nobody else can take for a while.
type FormerUsername struct {
	bun.BaseModel `bun:"table:former_usernames,alias:fu"`

	Key      string `bun:"username_key,pk"`
	Skeleton string `bun:"username_skeleton,notnull"`
	// UserID is whose it was; zero once that account is gone.
	UserID    uuid.UUID `bun:"user_id,type:uuid,nullzero"`
	HeldUntil time.Time `bun:"held_until,notnull"`
}

// A Role is a name that guards ask for.
type Role struct {
	bun.BaseModel `bun:"table:roles,alias:r"`

	ID          uuid.UUID `bun:"id,pk,type:uuid"`
	Name        string    `bun:"name,notnull"`
	Description string    `bun:"description,nullzero"`
	CreatedAt   time.Time `bun:"created_at,notnull"`
}

// A UserRole gives a role to an account.
type UserRole struct {
	bun.BaseModel `bun:"table:user_roles,alias:ur"`

	UserID uuid.UUID `bun:"user_id,pk,type:uuid"`
	RoleID uuid.UUID `bun:"role_id,pk,type:uuid"`
}

// A RolePermission lets the holders of a role do one thing.
type RolePermission struct {
	bun.BaseModel `bun:"table:role_permissions,alias:rp"`

	RoleID uuid.UUID `bun:"role_id,pk,type:uuid"`
	Name   string    `bun:"name,pk"`
}
