package apptest

import (
	"cmp"
	"net/http"
	"net/http/cookiejar"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/db"
)

// Password is the one of every [Person] that has no other.
const Password = "correct horse battery staple"

// A Person is an account to be. The zero value has neither a name nor an address.
type Person struct {
	Email, Username string
	// Password is what they sign in with. The default is [Password].
	Password string
	// Unconfirmed leaves the address to be confirmed.
	Unconfirmed bool
	// NoPassword leaves the account without one.
	NoPassword bool
	// Language is a BCP 47 tag. The default follows the browser.
	Language string
	// Disabled closes the account.
	Disabled bool
	// Roles are given to the account, and made if there are none of the name.
	Roles []string
}

// User opens an account without a form, a mail or an event. Columns that the host has added keep
// the database's defaults.
func (s *Site) User(p Person) *db.User {
	s.t.Helper()
	now := s.Clock.Now()
	user := &db.User{ID: db.NewID(), Language: p.Language, AuthVersion: 1, CreatedAt: now, UpdatedAt: now}
	if p.Username != "" {
		name, err := identity.Username(p.Username)
		must(s.t, err)
		user.Username, user.UsernameKey, user.UsernameSkeleton = name.Shown, name.Key, identity.Skeleton(name.Shown)
	}
	if !p.NoPassword {
		hash, err := s.hasher.Hash(s.t.Context(), cmp.Or(p.Password, Password))
		must(s.t, err)
		user.PasswordHash, user.PasswordChangedAt = hash, now
	}
	if p.Disabled {
		user.DisabledAt = now
	}
	s.insert(user)
	if p.Email != "" {
		name, err := identity.Email(p.Email)
		must(s.t, err)
		user.Primary = &db.Address{
			ID: db.NewID(), UserID: user.ID, Email: name.Shown, Key: name.Key, IsPrimary: true, ConfirmedAt: now, CreatedAt: now,
		}
		if p.Unconfirmed {
			user.Primary.ConfirmedAt = time.Time{}
		}
		s.insert(user.Primary)
	}
	s.grant(user, p.Roles)
	return user
}

func (s *Site) grant(user *db.User, roles []string) {
	s.t.Helper()
	for _, name := range roles {
		role := &db.Role{ID: db.NewID(), Name: name, CreatedAt: s.Clock.Now()}
		_, err := s.DB.NewInsert().Model(role).On("CONFLICT (name) DO NOTHING").Exec(s.t.Context())
		must(s.t, err)
		must(s.t, s.DB.NewSelect().Model(role).Where("name = ?", name).Scan(s.t.Context()))
		_, err = s.DB.NewInsert().Model(&db.UserRole{UserID: user.ID, RoleID: role.ID}).On("CONFLICT DO NOTHING").Exec(s.t.Context())
		must(s.t, err)
	}
}

func (s *Site) insert(row any) {
	s.t.Helper()
	_, err := s.DB.NewInsert().Model(row).Exec(s.t.Context())
	must(s.t, err)
}

// As is a browser in which user is signed in by password, without forms. The roles are given to
// the account first.
func (s *Site) As(user *db.User, roles ...string) *Browser {
	s.t.Helper()
	s.grant(user, roles)
	now := s.Clock.Now()
	store := session.Store{Now: s.Clock.Now, Idle: s.App.Sessions.Idle, Absolute: s.App.Sessions.Absolute}
	row := &db.Session{Methods: db.Methods{{Name: app.ByPassword, At: now}}, AuthAt: now}
	value, err := store.Insert(s.t.Context(), s.DB, user, row)
	must(s.t, err)
	b := s.Browser()
	b.SetCookie("session", value)
	return b
}

// Browser is a new visitor: no cookies, no page. It talks by the transport of the story.
func (s *Site) Browser() *Browser { return s.BrowserBy(s.Transport) }

// BrowserBy is a new visitor who talks by a transport of their own.
func (s *Site) BrowserBy(by Transport) *Browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	return &Browser{site: s, t: s.t, by: by, jar: jar, header: http.Header{}}
}
