package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

var changing = regexp.MustCompile(`[\w-]{43,}`) // tokens and cookies

var numbers = regexp.MustCompile(`"number":\d\d|<strong dir="ltr">\d\d</strong>`)

// mask takes out of an answer what differs from one request to the next whatever was asked.
func mask(answer apptest.Answer, typed string) string {
	var lines []string
	for name, values := range answer.Header {
		if name != "Date" && name != "Content-Length" {
			lines = append(lines, fmt.Sprintf("%s: %s", name, values))
		}
	}
	slices.Sort(lines)
	text := fmt.Sprint(answer.Status, "\n", strings.Join(lines, "\n"), "\n", answer.Body)
	for _, spelling := range []string{typed, url.QueryEscape(typed), strings.ReplaceAll(typed, "@", "&#64;")} {
		text = strings.ReplaceAll(text, spelling, "TYPED")
	}
	return changing.ReplaceAllString(text, "RANDOM")
}

// rows counts what a request left in the database.
func rows(t *testing.T, s *apptest.Site) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{"audit", "outbox", "attempts", "sessions", "flows", "tokens"} {
		n, err := s.DB.NewSelect().Table(table).Count(t.Context())
		must(t, err)
		counts[table] = int(n)
	}
	return counts
}

// alike posts the same for every name and demands the same answer and the same traces each time.
func alike(t *testing.T, s *apptest.Site, path string, names []string, form url.Values) {
	t.Helper()
	var first, name string
	var left map[string]int
	for i, typed := range names {
		form.Set("email", typed)
		before := rows(t, s)
		b := s.Browser()
		b.Send(apptest.Request{Path: path, Header: headers(s.Transport)}) // a visitor cookie, so that none is set
		answer := mask(b.Send(apptest.Request{Path: path, Header: headers(s.Transport), Body: encode(s.Transport, form)}), typed)
		after := rows(t, s)
		for table := range after {
			after[table] -= before[table]
		}
		if i == 0 {
			first, name, left = answer, typed, after
			continue
		}
		if answer != first {
			t.Errorf("%s is answered unlike %s:\n%s", typed, name, difference(answer, first))
		}
		if fmt.Sprint(after) != fmt.Sprint(left) {
			t.Errorf("%s leaves %v, %s leaves %v", typed, after, name, left)
		}
	}
}

// difference is the first line in which two answers differ, cut short.
func difference(a, b string) string {
	other := strings.Split(b, "\n")
	for i, line := range strings.Split(a, "\n") {
		if i >= len(other) || line != other[i] {
			return fmt.Sprintf("%.300s\nand not\n%.300s", line, strings.Join(other[min(i, len(other)-1):], ""))
		}
	}
	return "it is shorter"
}

// Whether a name is known, closed or without a password shows in nothing.
func TestLoginAnswersAlike(t *testing.T) {
	tell(t, patient(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.com", Username: "known"})
		s.User(apptest.Person{Email: "shuts@example.com", Disabled: true})
		s.User(apptest.Person{Email: "empty@example.com", NoPassword: true})
		names := []string{"known@example.com", "other@example.com", "shuts@example.com", "empty@example.com", "known", "other"}
		for _, wrong := range []string{"wrong", strings.Repeat("long", 3000), "null", "0"} {
			alike(t, s, "/login", names, url.Values{"password": {wrong}})
		}
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
	})
}

// Nor does it show in how many tries one has.
func TestLoginWaitsAlike(t *testing.T) {
	tell(t, app.Config{Features: []app.Feature{app.Login{Limit: app.Limit{PerNetwork: app.Quota{Most: 1000, Within: time.Hour}}}, app.Logout{}}},
		func(t *testing.T, s *apptest.Site) {
			s.User(apptest.Person{Email: "known@example.com"})
			names := []string{"known@example.com", "other@example.com"}
			for range 7 {
				alike(t, s, "/login", names, url.Values{"password": {"wrong"}})
			}
			alike(t, s, "/login", names, url.Values{"password": {apptest.Password}})
		})
}

func TestRegisterAnswersAlike(t *testing.T) {
	tell(t, registering(app.Register{Username: app.Optional, Retype: true}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.com", Username: "known"})
		s.Clock.Advance(time.Hour)
		alike(t, s, "/register", []string{"known@example.com", "other@example.com"}, url.Values{"password": {good}, "password_confirm": {good}})
		s.Happened(app.RegisterExisting, app.Registered)
		// The mails tell, for they go to the owner.
		if letter := s.Mail("known@example.com"); letter.Subject != "You already have an account at Shop" || letter.Link() != s.URL+"/login" {
			t.Errorf("%+v", letter.Message)
		}
		if letter := s.Mail("other@example.com"); letter.Subject != "Welcome to Shop" || len(s.Mails()) != 2 {
			t.Errorf("%+v", letter.Message)
		}
		// Nor does it show beside something else that is wrong.
		for _, wrong := range []url.Values{
			{"password": {"short"}, "password_confirm": {"short"}},
			{"password": {good}, "password_confirm": {"other"}},
			{"password": {good}, "password_confirm": {good}, "username": {"known"}},
			{"password": {good}, "password_confirm": {good}, "username": {"x"}},
		} {
			alike(t, s, "/register", []string{"known@example.com", "third@example.com"}, wrong)
		}
		s.Happened()
	})
}

// A form that is sent twice is one registration and one mail, whoever has the address.
func TestRegisterDoubleClick(t *testing.T) {
	tell(t, patient(), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.com"})
		s.Clock.Advance(time.Hour)
		for _, email := range []string{ada, "known@example.com"} {
			var first string
			for range 2 {
				b := s.Browser()
				b.Send(apptest.Request{Path: "/register", Header: headers(s.Transport)})
				form := encode(s.Transport, url.Values{"email": {email}, "password": {good}})
				answer := mask(b.Send(apptest.Request{Path: "/register", Header: headers(s.Transport), Body: form}), email)
				if first != "" && first != answer {
					t.Errorf("the second click is answered\n%s\nand the first\n%s", answer, first)
				}
				first = answer
				s.Clock.Advance(3 * time.Second)
			}
			n := 0
			for _, m := range s.Mails() {
				if m.To == email {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d mails to %s", n, email)
			}
		}
		// Later it is news again.
		s.Clock.Advance(time.Minute)
		s.Browser().Send(apptest.Request{Path: "/register", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"email": {ada}, "password": {good}})})
		if letter := s.Mail(ada); letter.Subject != "You already have an account at Shop" {
			t.Errorf("%+v", letter.Message)
		}
	})
}

// Many at once, in every spelling: one account, one welcome, one answer.
func TestRegisterRace(t *testing.T) {
	tell(t, registering(app.Register{Username: app.Optional}), func(t *testing.T, s *apptest.Site) {
		spellings := []string{ada, "ADA@example.com", "Ada@EXAMPLE.com", "ａda@example.com"}
		answers := make([]string, 12)
		var all sync.WaitGroup
		for i := range answers {
			b := s.Browser()
			all.Go(func() {
				email := spellings[i%len(spellings)]
				answer := b.Send(apptest.Request{Path: "/register", Header: headers(apptest.Plain), Body: url.Values{"email": {email}, "password": {good}}.Encode()})
				answers[i] = fmt.Sprint(answer.Status, answer.Header.Get("Location"))
			})
		}
		all.Wait()
		for _, answer := range answers {
			if answer != fmt.Sprint(http.StatusSeeOther, "/login") {
				t.Errorf("answered %s", answer)
			}
		}
		if n, err := s.DB.NewSelect().Model((*db.User)(nil)).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d accounts (%v)", n, err)
		}
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails", n)
		}
		// The same for a username, which is told.
		var taken int
		var mu sync.Mutex
		for i := range answers {
			b := s.Browser()
			all.Go(func() {
				form := url.Values{"email": {fmt.Sprintf("u%d@example.com", i)}, "username": {"grace"}, "password": {good}}
				answer := b.Send(apptest.Request{Path: "/register", Header: headers(apptest.Plain), Body: form.Encode()})
				mu.Lock()
				defer mu.Unlock()
				if answer.Status == http.StatusUnprocessableEntity && strings.Contains(answer.Body, "This username is taken.") {
					taken++
				}
			})
		}
		all.Wait()
		if taken != len(answers)-1 {
			t.Errorf("%d of %d were told that the username is taken", taken, len(answers))
		}
	}, apptest.Plain)
}
