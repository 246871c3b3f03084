package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
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
	return b.Visit("/invite").Fill("email", email).Submit()
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
		b := host.Visit("/invite").Fill("email", "Bob@Example.COM").Fill("role", "editor").Submit()
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

// One's own invitations are sent again and taken back; a message that was sent before is no longer
// good then, and says so.
func TestInviteAgainAndRevoke(t *testing.T) {
	tell(t, inviting(confirming(app.Confirm{}, app.Register{}), app.Invite{}), func(t *testing.T, s *apptest.Site) {
		host := s.As(s.User(apptest.Person{Email: ada}))
		invite(host, bob).At("/invite")
		first := s.Mail(bob)
		press := func(label string) *apptest.Browser { return host.Visit("/invite").Press(label).At("/invite") }
		press("Send again").Sees("An invitation is on its way to " + bob) // a moment ago: it is
		invite(host, "BOB@example.com")                                   // sent twice
		s.Happened(app.InvitationSent)
		s.Clock.Advance(time.Minute)
		press("Send again").Sees("An invitation is on its way to " + bob)
		s.Happened(app.InvitationSent)
		second := s.Mail(bob)
		if n := len(s.Mails()); n != 2 || first.Link() == second.Link() {
			t.Errorf("%d mails", n)
		}
		s.Browser().Visit(first.Link()).Sees("This invitation was sent again")
		s.Clock.Advance(time.Minute)
		invite(host, bob) // who waits already is sent the same invitation again
		s.Happened(app.InvitationSent)
		third := s.Mail(bob)
		if n, err := s.DB.NewSelect().Model((*db.Invitation)(nil)).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d invitations (%v)", n, err)
		}
		press("Revoke").Sees("The invitation to bob@example.com is no longer good.")
		s.Happened(app.InvitationRevoked)
		for _, letter := range []apptest.Letter{first, second, third} {
			if b := s.Browser().Visit(letter.Link()).Sees("This invitation is no longer good"); b.Status() != http.StatusGone {
				t.Errorf("answered by %d", b.Status())
			}
		}
		// One that has expired is as good as new once it is sent again; one that is revoked is done with.
		invite(host, "eve@example.com")
		s.Clock.Advance(7 * 24 * time.Hour)
		old := s.Mail("eve@example.com")
		s.Browser().Visit(old.Link()).Sees("This invitation has expired")
		host = s.As(refreshed(t, s, ada))
		press("Send again")
		s.Browser().Visit(s.Mail("eve@example.com").Link()).Fill("password", good).Submit().SignedIn("eve@example.com")
		invite(host, bob).At("/invite")
		s.Browser().Visit(third.Link()).Sees("This invitation is no longer good")
		s.Browser().Visit(s.Mail(bob).Link()).Fill("password", good).Submit().SignedIn(bob)
	})
}

// Whose invitation it is not, it is not there for: whatever the number, the answer is the same.
func TestInviteOfOthers(t *testing.T) {
	tell(t, inviting(patient(), app.Invite{}), func(t *testing.T, s *apptest.Site) {
		invite(s.As(s.User(apptest.Person{Email: ada})), bob)
		s.Happened(app.InvitationSent)
		accounts := s.App
		operators, err := accounts.Invite(t.Context(), app.NewInvitation{Email: bob})
		must(t, err)
		s.Happened(app.InvitationSent)
		var adas db.Invitation
		must(t, s.DB.NewSelect().Model(&adas).Where("invited_by IS NOT NULL").Scan(t.Context()))
		eve := s.As(s.User(apptest.Person{Email: "eve@example.com"})).Visit("/invite")
		for _, act := range []string{"again", "revoke"} {
			first := ""
			for _, id := range []string{adas.ID.String(), operators.ID.String(), db.NewID().String(), "0", "-1", "1", "null", "%00", strings.Repeat("9", 500), adas.ID.String() + "'--"} {
				answer := eve.Send(apptest.Request{Method: http.MethodPost, Path: "/invite/" + id + "/" + act, Header: headers(s.Transport), Body: "{}"})
				got := mask(answer, "eve@example.com")
				if first == "" {
					first = got
				}
				if answer.Status != http.StatusNotFound || got != first {
					t.Errorf("%s of %s: %d\n%s", act, id, answer.Status, difference(got, first))
				}
			}
		}
		s.Happened()
		s.Mails()
		if n := len(s.Mails()); n != 2 {
			t.Errorf("%d mails", n)
		}
		eve.Visit("/invite").SeesNot(bob)
	})
}

// Who may not invite is told so, and has no way there from the account page.
func TestInviteNotAllowed(t *testing.T) {
	tell(t, inviting(confirming(app.Confirm{SignInUnconfirmed: true}, app.Register{Username: app.Optional}), app.Invite{By: func(a db.Account) bool { return a.Account().Username != "mallory" }}), func(t *testing.T, s *apptest.Site) {
		for _, person := range []apptest.Person{{Email: ada, Unconfirmed: true}, {Username: "nobody"}, {Email: "m@example.com", Username: "mallory"}} {
			b := s.As(s.User(person))
			b.Visit("/account").SeesNot("Invitations")
			for _, request := range []apptest.Request{
				{Path: "/invite", Header: headers(s.Transport)},
				{Path: "/invite", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"email": {bob}})},
				{Path: "/invite/" + db.NewID().String() + "/again", Header: headers(s.Transport), Body: "{}"},
				{Path: "/invite/" + db.NewID().String() + "/revoke", Header: headers(s.Transport), Body: "{}"},
			} {
				answer := b.Send(request)
				if told := strings.Contains(answer.Body, "Confirm your address first"); answer.Status != http.StatusForbidden || told != (person.Unconfirmed && s.Transport != apptest.JSON) {
					t.Errorf("%+v: %s is answered by %d %s", person, request.Path, answer.Status, answer.Body)
				}
			}
		}
		s.Happened()
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails", n)
		}
	})
}

// Whether an address has an account shows in nothing that whoever invites sees, and the mail is the same.
func TestInviteAnswersAlike(t *testing.T) {
	tell(t, inviting(confirming(app.Confirm{}, app.Register{}), app.Invite{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.com"})
		s.User(apptest.Person{Email: "waits@example.com", Unconfirmed: true})
		s.User(apptest.Person{Email: "shuts@example.com", Disabled: true})
		var first, mailed string
		var left map[string]int
		for i, email := range []string{"other@example.com", "known@example.com", "waits@example.com", "shuts@example.com"} {
			b := s.As(s.User(apptest.Person{Email: fmt.Sprintf("host%d@example.com", i)}))
			b.Send(apptest.Request{Path: "/invite", Header: headers(s.Transport)})
			before := rows(t, s)
			answer := b.Send(apptest.Request{Path: "/invite", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"email": {email}})})
			got, after := anonymous.ReplaceAllString(mask(answer, email), "ID"), rows(t, s)
			for table := range after {
				after[table] -= before[table]
			}
			delete(after, "attempts") // of whoever invites
			letter := s.Mail(email)
			text := strings.ReplaceAll(strings.ReplaceAll(changing.ReplaceAllString(letter.Subject+letter.Text, "SECRET"), email, "TO"), fmt.Sprintf("host%d", i), "HOST")
			if first == "" {
				first, mailed, left = got, text, after
			}
			if got != first || text != mailed || fmt.Sprint(after) != fmt.Sprint(left) {
				t.Errorf("%s: %v, not %v\n%s\n%s", email, after, left, difference(got, first), difference(text, mailed))
			}
		}
	})
}

var anonymous = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
