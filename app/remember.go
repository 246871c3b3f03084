package app

import (
	"cmp"
	"database/sql"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Remember lets a person stay signed in on a device. It adds a box to the sign-in page; a device
// that ticked it opens a new session by itself when its old one has ended.
//
// The device holds a token that is replaced at each use. The attack: somebody copies the token.
// Whoever of the two comes second shows one that has been replaced; the device is forgotten then,
// its sessions end, and the owner is told by mail.
//
// A session that was opened this way never counts as fresh, and the gates are asked as always.
type Remember struct {
	// TTL is how long a device is remembered, counted from the sign-in. The default is 30 days.
	TTL time.Duration
	// Checked ticks the box to begin with. The default is an empty box.
	Checked bool
}

// Events of remembered devices. RememberStolen is told when a token was used that had been
// replaced.
const (
	SessionRestored EventName = "session_restored"
	RememberStolen  EventName = "remember_stolen"
)

// rememberGrace is how long a token still counts after it was replaced: a page loads in several
// requests at once, and all of them carry the old one.
const rememberGrace = 30 * time.Second

func (f Remember) enable(a *App) error {
	f.TTL = cmp.Or(f.TTL, 30*24*time.Hour)
	a.remember = &f
	return nil
}

// withoutRemember takes the box off a form where devices are not remembered.
func (r *request) withoutRemember() []string {
	if r.remember == nil {
		return []string{"remember"}
	}
	return nil
}

// keep remembers the device of a sign-in that asked for it.
func (f *Remember) keep(u *unit, s *SignIn, row *db.Session) error {
	value, hash := session.NewValue()
	now, user := u.Now(), s.Account.Account()
	family := &db.RememberFamily{
		ID: db.NewID(), UserID: user.ID, Hash: hash, AuthVersion: user.AuthVersion, Methods: s.Methods,
		UserAgent: u.agent(), CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(f.TTL),
	}
	row.RememberID = family.ID
	u.cookie(u.newCookie(rememberCookie, value, f.TTL))
	_, err := u.NewInsert().Model(family).Exec(u.ctx)
	return err
}

// forget ends the memory of the device that a session belongs to.
func (u *unit) forget(row *db.Session) error {
	if u.remember == nil {
		return nil
	}
	u.cookie(u.noCookie(rememberCookie))
	_, err := u.NewUpdate().Model((*db.RememberFamily)(nil)).Set("revoked_at = ?", u.Now()).
		Where("id = ?", row.RememberID).Where("revoked_at IS NULL").Exec(u.ctx)
	return err
}

// restore opens a session for a device that is remembered. It is the one thing that a GET may
// change. What it cannot restore leaves the visitor signed out, with no cookie to try again.
func (r *request) restore() error {
	hash := session.Hash(r.read(r.c, rememberCookie))
	if hash == nil {
		return nil
	}
	family, err := r.family(hash)
	if errors.Is(err, sql.ErrNoRows) {
		r.c.Cookie(r.noCookie(rememberCookie))
		return nil
	}
	if err != nil {
		return err
	}
	current := string(family.Hash) == string(hash)
	if !current && r.Now().Sub(family.RotatedAt) > rememberGrace {
		return r.stolen(family)
	}
	account, err := r.accountByID(family.UserID)
	if err != nil {
		return err
	}
	s := &SignIn{
		Account: account, AuthVersion: family.AuthVersion, Methods: family.Methods, Begun: r.Now(),
		restored: &restoration{family: family, hash: hash, rotate: current},
	}
	detour, err := r.walk(s)
	refused := err != nil && judge(err).Status == fiber.StatusForbidden
	if detour.Path != "" || refused || errors.Is(err, session.ErrNone) {
		// The page that was asked for sends them to sign in, where the gate is asked again.
		r.c.Cookie(r.noCookie(rememberCookie))
		return nil
	}
	return err
}

// A restoration is the device by which a sign-in is restored.
type restoration struct {
	family *db.RememberFamily
	hash   []byte
	rotate bool
}

// family finds the device that a token belongs or has just belonged to.
func (r *request) family(hash []byte) (*db.RememberFamily, error) {
	family := new(db.RememberFamily)
	err := r.DB.NewSelect().Model(family).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("hash = ?", hash).WhereOr("previous_hash = ?", hash)
	}).Where("revoked_at IS NULL").Where("expires_at > ?", r.Now()).Limit(1).Scan(r.ctx)
	return family, err
}

// renew replaces the token of a device. Of several requests that carry the same one, the first
// replaces it, and the others open a session beside.
func (d *restoration) renew(u *unit, row *db.Session) error {
	row.RememberID = d.family.ID
	if !d.rotate {
		return nil
	}
	value, hash := session.NewValue()
	now := u.Now()
	done, err := u.NewUpdate().Model((*db.RememberFamily)(nil)).
		Set("previous_hash = hash").Set("hash = ?", hash).Set("rotated_at = ?", now).Set("last_used_at = ?", now).
		Where("id = ?", d.family.ID).Where("hash = ?", d.hash).Where("revoked_at IS NULL").Exec(u.ctx)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	u.cookie(u.newCookie(rememberCookie, value, d.family.ExpiresAt.Sub(now)))
	// What the device opened before has ended for it: it came without.
	return u.sessions.RevokeFamily(u.ctx, u, d.family.ID, now.Add(-rememberGrace), "restored")
}

// stolen forgets a device whose replaced token was used, ends what it opened, and tells the owner.
func (r *request) stolen(family *db.RememberFamily) error {
	account, err := r.accountByID(family.UserID)
	if err != nil {
		return err
	}
	user := account.Account()
	return r.act(func(u *unit) error {
		u.cookie(u.noCookie(rememberCookie))
		if _, err := u.NewUpdate().Model(family).Set("revoked_at = ?", u.Now()).WherePK().Exec(u.ctx); err != nil {
			return err
		}
		if err := u.sessions.RevokeFamily(u.ctx, u, family.ID, u.Now(), "remember token stolen"); err != nil {
			return err
		}
		if err := u.happened(RememberStolen, user, map[string]string{"device": family.UserAgent}); err != nil {
			return err
		}
		if user.Primary == nil {
			return nil
		}
		ctx := u.ctxOf(user)
		return u.mail(ctx, "remember.stolen", user.Primary.Email, u.Mails.RememberStolen(ctx, props.RememberStolen{
			AppName: u.Name, Login: u.link("login"),
		}))
	})
}
