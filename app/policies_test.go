package app_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/locales"
)

var refused = locales.Message{Code: "host.refused", English: "Not this one."}

// The host's rule holds wherever a password, an address or a username is chosen, and only there.
func TestPoliciesOfTheHost(t *testing.T) {
	t.Parallel()
	refuses := func(_ context.Context, chosen string) locales.Message {
		if slices.Contains([]string{"new@example.com", "bob@example.com", "ada"}, chosen) {
			return refused
		}
		return locales.Message{}
	}
	for path, field := range map[string]string{
		"/register": "email", "/confirm/address": "email", "/change-email": "email", "/addresses": "email", "/invite": "email",
		"/change-username": "username", "/change": "new_password", "/reset/:token": "password",
		"/recover-username": "", "/reset": "", "/login": "", "/confirm": "",
	} {
		for _, by := range []apptest.Transport{apptest.Plain, apptest.HTMX, apptest.JSON} {
			t.Run(path+" "+string(by), func(t *testing.T) {
				t.Parallel()
				config := everything()
				config.Emails.Refuse, config.Usernames.Refuse = refuses, refuses
				config.Passwords = password.Policy{Refuse: func(ctx context.Context, plain string, about ...string) locales.Message {
					if ctx.Err() != nil || len(about) == 0 {
						t.Errorf("asked of a password about %q: %v", about, ctx.Err())
					}
					if field == "new_password" || plain == better {
						return refused
					}
					return locales.Message{}
				}}
				s := host(config).Start(t, dbtest.SQLite(t), apptest.Plain)
				w, path := doubles[path], path
				user := s.User(apptest.Person{Email: ada})
				b, sent := s.Browser(), maps.Clone(w.form)
				if w.member {
					b = s.As(user)
				}
				if w.before != nil {
					path = w.before(s, b, sent)
				}
				answer := b.Send(apptest.Request{Path: path, Header: headers(by), Body: encode(by, sent)})
				switch {
				case field == "":
					if answer.Status >= 400 || strings.Contains(answer.Body, refused.English) {
						t.Errorf("%s asks the host: %d %s", path, answer.Status, answer.Body)
					}
				case by == apptest.JSON:
					if codes := answer.JSON(t).Codes(field); !slices.Contains(codes, refused.Code) {
						t.Errorf("%s says %q of %s: %d %s", path, codes, field, answer.Status, answer.Body)
					}
				case answer.Status != 422 || !strings.Contains(answer.Body, refused.English) || !strings.Contains(answer.Body, "-"+field+`-error"`):
					t.Errorf("%s takes what the host refuses: %d %s", path, answer.Status, answer.Body)
				}
			})
		}
	}
}

// What the host refuses is refused alike for an address that has an account.
func TestEmailPolicyRefusesAlike(t *testing.T) {
	config := patient()
	config.Emails.Refuse = func(_ context.Context, email string) locales.Message {
		if strings.HasSuffix(email, "@example.org") {
			return refused
		}
		return locales.Message{}
	}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.org"})
		s.Clock.Advance(time.Hour)
		alike(t, s, "/register", []string{"known@example.org", "other@example.org"}, map[string][]string{"password": {good}})
		s.Happened()
		b := s.Browser().Visit("/register").Fill("email", "third@example.org").Fill("password", good).Submit().SeesError("email", "Not this one.")
		b.Fill("email", ada).Fill("password", good).Submit().At("/login")
		s.Happened(app.Registered)
		signIn(s.Browser(), "known@example.org", apptest.Password).SignedIn("known@example.org")
	})
}

// Whoever has a username keeps it, whatever the rules have become.
func TestUsernamePolicyLetsKeep(t *testing.T) {
	config := patient()
	config.Usernames = app.UsernamePolicy{Min: 5, Max: 6, Refuse: func(context.Context, string) locales.Message { return refused }}
	config.Features = append(config.Features, app.ChangeUsername{})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada, Username: "ada"}))
		b.Visit("/change-username").Fill("username", "ada9").Fill("password", apptest.Password).Submit().SeesError("username", "Use 5 to 6 characters.")
		b.Fill("username", "adaada9").Fill("password", apptest.Password).Submit().SeesError("username", "Use 5 to 6 characters.")
		b.Fill("username", "adaada").Fill("password", apptest.Password).Submit().SeesError("username", "Not this one.")
		b.Fill("username", "ADA").Fill("password", apptest.Password).Submit().SeesNot("Not this one.")
		s.Happened(app.UsernameChanged)
	})
}

func TestUsernamePolicyIsChecked(t *testing.T) {
	t.Parallel()
	conn := dbFor(t)
	for _, p := range []app.UsernamePolicy{{Min: 2}, {Max: 33}, {Min: 10, Max: 9}, {Min: -1}} {
		_, err := app.New(app.Config{URL: "http://localhost:3000", DB: conn, Usernames: p})
		if err == nil || !strings.Contains(err.Error(), "Config.Usernames has Min") {
			t.Errorf("%+v: %v", p, err)
		}
	}
}
