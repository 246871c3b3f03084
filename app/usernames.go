package app

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// vacant refuses a username that somebody else has or has given up of late, and one that looks like
// such a one. It returns what the name looks like; no name looks like nothing.
//
// It asks once: a name that is being given up is found in one of the two places, whenever the
// question comes.
func (u *unit) vacant(name identity.Name, whose uuid.UUID) (looks string, err error) {
	if name.Key == "" {
		return "", nil
	}
	looks = identity.Skeleton(name.Shown)
	var found []string
	err = u.NewRaw(`SELECT username_key FROM users WHERE (username_key = ?0 OR username_skeleton = ?1) AND id <> ?2
		UNION ALL SELECT username_key FROM former_usernames
		WHERE (username_key = ?0 OR username_skeleton = ?1) AND (user_id IS NULL OR user_id <> ?2) AND held_until > ?3`,
		name.Key, looks, whose, u.Now()).Scan(u.ctx, &found)
	switch {
	case err != nil:
		return "", err
	case slices.Contains(found, name.Key):
		return "", &FieldError{"username", registerNameTaken}
	case len(found) > 0:
		return "", &FieldError{"username", registerNameAlike}
	}
	return looks, nil
}

// rename gives an account that was taken another username, or none, keeps the one before, and tells
// the owner. A form that was sent twice finds its work done.
func (u *unit) rename(user *db.User, to identity.Name, settings ChangeUsername) error {
	before := &db.User{ID: user.ID}
	if err := u.NewSelect().Model(before).Column("username", "username_key").WherePK().Scan(u.ctx); err != nil {
		return err
	}
	from := identity.Name{Shown: before.Username, Key: before.UsernameKey}
	if from == to {
		return nil
	}
	looks, err := u.vacant(to, user.ID)
	if err != nil {
		return err
	}
	var then locales.Message
	if from.Key != "" && from.Key != to.Key {
		until, err := u.hold(user, from, to, settings)
		if err != nil {
			return err
		}
		then = changeUsernameKept.With(from.Shown, locales.Date(u.ctxOf(user), until))
	}
	row := &db.User{ID: user.ID, Username: to.Shown, UsernameKey: to.Key, UsernameSkeleton: looks, UpdatedAt: u.Now()}
	if _, err := u.NewUpdate().Model(row).Column("username", "username_key", "username_skeleton", "updated_at").WherePK().Exec(u.ctx); err != nil {
		return err
	}
	if err := u.Changed(u.ctx, u, user.ID); err != nil {
		return err
	}
	if err := u.happened(UsernameChanged, user, map[string]string{"from": from.Shown, "to": to.Shown}); err != nil {
		return err
	}
	if u.confirm != nil && unconfirmed(user) {
		return nil // it would be words of their choice, in the mailbox of a stranger
	}
	return u.tell(user, usernameNotice(u.Name, from.Shown, to.Shown, then))
}

func usernameNotice(site, from, to string, then locales.Message) notice {
	return notice{
		kind: "change_username.notice", subject: changeUsernameSubject.With(site), title: changeUsernameTitle,
		what: whatBecame(site, from, to), then: then,
	}
}

// whatBecame says what was done with a username.
func whatBecame(site, from, to string) locales.Message {
	switch {
	case from == "":
		return changeUsernameFirst.With(site, to)
	case to == "":
		return changeUsernameNone.With(from, site)
	}
	return changeUsernameTold.With(site, from, to)
}

// hold keeps a name that its owner gives up from everybody else, and says until when.
func (u *unit) hold(user *db.User, from, to identity.Name, settings ChangeUsername) (until time.Time, err error) {
	var held []time.Time
	err = u.NewSelect().Model((*db.FormerUsername)(nil)).Column("held_until").Where("user_id = ?", user.ID).Where("held_until > ?", u.Now()).
		Where("username_key <> ?", from.Key).Where("username_key <> ?", to.Key).Order("held_until").Scan(u.ctx, &held)
	if err != nil {
		return time.Time{}, err
	}
	if len(held) >= settings.Most {
		return time.Time{}, &FieldError{"username", changeUsernameOften.With(locales.Date(u.ctx, held[0]))}
	}
	row := &db.FormerUsername{Key: from.Key, Skeleton: identity.Skeleton(from.Shown), UserID: user.ID, HeldUntil: u.Now().Add(settings.Hold)}
	_, err = u.NewInsert().Model(row).On("CONFLICT (username_key) DO UPDATE").
		Set("username_skeleton = EXCLUDED.username_skeleton").Set("user_id = EXCLUDED.user_id").Set("held_until = EXCLUDED.held_until").Exec(u.ctx)
	return row.HeldUntil, err
}
