package token

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Digits is how long a code is.
const Digits = 8

// codePurpose is the keyring's; a token's own purpose is part of what is authenticated.
const codePurpose = "token code"

func newCode() string {
	most := big.NewInt(100_000_000) // ten to the power of Digits
	n, err := rand.Int(rand.Reader, most)
	if err != nil {
		panic("token: " + err.Error()) // crypto/rand ends the program before
	}
	return fmt.Sprintf("%0*d", Digits, n)
}

// codeHash binds a code to what it is for, so that it is worth nothing for anything else.
func (t Tokens) codeHash(purpose string, user uuid.UUID, address, code string) []byte {
	return t.Ring.MAC(codePurpose, codeParts(purpose, user, address, code)...)
}

func codeParts(purpose string, user uuid.UUID, address, code string) [][]byte {
	return [][]byte{[]byte(purpose), user[:], []byte(address), []byte(code)}
}

// Try judges a code that was typed. A try is counted before it is judged, and stays counted
// whatever comes of it: tx is no transaction that could be undone. After MostTries the code is
// dead, and the link beside it is not: or else anybody could kill it by typing.
//
// It returns nil where the code is wrong, dead, or nobody's. What it returns is still to be spent.
func (t Tokens) Try(ctx context.Context, tx *bun.DB, purpose string, user uuid.UUID, address, code string) (*Token, error) {
	now := t.Now()
	token := new(Token)
	err := tx.NewUpdate().Model(token).Set("tries = tries + 1").
		Where("purpose = ?", purpose).Where("user_id = ?", user).Where("address = ?", address).
		Where("used_at IS NULL").Where("expires_at > ?", now).Where("tries < ?", MostTries).Where(current).ApplyQueryBuilder(t.its).
		Returning("*").Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("token: try: %w", err)
	}
	// Judged for nobody too, at the same cost.
	right := t.Ring.Verify(token.CodeHash, codePurpose, codeParts(purpose, user, address, Plain(code))...)
	if err != nil || !right {
		return nil, nil
	}
	return token, nil
}

// Repeated is the token that a code has used up lately, or nil: a form that was sent twice.
func (t Tokens) Repeated(ctx context.Context, tx bun.IDB, purpose string, user uuid.UUID, address, code string, within time.Duration) (*Token, error) {
	token := new(Token)
	err := tx.NewSelect().Model(token).Where("purpose = ?", purpose).Where("user_id = ?", user).Where("address = ?", address).
		Where("used_at > ?", t.Now().Add(-within)).ApplyQueryBuilder(t.its).Order("used_at DESC").Limit(1).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("token: %w", err)
	}
	if !t.Ring.Verify(token.CodeHash, codePurpose, codeParts(purpose, user, address, Plain(code))...) {
		return nil, nil
	}
	return token, nil
}

// Plain is a code without what people and keyboards put around its digits: spaces, dashes, and the
// digits of another script.
func Plain(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '٠' <= r && r <= '٩':
			return r - '٠' + '0'
		case '۰' <= r && r <= '۹':
			return r - '۰' + '0'
		case '０' <= r && r <= '９':
			return r - '０' + '0'
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, code)
}

// Spaced is a code as it is easiest to read and type: in two halves.
func Spaced(code string) string { return code[:len(code)/2] + " " + code[len(code)/2:] }
