// Package token keeps secrets that are mailed: good once, for one purpose, account and address.
//
// A secret is a link and, beside it, a short code for whoever reads the mail on another device.
// Neither is stored: of the link there is a hash, of the code an HMAC under the application's
// secrets, since eight digits would be found from a hash in no time.
package token

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/keyring"
	"github.com/gatehouse-go/gatehouse/app/internal/secret"
	"github.com/gatehouse-go/gatehouse/db"
)

// A Token is a secret that was mailed, as it is stored.
type Token = db.Token

// A Grant is what a secret is to be good for.
type Grant struct {
	// Purpose is the only one it serves: a token never serves another.
	Purpose string
	// UserID is whose it is; zero for someone who has no account yet.
	UserID uuid.UUID
	// Address is where it is mailed to, folded. It stands in the token's own row, so that what is
	// confirmed is what was mailed to, whatever the account says by then (CVE-2026-32700).
	Address string
	// AuthVersion is the account's, where a change of credentials kills the token; else zero.
	AuthVersion int64
	// Beside leaves alone what was mailed to other addresses of the account. Without, one secret of a
	// purpose is alive for an account.
	Beside bool
	// Among leaves alone whatever was mailed before, to this address too: the mail with this secret may
	// never arrive.
	Among bool
	// FlowID is the half-done flow that it carries on, where it belongs to one.
	FlowID uuid.UUID
	// TTL is how long it is good for.
	TTL time.Duration
}

// A Secret is what goes into the mail.
type Secret struct {
	Link, Code string
}

// A State is how a token stands.
type State uint8

// The states of a token. Over means that it has expired, was replaced or was killed.
const (
	Unknown State = iota
	Valid
	Over
	Used
)

func (s State) String() string { return [...]string{"unknown", "valid", "over", "used"}[s] }

// ErrSpent says that a token is no longer good: used, replaced, expired or killed meanwhile.
var ErrSpent = errors.New("token: no longer good")

// MostTries is how many codes may be tried on one token: one in twenty million guesses right.
const MostTries = 5

// Tokens is where tokens are kept.
type Tokens struct {
	Ring keyring.Ring
	Now  func() time.Time

	flow uuid.UUID
}

// In are the tokens of one half-done flow. What is issued in it belongs to it and replaces what it
// had before, and nothing else: whoever asks for a mail elsewhere ends no mail that is waited for
// here. A code is tried against the flow's own token alone.
func (t Tokens) In(flow uuid.UUID) Tokens {
	t.flow = flow
	return t
}

// its narrows a query to the tokens of the flow, if there is one.
func (t Tokens) its(q bun.QueryBuilder) bun.QueryBuilder {
	if t.flow == uuid.Nil {
		return q
	}
	return q.Where("flow_id = ?", t.flow)
}

// LinkLength is how many characters the secret of every link has.
const LinkLength = secret.Length

// Issue makes a token and kills those that it replaces: of one purpose and account, or else
// address, one is alive at a time. The account's row is taken first, so that of two at once the
// later finds the earlier.
func (t Tokens) Issue(ctx context.Context, tx bun.IDB, g Grant) (Secret, error) {
	now := t.Now()
	link, hash := secret.New()
	code := newCode()
	row := &Token{
		ID: db.NewID(), Purpose: g.Purpose, UserID: g.UserID, Address: g.Address, AuthVersion: g.AuthVersion,
		Hash: hash, CodeHash: t.codeHash(g.Purpose, g.UserID, g.Address, code),
		FlowID: cmp.Or(t.flow, g.FlowID), CreatedAt: now, ExpiresAt: now.Add(g.TTL),
	}
	if err := db.TakeUser(ctx, tx, g.UserID); err != nil {
		return Secret{}, fmt.Errorf("token: %w", err)
	}
	replaced := t.killing(tx).Where("purpose = ?", g.Purpose)
	switch {
	case t.flow != uuid.Nil:
	case g.UserID != uuid.Nil:
		replaced.Where("user_id = ?", g.UserID)
	default:
		replaced.Where("user_id IS NULL")
	}
	if t.flow == uuid.Nil && (g.UserID == uuid.Nil || g.Beside) {
		replaced.Where("address = ?", g.Address)
	}
	if !g.Among {
		if _, err := replaced.Exec(ctx); err != nil {
			return Secret{}, fmt.Errorf("token: %w", err)
		}
	}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return Secret{}, fmt.Errorf("token: %w", err)
	}
	return Secret{Link: link, Code: code}, nil
}

// killing ends tokens where they stand: what was mailed is still known, and told to be over.
func (t Tokens) killing(tx bun.IDB) *bun.UpdateQuery {
	now := t.Now()
	return tx.NewUpdate().Model((*Token)(nil)).Set("expires_at = ?", now).
		Where("used_at IS NULL").Where("expires_at > ?", now).ApplyQueryBuilder(t.its)
}

// End kills the flow's token, so that nothing carries the flow on any more. One that is used stays so.
func (t Tokens) End(ctx context.Context, tx bun.IDB) error {
	if _, err := t.killing(tx).Exec(ctx); err != nil {
		return fmt.Errorf("token: end: %w", err)
	}
	return nil
}

// Newest is the last token of the flow, and how it stands.
func (t Tokens) Newest(ctx context.Context, tx bun.IDB, purpose string) (*Token, State, error) {
	return t.look(ctx, tx, "flow_id = ? AND purpose = ?", t.flow, purpose)
}

// Kill ends what an account has of the purposes named, or of all where none is.
func (t Tokens) Kill(ctx context.Context, tx bun.IDB, user uuid.UUID, purposes ...string) error {
	killed := t.killing(tx).Where("user_id = ?", user)
	if len(purposes) > 0 {
		killed.Where("purpose IN (?)", bun.List(purposes))
	}
	if _, err := killed.Exec(ctx); err != nil {
		return fmt.Errorf("token: kill: %w", err)
	}
	return nil
}

// current holds for tokens that no change of credentials has killed.
const current = "(?TableAlias.auth_version = 0 OR ?TableAlias.auth_version = (SELECT u.auth_version FROM users AS u WHERE u.id = ?TableAlias.user_id))"

// Look finds the token of a link and says how it stands. It changes nothing, however often it is
// asked. The token is nil where the state is Unknown, and only there.
func (t Tokens) Look(ctx context.Context, tx bun.IDB, purpose, link string) (*Token, State, error) {
	sum := secret.Hash(link)
	if sum == nil {
		return nil, Unknown, nil
	}
	return t.look(ctx, tx, "hash = ? AND purpose = ?", sum, purpose)
}

// Again says how a token stands by now.
func (t Tokens) Again(ctx context.Context, tx bun.IDB, token *Token) (*Token, State, error) {
	return t.look(ctx, tx, "id = ?", token.ID)
}

func (t Tokens) look(ctx context.Context, tx bun.IDB, where string, args ...any) (*Token, State, error) {
	var row struct {
		Token   `bun:",extend"`
		Current bool `bun:"current,scanonly"`
	}
	err := tx.NewSelect().Model(&row).ColumnExpr("?TableColumns").ColumnExpr(current+" AS current").
		Where(where, args...).Order("created_at DESC", "id DESC").Limit(1).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, Unknown, nil
	case err != nil:
		return nil, Unknown, fmt.Errorf("token: %w", err)
	case !row.UsedAt.IsZero():
		return &row.Token, Used, nil
	case !row.Current || !row.ExpiresAt.After(t.Now()):
		return &row.Token, Over, nil
	}
	return &row.Token, Valid, nil
}

// Exchange gives a link for the code of a token, once it has turned out right, for whoever has yet to
// say what for. The link is good for what the token is, and as long. It is for tokens that die with
// the account's credentials: what is done by the one changes those, and so ends the other. The
// account's row is taken first, so that a newer token, or a change, ends both or comes before.
func (t Tokens) Exchange(ctx context.Context, tx bun.IDB, token *Token) (link string, err error) {
	if token.AuthVersion == 0 {
		return "", fmt.Errorf("token: %s outlives the account's credentials, and would be good twice", token.Purpose)
	}
	if err := db.TakeUser(ctx, tx, token.UserID); err != nil {
		return "", fmt.Errorf("token: exchange: %w", err)
	}
	alive, state, err := t.Again(ctx, tx, token)
	switch {
	case err != nil:
		return "", err
	case state != Valid:
		return "", ErrSpent
	}
	row := *alive
	row.ID, row.CreatedAt = db.NewID(), t.Now()
	// The code stays the other's.
	row.CodeHash, row.Tries = nil, MostTries
	link, row.Hash = secret.New()
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return "", fmt.Errorf("token: exchange: %w", err)
	}
	return link, nil
}

// Spend uses a token up. Of any number at once one succeeds; the others get ErrSpent.
func (t Tokens) Spend(ctx context.Context, tx bun.IDB, token *Token) error {
	now := t.Now()
	spent, err := tx.NewUpdate().Model((*Token)(nil)).Set("used_at = ?", now).
		Where("id = ?", token.ID).Where("used_at IS NULL").Where("expires_at > ?", now).Where(current).Exec(ctx)
	if err != nil {
		return fmt.Errorf("token: spend: %w", err)
	}
	if n, err := spent.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrSpent, err)
	}
	return nil
}

// KillBut ends all that an account has but what is for one purpose.
func (t Tokens) KillBut(ctx context.Context, tx bun.IDB, user uuid.UUID, purpose string) error {
	if _, err := t.killing(tx).Where("user_id = ?", user).Where("purpose <> ?", purpose).Exec(ctx); err != nil {
		return fmt.Errorf("token: kill: %w", err)
	}
	return nil
}

// KillAt ends what an account has of a purpose at one address.
func (t Tokens) KillAt(ctx context.Context, tx bun.IDB, user uuid.UUID, address, purpose string) error {
	_, err := t.killing(tx).Where("user_id = ?", user).Where("address = ?", address).Where("purpose = ?", purpose).Exec(ctx)
	if err != nil {
		return fmt.Errorf("token: kill: %w", err)
	}
	return nil
}

// KillSince ends all that the account of a token has, but what was mailed for the same purpose
// before it, or to the same address.
func (t Tokens) KillSince(ctx context.Context, tx bun.IDB, token *Token) error {
	_, err := t.killing(tx).Where("user_id = ?", token.UserID).
		Where("purpose <> ? OR address <> ? AND (created_at > ? OR created_at = ? AND id > ?)",
			token.Purpose, token.Address, token.CreatedAt, token.CreatedAt, token.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("token: kill: %w", err)
	}
	return nil
}

// Alive is what an account has of a purpose at one address, the first before the last.
func (t Tokens) Alive(ctx context.Context, tx bun.IDB, user uuid.UUID, address, purpose string) ([]Token, error) {
	var tokens []Token
	err := tx.NewSelect().Model(&tokens).Where("user_id = ?", user).Where("address = ?", address).Where("purpose = ?", purpose).
		Where("used_at IS NULL").Where("expires_at > ?", t.Now()).Where(current).Order("created_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return tokens, nil
}
