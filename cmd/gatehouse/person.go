package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-go/gatehouse/app"
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
func (d *demo) person(ctx context.Context, accounts *app.App) (person, error) {
	plain, err := d.kept("password", newPassword)
	if err != nil {
		return person{}, err
	}
	account, err := accounts.FindUser(ctx, demoAddress)
	if errors.Is(err, sql.ErrNoRows) {
		account, err = create(ctx, accounts, plain)
	} else if err == nil {
		plain, err = d.mended(ctx, accounts, account, plain)
	}
	if err != nil {
		return person{}, fmt.Errorf("the demo's account: %w", err)
	}
	p := person{names: []string{demoAddress}, password: plain}
	if username := account.Account().Username; username != "" {
		p.names = append(p.names, username)
	}
	return p, nil
}

// newPassword has 100 random bits, in groups that can be typed.
func newPassword() string {
	text := strings.ToLower(rand.Text())
	return strings.Join([]string{text[:5], text[5:10], text[10:15], text[15:20]}, "-")
}

func create(ctx context.Context, accounts *app.App, plain string) (db.Account, error) {
	demo := app.NewUser{Email: demoAddress, Confirmed: true, Username: demoUsername, Password: plain}
	account, err := accounts.CreateUser(ctx, demo)
	if db.IsUnique(err) {
		// Somebody else has the name, in a database that others use.
		demo.Username = ""
		return accounts.CreateUser(ctx, demo)
	}
	return account, err
}

// mended returns a password that opens the account: plain if it does.
func (d *demo) mended(ctx context.Context, accounts *app.App, account db.Account, plain string) (string, error) {
	if fits, err := accounts.CheckPassword(ctx, account, plain); fits || err != nil {
		return plain, err
	}
	plain = newPassword()
	if err := accounts.SetPassword(ctx, account, plain); err != nil {
		return "", err
	}
	return plain, d.keep("password", plain)
}
