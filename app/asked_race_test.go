package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// R25: a mail that is asked for by many at once, in as many browsers, goes out once, and one secret
// is alive.
func TestMailsAskedForAtOnce(t *testing.T) {
	t.Parallel()
	for path, test := range map[string]struct {
		person  apptest.Person
		form    url.Values
		to      string
		member  bool
		secrets int
	}{
		"/confirm":          {person: apptest.Person{Email: ada, Unconfirmed: true}, form: url.Values{"email": {ada}}, to: ada, secrets: 1},
		"/reset":            {person: apptest.Person{Email: ada}, form: url.Values{"email": {ada}}, to: ada, secrets: 1},
		"/login/email":      {person: apptest.Person{Email: ada}, form: url.Values{"email": {ada}}, to: ada, secrets: 1},
		"/recover-username": {person: apptest.Person{Email: ada, Username: "ada"}, form: url.Values{"email": {ada}}, to: ada},
		"/change-email":     {person: apptest.Person{Email: ada}, form: url.Values{"email": {fresh}, "password": {apptest.Password}}, to: fresh, member: true, secrets: 1},
		"/invite":           {person: apptest.Person{Email: ada}, form: url.Values{"email": {fresh}}, to: fresh, member: true, secrets: 1},
		"/addresses":        {person: apptest.Person{Email: ada}, form: url.Values{"email": {fresh}, "password": {apptest.Password}}, to: fresh, member: true, secrets: 1},
	} {
		t.Run(strings.ReplaceAll(path, "/", " "), func(t *testing.T) {
			tell(t, asked(), func(t *testing.T, s *apptest.Site) {
				user := s.User(test.person)
				browsers := make([]*apptest.Browser, 32)
				for i := range browsers {
					browsers[i] = s.Browser()
					if test.member {
						browsers[i] = s.As(user)
					}
				}
				for _, answer := range rush(browsers, func(int) apptest.Request {
					return apptest.Request{Path: path, Header: headers(apptest.Plain), Body: test.form.Encode()}
				}) {
					if answer.Status >= 500 {
						t.Errorf("answered by %d", answer.Status)
					}
				}
				if mails := s.Mails(); len(mails) != 1 || mails[0].To != test.to {
					t.Errorf("%d mails: %+v", len(mails), mails)
				}
				alive, err := s.DB.NewSelect().Model((*db.Token)(nil)).Where("used_at IS NULL").Where("expires_at > ?", s.Clock.Now()).Count(t.Context())
				if must(t, err); int(alive) != test.secrets {
					t.Errorf("%d secrets are alive", alive)
				}
			}, apptest.Plain)
		})
	}
}

// R34: what is swept while somebody follows it was good or was not, and nobody hears of a fault.
func TestMailedSecretsSweptWhileUsed(t *testing.T) {
	tell(t, mailer(), func(t *testing.T, s *apptest.Site) {
		p := mailAll(t, s, nil)
		s.Clock.Advance(400 * 24 * time.Hour) // long over for all of them
		for purpose, m := range mailings {
			browsers := []*apptest.Browser{m.by(p), m.by(p), m.by(p), m.by(p)}
			swept := make(chan error, 1)
			go func() { swept <- s.App.Sweep(t.Context()) }()
			for _, answer := range rush(browsers, func(int) apptest.Request {
				return apptest.Request{Method: http.MethodPost, Path: m.link + p.secret(purpose), Header: headers(apptest.Plain), Body: m.form.Encode()}
			}) {
				if answer.Status >= 500 {
					t.Errorf("the link of %s is answered by %d", purpose, answer.Status)
				}
			}
			must(t, <-swept)
		}
		s.Browser().Visit("/reset/"+p.secret("recover")).SeesError("", saysNoLink)
	}, apptest.Plain)
}

// F2: the database did what it was asked, and its answer was lost on the way. Whoever sends the form
// again is answered as if nothing had been, and it is done once.
func TestAnswerOfTheDatabaseLost(t *testing.T) {
	t.Parallel()
	address, lose := forgetfulWire(t)
	conn, err := db.Open(address)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	s := host(recovering(app.Recover{})).Start(t, conn, apptest.Plain)
	s.Logged()
	for name, test := range map[string]struct {
		path func() string
		form url.Values
		did  app.EventName
	}{
		"recovering": {func() string {
			s.User(apptest.Person{Email: ada})
			forget(s.Browser(), ada)
			return strings.TrimPrefix(s.Mail(ada).Link(), s.URL)
		}, url.Values{"password": {better}}, app.PasswordRecovered},
		"registering": {func() string { return "/register" }, url.Values{"email": {"new@example.com"}, "password": {good}}, app.Registered},
	} {
		path := test.path()
		mails := len(s.Mails())
		request := apptest.Request{Path: path, Header: headers(apptest.Plain), Body: test.form.Encode()}
		b := s.Browser()
		lost := lose()
		first := b.Send(request)
		if !lost() || first.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: answered by %d", name, first.Status)
		}
		if again := b.Send(request); again.Status != http.StatusSeeOther {
			t.Errorf("%s: the second time it is answered by %d:\n%s", name, again.Status, again.Body)
		}
		done := 0
		for _, row := range s.Audit() {
			if app.EventName(row.Event) == test.did {
				done++
			}
		}
		if n := len(s.Mails()) - mails; done != 1 || n != 1 {
			t.Errorf("%s: it was done %d times and mailed %d times", name, done, n)
		}
	}
	signIn(s.Browser(), ada, better).SignedIn(ada)
	signIn(s.Browser(), "new@example.com", good).SignedIn("new@example.com")
}
