package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// rush sends a request from each browser at the same moment.
func rush(browsers []*apptest.Browser, request func(i int) apptest.Request) []apptest.Answer {
	answers := make([]apptest.Answer, len(browsers))
	var all sync.WaitGroup
	for i := range browsers {
		all.Go(func() { answers[i] = browsers[i].Send(request(i)) })
	}
	all.Wait()
	return answers
}

// crowdOf are sessions of one account.
func crowdOf(s *apptest.Site, user *db.User, n int) []*apptest.Browser {
	var browsers []*apptest.Browser
	for range n {
		browsers = append(browsers, s.As(user))
	}
	return browsers
}

func answeredAs(t *testing.T, answers []apptest.Answer) (done int) {
	t.Helper()
	for _, answer := range answers {
		switch {
		case answer.Status < 400:
			done++
		case answer.Status >= 500:
			t.Errorf("%d %.300s", answer.Status, answer.Body)
		}
	}
	return done
}

// R22: as many at once as one likes, there are never more than there may be.
func TestAddressesMostAtOnce(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}, app.Addresses{Most: 3}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		answers := rush(crowdOf(s, user, 32), func(i int) apptest.Request {
			form := url.Values{"email": {fmt.Sprintf("ada%d@example.com", i)}, "password": {apptest.Password}}
			return apptest.Request{Path: "/addresses", Header: headers(s.Transport), Body: encode(s.Transport, form)}
		})
		n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Where("user_id = ?", user.ID).Count(t.Context())
		must(t, err)
		if done := answeredAs(t, answers); done != 2 || n != 3 || len(s.Mails()) != 2 {
			t.Errorf("%d were let through, there are %d, and %d mails", done, n, len(s.Mails()))
		}
		form := encode(s.Transport, url.Values{"email": {fresh}, "password": {apptest.Password}})
		full := s.As(user).Send(apptest.Request{Path: "/addresses", Header: headers(s.Transport), Body: form})
		if codes := full.JSON(t).Codes("email"); !slices.Equal(codes, []string{"addresses.full"}) {
			t.Errorf("one too many is told %q", codes)
		}
	}, wired...)
}

// R10: of 32 requests for as many addresses, one waits in the end; its mail, and no other, changes
// the address, and to what it was mailed to.
func TestChangeEmailAskedAtOnce(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		answeredAs(t, rush(crowdOf(s, user, 32), func(i int) apptest.Request {
			form := url.Values{"email": {fmt.Sprintf("ada%d@example.com", i)}, "password": {apptest.Password}}
			return apptest.Request{Path: "/change-email", Header: headers(s.Transport), Body: encode(s.Transport, form)}
		}))
		mails := s.Mails()
		answers := rush(crowdOf(s, user, len(mails)), func(i int) apptest.Request {
			return apptest.Request{Method: http.MethodPost, Path: linkOf(mails[i].Text), Header: headers(s.Transport)}
		})
		if done := answeredAs(t, answers); done != 1 {
			t.Errorf("%d of %d are answered as done", done, len(mails))
		}
		now := stored(t, s, user)
		for i := range answers {
			if answers[i].Status < 400 && now.Primary.Email != mails[i].To {
				t.Errorf("the mail to %s has made the address %s", mails[i].To, now.Primary.Email)
			}
		}
		if now.AuthVersion != 2 || now.Primary.ConfirmedAt.IsZero() {
			t.Errorf("the account is %+v", now)
		}
	}, wired...)
}

// R11: of accounts that confirm the same address at once one has it.
func TestChangeEmailOneOfMany(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		var browsers []*apptest.Browser
		var links []string
		for i := range 8 {
			b := s.As(s.User(apptest.Person{Email: fmt.Sprintf("ada%d@example.com", i)}))
			askFor(b, fresh)
			browsers, links = append(browsers, b), append(links, s.Mail(fresh).Link())
		}
		answers := rush(browsers, func(i int) apptest.Request {
			return apptest.Request{Method: http.MethodPost, Path: links[i], Header: headers(s.Transport)}
		})
		n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Where("address_key = ?", fresh).Where("is_primary").Count(t.Context())
		must(t, err)
		if done := answeredAs(t, answers); done != 1 || n != 1 {
			t.Errorf("%d are answered as done, %d have it", done, n)
		}
		for i := range answers {
			if answers[i].Status >= 400 && !strings.Contains(answers[i].Body, "belongs to another account") {
				t.Errorf("%d %s", answers[i].Status, answers[i].Body)
			}
		}
	}, wired...)
}

// Pressed by 32 at once, a change is undone once, and all are told so.
func TestChangeEmailUndoneAtOnce(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		undo := move(t, s, s.As(user), ada, fresh).Link()
		s.Mails()
		var browsers []*apptest.Browser
		for range 32 {
			browsers = append(browsers, s.Browser())
		}
		answers := rush(browsers, func(int) apptest.Request {
			return apptest.Request{Method: http.MethodPost, Path: undo, Header: headers(s.Transport)}
		})
		if done := answeredAs(t, answers); done != 32 {
			t.Errorf("%d are answered as done", done)
		}
		s.Happened(app.EmailRestored)
		if now := stored(t, s, user); now.Primary.Key != ada || now.AuthVersion != 3 || len(s.Mails()) != 5 {
			t.Errorf("the account is %+v; %d mails", now, len(s.Mails()))
		}
	}, wired...)
}

// The thief changes on while the owner undoes: whichever comes first, the owner has the address.
func TestChangeEmailUndoRacesAChange(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		for i := range 5 {
			first, second, last := fmt.Sprintf("a%d@example.com", i), fmt.Sprintf("b%d@example.com", i), fmt.Sprintf("c%d@example.com", i)
			user := s.User(apptest.Person{Email: first})
			thief := s.As(user)
			askFor(thief, second)
			thief.Visit(s.Mail(second).Link()).Submit()
			undo := s.Mail(first).Link()
			askFor(thief, last)
			link := s.Mail(last).Link()
			answeredAs(t, rush([]*apptest.Browser{thief, s.Browser()}, func(i int) apptest.Request {
				return apptest.Request{Method: http.MethodPost, Path: []string{link, undo}[i], Header: headers(s.Transport)}
			}))
			if now := stored(t, s, user); now.Primary.Key != first || now.PasswordHash != "" {
				t.Errorf("the account is %+v, %+v", now, now.Primary)
			}
			thief.SignedOut()
			s.Clock.Advance(time.Minute)
			for _, m := range s.Mails() {
				if m.To == second && strings.Contains(m.Text, "/undo/") {
					s.Browser().Visit(linkOf(m.Text)).SeesError("", "This change can no longer be undone")
				}
			}
			events := 0
			for _, row := range s.Audit() {
				if row.UserID == user.ID && row.Event == string(app.EmailRestored) {
					events++
				}
			}
			if events != 1 {
				t.Errorf("undone %d times", events)
			}
		}
	}, wired...)
}
