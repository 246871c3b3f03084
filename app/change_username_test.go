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

// naming is a site on which usernames are chosen, as often as one likes.
func naming(f app.ChangeUsername, r app.Register) app.Config {
	config := registering(r)
	f.Limit = config.Features[0].(app.Login).Limit
	config.Features = append(config.Features, f)
	return config
}

// rename fills in the form for another username and sends it.
func rename(b *apptest.Browser, to string) *apptest.Browser {
	return b.Visit("/change-username").Fill("username", to).Fill("password", apptest.Password).Submit()
}

// sendName posts the form with the browser's cookies, and follows nothing.
func sendName(s *apptest.Site, b *apptest.Browser, to string) apptest.Answer {
	form := url.Values{"username": {to}, "password": {apptest.Password}}
	return b.Send(apptest.Request{Path: "/change-username", Header: headers(s.Transport, "HX-Current-URL", s.URL+"/change-username"), Body: encode(s.Transport, form)})
}

// called demands that an account has a username as it stands in the database, and no other.
func called(t *testing.T, s *apptest.Site, user *db.User, want string) {
	t.Helper()
	var row db.User
	must(t, db.LoadUser(t.Context(), s.DB, &row, user.ID))
	if row.Username != want || (row.UsernameKey == "") != (want == "") || (row.UsernameSkeleton == "") != (want == "") {
		t.Errorf("the account is called %q (%q, %q) and not %q", row.Username, row.UsernameKey, row.UsernameSkeleton, want)
	}
}

func TestChangeUsername(t *testing.T) {
	config := naming(app.ChangeUsername{}, app.Register{})
	config.Features = append(config.Features, app.Track{})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada"})
		b, other := s.As(user), s.As(user)
		session := b.Cookie("session")
		s.Clock.Advance(time.Minute)
		b.Visit("/account").Follow("Change").At("/change-username").Holds("username", "ada")
		b.Fill("username", "ﬁne.Ada").Fill("password", apptest.Password).Submit().At("/account").Sees("Your username is fine.Ada now.")
		called(t, s, user, "fine.Ada") // stored normalised
		e := s.Happened(app.UsernameChanged)[0]
		if e.User.ID != user.ID || e.Details["from"] != "ada" || e.Details["to"] != "fine.Ada" || e.Network != "127.0.0.1" || s.Audit()[0].Details["from"] != "ada" {
			t.Errorf("the event says %+v", e)
		}
		letter := s.Mail(ada)
		for _, says := range []string{"from ada to fine.Ada", "ada is kept for you until 4 February 2026", "5 January 2026, 09:01", "127.0.0.1"} {
			if !strings.Contains(letter.Text, says) || !strings.Contains(letter.HTML, says) {
				t.Errorf("the mail does not say %q: %s", says, letter.Text)
			}
		}
		if letter.Subject != "Your username at Shop was changed" || letter.Kind != "change_username.notice" || len(s.Mails()) != 1 {
			t.Errorf("the mail is %+v", letter.Message)
		}
		// A name is no credential: every session stays as it is, and knows of it at once.
		if b.Cookie("session") != session {
			t.Error("the session has another id")
		}
		b.SignedIn(ada)
		other.SignedIn(ada).Visit("/account").Sees("fine.Ada")
		signIn(s.Browser(), "FINE.ada", apptest.Password).SignedIn(ada)
		signIn(s.Browser(), "ada", apptest.Password).SeesError("", saysWrong)
	})
}

// Whoever has none chooses one; nobody has to keep it where nobody had to have one.
func TestChangeUsernameFirstAndLast(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		second := s.User(apptest.Person{Email: "eve@example.com"})
		b := s.As(user).Visit("/account").Follow("Choose one").At("/change-username")
		if s.Transport != apptest.JSON {
			b.Sees("Choose a username").SeesNot("Leave it empty")
		}
		b.Fill("username", "").Fill("password", apptest.Password).Submit().SeesError("username", "Choose a username.")
		rename(b, "ada").At("/account").Sees("Your username is ada now.")
		called(t, s, user, "ada")
		if letter := s.Mail(ada); !strings.Contains(letter.Text, "Your account at Shop has a username now: ada.") || strings.Contains(letter.Text, "kept") {
			t.Errorf("the mail says %s", letter.Text)
		}
		if s.Transport != apptest.JSON {
			b.Visit("/change-username").Sees("Leave it empty to go without one.")
		}
		rename(b, "").At("/account").Sees("You have no username any more.")
		called(t, s, user, "")
		if all := s.Mails(); len(all) != 2 || !strings.Contains(all[1].Text, "The username ada was taken off your account at Shop.") {
			t.Errorf("%d mails", len(all))
		}
		s.Happened(app.UsernameChanged, app.UsernameChanged)
		// Of those who have none there can be many, and what was taken off is kept like any other.
		rename(s.As(second), "ada").SeesError("username", "This username is taken.")
		rename(s.As(second), "eve").At("/account")
		rename(s.As(second), "").At("/account")
		called(t, s, second, "")
		rename(b, "ada").At("/account")
		s.Happened(app.UsernameChanged, app.UsernameChanged, app.UsernameChanged)
	})
}

// Whoever would have nothing to sign in by keeps the name.
func TestChangeUsernameRequired(t *testing.T) {
	t.Parallel()
	noAddress := naming(app.ChangeUsername{}, app.Register{})
	byName := naming(app.ChangeUsername{}, app.Register{Username: app.Required})
	byName.Features[0] = app.Login{By: app.Username, Limit: byName.Features[0].(app.Login).Limit}
	for name, test := range map[string]struct {
		config app.Config
		person apptest.Person
	}{
		"required":         {naming(app.ChangeUsername{}, app.Register{Username: app.Required}), apptest.Person{Email: ada, Username: "ada"}},
		"no address":       {noAddress, apptest.Person{Username: "ada"}},
		"signing in by it": {byName, apptest.Person{Email: ada, Username: "ada"}},
	} {
		t.Run(name, func(t *testing.T) {
			tellOnce(t, test.config, func(t *testing.T, s *apptest.Site) {
				user := s.User(test.person)
				b := s.As(user)
				if s.Transport != apptest.JSON {
					b.Visit("/change-username").SeesNot("Leave it empty")
				}
				rename(b, "").SeesError("username", "Choose a username.")
				called(t, s, user, "ada")
				s.Happened()
			}, anyway...)
		})
	}
}

func TestChangeUsernameRefused(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "pay@example.com", Username: "paypal"})
		user := s.User(apptest.Person{Email: ada, Username: "ada", Password: "Countess.of.L"})
		b := s.As(user)
		const letters, length, taken, alike, kept = "Use letters, digits", "Use 3 to 32 characters.", "This username is taken.", "looks like another one", "kept for the site"
		for typed, says := range map[string]string{
			"ab": length, strings.Repeat("a", 33): length, strings.Repeat("ab ", 80): length,
			"a b": letters, "a&b": letters, "a'b": letters, "<b>ada</b>": letters, "ada@example.com": letters, "---": letters, "pаypal": letters,
			"pay\u200bpal": letters, "\u202elapyap": letters, "раураl": letters, "ad\x00a": "", "' OR 1=1 --": letters,
			"paypal": taken, "PAYPAL": taken, "ｐａｙｐａｌ": taken, "paypa1": alike, "PayPaI": alike, "admin": kept, "r00t": kept,
			"countess.of.l": "too much like your password",
		} {
			b.Visit("/change-username").Fill("username", typed).Fill("password", "Countess.of.L").Submit().SeesError("username", says)
			if b.Errors("username") == "" || s.Transport == apptest.Plain && b.Status() != http.StatusUnprocessableEntity {
				t.Errorf("%q: status %d, %q", typed, b.Status(), b.Errors("username"))
			}
			s.Happened()
		}
		for typed, says := range map[string]string{"wrong horse": saysNotYours, "": "Enter the password that you have now.", strings.Repeat("x", 5000): saysNotYours} {
			b.Visit("/change-username").Fill("username", "countess.of.l").Fill("password", typed).Submit().SeesError("password", says)
			if b.Errors("username") != "" {
				t.Error("a wrong password learns about the right one")
			}
			if says == saysNotYours {
				s.Happened(app.PasswordRefused)
			}
		}
		called(t, s, user, "ada")
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
	})
}

// One's own name again changes nothing; in another spelling it is changed, and nothing is kept of it.
func TestChangeUsernameToOnesOwn(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada.l"})
		kept := s.User(apptest.Person{Email: "root@example.com", Username: "root"})
		b := s.As(user)
		rename(b, "ada.l").At("/account").Sees("Your username is ada.l now.")
		s.Happened()
		for _, spelling := range []string{"Ada.L", "ADA.L", "ada.I"} { // the last one looks like the others
			rename(b, spelling).At("/account").Sees("Your username is " + spelling + " now.")
			called(t, s, user, spelling)
			s.Happened(app.UsernameChanged)
		}
		if n := held(t, s); n != 1 { // ada.l, of which ada.i is another
			t.Errorf("%d names are kept", n)
		}
		// Who was given a reserved name may write it otherwise.
		rename(s.As(kept), "Root").At("/account")
		called(t, s, kept, "Root")
		s.Happened(app.UsernameChanged)
	})
}

func held(t *testing.T, s *apptest.Site) int {
	t.Helper()
	n, err := s.DB.NewSelect().Model((*db.FormerUsername)(nil)).Count(t.Context())
	must(t, err)
	return int(n)
}

// Programs find the names that they know from Flask-Security.
func TestChangeUsernameForPrograms(t *testing.T) {
	tell(t, naming(app.ChangeUsername{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		get := apptest.Request{Path: "/change-username", Header: map[string]string{"Accept": "application/json"}}
		e := s.As(s.User(apptest.Person{Email: "new@example.com", NoPassword: true})).Send(get).JSON(t)
		if name, there := e.Response["current_username"]; !there || name != nil || e.Response["active_password"] != false {
			t.Errorf("GET tells %v", e.Response)
		}
		user := s.User(apptest.Person{Email: ada, Username: "ada"})
		b := s.As(user)
		if e := b.Send(get).JSON(t); e.Response["current_username"] != "ada" || e.Response["active_password"] != true {
			t.Errorf("GET tells %v", e.Response)
		}
		right := `"password":"` + apptest.Password + `"`
		for body, want := range map[string]string{
			`{"username":{"a":1},` + right + `}`:          "username form.type",
			`{"username":7,` + right + `}`:                "username form.type",
			`{"username":["eve"],` + right + `}`:          "username form.type",
			`{` + right + `}`:                             "username register.no_username",
			`{"username":"eve"}`:                          "password change.no_current",
			`{"username":"eve","password":7}`:             "password form.type",
			`{"username":"eve","password":"wrong horse"}`: "password change.wrong",
			`{"username":"ev",` + right + `}`:             "username register.username_length",
		} {
			answer := b.Send(apptest.Request{Path: "/change-username", Header: headers(apptest.JSON), Body: body})
			field, code, _ := strings.Cut(want, " ")
			if codes := answer.JSON(t).Codes(field); answer.Status != http.StatusBadRequest || !slices.Equal(codes, []string{code}) {
				t.Errorf("%s: %d %s", body, answer.Status, answer.Body)
			}
		}
		for body, want := range map[string]string{`{"username":"eve",` + right + `}`: "eve", `{"username":null,` + right + `}`: ""} {
			answer := b.Send(apptest.Request{Path: "/change-username", Header: headers(apptest.JSON), Body: body})
			who, _ := answer.JSON(t).Response["user"].(map[string]any)
			if name, _ := who["username"].(string); answer.Status != http.StatusOK || name != want || who["email"] != ada {
				t.Errorf("%s: %d %s", body, answer.Status, answer.Body)
			}
			called(t, s, user, want)
		}
	}, wired...)
}
