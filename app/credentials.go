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
	if _, err := u.replacePassword(user, hash, spared, "password changed"); err != nil {
		return err
	}
	if err := u.happened(PasswordChanged, user, nil); err != nil {
		return err
	}
	return u.tell(user, changeNotice(u.Name))
}

func changeNotice(site string) notice {
	return notice{kind: "change.notice", subject: changeSubject.With(site), title: changeTitle, what: changeTold.With(site), then: noticeEnded}
}

// replacePassword puts another hash, or none, in the place of an account's, and ends whatever the
// old one opened. It returns the auth version from here on.
func (u *unit) replacePassword(user *db.User, hash string, spared *db.Session, why string) (version int64, err error) {
	change := u.NewUpdate().Set("password_hash = ?", bun.NullZero(hash)).Set("password_changed_at = ?", u.Now())
	return u.renew(user, change, spared, why)
}

// renew makes a change of credentials in an account's row, and ends whatever the old ones opened.
// Sessions end by their rows and remembered devices by theirs; half-done sign-ins and mailed
// links end because they are of an older auth version. The session spared, if it is not nil, is the
// visitor's, and goes on under another id. It returns the auth version from here on.
func (u *unit) renew(user *db.User, change *bun.UpdateQuery, spared *db.Session, reason string) (version int64, err error) {
	var changed []db.User
	_, err = change.Model((*db.User)(nil)).Where("id = ?", user.ID).Set("updated_at = ?", u.Now()).
		Set("auth_version = auth_version + 1").Returning("auth_version").Exec(u.ctx, &changed)
	if err != nil {
		return 0, err
	}
	if len(changed) != 1 {
		return 0, fmt.Errorf("%s: account %s: %w", reason, user.ID, sql.ErrNoRows)
	}
	version = changed[0].AuthVersion
	forgotten, err := u.forgetAll(user.ID)
	if err != nil {
		return 0, err
	}
	var kept uuid.UUID
	if spared != nil {
		kept = spared.ID
	}
	if err := u.sessions.RevokeAll(u.ctx, u, user.ID, kept, reason); err != nil || spared == nil {
		return version, err
	}
	row := *spared
	row.AuthVersion = version
	if err := u.carryOn(&row, forgotten); err != nil || u.alert == nil {
		return version, err
	}
	_, err = u.alert.know(u, user)
	return version, err
}

// dropPassword takes an account's password away, as newPassword does with the old one. What tells the
// owner why; it returns the auth version from here on.
func (u *unit) dropPassword(user *db.User, spared *db.Session, what locales.Message) (version int64, err error) {
	if version, err = u.replacePassword(user, "", spared, "password removed"); err != nil {
		return 0, err
	}
	if err := u.happened(PasswordRemoved, user, nil); err != nil {
		return 0, err
	}
	return version, u.tell(user, removedNotice(u.Name, what))
}

func removedNotice(site string, what locales.Message) notice {
	return notice{kind: "change.removed", subject: removedSubject.With(site), title: removedTitle, what: what.With(site), then: noticeEnded}
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

// rotate gives the visitor's session another id (ASVS 7.2.4), made from the one that the request
// brought: of a form that is sent twice either answer may be the one that the browser keeps.
func (u *unit) rotate(row *db.Session) error {
	value := sealed.EncodeToString(u.ring.MAC(rotating, []byte(u.read(u.c, sessionCookie))))
	if err := u.sessions.RotateTo(u.ctx, u, row, value); err != nil {
		return err
	}
	u.cookie(u.newCookie(sessionCookie, value, 0))
	return nil
}

const rotating = "session, rotated" // the key's purpose
// unfit says what is wrong with a new password for an account.
func (r *request) unfit(user *db.User, plain string) []locales.Message {
	about := []string{user.Username, r.Name}
	if user.Primary != nil {
		about = append(about, user.Primary.Email)
	}
	return r.Passwords.Check(r.ctx, plain, about...)
}
