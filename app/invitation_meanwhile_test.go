package app_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// A meanwhile does something between the moment that a form is read and the one that it is acted on:
// when its password is looked up among those that have leaked.
type meanwhile func()

func (m meanwhile) Breached(context.Context, string) (bool, error) {
	m()
	return false, nil
}

// What an invitation hangs on is asked about to the last: an inviter who is closed while somebody
// registers lets nobody in.
func TestInvitationDiesMeanwhile(t *testing.T) {
	t.Parallel()
	for _, transport := range anyway {
		dbtestEach(t, transport, func(t *testing.T, start func(app.Config) *apptest.Site) {
			var s *apptest.Site
			config := guests(app.Invite{})
			config.Passwords.Breached = meanwhile(func() { run(t, s, "UPDATE users SET disabled_at = created_at") })
			s = start(config)
			link := invited(t, s, bob, "editor").Link()
			s.Browser().Visit(link).Fill("password", good).Submit().Sees("This invitation is no longer good").SignedOut()
			s.Happened(app.InvitationSent)
			if n := accountsOf(t, s, bob); n != 0 || len(s.Mails()) != 1 {
				t.Errorf("%d accounts, %d mails", n, len(s.Mails()))
			}
		})
	}
}

// Whoever accepts with an account of another address has shown nothing about that one.
func TestInvitationConfirmsItsOwnAddress(t *testing.T) {
	config := inviting(confirming(app.Confirm{SignInUnconfirmed: true}, app.Register{}), app.Invite{By: admins, Roles: []string{"editor"}})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		link := invited(t, s, bob, "editor").Link()
		b := s.As(s.User(apptest.Person{Email: "eve@example.com", Unconfirmed: true}))
		b.Visit(link).Press("Accept as eve@example.com").At("/")
		s.Happened(app.InvitationSent, app.InvitationAccepted)
		if rolesOf(t, s, "eve@example.com") != "editor" || isConfirmed(t, s, "eve@example.com") {
			t.Error("the address is confirmed, or the role not given")
		}
	})
}

// What was accepted or taken back is not sent again, by a page that was open before either.
func TestInvitationOverIsNotSentAgain(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		for _, end := range []func(link string){
			func(string) { s.As(refreshed(t, s, ada)).Visit("/invite").Press("Revoke") },
			func(link string) { s.Browser().Visit(link).Fill("password", good).Submit().SignedIn(bob) },
		} {
			link := invited(t, s, bob, "editor").Link()
			open := s.As(refreshed(t, s, ada)).Visit("/invite")
			end(link)
			s.Mails()
			s.Clock.Advance(time.Minute)
			mails := len(s.Mails())
			open.Press("Send again")
			if s.Transport != apptest.JSON {
				open.Sees("This invitation was accepted or revoked meanwhile.")
			}
			if row := mustInvitation(t, s, bob); len(s.Mails()) != mails || row.AcceptedAt.IsZero() == row.RevokedAt.IsZero() {
				t.Errorf("%d mails, not %d: %+v", len(s.Mails()), mails, row)
			}
		}
	})
}

// A role that has gone goes out with no message any more.
func TestInvitationToARoleThatIsGone(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		invited(t, s, bob, "editor")
		s.Clock.Advance(time.Minute)
		run(t, s, "DELETE FROM roles WHERE name = 'editor'")
		s.As(refreshed(t, s, ada)).Visit("/invite").Press("Send again").SeesError("", "This role cannot be given.")
		s.Happened(app.InvitationSent)
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

// Whoever has accepted with an account of another address is not signed in to it by the form for
// registering, which is answered twice to who sends it twice.
func TestInvitationSignsInWhoRegistered(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		letter := invited(t, s, bob, "editor")
		_, register := invitationOf(t, letter)
		s.As(s.User(apptest.Person{Email: "eve@example.com"})).Visit(letter.Link()).Press("Accept as eve@example.com").At("/")
		s.Happened(app.InvitationSent, app.InvitationAccepted)
		b := s.Browser()
		form := encode(s.Transport, url.Values{"password": {apptest.Password}})
		if answer := b.Send(apptest.Request{Path: register, Header: headers(s.Transport), Body: form}); answer.Status != http.StatusGone {
			t.Errorf("answered by %d", answer.Status)
		}
		b.SignedOut()
		s.Happened()
	})
}
