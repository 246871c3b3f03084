package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// move changes an account's address and returns the mail by which that is undone.
func move(t *testing.T, s *apptest.Site, b *apptest.Browser, from, to string) apptest.Letter {
	t.Helper()
	askFor(b, to)
	b.Visit(s.Mail(to).Link()).Submit().Sees(saysMoved)
	s.Happened(app.EmailAsked, app.EmailChanged)
	return s.Mail(from)
}

const saysBack = "Your address is back, and every device is signed out."

func TestChangeEmailUndo(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}, app.Remember{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		remembered := s.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Tick("remember").Submit()
		s.Happened(app.SignedIn)
		b := s.As(user)
		undo := move(t, s, b, ada, fresh)
		if !strings.Contains(undo.Text, "7 days") || !strings.Contains(undo.HTML, undo.Link()) || strings.Contains(undo.Text, fresh) {
			t.Errorf("the mail says %s", undo.Text)
		}
		// Signed in as the thief, with the password changed, too.
		change(b, apptest.Password, better)
		s.Happened(app.PasswordChanged)
		thief := signIn(s.Browser(), fresh, better).SignedIn(fresh)
		s.Happened(app.SignedIn)
		s.Clock.Advance(7*24*time.Hour - time.Second)

		owner := s.Browser().Visit(undo.Link())
		if s.Transport != apptest.JSON {
			owner.Sees(ada).SeesNot(fresh)
		}
		s.Happened()
		owner.Submit().At("/login").Sees(saysBack).SignedOut()
		for _, gone := range []*apptest.Browser{b, thief, remembered} {
			gone.SignedOut()
		}
		if e := s.Happened(app.EmailRestored)[0]; e.User.ID != user.ID || e.Details["from"] != fresh || e.Details["to"] != ada {
			t.Errorf("the event says %+v", e)
		}
		now := stored(t, s, user)
		if now.Primary.Key != ada || !now.Primary.HeldUntil.IsZero() || now.PasswordHash != "" || !now.PasswordChangedAt.Equal(s.Clock.Now()) {
			t.Errorf("the account is %+v, %+v", now, now.Primary)
		}
		if n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d addresses (%v)", n, err)
		}
		for _, told := range []string{ada, fresh} {
			if letter := s.Mail(told); letter.Kind != "change_email.restored" || strings.Contains(letter.Text, "nothing to do") {
				t.Errorf("%s is told %+v", told, letter.Message)
			}
		}
		for _, password := range []string{apptest.Password, better} {
			for _, name := range []string{ada, fresh} {
				signIn(s.Browser(), name, password).SeesError("", saysWrong).SignedOut()
			}
		}
	})
}

// Whoever changes the address twice undoes nothing of the first change: not by asking again, nor by
// what was mailed to an address of their own.
func TestChangeEmailUndoAfterTwoChanges(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		owners := move(t, s, b, ada, fresh)
		thiefs := move(t, s, b, fresh, third)
		// The thief goes first, and is undone all the same.
		s.Browser().Visit(thiefs.Link()).Submit().Sees(saysBack)
		s.Happened(app.EmailRestored)
		if held := addressOf(t, s, user, ada); held.HeldUntil.IsZero() || stored(t, s, user).Primary.Key != fresh {
			t.Errorf("the first address is %+v", held)
		}
		s.Browser().Visit(owners.Link()).Submit().Sees(saysBack)
		s.Happened(app.EmailRestored)
		if stored(t, s, user).Primary.Key != ada {
			t.Error("the first address did not come back")
		}
		s.Browser().Visit(thiefs.Link()).SeesError("", "This change was undone already.")
		if n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d addresses (%v)", n, err)
		}
	})
}

// The owner goes first: what was mailed to the thief since is dead.
func TestChangeEmailUndoKillsLaterUndos(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		owners := move(t, s, b, ada, fresh)
		thiefs := move(t, s, b, fresh, third)
		askFor(b, "ada.fourth@example.com")
		waiting := s.Mail("ada.fourth@example.com")
		s.Browser().Visit(owners.Link()).Submit().Sees(saysBack)
		s.Happened(app.EmailAsked, app.EmailRestored)
		s.Browser().Visit(thiefs.Link()).SeesError("", "This change can no longer be undone")
		if answer := s.Browser().Send(apptest.Request{Method: http.MethodPost, Path: thiefs.Link(), Header: headers(s.Transport)}); answer.Status != http.StatusUnprocessableEntity && answer.Status != http.StatusBadRequest {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		// Nor does what was asked for come to be, once its owner is signed in again.
		must(t, s.App.SetPassword(t.Context(), stored(t, s, user), better))
		signIn(b, ada, better).Visit(waiting.Link()).SeesError("", "This message has expired")
		s.Happened(app.PasswordChanged, app.SignedIn)
		if now := stored(t, s, user); now.Primary.Key != ada {
			t.Errorf("the address is %+v", now.Primary)
		}
	})
}

func TestChangeEmailUndoOnce(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		undo := move(t, s, s.As(user), ada, fresh).Link()
		for range 10 {
			for _, method := range []string{"GET", "HEAD"} {
				if answer := s.Browser().Send(apptest.Request{Method: method, Path: undo}); answer.Status != http.StatusOK {
					t.Errorf("%s is answered by %d", method, answer.Status)
				}
			}
		}
		if stored(t, s, user).Primary.Key != fresh {
			t.Error("a scanner has undone the change")
		}
		s.Browser().Visit(undo).Submit().Sees(saysBack)
		// Clicked twice, it is undone once, and said so twice.
		if answer := s.Browser().Send(apptest.Request{Method: http.MethodPost, Path: undo, Header: headers(s.Transport)}); answer.Status >= 400 {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		s.Happened(app.EmailRestored)
		s.Clock.Advance(time.Minute)
		s.Browser().Visit(undo).SeesError("", "This change was undone already.")
		s.Browser().Visit(undo[:len(undo)-1]).SeesError("", "This link is not complete")
		s.Happened()
	})
}

// Once the time is over the address is anybody's, and the link is dead.
func TestChangeEmailUndoOver(t *testing.T) {
	tell(t, moving(app.ChangeEmail{Undo: time.Hour}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		undo := move(t, s, b, ada, fresh)
		eve := s.As(s.User(apptest.Person{Email: "eve@example.com"}))
		askFor(eve, ada).Sees("We have sent a message to " + ada)
		if letter := s.Mail(ada); letter.Kind != "change_email.existing" {
			t.Errorf("the address is given away: %+v", letter.Message)
		}
		s.Browser().Visit("/register").Fill("email", ada).Fill("password", good).Submit().At("/login")
		if letter := s.Mail(ada); letter.Kind != "register.existing" || strings.Contains(letter.Text, fresh) {
			t.Errorf("the address is given away: %+v", letter.Message)
		}
		s.Happened(app.EmailAsked, app.RegisterExisting)
		s.Clock.Advance(time.Hour)
		s.Browser().Visit(undo.Link()).SeesError("", "This change can no longer be undone")
		must(t, s.App.Sweep(t.Context()))
		s.Clock.Advance(time.Minute)
		s.Browser().Visit("/register").Fill("email", ada).Fill("password", good).Submit().At("/login")
		s.Happened(app.Registered)
		if now := stored(t, s, user); now.Primary.Key != fresh {
			t.Errorf("the address is %+v", now.Primary)
		}
	})
}

// An address that nobody has confirmed may be a stranger's, by a slip of the finger: it is told, and
// is given no hold on the account.
func TestChangeEmailUndoForTheConfirmed(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada, Unconfirmed: true}))
		letter := move(t, s, b, ada, fresh)
		if strings.Contains(letter.Text, "/undo/") || letter.Kind != "change_email.notice" {
			t.Errorf("the mail says %s", letter.Text)
		}
		askFor(b, ada).Sees("We have sent a message to " + ada)
		if back := s.Mail(ada); back.Kind != "change_email" {
			t.Errorf("the address is kept: %+v", back.Message)
		}
	})
}

// One's own address can be had back by asking for it. Its undo is good still: whoever went back may go
// away again.
func TestChangeEmailBackAgain(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		undo := move(t, s, b, ada, fresh)
		move(t, s, b, fresh, ada)
		if row := addressOf(t, s, user, ada); !row.IsPrimary || !row.HeldUntil.IsZero() {
			t.Errorf("the address is %+v", row)
		}
		if s.Browser().Visit(undo.Link()).Status() != http.StatusOK {
			t.Error("the undo is dead")
		}
		b.SignedIn(ada)
	})
}

// Where the notice is not sent, or there is no time for it, nothing can be undone and nothing is held.
func TestChangeEmailWithoutUndo(t *testing.T) {
	for name, f := range map[string]app.ChangeEmail{"unsent": {}, "no undo": {Undo: -1}} {
		t.Run(name, func(t *testing.T) {
			config := moving(f)
			if f.Undo == 0 {
				config.Unsent = []string{"change_email.notice"}
			}
			tell(t, config, func(t *testing.T, s *apptest.Site) {
				user := s.User(apptest.Person{Email: ada})
				b := s.As(user)
				askFor(b, fresh)
				b.Visit(s.Mail(fresh).Link()).Submit().Sees(saysMoved)
				mails := s.Mails()
				if f.Undo == 0 && len(mails) != 1 || f.Undo < 0 && len(mails) != 3 {
					t.Errorf("%d mails", len(mails))
				}
				for _, m := range mails {
					if strings.Contains(m.Text, "/undo/") {
						t.Errorf("an undo is offered: %s", m.Text)
					}
				}
				if n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Where("user_id = ?", user.ID).Count(t.Context()); err != nil || n != 1 {
					t.Errorf("%d addresses (%v)", n, err)
				}
				if warned := strings.Contains(s.Logged(), "Config.Unsent holds change_email.notice"); warned != (f.Undo == 0) {
					t.Errorf("warned: %v", warned)
				}
			})
		})
	}
}
