package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// Somebody's mail program, the one that checks links for it, and a preview: each follows a link
// before its reader does, and spends nothing.
func TestMagicLinkPrefetched(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := ask(s.Browser(), ada)
		link := s.Mail(ada).Link()
		for range 10 {
			for _, method := range []string{"GET", "HEAD"} {
				answer := s.Browser().Send(apptest.Request{Method: method, Path: link, Header: map[string]string{"User-Agent": "Scanner", "Accept": "text/html", "Sec-Purpose": "prefetch"}})
				if answer.Status != 200 || strings.Contains(answer.Body, "hx-trigger") {
					t.Errorf("%s is answered by %d", method, answer.Status)
				}
			}
		}
		// One that presses the first button finds out no number, and ends nothing.
		if answer := s.Browser().Send(apptest.Request{Path: link, Header: headers(apptest.Plain), Body: "number="}); answer.Status != http.StatusUnprocessableEntity {
			t.Errorf("answered by %d", answer.Status)
		}
		b.Visit(link + "=3D").Submit().At("/").SignedIn(ada)
	})
}

func TestMagicLinkSettings(t *testing.T) {
	t.Parallel()
	for want, features := range map[string][]app.Feature{
		"MagicLink.TTL is 2h0m0s":                    {app.Login{}, app.MagicLink{TTL: 2 * time.Hour}},
		"MagicLink.By is 2":                          {app.Login{}, app.MagicLink{By: app.Username}},
		"MagicLink.Limit holds a negative number":    {app.Login{}, app.MagicLink{Tries: app.Quota{Most: -1}}},
		"lists no MagicLink":                         {app.Login{}, app.Register{Password: app.Optional}},
		"neither Register.Password nor":              {app.Login{}, app.MagicLink{}, app.Register{Password: app.Never, Email: app.Optional, Username: app.Required}},
		"Register.Retype is set and no password":     {app.MagicLink{}, app.Register{Retype: true}},
		"Register.Email is not Required":             {app.MagicLink{}, app.Register{Email: app.Optional, Username: app.Required}},
		"list app.Login{} or app.MagicLink{}":        {app.Logout{}},
		"Register.Password 9: use app.Never":         {app.Login{}, app.Register{Password: 9}},
		"Config.Home \"/login\" is route \"login\",": {app.MagicLink{}},
	} {
		config := app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: features}
		if strings.HasPrefix(want, "Config.Home") {
			config.Home = "/login"
		}
		if _, err := app.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New says %v, which has no %q", err, want)
		}
	}
}

// A username names an account where it may; the mail goes to the account's address, and where the
// account has none, nowhere.
func TestMagicLinkByUsername(t *testing.T) {
	tell(t, byMail(app.MagicLink{By: app.Email | app.Username}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "countess"})
		s.User(apptest.Person{Username: "nomail"})
		ask(s.Browser(), "nomail").At("/login/wait")
		b := ask(s.Browser(), "Countess").At("/login/wait")
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails", n)
		}
		b.Visit(s.Mail(ada).Link()).Submit().At("/").SignedIn(ada)
	})
}
