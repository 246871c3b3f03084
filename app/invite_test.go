package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

const bob = "bob@example.com"

// inviting adds invitations to a site, as many as one likes.
func inviting(config app.Config, i app.Invite) app.Config {
	i.Limit = patient().Features[0].(app.Login).Limit
	config.Features = append(config.Features, i)
	return config
}

func admins(a db.Account) bool {
	for _, role := range a.Account().Roles() {
		if role == "admin" {
			return true
		}
	}
	return false
}

// invite invites by the form.
func invite(b *apptest.Browser, email string) *apptest.Browser {
	return b.Visit("/invite").In("invite").Fill("email", email).Submit()
}

func rolesOf(t *testing.T, s *apptest.Site, name string) string {
	t.Helper()
	return strings.Join(refreshed(t, s, name).Roles(), " ")
}

func TestInvite(t *testing.T) {
	tell(t, inviting(confirming(app.Confirm{}, app.Register{}), app.Invite{By: admins, Roles: []string{"editor", "unborn"}}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Roles: []string{"editor"}})
		host := s.As(s.User(apptest.Person{Email: ada}), "admin")
		if s.Transport == apptest.Plain {
			host.Visit("/account").Sees("Invitations").Visit("/invite").Sees("Nobody yet").SeesNot("unborn")
		}
		invite(host, "").SeesError("email", "Enter the address to invite.")
		invite(host, "bob@").SeesError("email", "This is not a full e-mail address")
		b := host.Visit("/invite").In("invite").Fill("email", "Bob@Example.COM").Fill("role", "editor").Submit()
		b.At("/invite").Sees("An invitation is on its way to Bob@example.com.")
		if s.Transport != apptest.JSON {
			b.Sees("Waiting").Sees("with the role editor")
		}
		sent := s.Happened(app.InvitationSent)
		letter := s.Mail("Bob@example.com")
		if sent[0].User.Primary.Email != ada || sent[0].Details["role"] != "editor" || letter.Kind != "invite" || letter.Subject != "You are invited to Shop" ||
			!strings.Contains(letter.Text, "ada@example.com invites you to Shop, with the role editor.") || !strings.Contains(letter.Text, "7 days") ||
			!strings.HasPrefix(letter.Link(), s.URL+"/invitation/") || !strings.Contains(letter.HTML, letter.Link()) || strings.Contains(letter.HTML, "because of an account") {
			t.Errorf("%+v; %+v", sent[0], letter.Message)
		}

		guest := s.Browser().Visit(letter.Link())
		if s.Transport != apptest.JSON {
			guest.Sees("ada@example.com invites you to Shop. Your account will have the address Bob@example.com.")
		}
		s.Happened()
		guest.Fill("password", "short").Submit().SeesError("password", "Use at least 8 characters.")
		guest.Fill("password", good).Submit().At("/").SignedIn("Bob@example.com")
		events := s.Happened(app.Registered, app.EmailConfirmed, app.InvitationAccepted, app.SignedIn)
		if got := rolesOf(t, s, bob); got != "editor" || !isConfirmed(t, s, bob) || events[2].Details["invitation"] != sent[0].Details["invitation"] || events[2].User.Primary.Key != bob {
			t.Errorf("roles %q, told of %+v", got, events[2])
		}
		told := s.Mail(ada)
		if told.Kind != "invite.accepted" || told.Subject != "Your invitation to Shop was accepted" || told.Link() != s.URL+"/invite" || !strings.Contains(told.Text, "Bob@example.com") {
			t.Errorf("%+v", told.Message)
		}
		if welcome := s.Mail("Bob@example.com"); welcome.Kind != "register.welcome" || len(s.Mails()) != 3 {
			t.Errorf("%d mails, %+v", len(s.Mails()), welcome.Message)
		}
		signIn(s.Browser(), bob, good).SignedIn("Bob@example.com")
		s.Happened(app.SignedIn)
		// It is good once; who has accepted it is told so, and sees no fault.
		guest.Visit(letter.Link()).At("/")
		if s.Transport == apptest.Plain {
			guest.Sees("You have accepted this invitation already.")
			host.Visit("/invite").Sees("Accepted").SeesNot("Waiting").SeesNot("Revoke")
		}
		s.Clock.Advance(time.Minute)
		if s.Browser().Visit(letter.Link()).Sees("This invitation has been accepted").Status() != 410 {
			t.Error("it is good still")
		}
		s.Happened()
	})
}
