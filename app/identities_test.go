package app_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// inTwoFields is a site that asks for address and username in a field each.
func inTwoFields() app.Config {
	config := patient()
	login := config.Features[0].(app.Login)
	login.Apart = true
	config.Features[0] = login
	return config
}

// One field of the two is enough; each takes its own kind of name, and both must agree.
func TestLoginApart(t *testing.T) {
	tell(t, inTwoFields(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		s.User(apptest.Person{Email: "bob@example.com", Username: "bob"})
		s.User(apptest.Person{Username: "carl"})
		enter := func(email, username string) *apptest.Browser {
			return s.Browser().Visit("/login").Fill("email", email).Fill("username", username).Fill("password", apptest.Password).Submit()
		}
		enter(ada, "").SignedIn(ada)
		enter("", "Ada").SignedIn(ada)
		enter(ada, "ADA").SignedIn(ada)
		s.Happened(app.SignedIn, app.SignedIn, app.SignedIn)
		for _, names := range [][2]string{{"ada", ""}, {"", ada}, {ada, "bob"}, {"bob@example.com", "ada"}, {"nobody@example.com", "ada"}, {ada, "nobody"}, {ada, "?"}, {"carl@example.com", "carl"}} {
			enter(names[0], names[1]).SeesError("", saysWrong).SignedOut()
			s.Happened(app.SignInFailed)
		}
		b := enter("", "").SeesError("email", "Enter your e-mail address or username.").SignedOut()
		if b.Errors("username") != "" {
			t.Errorf("both fields are marked: %q", b.Errors("username"))
		}
		enter("", strings.Repeat("a", 300)).SeesError("username", "Use at most 254 characters.")
		s.Happened()
	})
}

// The two kinds of names share no budget with each other, but each field is charged.
func TestLoginApartIsCharged(t *testing.T) {
	config := app.Config{Features: []app.Feature{app.Login{Apart: true}, app.Logout{}}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		for range 5 {
			s.Browser().Visit("/login").Fill("username", "ada").Fill("password", "wrong").Submit().SeesError("", saysWrong)
		}
		s.Browser().Visit("/login").Fill("username", "ADA").Fill("password", apptest.Password).Submit().SeesError("", saysTooMany).SignedOut()
	})
}

// Registered by an address, signed in by username alone.
func TestRegisterByAddressSignInByUsername(t *testing.T) {
	config := registering(app.Register{Username: app.Required})
	login := config.Features[0].(app.Login)
	login.By = app.Username
	config.Features[0] = login
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.Browser().Visit("/register").Fill("email", ada).Fill("username", "ada").Fill("password", good).Submit().At("/login").Sees(saysDone)
		signIn(s.Browser(), ada, good).SeesError("", saysWrong)
		signIn(s.Browser(), "ada", good).SignedIn(ada)
		s.Happened(app.Registered, app.SignInFailed, app.SignedIn)
		signIn(s.Browser(), "", good).SeesError("email", "Enter your username.")
	})
}

// An account without an address: nothing is promised by mail and nothing is sent.
func TestRegisterWithoutAddress(t *testing.T) {
	for name, asked := range map[string]app.Asked{"never": app.Never, "optional": app.Optional} {
		t.Run(name, func(t *testing.T) {
			tell(t, registering(app.Register{Email: asked, Username: app.Required}), func(t *testing.T, s *apptest.Site) {
				open := func(username string) *apptest.Browser {
					return s.Browser().Visit("/register").Fill("username", username).Fill("password", good).Submit()
				}
				open("ada").At("/login").Sees("Your account is open. Sign in to go on.")
				open("ada").SeesError("username", "This username is taken.")
				open("bob").At("/login")
				s.Happened(app.Registered, app.Registered)
				if n := len(s.Mails()); n != 0 {
					t.Errorf("%d mails", n)
				}
				b := signIn(s.Browser(), "ada", good).At("/")
				s.Happened(app.SignedIn)
				if b.Visit("/account"); s.Transport != apptest.JSON {
					b.Sees("None yet").Sees("ada")
				}
				if has := s.BrowserBy(apptest.Plain).Visit("/register").Page().Find(`input[name="email"]`).Length() == 1; has != (asked == app.Optional) {
					t.Errorf("the page asks for an address: %v", has)
				}
				if asked == app.Never {
					return
				}
				s.Browser().Visit("/register").Fill("email", "no address").Fill("username", "carl").Fill("password", good).Submit().SeesError("email", "This is not a full e-mail address")
				s.Browser().Visit("/register").Fill("email", ada).Fill("username", "carl").Fill("password", good).Submit().At("/login").Sees(saysDone + ada)
				s.Happened(app.Registered)
			})
		})
	}
}

// Two settings under which somebody could register and never sign in are refused in a sentence.
func TestIdentitiesThatLockOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		features []app.Feature
		says     string
	}{
		"no name":         {[]app.Feature{app.Register{Email: app.Optional}}, "Register.Email nor Register.Username"},
		"neither":         {[]app.Feature{app.Register{Email: app.Optional, Username: app.Optional}}, "Register.Email nor Register.Username"},
		"by address":      {[]app.Feature{app.Register{Email: app.Never, Username: app.Required}, app.Login{By: app.Email}}, "Login.By is Email alone"},
		"by username":     {[]app.Feature{app.Login{By: app.Username}, app.Register{Username: app.Optional}}, "Login.By is Username alone"},
		"apart from what": {[]app.Feature{app.Login{By: app.Email, Apart: true}}, "Login.Apart"},
	} {
		_, err := app.New(app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: test.features})
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v does not say %q", name, err, test.says)
		}
	}
}
