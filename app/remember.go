package app

import (
	"cmp"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
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

var (
	rememberSubject = locales.Message{Code: "remember.stolen.subject", English: "A device was signed out of %s"}
	rememberTitle   = locales.Message{Code: "remember.stolen.title", English: "A device was signed out"}
	rememberTold    = locales.Message{Code: "remember.stolen", English: "You asked %s to keep you signed in on a device. What it keeps for that was used a second time, perhaps by somebody who copied it."}
	rememberAdvice  = locales.Message{Code: "remember.stolen.advice", English: "Sign in again, and change your password if this was not you."}
	rememberEnded   = locales.Message{Code: "remember.stolen.ended", English: "We have signed that device out."}
)

func (f Remember) enable(a *App) error {
	f.TTL = cmp.Or(f.TTL, 30*24*time.Hour)
	if f.TTL < 0 {
		return fmt.Errorf("app: Remember.TTL is %v: use a time ahead, or leave the feature out", f.TTL)
	}
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
		ID: db.NewID(), UserID: user.ID, Hash: hash, AuthVersion: s.AuthVersion, Methods: s.Methods,
		UserAgent: u.agent(), CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(f.TTL),
	}
	row.RememberID = family.ID
	u.cookie(u.newCookie(rememberCookie, u.ticket(family.ID, value), f.TTL))
	_, err := u.NewInsert().Model(family).Exec(u.ctx)
	return err
}

// ticket is what the browser holds: which device it is, the token that proves it, and a seal. A
// token that was replaced long ago still says whose it was, so that its use is noticed; the seal
// keeps anybody from raising that alarm who never held one.
func (a *App) ticket(family uuid.UUID, value string) string {
	text := family.String() + "." + value
	return text + "." + sealed.EncodeToString(a.ring.MAC("remember", []byte(text)))
}

// readTicket returns a nil hash for what ticket cannot have made.
func (a *App) readTicket(ticket string) (family uuid.UUID, hash []byte) {
	at := strings.LastIndexByte(ticket, '.')
	if at < 0 {
		return uuid.Nil, nil
	}
	text := ticket[:at]
	seal, err := sealed.DecodeString(ticket[at+1:])
	if err != nil || !a.ring.Verify(seal, "remember", []byte(text)) {
		return uuid.Nil, nil
	}
	id, value, _ := strings.Cut(text, ".")
	if family, err = uuid.Parse(id); err != nil {
		return uuid.Nil, nil
	}
	return family, session.Hash(value)
}

// forget ends the memory of the device that a session belongs to, and all that the device has opened:
// a copy of its token may have opened one of those, and nobody would notice any more.
func (u *unit) forget(row *db.Session) error {
	if u.remember == nil {
		return nil
	}
	u.cookie(u.noCookie(rememberCookie))
	if row.RememberID == uuid.Nil {
		return nil
	}
	if err := u.sessions.RevokeFamily(u.ctx, u, row.RememberID, u.Now(), "device forgotten"); err != nil {
		return err
	}
	_, err := u.NewUpdate().Model((*db.RememberFamily)(nil)).Set("revoked_at = ?", u.Now()).
		Where("id = ?", row.RememberID).Where("revoked_at IS NULL").Exec(u.ctx)
	return err
}

// restore opens a session for a device that is remembered. It is the one thing that a GET may
// change. What it cannot restore leaves the visitor signed out, with no cookie to try again.
func (r *request) restore() error {
	id, hash := r.readTicket(r.read(r.c, rememberCookie))
	if hash == nil {
		r.c.Cookie(r.noCookie(rememberCookie))
		return nil
	}
	family, err := r.family(id)
	if errors.Is(err, sql.ErrNoRows) {
		r.c.Cookie(r.noCookie(rememberCookie))
		return nil
	}
	if err != nil {
		return err
	}
	current := hmac.Equal(family.Hash, hash)
	previous := hmac.Equal(family.PreviousHash, hash) && r.Now().Sub(family.RotatedAt) <= rememberGrace
	if !current && !previous {
		return r.stolen(family)
	}
	account, err := r.accountByID(family.UserID)
	if err != nil {
		return err
	}
	s := &SignIn{
		Account: account, AuthVersion: family.AuthVersion, Methods: family.Methods, Begun: r.Now(),
		restored: &restoration{family: family, hash: hash},
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
}

func (r *request) family(id uuid.UUID) (*db.RememberFamily, error) {
	family := new(db.RememberFamily)
	err := r.DB.NewSelect().Model(family).Where("id = ?", id).
		Where("revoked_at IS NULL").Where("expires_at > ?", r.Now()).Scan(r.ctx)
	return family, err
}

// renew replaces the token of a device. Of several requests that carry the same one, the first
// replaces it, and the others open a session beside.
func (d *restoration) renew(u *unit, row *db.Session) error {
	row.RememberID = d.family.ID
	now := u.Now()
	// Taking the row first tells a device that was forgotten in the meantime from one that another
	// request has just renewed.
	taken, err := u.NewUpdate().Model((*db.RememberFamily)(nil)).Set("last_used_at = ?", now).
		Where("id = ?", d.family.ID).Where("revoked_at IS NULL").Where("expires_at > ?", now).Exec(u.ctx)
	if err != nil {
		return err
	}
	if n, err := taken.RowsAffected(); err != nil || n == 0 {
		return errors.Join(session.ErrNone, err)
	}
	value, hash := session.NewValue()
	renewed, err := u.NewUpdate().Model((*db.RememberFamily)(nil)).
		Set("previous_hash = hash").Set("hash = ?", hash).Set("rotated_at = ?", now).
		Where("id = ?", d.family.ID).Where("hash = ?", d.hash).Exec(u.ctx)
	if err != nil {
		return err
	}
	if n, err := renewed.RowsAffected(); err != nil || n == 0 {
		return err
	}
	u.cookie(u.newCookie(rememberCookie, u.ticket(d.family.ID, value), d.family.ExpiresAt.Sub(now)))
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
		revoked, err := u.NewUpdate().Model(family).Set("revoked_at = ?", u.Now()).WherePK().Where("revoked_at IS NULL").Exec(u.ctx)
		if err != nil {
			return err
		}
		// A page comes in several requests, all with the same token: it is told once.
		if n, err := revoked.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if err := u.sessions.RevokeFamily(u.ctx, u, family.ID, u.Now(), "remember token stolen"); err != nil {
			return err
		}
		if err := u.happened(RememberStolen, user, map[string]string{"device": family.UserAgent}); err != nil {
			return err
		}
		return u.tell(user, u.stolenNotice())
	})
}

func (a *App) stolenNotice() notice {
	return notice{
		kind: "remember.stolen", subject: rememberSubject.With(a.Name), title: rememberTitle, what: rememberTold.With(a.Name), fine: rememberEnded,
		advice: rememberAdvice, help: props.Link{Label: loginDoor, URL: a.link("login")},
	}
}
