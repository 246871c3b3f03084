package app

import (
	"context"
	"database/sql"
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// proven reports whether an address has been shown to be its owner's.
func proven(a *db.Address) bool { return !a.ConfirmedAt.IsZero() }

// addressesOf are an account's addresses, the primary one first, without those that were given up.
func (a *App) addressesOf(ctx context.Context, tx bun.IDB, user uuid.UUID) ([]db.Address, error) {
	var rows []db.Address
	err := tx.NewSelect().Model(&rows).Where("user_id = ?", user).Where("held_until IS NULL").
		Order("is_primary DESC", "created_at", "id").Scan(ctx)
	return rows, err
}

// ownAddress is an account's address by its id. Somebody else's is not found, like one that nobody has.
func (a *App) ownAddress(ctx context.Context, tx bun.IDB, user uuid.UUID, id string) (*db.Address, error) {
	known, err := uuid.Parse(id)
	if err != nil {
		return nil, &Error{Status: fiber.StatusNotFound}
	}
	row := new(db.Address)
	err = tx.NewSelect().Model(row).Where("id = ?", known).Where("user_id = ?", user).Where("held_until IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &Error{Status: fiber.StatusNotFound}
	}
	return row, err
}

// written is the address that something was mailed to as its owner writes it. A token knows its key, which
// looks foreign where the address has letters of another script.
func (a *App) written(ctx context.Context, tx bun.IDB, mailed *token.Token) (string, error) {
	shown := mailed.Address
	err := tx.NewSelect().Model((*db.Address)(nil)).Column("email").Where("user_id = ?", mailed.UserID).
		Where("address_key = ?", mailed.Address).Limit(1).Scan(ctx, &shown)
	if errors.Is(err, sql.ErrNoRows) {
		return shown, nil
	}
	return shown, err
}

// keeper is the address that keeps a key from all others, whosever it is; one that nobody has if
// there is none.
func (u *unit) keeper(key string) (*db.Address, error) {
	var rows []db.Address
	err := u.NewSelect().Model(&rows).Where("address_key = ?", key).Where("is_primary OR confirmed_at IS NOT NULL").Scan(u.ctx)
	if err != nil || len(rows) == 0 {
		return new(db.Address), err
	}
	return &rows[0], nil
}

// claimAddress writes down an address that is to prove itself, and mails to it. One that is somebody
// else's is written down like any other, since that blocks nobody: so nothing shows whose it is.
func (u *unit) claimAddress(user *db.User, email identity.Name, replaces bool) error {
	if err := session.Take(u.ctx, u, user); err != nil {
		return err
	}
	// Of an address there is one claim, and one claim to become the primary one.
	_, err := u.NewDelete().Model((*db.Address)(nil)).Where("user_id = ?", user.ID).Where("confirmed_at IS NULL").Where("NOT is_primary").
		Where("address_key = ? OR (replaces AND ?)", email.Key, replaces).Exec(u.ctx)
	if err != nil {
		return err
	}
	rows, err := u.addressesOf(u.ctx, u, user.ID)
	if err != nil {
		return err
	}
	staying := 0
	for i := range rows {
		if rows[i].Key == email.Key {
			return &FieldError{"email", addressYours}
		}
		if !rows[i].Replaces {
			staying++
		}
	}
	if !replaces && staying >= u.proof.most {
		return &FieldError{"email", addressesFull.With(u.proof.most)}
	}
	row := &db.Address{ID: db.NewID(), UserID: user.ID, Email: email.Shown, Key: email.Key, Replaces: replaces, CreatedAt: u.Now()}
	if _, err := u.NewInsert().Model(row).Exec(u.ctx); err != nil {
		return err
	}
	return errors.Join(u.Changed(u.ctx, u, user.ID), u.mailProof(user, row))
}

// mailProof sends the mail by which an address proves itself, and ends the ones before. If it is
// somebody else's, they are told instead, and the same work is done.
func (u *unit) mailProof(user *db.User, row *db.Address) error {
	if err := u.happened(EmailAsked, user, map[string]string{"to": row.Email}); err != nil {
		return err
	}
	secret, err := u.tokens.Issue(u.ctx, u, token.Grant{
		Purpose: proving, UserID: user.ID, Address: row.Key, AuthVersion: user.AuthVersion, TTL: u.proof.TTL, Beside: true,
	})
	if err != nil {
		return err
	}
	known, err := u.keeper(row.Key)
	if err != nil {
		return err
	}
	to, strange := row, known.UserID != uuid.Nil && known.UserID != user.ID
	if strange {
		to = known
	}
	reader := u.Users.blank()
	if err := db.LoadUser(u.ctx, u, reader, to.UserID); err != nil {
		return err
	}
	ctx := u.ctxOf(reader.Account())
	if strange {
		return post(ctx, u, "change_email.existing", to.Email, u.Mails.ChangeEmailExisting, props.ChangeEmailExisting{
			AppName: u.Name, Email: to.Email, Login: u.link("login"),
		})
	}
	return post(ctx, u, "change_email", to.Email, u.Mails.ChangeEmail, props.ChangeEmailMail{
		AppName: u.Name, Email: to.Email, Link: u.link("address-link", secret.Link),
		Code: token.Spaced(secret.Code), TTL: u.proof.TTL,
	})
}

// proveAddress confirms the address that a token was mailed to, and does what it was asked for. It
// fails with a unique violation if the address has become somebody else's meanwhile.
func (u *unit) proveAddress(user *db.User, mailed *token.Token) error {
	if err := errors.Join(session.Take(u.ctx, u, user), u.tokens.Spend(u.ctx, u, mailed)); err != nil {
		return err
	}
	// One's own that was given up comes back.
	_, err := u.NewDelete().Model((*db.Address)(nil)).Where("user_id = ?", user.ID).Where("address_key = ?", mailed.Address).
		Where("held_until IS NOT NULL").Exec(u.ctx)
	if err != nil {
		return err
	}
	var rows []db.Address
	_, err = u.NewUpdate().Model((*db.Address)(nil)).Set("confirmed_at = ?", u.Now()).Where("user_id = ?", user.ID).
		Where("address_key = ?", mailed.Address).Where("confirmed_at IS NULL").Where("NOT is_primary").Returning("*").Exec(u.ctx, &rows)
	switch {
	case err != nil:
		return err
	case len(rows) != 1:
		return errMoved
	case rows[0].Replaces:
		return u.makePrimary(user, &rows[0])
	}
	if err := errors.Join(u.Changed(u.ctx, u, user.ID), u.happened(EmailAdded, user, map[string]string{"to": rows[0].Email})); err != nil {
		return err
	}
	told := addressAdded.notice(u.Name, rows[0].Email)
	if u.URL("addresses") != "" {
		told.advice, told.help = addressAdvice, props.Link{Label: addressesSee, URL: u.link("addresses")}
	}
	return u.tell(user, told)
}

// makePrimary has mails go to another confirmed address, and ends whatever was opened before. The
// one before can take its place back for a while, if it was confirmed: one that was mistyped is a
// stranger's. If the other one could take its own place back, the one before cannot: or else somebody
// who had put theirs in its place would undo that its owner has gone back to it.
func (u *unit) makePrimary(user *db.User, to *db.Address) error {
	rows, err := u.addressesOf(u.ctx, u, user.ID)
	if err != nil {
		return err
	}
	old := &db.Address{}
	if len(rows) > 0 && rows[0].IsPrimary {
		old = &rows[0]
	}
	if err := u.stepBack(old, to.Replaces); err != nil {
		return err
	}
	if _, err := u.NewUpdate().Model(to).Set("is_primary = ?", true).Set("replaces = ?", false).WherePK().Exec(u.ctx); err != nil {
		return err
	}
	back, err := u.tokens.Alive(u.ctx, u, user.ID, to.Key, undoing)
	if err == nil && len(back) > 0 {
		err = u.tokens.KillSince(u.ctx, u, &back[0])
	}
	if err != nil {
		return err
	}
	if _, err := u.renew(user, u.NewUpdate(), u.visit.session, "address changed"); err != nil {
		return err
	}
	to.IsPrimary, to.Replaces = true, false
	user.Primary = to
	if err := u.happened(EmailChanged, user, map[string]string{"from": old.Email, "to": to.Email}); err != nil {
		return err
	}
	told := emailChanged.notice(u.Name)
	told.then, told.spare = noticeEnded, old.ID
	if err := u.tell(user, told); err != nil || old.ID == uuid.Nil {
		return err
	}
	if len(back) > 0 {
		return u.notify(user, old.Email, told)
	}
	return u.offerUndo(user, old, told)
}

// stepBack takes the first place from an address. Given up, one that is confirmed is held.
func (u *unit) stepBack(old *db.Address, givenUp bool) error {
	if givenUp && (!proven(old) || u.proof.Undo < 0) {
		_, err := u.NewDelete().Model(old).WherePK().Exec(u.ctx)
		return err
	}
	back := u.NewUpdate().Model(old).Set("is_primary = ?", false).WherePK()
	if givenUp {
		back.Set("held_until = ?", u.Now().Add(u.proof.Undo))
	}
	_, err := back.Exec(u.ctx)
	return err
}

// removeAddress takes an address off an account. While it can still be taken back by an undo it is
// held: or else whoever had it removed could keep its owner from that by having it elsewhere.
func (u *unit) removeAddress(user *db.User, row *db.Address) error {
	if err := session.Take(u.ctx, u, user); err != nil {
		return err
	}
	row, err := u.ownAddress(u.ctx, u, user.ID, row.ID.String()) // as it is now
	if err != nil {
		return err
	}
	if row.IsPrimary {
		return &Error{Status: fiber.StatusForbidden, Say: addressMain, Advice: addressesAgain}
	}
	if err := u.giveUp(row); err != nil {
		return err
	}
	if err := u.happened(EmailRemoved, user, map[string]string{"from": row.Email}); err != nil || !proven(row) {
		return err
	}
	told := addressRemoved.notice(u.Name, row.Email)
	return errors.Join(u.tell(user, told), u.notify(user, row.Email, told))
}

// giveUp deletes an address, or holds it while it can be taken back by an undo.
func (u *unit) giveUp(row *db.Address) error {
	undo, err := u.tokens.Alive(u.ctx, u, row.UserID, row.Key, undoing)
	if err != nil {
		return err
	}
	if len(undo) == 0 || !proven(row) {
		_, err = u.NewDelete().Model(row).WherePK().Exec(u.ctx)
		return err
	}
	_, err = u.NewUpdate().Model(row).Set("is_primary = ?", false).Set("held_until = ?", undo[len(undo)-1].ExpiresAt).WherePK().Exec(u.ctx)
	return err
}
