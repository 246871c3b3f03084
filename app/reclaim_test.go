package app_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// Somebody registers an address that is not theirs, signs in where that is possible before it is
// confirmed, stays signed in on a device, claims addresses of their own beside it, and waits. When
// its owner has a new password mailed, the account is theirs, and whole: nothing that was put into
// it before opens it any more.
func TestRecoverTakesBack(t *testing.T) {
	tell(t, recovering(app.Recover{}, app.Confirm{SignInUnconfirmed: true, Limit: app.Limit{PerNetwork: app.Quota{Most: 1000, Within: time.Hour}}}), func(t *testing.T, s *apptest.Site) {
		mallory := enroll(s.Browser(), ada)
		confirm := s.Mail(ada)
		mallory.Visit("/login").Fill("email", ada).Fill("password", good).Tick("remember").Submit().SignedIn(ada)
		device := s.Browser().SetCookie("remember", mallory.Cookie("remember"))
		waits := s.Browser().SetCookie("inbox", mallory.Cookie("inbox"))
		user := refreshed(t, s, ada)
		for _, own := range []db.Address{
			{Email: "mallory@example.com", Key: "mallory@example.com", ConfirmedAt: s.Clock.Now()}, {Email: "later@example.com", Key: "later@example.com"},
		} {
			own.ID, own.UserID, own.CreatedAt = db.NewID(), user.ID, s.Clock.Now()
			_, err := s.DB.NewInsert().Model(&own).Exec(t.Context())
			must(t, err)
		}
		s.Clock.Advance(time.Hour)
		forget(s.Browser(), "mallory@example.com")
		hers := s.Mail("mallory@example.com") // which is proven to be the account's, so far
		s.Happened(app.Registered, app.SignedIn, app.RecoverSent)
		s.Clock.Advance(time.Minute)

		b := forget(s.Browser(), ada)
		choose(b, s.Mail(ada).Link(), better).At("/login").Sees(saysRecover)
		s.Happened(app.RecoverSent, app.EmailConfirmed, app.PasswordRecovered)
		if !isConfirmed(t, s, ada) {
			t.Error("the address is not confirmed")
		}
		mallory.SignedOut()
		notRestored(t, s, device)
		signIn(s.Browser(), ada, good).SeesError("", saysWrong)
		s.Browser().Visit(hers.Link()).SeesError("", saysLinkOver)
		for _, gone := range []string{"mallory@example.com", "later@example.com"} {
			s.Clock.Advance(time.Hour)
			before := len(s.Mails())
			forget(s.Browser(), gone)
			if len(s.Mails()) != before {
				t.Errorf("%s is still a way in", gone)
			}
		}
		// The registration that waits in that browser corrects nothing any more.
		form := encode(s.Transport, url.Values{"email": {"mallory@example.com"}, "password": {good}})
		waits.Send(apptest.Request{Path: "/confirm/address", Header: headers(s.Transport), Body: form})
		waits.SignedOut()
		s.Browser().Visit(confirm.Link())
		if now := refreshed(t, s, ada); now.ID != user.ID || now.Primary.Key != ada {
			t.Errorf("the account is %+v", now)
		}
		signIn(s.Browser(), ada, better).SignedIn(ada)
	})
}

// The mail goes to the address that was named, if it is proven, and its link dies with that.
func TestRecoverBySecondAddress(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		second := &db.Address{ID: db.NewID(), UserID: user.ID, Email: "Ada@home.example", Key: "ada@home.example", ConfirmedAt: s.Clock.Now(), CreatedAt: s.Clock.Now()}
		_, err := s.DB.NewInsert().Model(second).Exec(t.Context())
		must(t, err)
		b := forget(s.Browser(), "ADA@HOME.example")
		letter := s.Mail("Ada@home.example")
		b.Visit("/reset").In("recover-code").Fill("code", letter.Code()).Submit()
		if b.Status() != http.StatusOK {
			t.Errorf("the code is answered by %d", b.Status())
		}
		choose(b, letter.Link(), better).Sees(saysRecover)
		if s.Mail(ada).Kind != "recover.notice" {
			t.Error("the primary address is not told")
		}
		s.Clock.Advance(time.Hour)
		forget(b, "ada@home.example")
		link := s.Mail("Ada@home.example").Link()
		_, err = s.DB.NewDelete().Model(second).WherePK().Exec(t.Context())
		must(t, err)
		if answer := sendChoice(s, s.Browser(), link, best); answer.Status < 400 {
			t.Errorf("an address that is gone is answered by %d", answer.Status)
		}
		signIn(s.Browser(), ada, better).SignedIn(ada)
		s.Happened(app.RecoverSent, app.PasswordRecovered, app.RecoverSent, app.SignedIn)
	})
}

// The browser in which the password was chosen is told of once, and others when they sign in.
func TestRecoverIntroducesTheBrowser(t *testing.T) {
	tell(t, recovering(app.Recover{}, app.Alert{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		before := signIn(s.Browser(), ada, apptest.Password)
		before.Visit("/logout").Press("Sign out")
		s.Clock.Advance(time.Minute)
		b := forget(s.Browser(), ada)
		choose(b, s.Mail(ada).Link(), better).Sees(saysRecover)
		signIn(b, ada, better).SignedIn(ada)
		s.Happened(app.SignedIn, app.SignedOut, app.RecoverSent, app.PasswordRecovered, app.SignedIn)
		signIn(before, ada, better).SignedIn(ada)
		s.Happened(app.SignedIn, app.NewBrowser)
	})
}
