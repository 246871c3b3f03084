package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

const (
	fresh = "ada.new@example.com" // an address that nobody has
	third = "ada.third@example.com"

	saysMoved = "Your address is changed. Every other device is signed out."
	saysOwn   = "This address is on your account already."
)

// moving is a site on which addresses are changed and added, as often as one likes.
func moving(more ...app.Feature) app.Config {
	config := patient()
	patience := config.Features[0].(app.Login).Limit
	for i, f := range more {
		if change, ok := f.(app.ChangeEmail); ok {
			change.Limit.PerNetwork, change.Tries = patience.PerNetwork, patience
			more[i] = change
		}
	}
	config.Features = append(config.Features, more...)
	return config
}

// several has everything there is about addresses.
func several() app.Config { return moving(app.ChangeEmail{}, app.Addresses{}, app.Remember{}) }

// askFor asks for another address by the form.
func askFor(b *apptest.Browser, email string) *apptest.Browser {
	return b.Visit("/change-email").Fill("email", email).Fill("password", apptest.Password).Submit()
}

// addressOf reads an address of an account, whatever has become of it.
func addressOf(t *testing.T, s *apptest.Site, user *db.User, key string) *db.Address {
	t.Helper()
	var rows []db.Address
	must(t, s.DB.NewSelect().Model(&rows).Where("user_id = ?", user.ID).Where("address_key = ?", key).Scan(t.Context()))
	if len(rows) != 1 {
		t.Fatalf("the account has %d rows of %s", len(rows), key)
	}
	return &rows[0]
}

// stored is an account as it is now.
func stored(t *testing.T, s *apptest.Site, user *db.User) *db.User {
	t.Helper()
	now := new(db.User)
	must(t, db.LoadUser(t.Context(), s.DB, now, user.ID))
	return now
}

func TestChangeEmail(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := signIn(s.Browser(), ada, apptest.Password)
		other := s.As(user)
		s.Happened(app.SignedIn)
		s.Clock.Advance(time.Minute)
		cookie, visitor := b.Cookie("session"), b.Cookie("visitor")

		b.Visit("/account").Follow("Change").At("/change-email").Fill("email", "Ada.New@Example.com").Fill("password", apptest.Password).Submit()
		b.At("/change-email").Sees("We have sent a message to Ada.New@example.com.").SignedIn(ada)
		s.Happened(app.EmailAsked)
		letter := s.Mail("Ada.New@example.com")
		if letter.Kind != "change_email" || letter.Subject != "Confirm your new address at Shop" || !strings.HasPrefix(letter.Link(), s.URL+"/change-email/") ||
			!strings.Contains(letter.HTML, letter.Code()) || !strings.Contains(letter.Text, "1 hour") || len(s.Mails()) != 1 {
			t.Errorf("the mail is %+v", letter.Message)
		}
		b.Visit("/change-email").Sees("Ada.New@example.com")
		b.Visit(letter.Link())
		if now := stored(t, s, user); now.Primary.Key != ada || now.AuthVersion != 1 {
			t.Errorf("looking at the link has changed the address: %+v", now.Primary)
		}
		b.Submit().At("/account").Sees(saysMoved).SignedIn("Ada.New@example.com")
		if b.Cookie("session") == cookie || b.Cookie("visitor") == visitor {
			t.Error("the session goes on under the same id, or for the same visitor")
		}
		other.SignedOut()
		if e := s.Happened(app.EmailChanged)[0]; e.Details["from"] != ada || e.Details["to"] != "Ada.New@example.com" {
			t.Errorf("the event says %v", e.Details)
		}
		now := stored(t, s, user)
		if now.Primary.Key != fresh || !now.Primary.ConfirmedAt.Equal(s.Clock.Now()) || now.Primary.Replaces || now.AuthVersion != 2 || now.PasswordHash != user.PasswordHash {
			t.Errorf("the account is %+v, %+v", now, now.Primary)
		}
		if held := addressOf(t, s, user, ada); held.IsPrimary || !held.HeldUntil.Equal(s.Clock.Now().Add(7*24*time.Hour)) {
			t.Errorf("the address before is %+v", held)
		}
		told, undo := s.Mail("Ada.New@example.com"), s.Mail(ada)
		if told.Kind != "change_email.notice" || undo.Kind != "change_email.undo" || len(s.Mails()) != 3 || strings.Contains(told.Text, "undo") || !strings.HasPrefix(undo.Link(), s.URL+"/change-email/undo/") {
			t.Errorf("told %+v and %+v", told.Message, undo.Message)
		}
		s.Clock.Advance(time.Minute)
		s.Browser().SetCookie("session", cookie).SignedOut()
		signIn(s.Browser(), fresh, apptest.Password).SignedIn("Ada.New@example.com")
		// Used is used.
		b.Visit(letter.Link()).SeesError("", "This message was used already.")
		s.Happened(app.SignedIn)
	})
}
