package app

import (
	"database/sql"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// newPassword gives an account another password, ends whatever the old one opened, and tells the
// owner. The session spared, if it is not nil, is the visitor's, and goes on under another id.
func (u *unit) newPassword(user *db.User, hash string, spared *db.Session) error {
	if err := u.replacePassword(user, hash, spared); err != nil {
		return err
	}
	if err := u.happened(PasswordChanged, user, nil); err != nil {
		return err
	}
	return u.tell(user, notice{
		kind: "change.notice", subject: changeSubject.With(u.Name), title: changeTitle,
		what: changeTold.With(u.Name), then: noticeEnded,
	})
}

// replacePassword stores another password and ends whatever the old one opened.
func (u *unit) replacePassword(user *db.User, hash string, spared *db.Session) error {
	change := u.NewUpdate().Set("password_hash = ?", hash).Set("password_changed_at = ?", u.Now())
	return u.renew(user, change, spared, "password changed")
}

// renew makes a change of credentials in an account's row, and ends whatever the old ones opened.
// Sessions end by their rows and remembered devices by theirs; half-done sign-ins and mailed
// links end because they are of an older auth version. The session spared, if it is not nil, is the
// visitor's, and goes on under another id.
func (u *unit) renew(user *db.User, change *bun.UpdateQuery, spared *db.Session, reason string) error {
	var changed []db.User
	_, err := change.Model((*db.User)(nil)).Where("id = ?", user.ID).Set("updated_at = ?", u.Now()).
		Set("auth_version = auth_version + 1").Returning("auth_version").Exec(u.ctx, &changed)
	if err != nil {
		return err
	}
	if len(changed) != 1 {
		return fmt.Errorf("%s: account %s: %w", reason, user.ID, sql.ErrNoRows)
	}
	forgotten, err := u.forgetAll(user.ID)
	if err != nil {
		return err
	}
	var kept uuid.UUID
	if spared != nil {
		kept = spared.ID
	}
	if err := u.sessions.RevokeAll(u.ctx, u, user.ID, kept, reason); err != nil || spared == nil {
		return err
	}
	row := *spared
	row.AuthVersion = changed[0].AuthVersion
	if err := u.carryOn(&row, forgotten); err != nil || u.alert == nil {
		return err
	}
	_, err = u.alert.know(u, user)
	return err
}

// forgetAll forgets every device that an account is remembered on, and returns them.
func (u *unit) forgetAll(user uuid.UUID) ([]uuid.UUID, error) {
	var families []db.RememberFamily
	now := u.Now()
	_, err := u.NewUpdate().Model((*db.RememberFamily)(nil)).Set("revoked_at = ?", now).
		Where("user_id = ?", user).Where("revoked_at IS NULL").Where("expires_at > ?", now).Returning("id").Exec(u.ctx, &families)
	var ids []uuid.UUID
	for i := range families {
		ids = append(ids, families[i].ID)
	}
	return ids, err
}

// carryOn lets the visitor's session go on after a change of credentials. Its device, if it was
// among those forgotten, gets a token that has nothing in common with the one before: a copy of
// that is worth nothing.
func (u *unit) carryOn(row *db.Session, forgotten []uuid.UUID) error {
	if u.remember != nil && slices.Contains(forgotten, row.RememberID) {
		s := &SignIn{Account: u.visit.account, AuthVersion: row.AuthVersion, Methods: row.Methods}
		if err := u.remember.keep(u, s, row); err != nil {
			return err
		}
	}
	return u.rotate(row)
}

// rotate gives the visitor's session another id (ASVS 7.2.4).
func (u *unit) rotate(row *db.Session) error {
	value, err := u.sessions.Rotate(u.ctx, u, row)
	if err != nil {
		return err
	}
	u.cookie(u.newCookie(sessionCookie, value, 0))
	return nil
}

// unfit says what is wrong with a new password for an account.
func (r *request) unfit(user *db.User, plain string) []locales.Message {
	about := []string{user.Username, r.Name}
	if user.Primary != nil {
		about = append(about, user.Primary.Email)
	}
	return r.Passwords.Check(r.ctx, plain, about...)
}
