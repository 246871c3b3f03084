package app_test

import (
	"context"
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
	// same is the page that both lead to, where each leads there by a secret of its own.
	same string
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
	"/login/email": {
		form: url.Values{"email": {"bob@example.com"}}, accounts: 2, mails: 1,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			s.User(apptest.Person{Email: "bob@example.com"})
			b.Visit("/login/email")
			return "/login/email"
		},
	},
	"/login/code": {
		form: url.Values{}, accounts: 2, mails: 1, who: "bob@example.com", sessions: 1,
		before: func(s *apptest.Site, b *apptest.Browser, form url.Values) string {
			s.User(apptest.Person{Email: "bob@example.com"})
			ask(b, "bob@example.com")
			form.Set("code", s.Mail("bob@example.com").Code())
			return "/login/code"
		},
	},
	"/login/wait": {
		form: url.Values{"asked": {"1"}}, accounts: 2, mails: 1, who: "bob@example.com", sessions: 1,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			s.User(apptest.Person{Email: "bob@example.com"})
			ask(b, "bob@example.com")
			s.Browser().Visit(s.Mail("bob@example.com").Link()).Fill("number", numberOf(b)).Submit()
			return "/login/wait"
		},
	},
	"/login/:token": {
		form: url.Values{"x": {""}}, accounts: 2, mails: 1, who: "bob@example.com", sessions: 1,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			s.User(apptest.Person{Email: "bob@example.com"})
			ask(b, "bob@example.com")
			return s.Mail("bob@example.com").Link()
		},
	},
	"/change/remove": {form: url.Values{"password": {apptest.Password}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 1},
	"/reset":         {form: url.Values{"email": {ada}}, accounts: 1, mails: 1},
	"/reset/code": {
		form: url.Values{}, accounts: 1, mails: 1, same: "/reset/:token",
		before: func(s *apptest.Site, b *apptest.Browser, form url.Values) string {
			forget(b, ada)
			form.Set("code", s.Mail(ada).Code())
			return "/reset/code"
		},
	},
	"/reset/:token": {
		form: url.Values{"password": {better}}, accounts: 1, mails: 2,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			forget(b, ada)
			return s.Mail(ada).Link()
		},
	},
	"/change-email": {form: url.Values{"email": {"new@example.com"}, "password": {apptest.Password}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 1},
	"/addresses":    {form: url.Values{"email": {"new@example.com"}, "password": {apptest.Password}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 1},
	"/change-email/:token": {
		form: url.Values{"x": {""}}, member: true, who: "new@example.com", sessions: 1, accounts: 1, mails: 3,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			askFor(b, "new@example.com")
			return s.Mail("new@example.com").Link()
		},
	},
	"/change-email/undo/:token": {
		form: url.Values{"x": {""}}, member: true, accounts: 1, mails: 5,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			askFor(b, "new@example.com").Visit(s.Mail("new@example.com").Link()).Submit()
			s.Mails()
			return s.Mail(ada).Link()
		},
	},
	"/addresses/:id/code": {
		form: url.Values{}, member: true, who: ada, sessions: 1, accounts: 1, mails: 3,
		before: func(s *apptest.Site, b *apptest.Browser, form url.Values) string {
			addFor(b, "new@example.com")
			form.Set("code", s.Mail("new@example.com").Code())
			return waitsAt(s) + "/code"
		},
	},
	"/addresses/:id/send": {
		form: url.Values{"x": {""}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 2,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			addFor(b, "new@example.com")
			s.Clock.Advance(time.Minute)
			return waitsAt(s) + "/send"
		},
	},
	"/addresses/:id/remove": {
		form: url.Values{"x": {""}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 5,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			addFor(b, "new@example.com").Visit(s.Mail("new@example.com").Link()).Submit()
			return waitsAt(s) + "/remove"
		},
	},
	"/addresses/:id/primary": {
		form: url.Values{"password": {apptest.Password}}, member: true, who: "new@example.com", sessions: 1, accounts: 1, mails: 5,
		before: func(s *apptest.Site, b *apptest.Browser, _ url.Values) string {
			addFor(b, "new@example.com").Visit(s.Mail("new@example.com").Link()).Submit()
			return waitsAt(s) + "/primary"
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
	"/logout":           {form: url.Values{"x": {""}}, member: true, accounts: 1},
	"/change":           {form: url.Values{"password": {apptest.Password}, "new_password": {good}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 1},
	"/change-username":  {form: url.Values{"username": {"ada"}, "password": {apptest.Password}}, member: true, who: ada, sessions: 1, accounts: 1, mails: 1},
	"/recover-username": {form: url.Values{"email": {ada}}, accounts: 1, mails: 1},
}

// waitsAt is the page of the one address that is not the primary one.
func waitsAt(s *apptest.Site) string {
	var rows []db.Address
	if err := s.DB.NewSelect().Model(&rows).Where("NOT is_primary").Scan(context.Background()); err != nil || len(rows) != 1 {
		panic(fmt.Sprint(rows, err))
	}
	return "/addresses/" + rows[0].ID.String()
}

// Every form of the kit, sent twice at once as an impatient finger does: both are answered as one
// is, and nobody is opened, mailed or signed in who would not be by one.
func TestEveryFormSentTwice(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for range 3 {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := host(everything()).Start(t, open(t), apptest.Plain)
				for _, r := range s.Server.GetRoutes(true) {
					if r.Method != http.MethodPost || slices.Contains([]string{"/orders", "/newsletter"}, r.Path) { // the host's are the host's
						continue
					}
					test, listed := doubles[r.Path]
					if !listed {
						t.Errorf("POST %s is new: say here what is left when it is sent twice", r.Path)
						continue
					}
					test.try(t, host(everything()).Start(t, open(t), apptest.Plain), r.Path)
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
	if w.same != "" {
		for i := range statuses {
			statuses[i] = changing.ReplaceAllString(statuses[i], ":token")
			if !strings.HasSuffix(statuses[i], w.same) {
				t.Errorf("%s leads to %s", path, statuses[i])
			}
		}
	}
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
