package app

import (
	"cmp"
	"fmt"
	"time"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// Alert tells people by mail when somebody signs in to their account with a browser that it has not
// been used from before (ASVS 6.3.5).
//
// A browser is known by a cookie that outlives signing out and opens nothing. The first browser of
// an account is its owner's, and nobody is told. After a change of the password none is known but
// the one that it was changed in: whoever was in the account before is noticed when they come back.
// A device that signs in by itself, see [Remember], signed in before.
//
// The tries of a browser that the account knows are counted apart from those of all others, so that
// whoever guesses at an account, or asks for one mail to it after the other, keeps its owner from
// nothing (OWASP, Slow Down Online Guessing Attacks with Device Cookies).
type Alert struct {
	// TTL is for how long a browser is known that is not used. The default is 180 days; browsers
	// keep a cookie for 400 at most.
	TTL time.Duration
}

// deviceAge is for how long browsers keep a cookie at most (RFC 6265bis, section 5.5).
const deviceAge = 400 * 24 * time.Hour

// NewBrowser is told of a sign-in with a browser that the account has not been used from before.
const NewBrowser EventName = "new_browser"

var (
	alertSubject = locales.Message{Code: "alert.subject", English: "New sign-in to %s"}
	alertTitle   = locales.Message{Code: "alert.title", English: "A new browser signed in"}
	alertTold    = locales.Message{Code: "alert.told", English: "Your account at %s was signed in to with a browser that it had not been used from before: %s."}
)

func (f Alert) enable(a *App) error {
	f.TTL = cmp.Or(f.TTL, 180*24*time.Hour)
	if f.TTL < 0 || f.TTL > deviceAge {
		return fmt.Errorf("app: Alert.TTL is %v: use a time ahead of 400 days at most, or leave it out for 180", f.TTL)
	}
	a.alert = &f
	return nil
}

// meet makes the visitor's browser known to an account, and tells the owner if it was not.
func (f *Alert) meet(u *unit, user *db.User) error {
	known, err := f.know(u, user)
	if err != nil || known {
		return err
	}
	others, err := u.NewSelect().Model((*db.Device)(nil)).Where("user_id = ?", user.ID).Exists(u.ctx)
	if err != nil {
		return err
	}
	if err := f.introduce(u, user); err != nil || !others {
		return err
	}
	if err := u.happened(NewBrowser, user, nil); err != nil {
		return err
	}
	return u.tell(user, alertNotice(u.Name, browser(u.agent())))
}

func alertNotice(site string, with locales.Message) notice {
	return notice{kind: "alert", subject: alertSubject.With(site), title: alertTitle, what: alertTold.With(site, with)}
}

// knownAs is the mark of the visitor's browser, if the account of that name has been signed in to from
// it. It is looked for before the account is, and equally whoever is named.
func (r *request) knownAs(name string) []byte {
	if r.alert == nil || r.c == nil {
		return nil
	}
	hash := session.Hash(r.read(r.c, deviceCookie))
	if hash == nil {
		return nil
	}
	if r.visit.knownAs == nil {
		r.visit.knownAs = map[string]bool{}
	}
	known, asked := r.visit.knownAs[name]
	if !asked {
		var err error
		if known, err = r.alert.knows(r, hash, name); err != nil {
			r.Log.WarnContext(r.ctx, "device: not looked for, and taken for a stranger's", "error", err)
		}
		r.visit.knownAs[name] = known
	}
	if !known {
		return nil
	}
	return hash
}

// knows reports whether the account of that name has been signed in to from a browser.
func (f *Alert) knows(r *request, hash []byte, name string) (bool, error) {
	email, username := identity.Key(name)
	return r.DB.NewSelect().Model((*db.Device)(nil)).Join("JOIN users AS u ON u.id = d.user_id").
		Where("d.hash = ?", hash).Where("d.last_seen_at > ?", r.Now().Add(-f.TTL)).
		Where("u.password_changed_at IS NULL OR d.last_seen_at >= u.password_changed_at").
		Where("u.username_key = ? OR EXISTS (SELECT 1 FROM addresses AS a WHERE a.user_id = u.id AND a.address_key = ?)", username, email).
		Exists(r.ctx)
}

// know writes down that a known browser was used, and reports whether it is one.
func (f *Alert) know(u *unit, user *db.User) (bool, error) {
	value := u.read(u.c, deviceCookie)
	hash := session.Hash(value)
	if hash == nil {
		return false, nil
	}
	u.cookie(u.newCookie(deviceCookie, value, f.TTL))
	now := u.Now()
	used, err := u.NewUpdate().Model((*db.Device)(nil)).Set("last_seen_at = ?", now).Set("user_agent = ?", u.agent()).
		Where("user_id = ?", user.ID).Where("hash = ?", hash).
		Where("last_seen_at > ?", now.Add(-f.TTL)).Where("last_seen_at >= ?", user.PasswordChangedAt).Exec(u.ctx)
	if err != nil {
		return false, err
	}
	n, err := used.RowsAffected()
	return n == 1, err
}

// introduce gives the browser a mark, unless it has one, by which the account knows it.
func (f *Alert) introduce(u *unit, user *db.User) error {
	value := u.read(u.c, deviceCookie)
	hash := session.Hash(value)
	if hash == nil {
		value, hash = session.NewValue()
	}
	u.cookie(u.newCookie(deviceCookie, value, f.TTL))
	now := u.Now()
	row := &db.Device{ID: db.NewID(), UserID: user.ID, Hash: hash, UserAgent: u.agent(), CreatedAt: now, LastSeenAt: now}
	_, err := u.NewInsert().Model(row).On("CONFLICT (user_id, hash) DO UPDATE").
		Set("last_seen_at = EXCLUDED.last_seen_at").Set("user_agent = EXCLUDED.user_agent").Returning("NULL").Exec(u.ctx)
	return err
}
