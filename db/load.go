package db

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// An IdentityKey is what an account is found by: folded forms, as they are stored.
type IdentityKey struct {
	// Username is matched against accounts' username keys. Default: not looked at.
	Username string
	// Address is matched against addresses that are confirmed or primary, and goes before
	// Username where both are given and name different accounts. Default: not looked at.
	Address string
}

// LoadSession reads, in one query, the session whose cookie hashes to hash, and into into the
// account it belongs to with its Session, Primary and RoleNames. The hash before the last rotation
// counts too where the session was rotated at previousSince or later; the zero time lets only the
// current hash count. It answers [sql.ErrNoRows] if there is none.
//
// What it finds may be expired, revoked, of an older auth version or of a disabled account:
// callers judge that.
func LoadSession(ctx context.Context, db bun.IDB, into Account, hash []byte, previousSince time.Time) error {
	if len(hash) == 0 {
		return sql.ErrNoRows
	}
	query := selectAccount(db, into).Relation("Session")
	where, args := ofSession(hash, previousSince)
	return whereSession(query, where, prepare(query, db, args...)).Scan(ctx)
}

// ofSession is the condition by which a session is found.
func ofSession(hash []byte, previousSince time.Time) (where string, args []any) {
	if previousSince.IsZero() {
		return "?.id = (SELECT id FROM sessions WHERE hash = ?)", []any{hash}
	}
	return `?.id = coalesce((SELECT id FROM sessions WHERE hash = ?), (SELECT id FROM sessions` +
		` WHERE previous_hash = ? AND rotated_at >= ? ORDER BY rotated_at DESC LIMIT 1))`, []any{hash, hash, previousSince}
}

func whereSession(query *bun.SelectQuery, where string, args []any) *bun.SelectQuery {
	return query.Where(where, slices.Insert(args, 0, any(bun.Ident("session")))...)
}

// selectSession is the query of LoadSession as one text, with nothing prepared.
func selectSession(db bun.IDB, into Account, hash []byte, previousSince time.Time) *bun.SelectQuery {
	where, args := ofSession(hash, previousSince)
	return whereSession(selectAccount(db, into).Relation("Session"), where, args)
}

// LoadUser reads the account with this id into into, with its Primary and RoleNames. It answers
// [sql.ErrNoRows] if there is none.
func LoadUser(ctx context.Context, db bun.IDB, into Account, id uuid.UUID) error {
	return selectAccount(db, into).Where("?TableAlias.id = ?", id).Scan(ctx)
}

// FindUser reads the account that key names into into, with its Primary and RoleNames. It answers
// [sql.ErrNoRows] if there is none. Keys are compared whole: no character in them has a meaning.
func FindUser(ctx context.Context, db bun.IDB, into Account, key IdentityKey) error {
	const byAddress = "(SELECT user_id FROM addresses WHERE address_key = ? AND (is_primary OR confirmed_at IS NOT NULL))"
	var where string
	var args []any
	switch {
	case key.Address != "" && key.Username != "":
		where = "?TableAlias.id = coalesce(" + byAddress + ", (SELECT id FROM users WHERE username_key = ?))"
		args = []any{key.Address, key.Username}
	case key.Address != "":
		where, args = "?TableAlias.id = "+byAddress, []any{key.Address}
	case key.Username != "":
		where, args = "?TableAlias.username_key = ?", []any{key.Username}
	default:
		return sql.ErrNoRows
	}
	query := selectAccount(db, into)
	return query.Where(where, prepare(query, db, args...)...).Scan(ctx)
}

func selectAccount(db bun.IDB, into Account) *bun.SelectQuery {
	// A reader must not meet what the value held before.
	user := into.Account()
	user.Primary, user.Session, user.RoleNames = nil, nil, ""
	return db.NewSelect().Model(into).
		RelationWithOpts("Primary", bun.RelationOpts{AdditionalJoinOnConditions: []schema.QueryWithArgs{
			schema.SafeQuery("?.is_primary", []any{bun.Ident("primary")}),
		}}).
		ColumnExpr("?TableColumns").
		ColumnExpr("(SELECT string_agg(r.name, ' ' ORDER BY r.name) FROM user_roles AS ur" +
			" JOIN roles AS r ON r.id = ur.role_id WHERE ur.user_id = ?TableAlias.id) AS role_names")
}

// CheckModel refuses a host's user type that Bun would not read from and write to table users, in
// a sentence that names the remedy. It does not look at the database.
func CheckModel(db *bun.DB, account Account) error {
	kind := reflect.TypeOf(account)
	if kind == nil || kind.Kind() != reflect.Pointer || kind.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("the user type %v is no pointer to a struct: pass &Member{}", kind)
	}
	kind = kind.Elem()
	kit := db.Table(reflect.TypeFor[User]())
	if kind == kit.Type {
		return nil
	}
	embedded, found := kind.FieldByName("User")
	if !found || !embedded.Anonymous || embedded.Type != kit.Type {
		return fmt.Errorf("the user type %s does not embed db.User itself: write db.User `bun:\",extend\"` in it", kind)
	}
	table := db.Table(kind)
	if table.Name != kit.Name {
		return fmt.Errorf("the user type %s maps to table %q and not to %q: tag its db.User with `bun:\",extend\"`",
			kind, table.Name, kit.Name)
	}
	for _, field := range kit.Fields {
		got := table.LookupField(field.Name)
		if got == nil || !slices.Equal(got.Index, append(slices.Clone(embedded.Index), field.Index...)) {
			return fmt.Errorf("the user type %s has a field of its own for column %q, which is db.User's: rename it",
				kind, field.Name)
		}
	}
	return nil
}
