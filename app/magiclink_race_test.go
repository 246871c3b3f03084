package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// atOnce sends a form from every browser at the same moment, and returns what each was answered.
func atOnce(browsers []*apptest.Browser, path string, form url.Values) []apptest.Answer {
	var all sync.WaitGroup
	answers := make([]apptest.Answer, len(browsers))
	for i, b := range browsers {
		all.Go(func() {
			answers[i] = b.Send(apptest.Request{Path: path, Header: headers(apptest.Plain), Body: form.Encode()})
		})
	}
	all.Wait()
	return answers
}

func liveSessions(t *testing.T, s *apptest.Site) int {
	t.Helper()
	n, err := s.DB.NewSelect().Model((*db.Session)(nil)).Where("revoked_at IS NULL").Count(t.Context())
	must(t, err)
	return int(n)
}

// repeated is one browser, many times.
func repeated(b *apptest.Browser, times int) []*apptest.Browser {
	var all []*apptest.Browser
	for range times {
		all = append(all, b)
	}
	return all
}

// R6: one link in two browsers, one code thirty-two times, the link and the code together: one
// session, in the browser that asked.
func TestMagicLinkAtOnce(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for name, race := range map[string]func(b *apptest.Browser, letter apptest.Letter, number string){
			"two browsers": func(b *apptest.Browser, letter apptest.Letter, number string) {
				path := strings.TrimPrefix(letter.Link(), s.URL)
				other := s.Browser()
				atOnce([]*apptest.Browser{b, other}, path, url.Values{"number": {number}})
				atOnce([]*apptest.Browser{b}, "/login/wait", url.Values{"asked": {"1"}}) // if the other was first
				other.SignedOut()
			},
			"one code": func(b *apptest.Browser, letter apptest.Letter, _ string) {
				// Five are judged before the first of them has signed in; the others come too late, or are told as much.
				for _, answer := range atOnce(repeated(b, 32), "/login/code", url.Values{"code": {letter.Code()}}) {
					in := answer.Status == http.StatusSeeOther && answer.Header.Get("Location") == "/"
					if !in && answer.Status != http.StatusUnprocessableEntity {
						t.Errorf("answered %d %s", answer.Status, answer.Header.Get("Location"))
					}
				}
			},
			"strangers": func(b *apptest.Browser, letter apptest.Letter, _ string) {
				var strangers []*apptest.Browser
				for range 16 {
					strangers = append(strangers, s.Browser())
				}
				atOnce(append(strangers, b), "/login/code", url.Values{"code": {letter.Code()}})
				for _, stranger := range strangers {
					stranger.SignedOut()
				}
			},
			"polled while typed": func(b *apptest.Browser, letter apptest.Letter, number string) {
				var all sync.WaitGroup
				all.Go(func() { atOnce(repeated(b, 8), "/login/wait", url.Values{"asked": {"1"}}) })
				all.Go(func() {
					atOnce([]*apptest.Browser{s.Browser()}, strings.TrimPrefix(letter.Link(), s.URL), url.Values{"number": {number}})
				})
				all.Go(func() { atOnce(repeated(b, 8), "/login/code", url.Values{"code": {letter.Code()}}) })
				all.Wait()
			},
		} {
			s.Clock.Advance(time.Hour)
			_, err := s.DB.NewDelete().Model((*db.Session)(nil)).Where("1 = 1").Exec(t.Context())
			must(t, err)
			b := ask(s.Browser(), ada)
			race(b, s.Mail(ada), numberOf(b))
			if n := liveSessions(t, s); n != 1 {
				t.Errorf("%s: %d sessions", name, n)
			}
			b.SignedIn(ada)
		}
	}, apptest.Plain)
}

// A form sent again a moment later is answered by the same session; later it is not.
func TestMagicLinkReplayed(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := ask(s.Browser(), ada)
		waits := b.Cookie("pending")
		code := url.Values{"code": {s.Mail(ada).Code()}}
		typeCode(b, code.Get("code")).SignedIn(ada)
		again := s.Browser().SetCookie("pending", waits)
		atOnce([]*apptest.Browser{again}, "/login/code", code)
		if again.SignedIn(ada); again.Cookie("session") != b.Cookie("session") || liveSessions(t, s) != 1 {
			t.Error("it is another session")
		}
		s.Clock.Advance(time.Minute)
		late := s.Browser().SetCookie("pending", waits)
		atOnce([]*apptest.Browser{late}, "/login/code", code)
		late.SignedOut()
		// Nor does what waits open anything by itself, or what a session is opened with wait.
		s.Browser().SetCookie("session", waits).SignedOut()
		s.Browser().SetCookie("pending", b.Cookie("session")).Visit("/login/wait").SignedOut()
	}, apptest.Plain)
}

// What happens to an account between the mail and its answer counts.
func TestMagicLinkMeanwhile(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		change := func(set string, args ...any) {
			_, err := s.DB.NewUpdate().Model((*db.User)(nil)).Set(set, args...).Where("id = ?", user.ID).Exec(t.Context())
			must(t, err)
		}
		begin := func() (*apptest.Browser, apptest.Letter) {
			s.Clock.Advance(time.Hour)
			return ask(s.Browser(), ada), s.Mail(ada)
		}
		b, letter := begin()
		change("auth_version = auth_version + 1")
		typeCode(b, letter.Code()).SeesError("code", saysBadCode)
		b.Visit(letter.Link()).SeesError("", saysMailOver).SignedOut()

		b, letter = begin()
		s.Browser().Visit(letter.Link()).Fill("number", numberOf(b)).Submit()
		change("auth_version = auth_version + 1") // approved, and not gone on with
		poll(s, b)
		b.SignedOut()

		b, letter = begin()
		_, err := s.DB.NewUpdate().Model((*db.Address)(nil)).Set("address_key = ?", "new@example.com").Set("email = ?", "new@example.com").Where("user_id = ?", user.ID).Exec(t.Context())
		must(t, err)
		b.Visit(letter.Link()).Submit().SeesError("", saysMailOver).SignedOut()
		_, err = s.DB.NewUpdate().Model((*db.Address)(nil)).Set("address_key = ?", ada).Set("email = ?", ada).Where("user_id = ?", user.ID).Exec(t.Context())
		must(t, err)

		b, letter = begin()
		change("disabled_at = ?", s.Clock.Now())
		typeCode(b, letter.Code()).Sees(saysClosed).SignedOut()
		b, letter = begin()
		b.Visit(letter.Link()).Submit().Sees(saysClosed).SignedOut()

		b, letter = begin()
		_, err = s.DB.NewDelete().Model((*db.User)(nil)).Where("id = ?", user.ID).Exec(t.Context())
		must(t, err)
		b.Visit("/login/wait").Sees(saysGone)
		b.Visit(letter.Link()).SeesError("", "This link is not complete").SignedOut()
	})
}

// Five codes are judged on one mail; the link beside it is not guessed at. Of many at once no more
// are judged.
func TestMagicLinkCodeTries(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := ask(s.Browser(), ada)
		letter := s.Mail(ada)
		atOnce(repeated(b, 12), "/login/code", url.Values{"code": {"00000000"}})
		var token db.Token
		must(t, s.DB.NewSelect().Model(&token).Scan(t.Context()))
		if token.Tries != 5 {
			t.Errorf("%d tries", token.Tries)
		}
		typeCode(b, letter.Code()).SeesError("code", saysBadCode)
		b.Visit(letter.Link()).Submit().At("/").SignedIn(ada)
	}, apptest.Plain)
}

// A mail is sent again after a minute, then after longer, nine times in an hour; who signs in begins anew.
func TestMagicLinkLimit(t *testing.T) {
	often := app.Limit{PerNetwork: app.Quota{Most: 1e6, Within: time.Hour}}
	config := app.Config{Features: []app.Feature{app.Login{}, app.Logout{}, app.MagicLink{Limit: often}}}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		mails := 0
		for range 60 {
			ask(s.Browser(), ada)
			s.Clock.Advance(time.Minute)
		}
		if mails = len(s.Mails()); mails != 9 {
			t.Errorf("%d mails in an hour", mails)
		}
		s.Clock.Advance(time.Hour)
		b := ask(s.Browser(), ada)
		s.Clock.Advance(10 * time.Second)
		b.Visit("/login/wait").Press("Send it again").SeesError("", saysSoon).Sees(ada)
		typeCode(b, s.Mail(ada).Code()).SignedIn(ada)
		ask(s.Browser(), ada).Sees("If " + ada + saysMailed)
	}, apptest.Plain)
}
