package db_test

import (
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

func TestWhatMustBeUnique(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		confirmed := func(a *db.Address) *db.Address { a.ConfirmedAt = start; return a }
		primary := func(a *db.Address) *db.Address { a.IsPrimary = true; return a }
		handled := func(u *db.User) *db.User { u.WebAuthnHandle = []byte("handle"); return u }
		ada, bob := newUser("ada"), newUser("bob")
		twin := newUser("twin")
		twin.ID = ada.ID
		token := func() *db.Token {
			return &db.Token{ID: db.NewID(), Purpose: "recover", Hash: []byte("t"), CreatedAt: start, ExpiresAt: start}
		}
		flow := func() *db.Flow {
			return &db.Flow{ID: db.NewID(), Kind: "sign-in", Hash: []byte("f"), CreatedAt: start, ExpiresAt: start}
		}
		family := func() *db.RememberFamily {
			return &db.RememberFamily{
				ID: db.NewID(), UserID: ada.ID, Hash: []byte("r"), Methods: db.Methods{},
				CreatedAt: start, LastUsedAt: start, ExpiresAt: start,
			}
		}
		device := func(user *db.User) *db.Device {
			return &db.Device{ID: db.NewID(), UserID: user.ID, Hash: []byte("d"), CreatedAt: start, LastSeenAt: start}
		}
		invitation := func(by *db.User, revoked time.Time) *db.Invitation {
			return &db.Invitation{ID: db.NewID(), Email: "x", Key: "x", InvitedBy: by.ID, CreatedAt: start, SentAt: start, ExpiresAt: start, RevokedAt: revoked}
		}
		role := func(name string) *db.Role { return &db.Role{ID: db.NewID(), Name: name, CreatedAt: start} }
		rowsOf := func(models ...any) []any { return models }
		cases := map[string]struct {
			there   []any
			another any
			refused string // the index that refuses another; empty if it is welcome
		}{
			"user, same id":                      {nil, twin, "users_pkey"},
			"username":                           {nil, newUser("ada"), "users_username_key_key"},
			"no username, twice":                 {rowsOf(newUser("")), newUser(""), ""},
			"webauthn handle":                    {rowsOf(handled(newUser("cy"))), handled(newUser("di")), "users_webauthn_handle_key"},
			"claimed by both":                    {rowsOf(newAddress(ada, "x")), newAddress(bob, "x"), ""},
			"claimed, then confirmed by another": {rowsOf(newAddress(ada, "x")), confirmed(newAddress(bob, "x")), ""},
			"confirmed, then claimed":            {rowsOf(confirmed(newAddress(ada, "x"))), newAddress(bob, "x"), ""},
			"confirmed twice":                    {rowsOf(confirmed(newAddress(ada, "x"))), confirmed(newAddress(bob, "x")), "addresses_address_key_key"},
			"primary, then confirmed by another": {rowsOf(primary(newAddress(ada, "x"))), confirmed(newAddress(bob, "x")), "addresses_address_key_key"},
			"primary of two":                     {rowsOf(primary(newAddress(ada, "x"))), primary(newAddress(bob, "x")), "addresses_address_key_key"},
			"two primary of one":                 {rowsOf(primary(newAddress(ada, "x"))), primary(newAddress(ada, "y")), "addresses_user_id_key"},
			"two of one":                         {rowsOf(primary(newAddress(ada, "x"))), confirmed(newAddress(ada, "y")), ""},
			"invitation of one to one":           {rowsOf(invitation(ada, time.Time{})), invitation(ada, time.Time{}), "invitations_invited_by_address_key_key"},
			"invitation, once one is revoked":    {rowsOf(invitation(ada, start)), invitation(ada, time.Time{}), ""},
			"invitation of two to one":           {rowsOf(invitation(ada, time.Time{})), invitation(bob, time.Time{}), ""},
			"role":                               {rowsOf(role("admin")), role("admin"), "roles_name_key"},
			"session":                            {rowsOf(newSession(ada, "h")), newSession(bob, "h"), "sessions_hash_key"},
			"token":                              {rowsOf(token()), token(), "tokens_hash_key"},
			"flow":                               {rowsOf(flow()), flow(), "flows_hash_key"},
			"remember family":                    {rowsOf(family()), family(), "remember_families_hash_key"},
			"device of one":                      {rowsOf(device(ada)), device(ada), "devices_user_id_hash_key"},
			"device of two":                      {rowsOf(device(ada)), device(bob), ""},
		}
		insert(t, opened, ada, bob)
		for name, test := range cases {
			tx, err := opened.BeginTx(t.Context(), nil)
			must(t, err)
			insert(t, tx, test.there...)
			_, err = tx.NewInsert().Model(test.another).Exec(t.Context())
			if got := db.UniqueName(err); got != test.refused || db.IsUnique(err) != (test.refused != "") || (err == nil) != (test.refused == "") {
				t.Errorf("%s: %q (%v), not %q", name, got, err, test.refused)
			}
			must(t, tx.Rollback())
		}
		insert(t, opened, &db.UserRole{UserID: ada.ID, RoleID: adminRole(t, opened)})
		_, err := opened.NewInsert().Model(&db.UserRole{UserID: ada.ID, RoleID: adminRole(t, opened)}).Exec(t.Context())
		if db.UniqueName(err) != "user_roles_pkey" {
			t.Errorf("the same role twice: %v", err)
		}
		for _, name := range []string{"", "two words"} {
			_, err := opened.NewInsert().Model(&db.Role{ID: db.NewID(), Name: name, CreatedAt: start}).Exec(t.Context())
			if err == nil || db.IsUnique(err) {
				t.Errorf("a role called %q: %v", name, err)
			}
		}
	})
	if db.IsUnique(nil) || db.UniqueName(nil) != "" {
		t.Error("no error is no refusal")
	}
}

// Deleting an account takes everything that means nothing without it, and leaves its history.
func TestDeletingAnAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		ada, bob := newUser("ada"), newUser("bob")
		insert(t, opened, ada, bob)
		for _, user := range []*db.User{ada, bob} {
			family := &db.RememberFamily{
				ID: db.NewID(), UserID: user.ID, Hash: []byte(user.Username), Methods: db.Methods{},
				CreatedAt: start, LastUsedAt: start, ExpiresAt: start,
			}
			session := newSession(user, user.Username)
			session.RememberID = family.ID
			flow := &db.Flow{ID: db.NewID(), Kind: "k", Hash: []byte(user.Username), UserID: user.ID, CreatedAt: start, ExpiresAt: start}
			insert(
				t, opened, newAddress(user, user.Username), family, session, flow,
				&db.Token{
					ID: db.NewID(), Purpose: "p", Hash: []byte(user.Username), UserID: user.ID, FlowID: flow.ID,
					CreatedAt: start, ExpiresAt: start,
				},
				&db.Device{ID: db.NewID(), UserID: user.ID, Hash: []byte("d"), CreatedAt: start, LastSeenAt: start},
				&db.UserRole{UserID: user.ID, RoleID: adminRole(t, opened)},
				&db.Invitation{ID: db.NewID(), Email: "x", Key: "x", InvitedBy: user.ID, CreatedAt: start, SentAt: start, ExpiresAt: start},
				&db.AuditRow{ID: db.NewID(), UserID: user.ID, Event: "e", Details: map[string]string{"k": "it's"}, CreatedAt: start},
			)
		}
		run(t, opened, "DELETE FROM users WHERE id = ?", ada.ID)
		for _, table := range []string{"addresses", "remember_families", "sessions", "flows", "tokens", "devices", "user_roles", "invitations"} {
			if rows := count(t, opened, table); rows != 1 {
				t.Errorf("%d rows in %s: one of the other account's should be left", rows, table)
			}
		}
		var row db.AuditRow
		must(t, opened.NewSelect().Model(&row).Where("user_id = ?", ada.ID).Scan(t.Context()))
		if row.Details["k"] != "it's" || !row.CreatedAt.Equal(start) {
			t.Errorf("audit row: %+v", row)
		}
		// A device that is forgotten does not end the session it began; a spent flow keeps its token bound.
		run(t, opened, "DELETE FROM remember_families")
		run(t, opened, "DELETE FROM flows")
		if count(t, opened, "sessions WHERE remember_id IS NULL") != 1 || count(t, opened, "tokens WHERE flow_id IS NOT NULL") != 1 {
			t.Error("the session or the token did not survive as it should")
		}
		insert(t, opened, &db.Attempt{Key: []byte("k"), Action: "a", FirstAt: start, LastAt: start, LockedUntil: start.Add(time.Hour)})
		insert(t, opened, &db.OutboxMail{ID: db.NewID(), Kind: "k", Sealed: []byte{0, '\'', 255}, CreatedAt: start, RunAt: start})
		var mail db.OutboxMail
		must(t, opened.NewSelect().Model(&mail).Scan(t.Context()))
		if string(mail.Sealed) != "\x00'\xff" || !mail.DoneAt.IsZero() || mail.RunAt != start {
			t.Errorf("mail: %+v", mail)
		}
	})
}
