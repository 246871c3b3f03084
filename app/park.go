package app

import (
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

const (
	signInFlow = "sign-in"
	parkedFor  = 10 * time.Minute // how long a half-done sign-in waits
)

// parked is what is kept of a SignIn that waits.
type parked struct {
	Methods  db.Methods `json:"methods"`
	Remember bool       `json:"remember,omitempty"`
	ReturnTo string     `json:"return_to,omitempty"`
	Begun    time.Time  `json:"begun"`
}

// park lets a sign-in wait while the person satisfies a gate.
func (r *request) park(s *SignIn, d Detour) error {
	if d.State == "" && r.json() {
		return &FieldError{"email", d.Say}
	}
	data, err := json.Marshal(parked{s.Methods, s.Remember, s.ReturnTo, s.Begun})
	if err != nil {
		return err
	}
	value, hash := session.NewValue()
	// Where it leads on to may hold a secret: the link of an invitation is stored nowhere in the clear.
	if data, err = r.ring.Seal(signInFlow, data, hash); err != nil {
		return err
	}
	now := r.Now()
	flow := &db.Flow{
		ID: db.NewID(), Kind: signInFlow, Hash: hash, UserID: s.Account.Account().ID, AuthVersion: s.AuthVersion,
		Data: data, CreatedAt: now, ExpiresAt: s.Begun.Add(parkedFor),
	}
	err = r.act(func(u *unit) error {
		if err := u.spend(s); err != nil {
			return err
		}
		u.cookie(r.newCookie(pendingCookie, value, parkedFor))
		_, err := u.NewInsert().Model(flow).Exec(u.ctx)
		return err
	})
	if err != nil {
		return err
	}
	told := wire{"tf_required": true, "tf_state": d.State, "next_url": d.Path}
	maps.Copy(told, s.Wire)
	return r.leaveSaying(d.Path, note, d.Say, told)
}

// spend ends what led to a sign-in that goes on: the failures of before, and its waiting. Of two
// requests that carry the same one on, one succeeds.
func (u *unit) spend(s *SignIn) error {
	if s.tries != nil {
		if err := u.attempts.Forgive(u.ctx, u, s.tries); err != nil {
			return err
		}
	}
	if s.flow == nil {
		return nil
	}
	u.cookie(u.noCookie(pendingCookie))
	done, err := u.NewDelete().Model((*db.Flow)(nil)).Where("id = ?", s.flow.ID).Exec(u.ctx)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(session.ErrNone, err)
	}
	return nil
}

var parkedGone = locales.Message{Code: "login.parked_gone", English: "Signing in took too long. Start again."}

// Pending returns the sign-in that waits for the page of a host's gate, or an error that, returned
// from the handler, sends the person back to the start.
func (a *App) Pending(c *fiber.Ctx) (*SignIn, error) {
	return a.request(c, &route{name: "pending"}).pending()
}

func (r *request) pending() (*SignIn, error) {
	gone := &Error{Status: fiber.StatusUnauthorized, Say: parkedGone}
	hash := session.Hash(r.read(r.c, pendingCookie))
	if hash == nil {
		return nil, gone
	}
	flow := new(db.Flow)
	err := r.DB.NewSelect().Model(flow).Where("hash = ?", hash).Where("kind = ?", signInFlow).
		Where("expires_at > ?", r.Now()).Scan(r.ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	data, err := r.ring.Open(signInFlow, flow.Data, hash)
	if err != nil {
		return nil, gone // the secrets have changed
	}
	var p parked
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, err
	}
	account, err := r.accountByID(flow.UserID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && account.Account().AuthVersion != flow.AuthVersion {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	return &SignIn{
		Account: account, AuthVersion: flow.AuthVersion, Methods: p.Methods, Remember: p.Remember,
		ReturnTo: p.ReturnTo, Begun: p.Begun, flow: flow,
	}, nil
}

// Resume carries a waiting sign-in on: every gate is asked again, from the first. A host's handler
// calls it once its page has done what the gate wanted, and returns its result.
func (a *App) Resume(c *fiber.Ctx, s *SignIn) error {
	r := a.request(c, &route{name: "pending"})
	r.headers()
	if err := r.signIn(s); err != nil {
		return r.fail(err)
	}
	return nil
}

func (r *request) accountByID(id uuid.UUID) (db.Account, error) {
	account := r.Users.blank()
	err := db.LoadUser(r.ctx, r.DB, account, id)
	return account, err
}
