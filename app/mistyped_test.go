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

// correct corrects the address by the form that the page for waiting leads to.
func correct(b *apptest.Browser, email, password string) *apptest.Browser {
	return b.Visit("/confirm/address").Fill("email", email).Fill("password", password).Submit()
}

func TestConfirmMistyped(t *testing.T) {
	tell(t, confirming(app.Confirm{SignIn: true}, app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", "ada@exmaple.com").Fill("username", "ada").Fill("password", good).Submit()
		first := s.Mail("ada@exmaple.com")
		if s.Transport == apptest.Plain {
			b.Follow("Correct it").At("/confirm/address")
		}
		correct(b, ada, "wrong").SeesError("password", "This is not the password that you have chosen.")
		correct(b, "ada@", good).SeesError("email", "This is not a full e-mail address")
		correct(b, ada, "").SeesError("password", "Type the password that you have chosen.")
		if len(s.Mails()) != 1 {
			t.Error("a mail was sent")
		}
		correct(b, ada, good).At("/confirm").Sees(saysAsked + ada)
		s.Happened(app.Registered, app.ConfirmSent)
		s.Browser().Visit(first.Link()).SeesError("", "This link has expired, or a newer one was sent.")
		letter := s.Mail(ada)
		if letter.Kind != "confirm" || len(s.Mails()) != 2 {
			t.Errorf("%+v", letter.Message)
		}
		b.Visit(letter.Link()).Submit().At("/").SignedIn(ada)
		var user db.User
		must(t, db.LoadUser(t.Context(), s.DB, &user, s.Audit()[0].UserID))
		if user.Username != "ada" || user.Primary.Key != ada {
			t.Errorf("the account is %+v, %+v", user, user.Primary)
		}
		// What is confirmed is not corrected here.
		b.Visit("/confirm/address").At("/")
		if n, err := s.DB.NewSelect().Model((*db.User)(nil)).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d accounts (%v)", n, err)
		}
	})
}

// Whoever tries a strange address and then corrects it to their own learns nothing: an account is
// opened for them either way, and no other is touched.
func TestConfirmMistypedAlike(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.com"})
		s.Clock.Advance(time.Hour)
		var first [2]string
		for i, strange := range []string{"known@example.com", "other@example.com"} {
			mine := []string{"mine0@example.com", "mine1@example.com"}[i]
			b := s.Browser().Visit("/register").Fill("email", strange).Fill("username", []string{"one", "two"}[i]).Fill("password", good).Submit()
			before := rows(t, s)
			for j, password := range []string{"wrong", good} {
				form := url.Values{"email": {mine}, "password": {password}}
				answer := mask(b.Send(apptest.Request{Path: "/confirm/address", Header: headers(s.Transport), Body: encode(s.Transport, form)}), mine)
				if first[j] == "" {
					first[j] = answer
				} else if answer != first[j] {
					t.Errorf("%s is answered unlike the other:\n%s", strange, difference(answer, first[j]))
				}
			}
			after := rows(t, s)
			if after["outbox"]-before["outbox"] != 1 || after["audit"]-before["audit"] != 1 || after["tokens"]-before["tokens"] != 1 {
				t.Errorf("%s: %v after %v", strange, after, before)
			}
			letter := s.Mail(mine)
			b.Visit(letter.Link()).Submit().At("/login").Sees(saysDoneNow)
			signIn(b, []string{"one", "two"}[i], good).SignedIn(mine)
		}
		if n := len(s.Mails()); n != 6 {
			t.Errorf("%d mails", n)
		}
		// To an address that somebody has, it is as registering with it.
		b := enroll(s.Browser(), "third@example.com")
		correct(b, "known@example.com", good).At("/confirm").Sees(saysAsked + "known@example.com")
		if letter := s.Mail("known@example.com"); letter.Kind != "register.existing" {
			t.Errorf("%+v", letter.Message)
		}
		signIn(s.Browser(), "known@example.com", apptest.Password).SignedIn("known@example.com")
	})
}

// Who has shown their password corrects their own account; who has shown nothing, none.
func TestConfirmMistypedSignedIn(t *testing.T) {
	tell(t, confirming(app.Confirm{SignInUnconfirmed: true}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: "ada@exmaple.com", Unconfirmed: true}))
		correct(b, ada, "wrong").SeesError("password", "This is not the password")
		correct(b, ada, apptest.Password).At("/confirm").Sees(saysAsked + ada).SignedIn(ada)
		b.Visit(s.Mail(ada).Link()).Submit().At("/").Sees(saysDoneNow).SignedIn(ada)
		s.Happened(app.ConfirmSent, app.EmailConfirmed)
		form := encode(s.Transport, url.Values{"email": {"eve@example.com"}, "password": {apptest.Password}})
		nobody := s.Browser()
		nobody.Visit("/confirm/address").At("/confirm")
		answer := nobody.Send(apptest.Request{Path: "/confirm/address", Header: headers(s.Transport), Body: form})
		if answer.Status != http.StatusUnauthorized && answer.Status != http.StatusSeeOther {
			t.Errorf("nobody is answered by %d", answer.Status)
		}
		s.Happened()
	})
}

// R10 and R11: a mail confirms the address that it went to, if the account has it still.
func TestConfirmMovedMeanwhile(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), ada)
		letter := s.Mail(ada)
		_, err := s.DB.NewUpdate().Model((*db.Address)(nil)).Set("email = ?", "new@example.com").Set("address_key = ?", "new@example.com").
			Where("address_key = ?", ada).Exec(t.Context())
		must(t, err)
		s.User(apptest.Person{Email: ada}) // which somebody else has now
		s.Browser().Visit(letter.Link()).Submit().SeesError("", "This link has expired, or a newer one was sent.")
		s.Happened(app.Registered)
		if isConfirmed(t, s, "new@example.com") {
			t.Error("an address was confirmed that no mail went to")
		}
	})
}
