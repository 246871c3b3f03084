package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// Whoever asks anew for the address that its owner can take back has a claim beside it. Given up, it
// is gone, and neither it nor its giving up keeps the owner from what was theirs.
func TestUndoBesideAClaim(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		thief := s.As(user)
		undo := move(t, s, thief, ada, fresh)
		held := addressOf(t, s, user, ada)
		askFor(thief, ada).Sees("We have sent a message to " + ada)
		thief.Visit("/change-email").Press("Keep the address that I have")
		if now := addressOf(t, s, user, ada); *now != *held {
			t.Errorf("the address is %+v, and was %+v", now, held)
		}
		s.Mails()
		s.Clock.Advance(time.Minute)
		askFor(thief, ada)
		s.Happened(app.EmailAsked, app.EmailRemoved, app.EmailAsked)
		s.Browser().Visit(undo.Link()).Submit().Sees(saysBack)
		if now := addressOf(t, s, user, ada); now.ID != held.ID || !now.IsPrimary || !now.HeldUntil.IsZero() {
			t.Errorf("the address is %+v, and was %+v", now, held)
		}
	})
}

// An address that was the primary one more than once is held until the last of its undos is over.
func TestUndoHoldsForTheLast(t *testing.T) {
	tell(t, mailing(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		second(t, s, user, fresh)
		b := s.As(user)
		for _, to := range []string{fresh, ada, fresh} {
			promote(t, s, b, user, to)
			s.Mails()
			s.Clock.Advance(time.Hour)
		}
		b.Visit(pageOf(t, s, user, ada)).Press("Remove this address")
		if held := addressOf(t, s, user, ada); !held.HeldUntil.Equal(s.Clock.Now().Add(7*24*time.Hour - time.Hour)) {
			t.Errorf("the address is %+v", held)
		}
	})
}

// A link confirms for the account that it was mailed about, and no address a second time: not for
// another one that waits for the same address, nor where it has been confirmed meanwhile.
func TestChangeEmailLinkIsForOneAccount(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user, other := s.User(apptest.Person{Email: ada}), s.User(apptest.Person{Email: "eve@example.com"})
		b, eve := s.As(user), s.As(other)
		askFor(b, fresh)
		link := s.Mail(fresh).Link()
		s.Clock.Advance(time.Minute)
		askFor(eve, fresh)
		s.Happened(app.EmailAsked, app.EmailAsked)
		post := apptest.Request{Method: http.MethodPost, Path: link, Header: headers(s.Transport)}
		if answer := eve.Send(post); answer.Status != http.StatusUnprocessableEntity && answer.Status != http.StatusBadRequest {
			t.Errorf("answered by %d", answer.Status)
		}
		if row := addressOf(t, s, other, fresh); !row.ConfirmedAt.IsZero() {
			t.Errorf("what was mailed about another account has confirmed %+v", row)
		}
		run(t, s, "UPDATE addresses SET confirmed_at = created_at, replaces = FALSE WHERE address_key = ? AND user_id = ?", fresh, user.ID)
		b.Visit(link).Submit().SeesError("", "This message has expired")
		s.Happened()
	})
}

// An address that was given up proves nothing any more, also while it is held: a mail to recover by,
// asked for before, sets no password.
func TestRecoverByWhatWasGivenUp(t *testing.T) {
	tell(t, mailing(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		second(t, s, user, fresh)
		b := s.As(user)
		promote(t, s, b, user, fresh)
		s.Mails() // so that the next one is the last
		forget(s.Browser(), ada)
		link := s.Mail(ada).Link()
		b.Visit(pageOf(t, s, user, ada)).Press("Remove this address")
		if addressOf(t, s, user, ada).HeldUntil.IsZero() {
			t.Fatal("the address is not held")
		}
		choose(s.Browser(), link, better).SeesError("", saysLinkOver)
		signIn(s.Browser(), fresh, apptest.Password).SignedIn(fresh)
	})
}
