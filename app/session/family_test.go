package session_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

// device stores a remembered device of an account.
func (w world) device(user *db.User) uuid.UUID {
	w.t.Helper()
	_, hash := session.NewValue()
	family := &db.RememberFamily{
		ID: db.NewID(), UserID: user.ID, Hash: hash, AuthVersion: user.AuthVersion, Methods: db.Methods{},
		CreatedAt: w.Now(), LastUsedAt: w.Now(), ExpiresAt: w.Now().Add(absolute),
	}
	if _, err := w.db.NewInsert().Model(family).Exec(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return family.ID
}

// A device that comes back ends what it had opened before, and nothing else.
func TestRevokeFamily(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		device, other := w.device(w.user), w.device(w.user)
		open := func(device uuid.UUID) (string, *db.Session) {
			value, row := w.signIn(w.user)
			if device != uuid.Nil {
				w.run("UPDATE sessions SET remember_id = ? WHERE id = ?", device, row.ID)
			}
			return value, row
		}
		ended, endedRow := open(device)
		if _, err := w.Revoke(t.Context(), w.db, endedRow.ID, "before"); err != nil {
			t.Fatal(err)
		}
		first, firstRow := open(device)
		w.pass(time.Minute)
		moment := w.Now()
		second, secondRow := open(device)
		w.pass(time.Microsecond)
		third, _ := open(device)
		elsewhere, _ := open(other)
		nowhere, _ := open(uuid.Nil)
		w.pass(time.Second)
		if err := w.RevokeFamily(t.Context(), w.db, device, moment, "restored"); err != nil {
			t.Fatal(err)
		}
		for about, c := range map[string]struct {
			value string
			live  bool
		}{
			"ended already": {ended, false}, "opened long before": {first, false}, "opened at the moment": {second, false},
			"opened after": {third, true}, "of another device": {elsewhere, true}, "of no device": {nowhere, true},
		} {
			if live := w.opens(c.value); live != c.live {
				t.Errorf("the session %s lives: %v", about, live)
			}
		}
		for _, row := range []*db.Session{firstRow, secondRow} {
			if got := w.stored(row); got.RevokedReason != "restored" || !got.RevokedAt.Equal(w.Now()) {
				t.Errorf("%+v", got)
			}
		}
		if got := w.stored(endedRow); got.RevokedReason != "before" || got.RevokedAt.Equal(w.Now()) {
			t.Errorf("what had ended has ended again: %+v", got)
		}
		if err := w.RevokeFamily(t.Context(), w.db, uuid.Nil, w.Now(), "nobody's"); err != nil || !w.opens(nowhere) {
			t.Errorf("no device ends sessions of no device (%v)", err)
		}
	})
}
