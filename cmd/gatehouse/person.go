package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/db"
)

// A person is the demo's account, as it is announced.
type person struct {
	names    []string
	password string
}

const (
	demoAddress  = "demo@example.com"
	demoUsername = "demo"
)

// person makes sure that there is a demo account and that its password is known. The password is
// made the first time and kept in the demo's folder, so that what a browser has saved goes on
// working; where it does not match any more, a new one takes its place.
func (d *demo) person(ctx context.Context, conn *bun.DB) (person, error) {
	hasher, err := password.New(password.Params{})
	if err != nil {
		return person{}, err
	}
	plain, err := d.kept("password", newPassword)
	if err != nil {
		return person{}, err
	}
	user := new(db.User)
	switch err := db.FindUser(ctx, conn, user, db.IdentityKey{Address: demoAddress}); {
	case errors.Is(err, sql.ErrNoRows):
		hash, err := hasher.Hash(ctx, plain)
		if err != nil {
			return person{}, err
		}
		if user, err = open(ctx, conn, hash); err != nil {
			return person{}, err
		}
	case err != nil:
		return person{}, fmt.Errorf("the demo's account: %w", err)
	default:
		if plain, err = d.mended(ctx, conn, hasher, user, plain); err != nil {
			return person{}, err
		}
	}
	p := person{names: []string{demoAddress}, password: plain}
	if user.Username != "" {
		p.names = append(p.names, user.Username)
	}
	return p, nil
}

// newPassword has 100 random bits, in groups that can be typed.
func newPassword() string {
	text := strings.ToLower(rand.Text())
	return strings.Join([]string{text[:5], text[5:10], text[10:15], text[15:20]}, "-")
}

func open(ctx context.Context, conn *bun.DB, hash string) (*db.User, error) {
	now := time.Now().UTC()
	user := &db.User{ID: db.NewID(), PasswordHash: hash, PasswordChangedAt: now, AuthVersion: 1, CreatedAt: now, UpdatedAt: now}
	address := &db.Address{
		ID: db.NewID(), UserID: user.ID, Email: demoAddress, Key: demoAddress,
		IsPrimary: true, ConfirmedAt: now, CreatedAt: now,
	}
	err := db.InTx(ctx, conn, func(ctx context.Context, tx bun.Tx) error {
		user.Username, user.UsernameKey = "", ""
		// Somebody may have registered the name in a database that others use.
		switch err := db.FindUser(ctx, tx, new(db.User), db.IdentityKey{Username: demoUsername}); {
		case errors.Is(err, sql.ErrNoRows):
			user.Username, user.UsernameKey = demoUsername, demoUsername
		case err != nil:
			return err
		}
		for _, row := range []any{user, address} {
			if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the demo's account: %w", err)
	}
	return user, nil
}

// mended returns a password that opens user's account: plain if it does.
func (d *demo) mended(ctx context.Context, conn *bun.DB, hasher *password.Hasher, user *db.User, plain string) (string, error) {
	if fits, err := hasher.Verify(ctx, plain, cmp.Or(user.PasswordHash, "none")); fits && err == nil {
		return plain, nil
	}
	plain = newPassword()
	hash, err := hasher.Hash(ctx, plain)
	if err != nil {
		return "", err
	}
	now := time.Now().UTC()
	_, err = conn.NewUpdate().Model(user).WherePK().
		Set("password_hash = ?", hash).Set("password_changed_at = ?", now).Set("updated_at = ?", now).
		Set("auth_version = auth_version + 1").Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("the demo's account: %w", err)
	}
	return plain, d.keep("password", plain)
}
