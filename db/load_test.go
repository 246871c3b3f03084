package db_test

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// counter counts the queries that Bun sends.
type counter struct {
	queries atomic.Int64
	last    atomic.Value
}

func (c *counter) BeforeQuery(ctx context.Context, event *bun.QueryEvent) context.Context {
	c.queries.Add(1)
	c.last.Store(event.Query)
	return ctx
}
func (c *counter) AfterQuery(context.Context, *bun.QueryEvent) {}

func adminRole(t testing.TB, opened *bun.DB) (id uuid.UUID) {
	t.Helper()
	err := opened.NewSelect().Table("roles").Column("id").Where("name = 'admin'").Scan(t.Context(), &id)
	if errors.Is(err, sql.ErrNoRows) {
		id = db.NewID()
		insert(t, opened, &db.Role{ID: id, Name: "admin", CreatedAt: start})
		return id
	}
	must(t, err)
	return id
}

// fill makes a database with ada, who has everything, and bob, who has nothing.
func fill(t testing.TB, opened *bun.DB) (ada, bob *Member, session *db.Session) {
	t.Helper()
	run(t, opened, "ALTER TABLE users ADD COLUMN company text NOT NULL DEFAULT 'none'")
	ada, bob = &Member{User: *newUser("ada"), Company: "Engines"}, &Member{User: *newUser("bob"), Company: "Looms"}
	ada.PasswordHash, ada.Language, ada.WebAuthnHandle = "$argon2id$", "fa", []byte{0, 1}
	ada.PasswordChangedAt, ada.DisabledAt = start, start.Add(time.Second)
	insert(t, opened, ada, bob)
	primary := newAddress(&ada.User, "ada@example.com")
	primary.IsPrimary, primary.ConfirmedAt = true, start
	second, claimed := newAddress(&ada.User, "ada@example.org"), newAddress(&ada.User, "ada@example.net")
	second.ConfirmedAt = start
	editor := &db.Role{ID: db.NewID(), Name: "editor", CreatedAt: start}
	session = newSession(&ada.User, "current")
	session.PreviousHash, session.RotatedAt = []byte("previous"), start
	other := newSession(&ada.User, "other")
	insert(t, opened, primary, second, claimed, newAddress(&bob.User, "ada@example.com"), editor, session, other,
		newSession(&bob.User, "bob's"),
		&db.UserRole{UserID: ada.ID, RoleID: editor.ID}, &db.UserRole{UserID: ada.ID, RoleID: adminRole(t, opened)})
	ada.Primary, ada.Session, ada.RoleNames = primary, session, "admin editor"
	return ada, bob, session
}

func TestLoadSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		ada, bob, session := fill(t, opened)
		queries := &counter{}
		watched := opened.WithQueryHook(queries)
		for name, test := range map[string]struct {
			hash  string
			since time.Time
			found bool
		}{
			"the current hash":                     {"current", time.Time{}, true},
			"the current hash, with a grace":       {"current", start.Add(time.Hour), true},
			"the previous hash, within the grace":  {"previous", start, true},
			"the previous hash, past the grace":    {"previous", start.Add(time.Microsecond), false},
			"the previous hash, without a grace":   {"previous", time.Time{}, false},
			"within the grace, by another clock":   {"previous", start.In(time.FixedZone("", -9*3600)), true},
			"past the grace, by another clock":     {"previous", start.Add(time.Microsecond).In(time.FixedZone("", -9*3600)), false},
			"a hash that is none":                  {"nobody's", start, false},
			"no hash":                              {"", start, false},
			"a hash that would be an SQL fragment": {"' OR true --", start, false},
		} {
			queries.queries.Store(0)
			got := Member{User: db.User{RoleNames: "stale", Primary: &db.Address{}}}
			err := db.LoadSession(t.Context(), watched, &got, []byte(test.hash), test.since)
			if !test.found {
				if !errors.Is(err, sql.ErrNoRows) {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if sent := queries.queries.Load(); sent != 1 {
				t.Errorf("%s: %d queries", name, sent)
			}
			if !reflect.DeepEqual(&got, ada) {
				t.Errorf("%s:\n got %+v %+v %+v\nwant %+v %+v %+v", name, got, got.Primary, got.Session, ada, ada.Primary, session)
			}
		}
		// The kit's own type reads the host's wider table; an account may have neither address nor role.
		var plain db.User
		must(t, db.LoadSession(t.Context(), opened, &plain, []byte("bob's"), time.Time{}))
		if plain.ID != bob.ID || plain.Primary != nil || len(plain.Roles()) != 0 || plain.Session == nil || plain.Session.UserID != bob.ID {
			t.Errorf("bob: %+v", plain)
		}
		// It reads in a transaction too, and what is expired or revoked is the caller's to judge.
		run(t, opened, "UPDATE sessions SET revoked_at = ?, expires_at = ? WHERE hash = ?", start, start, []byte("bob's"))
		must(t, db.InTx(t.Context(), opened, func(ctx context.Context, tx bun.Tx) error {
			return db.LoadSession(ctx, tx, &plain, []byte("bob's"), time.Time{})
		}))
		if plain.Session.RevokedAt != start {
			t.Errorf("revoked at %v", plain.Session.RevokedAt)
		}
	})
}

func explain(t *testing.T, opened *bun.DB, query string) string {
	t.Helper()
	verb := "EXPLAIN QUERY PLAN "
	if isPostgres(opened) {
		verb = "EXPLAIN "
	}
	rows, err := opened.DB.QueryContext(t.Context(), verb+query, make([]any, strings.Count(query, "?"))...)
	must(t, err)
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var a, b, c int
		var text string
		into := []any{&a, &b, &c, &text}
		if isPostgres(opened) {
			into = []any{&text}
		}
		must(t, rows.Scan(into...))
		plan.WriteString(text + "\n")
	}
	must(t, rows.Err())
	return plan.String()
}

// These reads are in the way of every request: none may walk through a table.
func TestReadsUseIndexes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		fill(t, opened)
		opened.SetMaxOpenConns(1)
		if isPostgres(opened) {
			run(t, opened, "SET enable_seqscan = off") // for small tables it prefers to, index or not
		}
		queries := &counter{}
		watched := opened.WithQueryHook(queries)
		for name, read := range map[string]func() error{
			"session": func() error {
				return db.LoadSession(t.Context(), watched, &Member{}, []byte("previous"), start)
			},
			"address": func() error {
				return db.FindUser(t.Context(), watched, &Member{}, db.IdentityKey{Address: "ada@example.com"})
			},
			"username": func() error {
				return db.FindUser(t.Context(), watched, &Member{}, db.IdentityKey{Username: "ada"})
			},
			"either": func() error {
				return db.FindUser(t.Context(), watched, &Member{}, db.IdentityKey{Address: "ada", Username: "ada"})
			},
		} {
			must(t, read())
			query, _ := queries.last.Load().(string)
			plan := explain(t, opened, query)
			if strings.Contains(plan, "SCAN ") || strings.Contains(plan, "Seq Scan") || !strings.Contains(plan, "addresses_user_id_key") {
				t.Errorf("%s:\n%s", name, plan)
			}
		}
	})
}

func TestLoadAndFindUser(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		ada, bob, _ := fill(t, opened)
		ada.Session = nil
		for name, test := range map[string]struct {
			key  db.IdentityKey
			want *Member
		}{
			"username":                      {db.IdentityKey{Username: "ada"}, ada},
			"primary address":               {db.IdentityKey{Address: "ada@example.com"}, ada}, // which bob claims
			"confirmed address":             {db.IdentityKey{Address: "ada@example.org"}, ada},
			"claimed address":               {db.IdentityKey{Address: "ada@example.net"}, nil},
			"either, an address":            {db.IdentityKey{Address: "ada@example.org", Username: "ada@example.org"}, ada},
			"either, a username":            {db.IdentityKey{Address: "bob", Username: "bob"}, bob},
			"the address goes first":        {db.IdentityKey{Address: "ada@example.com", Username: "bob"}, ada},
			"nothing":                       {db.IdentityKey{}, nil},
			"a pattern":                     {db.IdentityKey{Address: "ada@%"}, nil},
			"a pattern for a username":      {db.IdentityKey{Username: "ad_"}, nil},
			"the spelling is not folded":    {db.IdentityKey{Username: "ADA"}, nil},
			"an address is no username":     {db.IdentityKey{Username: "ada@example.com"}, nil},
			"a quote":                       {db.IdentityKey{Username: "a' OR 'a'='a"}, nil},
			"a placeholder and a backslash": {db.IdentityKey{Username: `?0\'`}, nil},
		} {
			var got Member
			err := db.FindUser(t.Context(), opened, &got, test.key)
			if test.want == nil {
				if !errors.Is(err, sql.ErrNoRows) {
					t.Errorf("%s: %v, %v", name, got.Username, err)
				}
				continue
			}
			if err != nil || !reflect.DeepEqual(&got, test.want) {
				t.Errorf("%s: %v\n got %+v\nwant %+v", name, err, got, test.want)
			}
		}
		var got Member
		must(t, db.LoadUser(t.Context(), opened, &got, ada.ID))
		if !reflect.DeepEqual(&got, ada) {
			t.Errorf("by id:\n got %+v\nwant %+v", got, ada)
		}
		// The same value read again forgets what it held.
		must(t, db.LoadUser(t.Context(), opened, &got, bob.ID))
		if !reflect.DeepEqual(&got, bob) {
			t.Errorf("bob into ada's value:\n got %+v\nwant %+v", got, bob)
		}
		if err := db.LoadUser(t.Context(), opened, &got, db.NewID()); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("an id that is none: %v", err)
		}
	})
}

// The kit writes its columns through whatever type it is handed, and no others.
func TestHostColumnsAreLeftAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, opened *bun.DB) {
		ada, _, _ := fill(t, opened)
		run(t, opened, "UPDATE users SET company = 'Moved on' WHERE id = ?", ada.ID)
		for _, account := range []db.Account{ada, &ada.User} {
			account.Account().PasswordHash += "x"
			_, err := opened.NewUpdate().Model(account).Column("password_hash").WherePK().Exec(t.Context())
			must(t, err)
		}
		insert(t, opened, newUser("cy"))
		var got Member
		must(t, db.LoadUser(t.Context(), opened, &got, ada.ID))
		if got.Company != "Moved on" || got.PasswordHash != "$argon2id$xx" {
			t.Errorf("company %q, hash %q", got.Company, got.PasswordHash)
		}
		var plain db.User
		_, err := opened.NewUpdate().Model(&plain).Set("auth_version = auth_version + 1").Where("id = ?", ada.ID).Returning("*").Exec(t.Context())
		if err != nil || plain.AuthVersion != 2 {
			t.Errorf("RETURNING * of a wider table: %v, %d", err, plain.AuthVersion)
		}
	})
}

func TestCheckModel(t *testing.T) {
	t.Parallel()
	type forgotten struct{ db.User }
	type shadowing struct {
		db.User `bun:",extend"`
		Key     string `bun:"username_key"`
	}
	opened := open(t, dbtest.EmptySQLiteURL(t))
	for name, test := range map[string]struct {
		account db.Account
		says    string
	}{
		"the kit's own":     {&db.User{}, ""},
		"a host's":          {&Member{}, ""},
		"without extend":    {&forgotten{}, "`bun:\",extend\"`"},
		"a column taken":    {&shadowing{}, `column "username_key"`},
		"a wrapper":         {wrapper{&db.User{}}, "no pointer to a struct"},
		"a pointer wrapper": {&wrapper{&db.User{}}, "embed db.User itself"},
		"nothing":           {nil, "no pointer to a struct"},
	} {
		err := db.CheckModel(opened, test.account)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type wrapper struct{ *db.User }

func TestRoles(t *testing.T) {
	t.Parallel()
	user := db.User{RoleNames: "admin editor\nowner"}
	if got := user.Roles(); !reflect.DeepEqual(got, []string{"admin", "editor\nowner"}) {
		t.Errorf("%q", got)
	}
}
