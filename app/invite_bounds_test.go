package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// No more wait than may, however many are sent at once.
func TestInviteMost(t *testing.T) {
	tell(t, inviting(patient(), app.Invite{Most: 5}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		var all sync.WaitGroup
		var sent, refused atomic.Int64
		for i := range 32 {
			b := s.As(user)
			all.Go(func() {
				answer := b.Send(apptest.Request{Path: "/invite", Header: headers(apptest.Plain), Body: url.Values{"email": {fmt.Sprintf("u%d@example.com", i)}}.Encode()})
				switch {
				case answer.Status == http.StatusSeeOther:
					sent.Add(1)
				case answer.Status == http.StatusUnprocessableEntity && strings.Contains(answer.Body, "5 of your invitations are waiting"):
					refused.Add(1)
				default:
					t.Errorf("%d", answer.Status)
				}
			})
		}
		all.Wait()
		if sent.Load() != 5 || refused.Load() != 27 || len(s.Mails()) != 5 {
			t.Errorf("%d are sent, %d refused, %d mailed", sent.Load(), refused.Load(), len(s.Mails()))
		}
		// One that is revoked makes room; one that has expired takes some when it is sent again.
		b := s.As(user)
		b.Visit("/invite").Press("Revoke")
		invite(b, bob).Sees("is on its way to " + bob)
		invite(b, "eve@example.com").SeesError("", "5 of your invitations are waiting")
		s.Clock.Advance(8 * 24 * time.Hour)
		b = s.As(user)
		for i := range 5 {
			invite(b, fmt.Sprintf("v%d@example.com", i))
		}
		b.Visit("/invite")
		var old db.Invitation
		must(t, s.DB.NewSelect().Model(&old).Where("address_key = ?", bob).Scan(t.Context()))
		b.In("invite-again-" + old.ID.String())
		answer := b.Send(apptest.Request{Method: http.MethodPost, Path: "/invite/" + old.ID.String() + "/again", Header: headers(apptest.Plain)})
		if answer.Status != http.StatusUnprocessableEntity || !strings.Contains(answer.Body, "5 of your invitations are waiting") {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
	}, plainly...)
}

func TestInviteIsLimited(t *testing.T) {
	config := patient()
	config.Features = append(config.Features, app.Invite{})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		for i := range 20 {
			invite(b, fmt.Sprintf("u%d@example.com", i)).At("/invite")
		}
		invite(b, bob).SeesError("", "Too many tries")
		b.Visit("/invite").Press("Send again").SeesError("", "Too many tries")
		s.Clock.Advance(2 * time.Minute)
		invite(b, bob).Sees("is on its way to " + bob)
	}, paged...)
}

// What people call themselves is no link in the mail, and no part of its headers.
func TestInviteNames(t *testing.T) {
	tell(t, inviting(registering(app.Register{Username: app.Optional}), app.Invite{}), func(t *testing.T, s *apptest.Site) {
		invite(s.As(s.User(apptest.Person{Email: ada, Username: "evil.example"})), bob).At("/invite")
		letter := s.Mail(bob)
		if strings.Contains(letter.Text, "evil.example") || strings.Contains(letter.HTML, "evil.example") || !strings.Contains(strings.ReplaceAll(letter.Text, "\u2060", ""), "evil.example invites you to Shop.") ||
			letter.Subject != "You are invited to Shop" || letter.To != bob || letter.From != "Shop <no-reply@shop.example>" {
			t.Errorf("%+v", letter.Message)
		}
		b := s.As(refreshed(t, s, ada))
		for _, hostile := range []string{"bob@example.com\r\nBcc: eve@example.com", "bob@example.com,eve@example.com", "<script>@example.com", strings.Repeat("x", 5000) + "@example.com", "Bob <bob@example.com>", "\x00@example.com"} {
			answer := b.Send(apptest.Request{Path: "/invite", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"email": {hostile}, "role": {"admin"}})})
			if answer.Status != map[bool]int{true: http.StatusBadRequest, false: http.StatusUnprocessableEntity}[s.Transport == apptest.JSON] || strings.Contains(answer.Body, "<script>@") {
				t.Errorf("%q is answered by %d", hostile, answer.Status)
			}
		}
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails", n)
		}
	})
}

// A long list is shown in pages.
func TestInvitePages(t *testing.T) {
	tellOnce(t, inviting(patient(), app.Invite{Most: 1000}), func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		for i := range 51 {
			invite(b, fmt.Sprintf("u%d@example.com", i))
		}
		b.Visit("/invite").Sees("u50@example.com").SeesNot("u0@example.com").SeesNot("Newer").Follow("Older").Sees("u0@example.com").SeesNot("u1@example.com").SeesNot("Older").Follow("Newer").Sees("u50@example.com")
	}, plainly...)
}

func TestInviteSettings(t *testing.T) {
	t.Parallel()
	for want, features := range map[string][]app.Feature{
		"Invite and no Register":               {app.Invite{}},
		"Register.Email is Never":              {app.Register{Email: app.Never, Username: app.Required}, app.Invite{}},
		"Invite.TTL is -1s":                    {app.Register{}, app.Invite{TTL: -time.Second}},
		"Invite.Most is -1":                    {app.Register{}, app.Invite{Most: -1}},
		"Invite.By is nil":                     {app.Register{}, app.Invite{Roles: []string{"admin"}}},
		"Invite.Limit holds a negative number": {app.Register{}, app.Invite{Limit: app.Limit{PerNetwork: app.Quota{Most: -1}}}},
	} {
		config := app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: append([]app.Feature{app.Login{}, app.Logout{}}, features...)}
		if _, err := app.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New says %v, which has no %q", err, want)
		}
	}
}

// Invitations go with what has ended, once nobody asks for them any more.
func TestInvitationsAreSwept(t *testing.T) {
	config := inviting(patient(), app.Invite{})
	config.Retention = 10 * 24 * time.Hour
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		_, err := s.App.Invite(t.Context(), app.NewInvitation{Email: bob})
		must(t, err)
		link := s.Mail(bob).Link()
		for _, left := range []int64{1, 1, 0} {
			must(t, s.App.Sweep(t.Context()))
			if got := counted(t, s, "invitations", "tokens"); got[0] != left || got[1] != left {
				t.Errorf("there are %v, not %d", got, left)
			}
			s.Clock.Advance(9 * 24 * time.Hour)
		}
		s.Browser().Visit(link).Sees("This invitation is not known here")
	}, plainly...)
}

// An operator invites, sees whom everybody has invited, and takes invitations back.
func TestInvitationsCommand(t *testing.T) {
	tell(t, inviting(patient(), app.Invite{}), func(t *testing.T, s *apptest.Site) {
		if said := operate(t, s.App, 0, "invitations", "list"); said != "nobody has been invited\n" {
			t.Errorf("of nobody it says %q", said)
		}
		s.User(apptest.Person{Roles: []string{"editor"}})
		said := operate(t, s.App, 0, "invitations", "send", "--role", "editor", "--language", "fa", bob, "cara@example.com")
		if !strings.Contains(said, "bob@example.com is invited until 2026-01-12 09:00") || !strings.Contains(said, "cara@example.com") {
			t.Errorf("it says %q", said)
		}
		s.Happened(app.InvitationSent, app.InvitationSent)
		if letter := s.Mail(bob); letter.Lang != "fa" || !strings.Contains(letter.Text, "editor") {
			t.Errorf("%+v", letter.Message)
		}
		invite(s.As(s.User(apptest.Person{Email: ada, Username: "ada"})), "dora@example.com")
		s.Browser().Visit(s.Mail("cara@example.com").Link()).Fill("password", good).Submit().SignedIn("cara@example.com")
		row := mustInvitation(t, s, bob)
		if said := operate(t, s.App, 0, "invitations", "revoke", row.ID.String()); said != row.ID.String()+" is revoked\n" {
			t.Errorf("it says %q", said)
		}
		operate(t, s.App, 1, "invitations", "list", "--most", "-1")
		said = operate(t, s.App, 0, "invitations", "list", "--most", "2")
		lines := strings.Split(strings.TrimSpace(said), "\n")
		if len(lines) != 4 || !strings.HasPrefix(lines[0], "ID") || !strings.Contains(lines[1], "dora@example.com") || !strings.HasSuffix(lines[1], "ada") ||
			!strings.Contains(lines[2], "accepted") || !strings.HasSuffix(lines[2], "operator") || lines[3] != "and 1 older" {
			t.Errorf("it lists\n%s", said)
		}
		if said = operate(t, s.App, 0, "invitations", "list"); !strings.Contains(said, "revoked") {
			t.Errorf("it lists\n%s", said)
		}
		for _, wrong := range [][]string{
			{},
			{"wipe"},
			{"send"},
			{"send", "bob@"},
			{"send", "--role", "unborn", bob},
			{"revoke"},
			{"revoke", "x"},
			{"revoke", db.NewID().String()},
			{"revoke", mustInvitation(t, s, "cara@example.com").ID.String()},
		} {
			operate(t, s.App, 1, append([]string{"invitations"}, wrong...)...)
		}
	}, plainly...)
}

func TestInvitationsCommandWithout(t *testing.T) {
	t.Parallel()
	accounts, err := app.New(app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t)})
	must(t, err)
	operate(t, accounts, 1, "invitations", "list")
	if _, err := accounts.Invite(t.Context(), app.NewInvitation{Email: bob}); err == nil || !strings.Contains(err.Error(), "lists no Invite") {
		t.Errorf("Invite says %v", err)
	}
	if err := accounts.RevokeInvitation(t.Context(), db.NewID()); err == nil {
		t.Error("what is not there is revoked")
	}
}
