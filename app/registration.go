package app

import (
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

// A registration is what was sent by the form, kept until it is confirmed for the browser that
// sent it: to sign in there, and to correct the address. It is kept whether an account was opened
// or the address had one, or else correcting it would tell which.
type registration struct {
	// ID is the account's; one that nobody has where none was opened.
	ID       uuid.UUID       `json:"id"`
	Username string          `json:"username,omitempty"`
	Hash     string          `json:"hash"`
	Form     json.RawMessage `json:"form"`
}

const registrationFlow = "registration"

// keep keeps a registration, and has the browser wait for the mail about it.
func (u *unit) keep(o *opening, existing bool) error {
	kept := registration{ID: o.account.Account().ID, Username: o.username.Shown, Hash: o.hash}
	if existing {
		kept.ID = db.NewID()
		if err := u.decoy(o.email); err != nil {
			return err
		}
	}
	sent := u.Users.signUp(o.sent)
	sent.Password, sent.PasswordConfirm = "", ""
	var err error
	if kept.Form, err = json.Marshal(o.sent); err != nil {
		return err
	}
	plain, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	value, hash := session.NewValue()
	row := &db.Flow{ID: db.NewID(), Kind: registrationFlow, Hash: hash, CreatedAt: u.Now(), ExpiresAt: u.Now().Add(inboxAge)}
	if row.Data, err = u.ring.Seal(registrationFlow, plain, hash); err != nil {
		return err
	}
	cookie, err := u.awaiting(inbox{Email: o.email.Shown, Flow: value})
	if err != nil {
		return err
	}
	u.cookie(cookie)
	_, err = u.NewInsert().Model(row).Exec(u.ctx)
	return err
}

// decoy is the token that nobody gets, where somebody else would get one.
func (u *unit) decoy(email identity.Name) error {
	_, err := u.tokens.Issue(u.ctx, u, token.Grant{Purpose: confirming, Address: email.Key, TTL: u.confirm.TTL})
	return err
}

// coolDown counts the mail that went out on its own towards those that may be asked for.
func (r *request) coolDown(email identity.Name) error {
	there := r.other("confirm")
	_, err := r.attempts.Take(r.ctx, there.accountKey(email.Key), there.route.name, there.route.limit.PerAccount)
	return err
}

// registration is the one that this browser waits for, or nil.
func (r *request) registration() (*registration, error) {
	hash := session.Hash(r.readInbox().Flow)
	if hash == nil {
		return nil, nil
	}
	row := new(db.Flow)
	err := r.DB.NewSelect().Model(row).Where("hash = ?", hash).Where("kind = ?", registrationFlow).Where("expires_at > ?", r.Now()).Scan(r.ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := r.ring.Open(registrationFlow, row.Data, hash)
	if err != nil {
		return nil, nil // the secrets have changed
	}
	kept := new(registration)
	return kept, json.Unmarshal(plain, kept)
}
