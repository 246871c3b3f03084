package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A doubled is a form of the kit's and what sending it twice at once may leave behind.
type doubled struct {
	form   url.Values
	member bool
	// before is what the browser has done by then; it returns where to post, and may fill the form in.
	before func(s *apptest.Site, b *apptest.Browser, form url.Values) (path string)
	// who is signed in then, how many sessions live at most, how many accounts and mails there are.
	who                       string
	sessions, accounts, mails int
}

var doubles = map[string]doubled{
	// Each of two sign-ins opens a session, and the browser keeps the second.
	"/login":    {form: url.Values{"email": {ada}, "password": {apptest.Password}}, who: ada, sessions: 2, accounts: 1},
	"/register": {form: url.Values{"email": {"new@example.com"}, "password": {good}}, accounts: 2, mails: 1},
	"/confirm": {
		form: url.Values{"email": {"bob@example.com"}}, accounts: 2, mails: 1,
		before: func(s *apptest.Site, _ *apptest.Browser, _ url.Values) string {
			s.User(apptest.Person{Email: "bob@example.com", Unconfirmed: true})
			return "/confirm"
		},
	},
	"/confirm/code": {
		form: url.Values{}, accounts: 2, mails: 2,
		before: func(s *apptest.Site, b *apptest.Browser, form url.Values) string {
			enroll(b, "bob@example.com")
			form.Set("code", s.Mail("bob@example.com").Code())
			return "/confirm/code"
		},
	},
	"/confirm/address": {
		form: url.Values{"email": {"bob@example.com"}, "password": {good}}, accounts: 2, mails: 2,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			enroll(b, "bob@exmaple.com")
			s.Clock.Advance(time.Minute)
			return "/confirm/address"
		},
	},
	"/confirm/:token": {
		form: url.Values{"x": {""}}, accounts: 2, mails: 2,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			enroll(b, "bob@example.com")
			return s.Mail("bob@example.com").Link()
		},
	},
	"/invite": {form: url.Values{"email": {"bob@example.com"}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 1},
	"/invite/:id/again": {
		form: url.Values{"x": {""}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 2,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			return sentInvitation(s, b) + "/again"
		},
	},
	"/invite/:id/revoke": {
		form: url.Values{"x": {""}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 1,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			return sentInvitation(s, b) + "/revoke"
		},
	},
	"/invitation/:token": {
		form: url.Values{"x": {""}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 2,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			invite(b, "bob@example.com")
			return s.Mail("bob@example.com").Link()
		},
	},
	"/logout": {form: url.Values{"x": {""}}, member: true, accounts: 1},
	"/change": {form: url.Values{"password": {apptest.Password}, "new_password": {good}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 1},
}

// Every form of the kit, sent twice at once as an impatient finger does: both are answered as one
// is, and nobody is opened, mailed or signed in who would not be by one.
func TestEveryFormSentTwice(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for range 3 {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				config := inviting(confirming(app.Confirm{}, app.Register{}), app.Invite{})
				s := host(config).Start(t, open(t), apptest.Plain)
				for _, r := range s.Server.GetRoutes(true) {
					if r.Method != http.MethodPost || slices.Contains([]string{"/orders", "/newsletter"}, r.Path) { // the host's are the host's
						continue
					}
					test, listed := doubles[r.Path]
					if !listed {
						t.Errorf("POST %s is new: say here what is left when it is sent twice", r.Path)
						continue
					}
					test.try(t, host(config).Start(t, open(t), apptest.Plain), r.Path)
				}
			})
		}
	}
}

// sentInvitation is the path of an invitation that was sent a while ago.
func sentInvitation(s *apptest.Site, b *apptest.Browser) string {
	invite(b, "bob@example.com")
	s.Mails() // which waits for what the server's own worker has in hand
	s.Clock.Advance(time.Hour)
	action := b.Visit("/invite").Page().Find(`form[id^="invite-revoke-"]`).AttrOr("action", "")
	return strings.TrimSuffix(action, "/revoke")
}

func (w doubled) try(t *testing.T, s *apptest.Site, path string) {
	t.Helper()
	user := s.User(apptest.Person{Email: ada})
	b := s.Browser()
	if w.member {
		b = s.As(user)
	}
	form := maps.Clone(w.form)
	if w.before != nil {
		path = w.before(s, b, form)
	}
	var both sync.WaitGroup
	statuses := make([]string, 2)
	for i := range statuses {
		both.Go(func() {
			answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.Plain), Body: form.Encode()})
			statuses[i] = fmt.Sprint(answer.Status, answer.Header.Get("Location"))
		})
	}
	both.Wait()
	if statuses[0] != statuses[1] || statuses[0][:3] != "303" {
		t.Errorf("%s is answered by %s and %s", path, statuses[0], statuses[1])
	}
	if path == "/logout" {
		s.Happened(app.SignedOut) // once
	}
	b.SignedIn(w.who)
	live, err := s.DB.NewSelect().Model((*db.Session)(nil)).Where("revoked_at IS NULL").Count(t.Context())
	must(t, err)
	accounts, err := s.DB.NewSelect().Model((*db.User)(nil)).Count(t.Context())
	must(t, err)
	if mails := len(s.Mails()); int(live) > w.sessions || int(accounts) != w.accounts || mails != w.mails {
		t.Errorf("%s leaves %d sessions, %d accounts and %d mails; want %d, %d and %d", path, live, accounts, mails, w.sessions, w.accounts, w.mails)
	}
	s.Clock.Advance(time.Hour)
	b.SignedIn(w.who)
}
