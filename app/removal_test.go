package app_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

const saysRemoved = "Your password is removed. Every other device is signed out."

// remove removes the password by the form.
func remove(b *apptest.Browser, password string) *apptest.Browser {
	return b.Visit("/change/remove").Fill("password", password).Submit()
}

func TestRemovePassword(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b, other := s.As(user), s.As(user)
		if s.Transport != apptest.JSON {
			b.Visit("/change").Follow("Remove the password").At("/change/remove")
		}
		remove(b, "").SeesError("password", "Enter the password that you have now.")
		remove(b, "wrong").SeesError("password", saysNotYours)
		s.Happened(app.PasswordRefused)
		cookie := b.Cookie("session")
		remove(b, apptest.Password).At("/account").Sees(saysRemoved).SignedIn(ada)
		other.SignedOut()
		if b.Cookie("session") == cookie {
			t.Error("the session goes on under the same id")
		}
		if e := s.Happened(app.PasswordRemoved); e[0].User.ID != user.ID {
			t.Errorf("told of %+v", e)
		}
		letter := s.Mail(ada)
		if letter.Kind != "change.removed" || letter.Subject != "Your password at Shop was removed" || len(s.Mails()) != 1 {
			t.Errorf("the mail is %+v", letter.Message)
		}
		var row db.User
		must(t, s.DB.NewSelect().Model(&row).ColumnExpr("*").Scan(t.Context()))
		if row.PasswordHash != "" || !row.PasswordChangedAt.Equal(s.Clock.Now()) || row.AuthVersion != 2 {
			t.Errorf("the account is %+v", row)
		}
		signIn(s.Browser(), ada, apptest.Password).SeesError("", saysWrong)
		s.Clock.Advance(time.Hour)
		again := ask(s.Browser(), ada)
		typeCode(again, s.Mail(ada).Code()).SignedIn(ada)
		if s.Transport != apptest.JSON {
			again.Visit("/account").Sees("Set a password")
			again.Visit("/change/remove").At("/change").Sees("Your account has no password.")
		}
		// Who has one again may remove it again.
		again.Visit("/change").Fill("new_password", better).Submit().SignedIn(ada)
		remove(again, better).Sees(saysRemoved)
	})
}

// The last way in stays: without an address that is known to be theirs, the password is it.
func TestRemoveTheLastWayIn(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		for _, person := range []apptest.Person{{Email: "waits@example.com", Unconfirmed: true}, {Username: "nobody"}} {
			user := s.User(person)
			b := s.As(user)
			if s.Transport != apptest.JSON {
				b.Visit("/change").SeesNot("Remove the password")
			}
			b.Visit("/change/remove").SeesError("", "The password is the only way into your account.")
			b.Send(apptest.Request{Path: "/change/remove", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"password": {apptest.Password}})})
			var row db.User
			must(t, s.DB.NewSelect().Model(&row).Where("id = ?", user.ID).Scan(t.Context()))
			if row.PasswordHash == "" {
				t.Error("the last way in is gone")
			}
		}
		s.Happened()
	})
}

// Where the site keeps passwords, or has no other way in, there is no such page.
func TestRemoveNowhere(t *testing.T) {
	t.Parallel()
	for _, features := range [][]app.Feature{
		{app.Login{}, app.Logout{}, app.MagicLink{}, app.Change{KeepPassword: true}},
		{app.Login{}, app.Logout{}, app.Change{}},
	} {
		s := host(app.Config{Features: features}).Start(t, dbFor(t), apptest.Plain)
		b := s.As(s.User(apptest.Person{Email: ada})).Visit("/change").SeesNot("Remove the password")
		if b.Visit("/change/remove"); b.Status() != 404 {
			t.Errorf("answered by %d", b.Status())
		}
	}
}

// R21: the password is removed in thirty-two browsers at once, and changed in others: one of them does
// it, and the others are signed out by it.
func TestRemoveAtOnce(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		var removing, changing []*apptest.Browser
		for range 32 {
			removing = append(removing, s.As(user))
		}
		for range 8 {
			changing = append(changing, s.As(user))
		}
		var both sync.WaitGroup
		both.Go(func() { atOnce(removing, "/change/remove", url.Values{"password": {apptest.Password}}) })
		both.Go(func() {
			atOnce(changing, "/change", url.Values{"password": {apptest.Password}, "new_password": {better}})
		})
		both.Wait()
		if n := liveSessions(t, s); n != 1 || len(s.Mails()) != 1 {
			t.Errorf("%d sessions, %d mails", n, len(s.Mails()))
		}
		var row db.User
		must(t, s.DB.NewSelect().Model(&row).ColumnExpr("*").Scan(t.Context()))
		if row.AuthVersion != 2 {
			t.Errorf("it was done %d times", row.AuthVersion-1)
		}
	}, apptest.Plain)
}

// R21: somebody removes the password while the address that would let them in goes.
func TestRemoveWhileTheOtherWayGoes(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		b.Visit("/change/remove")
		_, err := s.DB.NewUpdate().Model((*db.Address)(nil)).Set("confirmed_at = NULL").Where("user_id = ?", user.ID).Exec(t.Context())
		must(t, err)
		if b.Fill("password", apptest.Password).Submit(); !strings.Contains(b.Errors(""), "The password is the only way into your account.") {
			t.Errorf("answered %d: %q", b.Status(), b.Errors(""))
		}
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
	})
}
