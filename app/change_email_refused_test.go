package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

func TestChangeEmailRefused(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		for _, test := range []struct{ email, password, field, says string }{
			{"", apptest.Password, "email", "Enter the new address."},
			{"ada@", apptest.Password, "email", "This is not a full e-mail address"},
			{"a@example.com, b@example.com", apptest.Password, "email", "This is not a full e-mail address"},
			{"ada@example.com\r\nBcc: eve@example.com", apptest.Password, "email", "This is not a full e-mail address"},
			{strings.Repeat("long", 100) + "@example.com", apptest.Password, "email", "254"},
			{fresh, "", "password", "Enter the password that you have now."},
			{fresh, "wrong horse", "password", saysNotYours},
			{fresh, strings.Repeat("x", 5000), "password", saysNotYours},
			{"ADA@example.com", apptest.Password, "email", saysOwn},
		} {
			b.Visit("/change-email").Fill("email", test.email).Fill("password", test.password).Submit()
			if b.SeesError(test.field, test.says); b.Errors(test.field) == "" {
				t.Errorf("%q: nothing is wrong with %s", test.email, test.field)
			}
			var happened []app.EventName
			if test.says == saysNotYours {
				happened = append(happened, app.PasswordRefused)
			}
			s.Happened(happened...)
		}
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
		b.SignedIn(ada)
	})
}

// The owner of an address that somebody else asks for is told, and not by whom it was.
func TestChangeEmailTellsTheOwner(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.com"})
		s.User(apptest.Person{Email: "waits@example.com", Unconfirmed: true})
		s.User(apptest.Person{Email: "shuts@example.com", Disabled: true})
		for i, ask := range []func(*apptest.Browser, string) *apptest.Browser{askFor, addFor} {
			for _, name := range []string{"known@example.com", "waits@example.com", "shuts@example.com"} {
				ask(s.As(s.User(apptest.Person{Email: fmt.Sprintf("asks%d.%s", i, name)})), name)
				if letter := s.Mail(name); letter.Kind != "change_email.existing" || strings.Contains(letter.Text, "asks") || letter.Link() != s.URL+"/login" {
					t.Errorf("%+v", letter.Message)
				}
			}
		}
	})
}

// The code does what the link does, and is asked for again, or given up, meanwhile.
func TestChangeEmailByCode(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		askFor(b, fresh)
		first := s.Mail(fresh)
		page := "/addresses/" + addressOf(t, s, user, fresh).ID.String()
		b.Visit(page).In("address-code").Fill("code", "1").Submit().SeesError("code", "This code is wrong or no longer good.")
		b.In("address-code").Fill("code", "").Submit().SeesError("code", "Type the code from the message.")
		again := func() *apptest.Browser { return b.Visit(page).Press("Send it again") }
		again().Sees("We have sent a message to " + fresh) // a click too many: the mail is on its way
		s.Clock.Advance(10 * time.Second)
		again().SeesError("", saysSoon)
		s.Clock.Advance(50 * time.Second)
		again().Sees("We have sent a message to " + fresh)
		s.Happened(app.EmailAsked, app.EmailAsked)
		second := s.Mail(fresh)
		b.Visit(first.Link()).SeesError("", "This message has expired, or a newer one was sent.")
		b.Visit(page).In("address-code").Fill("code", first.Code()).Submit().SeesError("code", "This code is wrong or no longer good.")
		b.In("address-code").Fill("code", second.Code()).Submit().At("/account").Sees(saysMoved).SignedIn(fresh)
		s.Happened(app.EmailChanged)
	})
}

func TestChangeEmailCancelled(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		askFor(b, fresh)
		letter := s.Mail(fresh)
		b.Visit("/change-email").Press("Keep the address that I have").At("/change-email").Sees("Cancelled. Your address stays as it is.")
		s.Happened(app.EmailAsked, app.EmailRemoved)
		if s.Transport != apptest.JSON {
			b.Visit("/change-email").SeesNot(fresh)
		}
		b.Visit(letter.Link()).Submit().SeesError("", "This message has expired")
		b.SignedIn(ada)
		s.Happened()
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

// R10: of two changes that wait, the second counts; and what is confirmed is the address that the
// mail went to, in whichever order things happen.
func TestChangeEmailTwice(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		askFor(b, fresh)
		first := s.Mail(fresh)
		b.Visit("/change-email")
		form := url.Values{"email": {third}, "password": {apptest.Password}}
		if answer := b.Send(apptest.Request{Path: "/change-email", Header: headers(s.Transport), Body: encode(s.Transport, form)}); answer.Status >= 400 {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
		second := s.Mail(third)
		b.Visit(first.Link()).Submit().SeesError("", "This message has expired")
		b.Visit(second.Link()).Submit().Sees(saysMoved)
		s.Happened(app.EmailAsked, app.EmailAsked, app.EmailChanged)
		if now := stored(t, s, user); now.Primary.Key != third {
			t.Errorf("the address is %+v", now.Primary)
		}
	})
}

// R11: what has become somebody else's meanwhile is not confirmed, and the mail is told to be over.
func TestChangeEmailTakenMeanwhile(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		askFor(b, fresh)
		letter := s.Mail(fresh)
		eve := s.User(apptest.Person{Email: fresh})
		b.Visit(letter.Link()).Submit().SeesError("", "This address belongs to another account by now.").SignedIn(ada)
		s.Happened(app.EmailAsked)
		if now := stored(t, s, user); now.Primary.Key != ada || now.AuthVersion != 1 || stored(t, s, eve).Primary.Key != fresh {
			t.Errorf("the address is %+v", now.Primary)
		}
	})
}

// Who has no password has just signed in, or does so again.
func TestChangeEmailIsFresh(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, NoPassword: true})
		b := s.As(user)
		b.Visit("/change-email").Fill("email", fresh).Submit().Sees("We have sent a message to " + fresh)
		s.Clock.Advance(10*time.Minute + time.Millisecond)
		for _, path := range []string{"/change-email", "/addresses"} {
			form := encode(s.Transport, url.Values{"email": {third}})
			answer := b.Send(apptest.Request{Path: path, Header: headers(s.Transport), Body: form})
			switch {
			case s.Transport == apptest.JSON && slices.Equal(answer.JSON(t).Codes(""), []string{"change_email.unproven"}) && answer.Status == http.StatusUnauthorized:
			case s.Transport != apptest.JSON && strings.HasPrefix(ledTo(t, answer), "/logout?next="):
			default:
				t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
			}
		}
		s.Happened(app.EmailAsked)
	})
}

// Programs find the names that they know from Flask-Security.
func TestChangeEmailForPrograms(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		get := apptest.Request{Path: "/change-email", Header: map[string]string{"Accept": "application/json"}}
		if e := b.Send(get).JSON(t); e.Response["current_email"] != ada || e.Response["active_password"] != true || e.Response["address"] != nil {
			t.Errorf("GET tells %v", e.Response)
		}
		for body, want := range map[string]string{
			`{"email":{"a":1},"password":"x"}`:                   "email form.type",
			`{"email":"` + fresh + `"}`:                          "password change.no_current",
			`{"password":"x"}`:                                   "email change_email.no_email",
			`{"email":"` + fresh + `","password":"wrong horse"}`: "password change.wrong",
		} {
			answer := b.Send(apptest.Request{Path: "/change-email", Header: headers(apptest.JSON), Body: body})
			field, code, _ := strings.Cut(want, " ")
			if codes := answer.JSON(t).Codes(field); answer.Status != http.StatusBadRequest || !slices.Equal(codes, []string{code}) {
				t.Errorf("%s: %d %s", body, answer.Status, answer.Body)
			}
		}
		e := b.Send(apptest.Request{Path: "/change-email", Header: headers(apptest.JSON), Body: `{"email":"` + fresh + `","password":"` + apptest.Password + `"}`}).JSON(t)
		if e.Meta.Code != http.StatusOK || e.Meta.MessageCode != "change_email.sent" {
			t.Errorf("%+v", e)
		}
		told, _ := b.Send(get).JSON(t).Response["address"].(map[string]any)
		if told["email"] != fresh || told["replaces"] != true || told["confirmed"] != false || told["id"] == "" {
			t.Errorf("GET tells %v", told)
		}
		list, _ := b.Send(apptest.Request{Path: "/addresses", Header: get.Header}).JSON(t).Response["addresses"].([]any)
		if len(list) != 2 || list[0].(map[string]any)["primary"] != true {
			t.Errorf("the list is %v", list)
		}
	}, wired...)
}

func TestChangeEmailWithoutAddress(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Username: "ada"})
		b := s.As(user)
		askFor(b, fresh)
		b.Visit(s.Mail(fresh).Link()).Submit().Sees(saysMoved).SignedIn(fresh)
		s.Happened(app.EmailAsked, app.EmailChanged)
		if n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Count(t.Context()); err != nil || n != 1 || len(s.Mails()) != 2 {
			t.Errorf("%d addresses (%v), %d mails", n, err, len(s.Mails()))
		}
	})
}
