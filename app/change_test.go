package app_test

import (
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

const (
	better = "nineteen violet boats" // passwords that the policy likes, too
	best   = "forty quiet harbours"

	saysChanged  = "Your password is changed. Every other device is signed out."
	saysNotYours = "This is not your password."
)

// change fills in the form for another password and sends it.
func change(b *apptest.Browser, from, to string) *apptest.Browser {
	return b.Visit("/change").Fill("password", from).Fill("new_password", to).Submit()
}

// sendChange posts the form with the browser's cookies, and follows nothing.
func sendChange(s *apptest.Site, b *apptest.Browser, from, to string) apptest.Answer {
	form := url.Values{"new_password": {to}}
	if from != "" {
		form.Set("password", from)
	}
	return b.Send(apptest.Request{Path: "/change", Header: headers(s.Transport, "HX-Current-URL", s.URL+"/change"), Body: encode(s.Transport, form)})
}

// sessionOf reads the row of the session that a browser has.
func sessionOf(t *testing.T, s *apptest.Site, user *db.User, live bool) db.Session {
	t.Helper()
	var rows []db.Session
	must(t, s.DB.NewSelect().Model(&rows).Where("user_id = ?", user.ID).Where("(revoked_at IS NULL) = ?", live).Scan(t.Context()))
	if len(rows) != 1 {
		t.Fatalf("%d sessions, live: %v", len(rows), live)
	}
	return rows[0]
}

func TestChange(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada"})
		b := signIn(s.Browser(), ada, apptest.Password)
		before := sessionOf(t, s, user, true)
		other := s.As(user)
		eve := s.As(s.User(apptest.Person{Email: "eve@example.com"}))
		s.Happened(app.SignedIn)
		s.Clock.Advance(time.Minute)
		cookie, visitor := b.Cookie("session"), b.Cookie("visitor")

		if n := b.Visit("/account").Page().Find(`main a[href="/change"]`).Length(); n != 1 {
			t.Errorf("%d ways to the page", n)
		}
		change(b, apptest.Password, better)
		b.At("/account").Sees(saysChanged).SignedIn(ada)
		if b.Cookie("session") == cookie || b.Cookie("visitor") == visitor {
			t.Error("the session goes on under the same id, or for the same visitor")
		}
		other.SignedOut()
		eve.SignedIn("eve@example.com")
		now := sessionOf(t, s, user, true)
		if now.ID != before.ID || now.AuthVersion != 2 || !now.AuthAt.Equal(before.AuthAt) || !now.CreatedAt.Equal(before.CreatedAt) || !now.ExpiresAt.Equal(before.ExpiresAt) {
			t.Errorf("the session is %+v after %+v", now, before)
		}
		if ended := sessionOf(t, s, user, false); ended.RevokedReason != "password changed" {
			t.Errorf("the other session is %+v", ended)
		}
		e := s.Happened(app.PasswordChanged)[0]
		if e.User.ID != user.ID || e.Network != "127.0.0.1" || s.Audit()[1].SessionID != now.ID {
			t.Errorf("the event says %+v", e)
		}
		letter := s.Mail(ada)
		if !strings.Contains(letter.Text, "5 January 2026, 09:01") || !strings.Contains(letter.Text, "127.0.0.1") || !strings.Contains(letter.HTML, "127.0.0.1") || letter.Subject != "Your password at Shop was changed" || len(s.Mails()) != 1 {
			t.Errorf("the mail %q says %s", letter.Subject, letter.Text)
		}
		stored, err := s.App.FindUser(t.Context(), "ada")
		must(t, err)
		if !stored.Account().PasswordChangedAt.Equal(s.Clock.Now()) || stored.Account().AuthVersion != 2 {
			t.Errorf("the account is %+v", stored.Account())
		}

		s.Clock.Advance(11 * time.Second) // past the grace for requests in flight
		s.Browser().SetCookie("session", cookie).SignedOut()
		signIn(s.Browser(), ada, apptest.Password).SeesError("", saysWrong)
		signIn(s.Browser(), ada, better).SignedIn(ada)
		// The page is as good as before: it can be used again.
		change(b, better, best).At("/account").SignedIn(ada)
		s.Happened(app.SignInFailed, app.SignedIn, app.PasswordChanged)
		s.Clock.Advance(time.Hour)
		b.SignedIn(ada)
	})
}

func TestChangeRefused(t *testing.T) {
	config := patient()
	config.Features[len(config.Features)-1] = app.Change{Retype: true, Limit: config.Features[0].(app.Login).Limit}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: "ada.lovelace@example.com", Username: "countess.of.l"})
		b := s.As(user)
		s.Clock.Advance(time.Minute)
		for name, test := range map[string]struct{ from, to, again, field, says string }{
			"wrong":                 {"wrong horse", better, better, "password", saysNotYours},
			"wrong, in new letters": {strings.ToUpper(apptest.Password), better, better, "password", saysNotYours},
			"wrong, in full":        {strings.Repeat("x", 5000), better, better, "password", saysNotYours},
			"none":                  {"", better, better, "password", "Enter the password that you have now."},
			"no new one":            {apptest.Password, "", "", "new_password", "Choose a new password."},
			"none again":            {apptest.Password, better, "", "new_password_confirm", "Type the new password again."},
			"differs":               {apptest.Password, better, good, "new_password_confirm", "The two passwords differ."},
			"the same":              {apptest.Password, apptest.Password, apptest.Password, "new_password", "This is the password that you have now."},
			"the same, in full width": {
				apptest.Password, "ｃorrect horse battery staple", "ｃorrect horse battery staple", "new_password", "This is the password that you have now.",
			},
			"short":          {apptest.Password, "violet7", "violet7", "new_password", "8"},
			"short, in code": {apptest.Password, "ÄÖÜäöü7", "ÄÖÜäöü7", "new_password", "8"},
			"long":           {apptest.Password, strings.Repeat("ab ", 100), strings.Repeat("ab ", 100), "new_password", "256"},
			"common":         {apptest.Password, "password1", "password1", "new_password", "Many people"},
			"own address":    {apptest.Password, "ada.lovelace@example.com", "ada.lovelace@example.com", "new_password", ""},
			"own username":   {apptest.Password, "countess.of.l", "countess.of.l", "new_password", ""},
		} {
			b.Visit("/change").Fill("password", test.from).Fill("new_password", test.to).Fill("new_password_confirm", test.again).Submit()
			if b.SeesError(test.field, test.says); b.Errors(test.field) == "" {
				t.Errorf("%s: nothing is wrong with %s", name, test.field)
			}
			if s.Transport == apptest.Plain && b.Status() != http.StatusUnprocessableEntity {
				t.Errorf("%s: status %d", name, b.Status())
			}
			var happened []app.EventName
			if test.says == saysNotYours {
				happened = append(happened, app.PasswordRefused)
			}
			s.Happened(happened...)
			if t.Failed() {
				t.Fatal(name)
			}
		}
		b.SignedIn("ada.lovelace@example.com")
		signIn(s.Browser(), "countess.of.l", apptest.Password).SignedIn("ada.lovelace@example.com")
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
	})
}

// What is wrong is said where it is, and the form can be sent again as it stands.
func TestChangePage(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		b.Visit("/change")
		for selector, want := range map[string]int{
			`input[name="password"][autocomplete="current-password"][autofocus]`: 1, `input[name="new_password"][autocomplete="new-password"]`: 1,
			`input[autocomplete="username"][value="` + ada + `"]`: 1, `input[name="new_password_confirm"]`: 0, `main form input:not([name])`: 1,
		} {
			if n := b.Page().Find(selector).Length(); n != want {
				t.Errorf("%d of %s", n, selector)
			}
		}
		b.Fill("password", "wrong horse").Fill("new_password", better).Submit().SeesError("password", saysNotYours)
		if html, err := b.Page().Find("main").Html(); err != nil || strings.Contains(html, better) {
			t.Error("the page repeats a password")
		}
		if title := b.Page().Find("head title").Text(); title != "Error: Change your password · Shop" {
			t.Errorf("the title is %q", title)
		}
		b.Fill("password", apptest.Password)
		if s.Transport == apptest.Plain {
			b.Fill("new_password", better)
		}
		b.Submit().At("/account").Sees(saysChanged)
	}, paged...)
}

// Programs find the names that they know from Flask-Security.
func TestChangeForPrograms(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		get := apptest.Request{Path: "/change", Header: map[string]string{"Accept": "application/json"}}
		for active, person := range map[bool]apptest.Person{true: {Email: ada}, false: {Email: "new@example.com", NoPassword: true}} {
			e := s.As(s.User(person)).Send(get).JSON(t)
			who, _ := e.Response["user"].(map[string]any)
			if e.Response["active_password"] != active || who["email"] != person.Email || len(e.Response) != 3 {
				t.Errorf("GET tells %v", e.Response)
			}
		}
		if answer := s.Browser().Send(get); answer.Status != http.StatusUnauthorized {
			t.Errorf("a stranger is answered by %d", answer.Status)
		}
		account, err := s.App.FindUser(t.Context(), ada)
		must(t, err)
		b := s.As(account.Account())
		for body, want := range map[string]string{
			`{"password":{"a":1},"new_password":"` + better + `"}`:       "password form.type",
			`{"password":7,"new_password":"` + better + `"}`:             "password form.type",
			`{"password":"x","new_password":["` + better + `"]}`:         "new_password form.type",
			`{"password":null,"new_password":"` + better + `"}`:          "password change.no_current",
			`{"new_password":"` + better + `"}`:                          "password change.no_current",
			`{"password":"` + apptest.Password + `"}`:                    "new_password change.no_new",
			`{"password":"wrong horse","new_password":"` + better + `"}`: "password change.wrong",
		} {
			s.Clock.Advance(time.Minute)
			answer := b.Send(apptest.Request{Path: "/change", Header: headers(apptest.JSON), Body: body})
			field, code, _ := strings.Cut(want, " ")
			if codes := answer.JSON(t).Codes(field); answer.Status != http.StatusBadRequest || !slices.Equal(codes, []string{code}) {
				t.Errorf("%s: %d %s", body, answer.Status, answer.Body)
			}
		}
		answer := b.Send(apptest.Request{Path: "/change", Header: headers(apptest.JSON), Body: `{"password":"` + apptest.Password + `","new_password":"` + better + `","new_password_confirm":"` + better + `"}`})
		e := answer.JSON(t)
		who, _ := e.Response["user"].(map[string]any)
		if answer.Status != http.StatusOK || e.Meta.MessageCode != "change.done" || who["email"] != ada || len(e.Response) != 2 {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
	}, wired...)
}

// An account without a password sets one, if its owner has just signed in.
func TestChangeFirst(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, NoPassword: true})
		b := s.As(user)
		other := s.As(user)
		s.Clock.Advance(10 * time.Minute)
		b.Visit("/account").Follow("Set a password").At("/change")
		if n := b.Page().Find(`input[name="password"]`).Length(); n != 0 {
			t.Error("a password is asked for where there is none")
		}
		b.Fill("new_password", "short").Submit().SeesError("new_password", "8")
		if s.Transport != apptest.JSON {
			b.Sees("Set a password")
		}
		b.Fill("new_password", better).Submit().At("/account").Sees("Your password is set.").SignedIn(ada)
		other.SignedOut()
		s.Happened(app.PasswordChanged)
		s.Mail(ada)
		signIn(s.Browser(), ada, better).SignedIn(ada)
		s.Happened(app.SignedIn)
		change(b, better, best).At("/account").Sees(saysChanged)
	})
}

// Whoever finds a browser left open gets no password of their own into an account that has none.
func TestChangeFirstIsFresh(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, NoPassword: true})
		restored := s.As(user)
		run(t, s, "UPDATE sessions SET auth_at = NULL") // as a remembered device opens it
		late := s.As(user)
		s.Clock.Advance(10*time.Minute + time.Millisecond)
		for _, b := range []*apptest.Browser{restored, late} {
			for _, answer := range []apptest.Answer{b.Send(apptest.Request{Path: "/change", Header: headers(s.Transport, "HX-Current-URL", s.URL+"/change")}), sendChange(s, b, "", better)} {
				switch s.Transport {
				case apptest.JSON:
					if codes := answer.JSON(t).Codes(""); answer.Status != http.StatusUnauthorized || !slices.Equal(codes, []string{"change.unproven"}) {
						t.Errorf("%d %s", answer.Status, answer.Body)
					}
				default:
					if to := ledTo(t, answer); to != "/logout?next=%2Flogin%3Fnext%3D%252Fchange" {
						t.Errorf("%d to %q", answer.Status, to)
					}
				}
			}
			b.SignedIn(ada)
		}
		if s.Transport != apptest.JSON {
			late.Visit("/change").Sees("Sign out and in again to set a password").Submit().At("/login?next=%2Fchange").SignedOut()
			s.Happened(app.SignedOut)
		}
		var hash string
		must(t, s.DB.NewSelect().Model((*db.User)(nil)).ColumnExpr("coalesce(password_hash, '')").Scan(t.Context(), &hash))
		if hash != "" || len(s.Mails()) != 0 {
			t.Error("a password was set")
		}
	})
}
