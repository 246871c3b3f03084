package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
)

// promote makes an address the primary one.
func promote(t *testing.T, s *apptest.Site, b *apptest.Browser, user *db.User, to string) {
	t.Helper()
	b.Visit(pageOf(t, s, user, to)).In("address-primary").Fill("password", apptest.Password).Submit().Sees(saysMoved)
}

var undoLink = regexp.MustCompile(`/change-email/undo/\S+`)

// Whoever goes to and fro until the mailbox gets no more mails leaves its owner a link that is good.
func TestUndoOutlivesGoingToAndFro(t *testing.T) {
	config := mailing()
	config.MailsPerAddress = mail.Ceiling{Hour: 4, Day: 10}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		second(t, s, user, fresh)
		thief := s.As(user)
		for i := range 11 {
			promote(t, s, thief, user, []string{fresh, ada}[i%2])
		}
		var links []string
		for _, m := range s.Mails() {
			if link := undoLink.FindString(m.Text); link != "" && m.To == ada {
				links = append(links, link)
			} else if link != "" {
				t.Errorf("%s can undo that the owner went back", m.To)
			}
		}
		if len(links) == 0 || len(links) > 4 {
			t.Fatalf("%d links", len(links))
		}
		s.Browser().Visit(links[0]).Submit().Sees(saysBack)
		has(t, s, user, ada)
		for _, link := range links[1:] { // done is done
			s.Browser().Visit(link).SeesError("", "This change can no longer be undone")
		}
	})
}

// An owner who goes back by changing the address once more has undone the change, too: nobody undoes that.
func TestGoingBackIsAnUndo(t *testing.T) {
	tell(t, mailing(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada"})
		thief := s.As(user)
		move(t, s, thief, ada, fresh)
		thiefs := move(t, s, thief, fresh, third)
		s.Clock.Advance(time.Hour)
		b := signIn(s.Browser(), "ada", apptest.Password)
		s.Happened(app.SignedIn)
		askFor(b, ada)
		b.Visit(s.Mail(ada).Link()).Submit().Sees(saysMoved)
		if letter := s.Mail(third); letter.Kind != "change_email.notice" || undoLink.MatchString(letter.Text) {
			t.Errorf("the thief is told %s", letter.Text)
		}
		s.Browser().Visit(thiefs.Link()).SeesError("", "This change can no longer be undone")
		// What was mailed to the owner is good still.
		var link string
		for _, m := range s.Mails() {
			if m.To == ada && link == "" {
				link = undoLink.FindString(m.Text)
			}
		}
		s.Browser().Visit(link).Submit().Sees(saysBack)
		has(t, s, user, ada)
	})
}

// What a later change's undo takes off, since it came lately, can still undo an earlier one.
func TestUndoHoldsWhatUndoesEarlierChanges(t *testing.T) {
	tell(t, mailing(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		second(t, s, user, fresh)
		second(t, s, user, third)
		b := s.As(user)
		promote(t, s, b, user, fresh)
		owners := s.Mail(ada)
		promote(t, s, b, user, third)
		s.Browser().Visit(undoLink.FindString(s.Mail(fresh).Text)).Submit().Sees(saysBack)
		has(t, s, user, fresh, ada)
		if held := addressOf(t, s, user, ada); !held.HeldUntil.Equal(s.Clock.Now().Add(7 * 24 * time.Hour)) {
			t.Errorf("the first address is %+v", held)
		}
		s.Browser().Visit(undoLink.FindString(owners.Text)).Submit().Sees(saysBack)
		has(t, s, user, ada)
	})
}

// Of an undo and of whatever else is done at the same moment in the session that it ends, the undo wins.
func TestUndoAmongOthers(t *testing.T) {
	tell(t, mailing(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		second(t, s, user, fresh)
		second(t, s, user, third)
		b := s.As(user)
		promote(t, s, b, user, fresh)
		link := undoLink.FindString(s.Mail(ada).Text)
		ids := []string{pageOf(t, s, user, fresh), pageOf(t, s, user, third), pageOf(t, s, user, ada)}
		var all sync.WaitGroup
		for i := range 32 {
			all.Go(func() {
				path, body := link, ""
				switch i % 4 {
				case 0:
					path, body = ids[i%3]+"/primary", "password="+url.QueryEscape(apptest.Password)
				case 1:
					path = ids[i%3] + "/remove"
				case 2:
					path, body = "/addresses", "email=x"+string(rune('a'+i%26))+"@example.com&password="+url.QueryEscape(apptest.Password)
				}
				a := b.Send(apptest.Request{Method: http.MethodPost, Path: path, Header: headers(apptest.Plain), Body: body})
				if a.Status >= 500 {
					t.Errorf("%s is answered by %d", path, a.Status)
				}
			})
		}
		all.Wait()
		has(t, s, user, ada)
	}, apptest.Plain)
}
