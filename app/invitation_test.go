package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// guests is a site to which one is invited, by admins and with roles.
func guests(i app.Invite) app.Config {
	i.By, i.Roles = admins, []string{"editor"}
	return inviting(confirming(app.Confirm{}, app.Register{}), i)
}

// invited is the mail to somebody whom an admin has invited.
func invited(t *testing.T, s *apptest.Site, email, role string) apptest.Letter {
	t.Helper()
	if _, err := s.App.FindUser(t.Context(), ada); err != nil {
		s.User(apptest.Person{Email: ada, Roles: []string{"admin"}})
		s.User(apptest.Person{Roles: []string{"editor"}})
	}
	b := s.As(refreshed(t, s, ada)).Visit("/invite").Fill("email", email)
	if role != "" {
		b.Fill("role", role)
	}
	b.Submit().At("/invite")
	return s.Mail(email)
}

// Who is signed in is asked, and gets what the invitation is for; who is somebody else than was
// invited is told so first, and may sign out.
func TestInvitationSignedIn(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		link := invited(t, s, bob, "editor").Link()
		b := s.As(s.User(apptest.Person{Email: "eve@example.com"}))
		b.Visit(link)
		if s.Transport != apptest.JSON {
			b.Sees("ada@example.com invites you to Shop, with the role editor.").Sees("The invitation was sent to bob@example.com. You are signed in as eve@example.com, who has another address.")
		}
		s.Happened(app.InvitationSent)
		b.Press("Accept as eve@example.com").At("/").SignedIn("eve@example.com")
		accepted := s.Happened(app.InvitationAccepted)
		if got := rolesOf(t, s, "eve@example.com"); got != "editor" || accepted[0].User.Primary.Email != "eve@example.com" {
			t.Errorf("roles %q, told of %+v", got, accepted[0])
		}
		if letter := s.Mail(ada); letter.Kind != "invite.accepted" || strings.Contains(letter.Text+letter.HTML, "eve@") {
			t.Errorf("%+v", letter.Message)
		}
		s.Clock.Advance(time.Hour)
		b.SignedIn("eve@example.com")
		s.Browser().Visit(link).Sees("This invitation has been accepted")
		s.As(s.User(apptest.Person{Email: bob})).Visit(link).Sees("This invitation has been accepted")
		s.Happened()

		// Or they leave, and come as somebody else.
		link = invited(t, s, "new@example.com", "").Link()
		b.Visit(link).Press("Sign out and use another account")
		s.Happened(app.InvitationSent, app.SignedOut)
		if s.Transport == apptest.JSON {
			b.Visit(link)
		}
		b.SignedOut().Fill("password", good).Submit().SignedIn("new@example.com")
		if got := rolesOf(t, s, "new@example.com"); got != "" {
			t.Errorf("roles %q", got)
		}
	})
}

// Who has an account accepts by signing in. An address that waits to be confirmed is so then: the
// link has been read in its mailbox.
func TestInvitationOfAnAccount(t *testing.T) {
	config := inviting(confirming(app.Confirm{SignInUnconfirmed: true}, app.Register{}), app.Invite{By: admins, Roles: []string{"editor"}})
	config.Unsent = []string{"invite.accepted"}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: bob, Unconfirmed: true})
		link := invited(t, s, "BOB@example.com", "editor").Link()
		b := s.Browser().Visit(link)
		if s.Transport != apptest.JSON {
			b.Sees("BOB@example.com has an account. Sign in to accept the invitation.")
		}
		path, err := url.Parse(link)
		must(t, err)
		b.At("/login?next=" + url.QueryEscape(path.Path))
		// There is no other way, and a form that was open before says so, and sends no mail.
		if s.Transport != apptest.JSON {
			b.Visit("/register?next=" + url.QueryEscape(path.Path)).At("/login?next=" + url.QueryEscape(path.Path)).SeesNot("Create an account")
		}
		answer := s.Browser().Send(apptest.Request{Path: "/register?next=" + url.QueryEscape(path.Path), Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"password": {good}})})
		if !strings.Contains(answer.Body, "This address has an account. Sign in instead.") {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		s.Happened(app.InvitationSent)
		b.Visit("/login?next="+url.QueryEscape(path.Path)).Fill("email", bob).Fill("password", apptest.Password).Submit().At(path.Path).SignedIn(bob)
		s.Happened(app.SignedIn)
		b.Visit(link).SeesNot("another address").Press("Accept as bob@example.com").At("/")
		s.Happened(app.EmailConfirmed, app.InvitationAccepted)
		if got := rolesOf(t, s, bob); got != "editor" || !isConfirmed(t, s, bob) {
			t.Errorf("roles %q", got)
		}
		if n := len(s.Mails()); n != 2 || s.Mail(bob).Kind != "register.welcome" {
			t.Errorf("%d mails", n)
		}
	})
}

// An invitation is good while everything is that it hangs on, and is asked about to the last.
func TestInvitationDies(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, s *apptest.Site)
		says   string
	}{
		"expired":             {func(_ *testing.T, s *apptest.Site) { s.Clock.Advance(7 * 24 * time.Hour) }, "This invitation has expired"},
		"revoked":             {func(t *testing.T, s *apptest.Site) { s.As(refreshed(t, s, ada)).Visit("/invite").Press("Revoke") }, "This invitation is no longer good"},
		"closed":              {func(t *testing.T, s *apptest.Site) { run(t, s, "UPDATE users SET disabled_at = created_at") }, "This invitation is no longer good"},
		"no longer an admin":  {func(t *testing.T, s *apptest.Site) { run(t, s, "DELETE FROM user_roles") }, "This invitation is no longer good"},
		"no longer confirmed": {func(t *testing.T, s *apptest.Site) { run(t, s, "UPDATE addresses SET confirmed_at = NULL") }, "This invitation is no longer good"},
		"the role is gone":    {func(t *testing.T, s *apptest.Site) { run(t, s, "DELETE FROM roles WHERE name = 'editor'") }, "This invitation is no longer good"},
		"the inviter is gone": {func(t *testing.T, s *apptest.Site) { run(t, s, "DELETE FROM users") }, "This invitation is not known here"},
		"another is sent":     {func(t *testing.T, s *apptest.Site) { s.Clock.Advance(time.Hour); invited(t, s, bob, "editor") }, "This invitation was sent again"},
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
				link := invited(t, s, bob, "editor").Link()
				form := s.Browser().Visit(link).Fill("password", good)
				member := s.As(s.User(apptest.Person{Email: "eve@example.com", Roles: []string{"customer"}})).Visit(link)
				test.change(t, s)
				accounts := rows(t, s)
				s.Mails()
				mails := len(s.Mails())
				form.Submit().Sees(test.says).SignedOut()
				s.Browser().Visit(link).Sees(test.says).SignedOut()
				if who := member.Who(); who != "" {
					member.Press("Accept as eve@example.com").Sees(test.says)
					if got := rolesOf(t, s, who); strings.Contains(got, "editor") {
						t.Errorf("roles %q", got)
					}
				}
				if after := rows(t, s); after["outbox"] != accounts["outbox"] || len(s.Mails()) != mails {
					t.Errorf("%v after %v", after, accounts)
				}
				if _, err := s.App.FindUser(t.Context(), bob); err == nil {
					t.Error("an account was opened")
				}
			})
		})
	}
}

// The address that was invited is the one that the account gets, whatever is sent with the form.
func TestInvitationForAnother(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		link, err := url.Parse(invited(t, s, bob, "editor").Link())
		must(t, err)
		path := "/register?next=" + url.QueryEscape(link.Path)
		send := func(form url.Values) apptest.Answer {
			return s.Browser().Send(apptest.Request{Path: path, Header: headers(s.Transport), Body: encode(s.Transport, form)})
		}
		if answer := send(url.Values{"email": {"eve@example.com"}, "password": {good}}); !strings.Contains(answer.Body, "The invitation is for bob@example.com.") {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		s.Happened(app.InvitationSent)
		send(url.Values{"email": {"BOB@example.com"}, "password": {good}, "role": {"admin"}, "roles": {"admin"}, "confirmed_at": {"2026-01-01"}})
		s.Happened(app.Registered, app.EmailConfirmed, app.InvitationAccepted, app.SignedIn)
		if got := rolesOf(t, s, bob); got != "editor" {
			t.Errorf("roles %q", got)
		}
		// A next that holds no invitation of ours is a page like any other.
		for _, next := range []string{"/invitation", "/invitation/", "/invitation/x/y", "/orders", "//evil.example/invitation/x", "https://evil.example" + link.Path} {
			answer := s.Browser().Send(apptest.Request{Path: "/register?next=" + url.QueryEscape(next), Header: headers(s.Transport)})
			if answer.Status != http.StatusOK || strings.Contains(answer.Body, "invites you") {
				t.Errorf("%s is answered by %d", next, answer.Status)
			}
		}
		for _, next := range []string{"/invitation/x", "/invitation/" + strings.Repeat("A", 43), "/INVITATION/%00", "/invitation/%2e%2e"} {
			answer := s.Browser().Send(apptest.Request{Path: "/register?next=" + url.QueryEscape(next), Header: headers(s.Transport)})
			if answer.Status != http.StatusNotFound && next != "/INVITATION/%00" && next != "/invitation/%2e%2e" || answer.Status >= http.StatusInternalServerError {
				t.Errorf("%s is answered by %d", next, answer.Status)
			}
		}
	})
}

// A link serves its own purpose: what confirms an address invites nobody, and the other way about.
func TestInvitationServesItsPurpose(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		invitation := invited(t, s, bob, "editor")
		enroll(s.Browser(), "eve@example.com")
		confirm := s.Mail("eve@example.com")
		secret := func(link string) string { return link[strings.LastIndex(link, "/")+1:] }
		s.Browser().Visit("/confirm/"+secret(invitation.Link())).SeesError("", "This link is not complete, or not one of ours.")
		s.Browser().Visit("/invitation/" + secret(confirm.Link())).Sees("This invitation is not known here")
		s.Browser().Visit("/register?next=/invitation/" + secret(confirm.Link())).Sees("This invitation is not known here")
		s.Happened(app.InvitationSent, app.Registered)
	})
}

// The page with both forms keeps the invitation, whichever of them is used, and however it fails.
func TestInvitationOnThePageForBoth(t *testing.T) {
	config := bothWays()
	config.Features = append(config.Features, app.Invite{By: admins, Roles: []string{"editor"}, Only: true, Limit: patient().Features[0].(app.Login).Limit})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		link := invited(t, s, bob, "editor").Link()
		if n := s.Browser().Visit("/login").Page().Find("main form").Length(); n != 1 {
			t.Errorf("%d forms for who is not invited", n)
		}
		b := s.Browser().Visit(link)
		if n := b.Page().Find("main form").Length(); n != 2 {
			t.Errorf("%d forms for who is", n)
		}
		b.In("login").Fill("email", bob).Fill("password", "wrong").Submit().SeesError("", saysWrong)
		if s.Transport == apptest.Plain {
			b.Sees("Your account will have the address bob@example.com.")
		}
		b.In("register").Fill("password", "short").Submit().SeesError("password", "Use at least 8 characters.")
		b.In("register").Fill("password", good).Submit().At("/").SignedIn(bob)
		if got := rolesOf(t, s, bob); got != "editor" {
			t.Errorf("roles %q", got)
		}
		s.Happened(app.InvitationSent, app.SignInFailed, app.Registered, app.EmailConfirmed, app.InvitationAccepted, app.SignedIn)
		// Who has an account signs in on it.
		s.User(apptest.Person{Email: "eve@example.com"})
		b = s.Browser().Visit(invited(t, s, "eve@example.com", "editor").Link()).Sees("eve@example.com has an account.")
		b.In("login").Fill("email", "eve@example.com").Fill("password", apptest.Password).Submit().Press("Accept as eve@example.com").At("/")
		if got := rolesOf(t, s, "eve@example.com"); got != "editor" {
			t.Errorf("roles %q", got)
		}
	}, paged...)
}

// Where one registers by invitation alone, whoever has none is told so, and finds no door to it.
func TestInviteOnly(t *testing.T) {
	tell(t, guests(app.Invite{Only: true}), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Sees("Registering needs an invitation")
		if b.Status() != http.StatusForbidden {
			t.Errorf("answered by %d", b.Status())
		}
		answer := b.Send(apptest.Request{Path: "/register", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"email": {bob}, "password": {good}})})
		if answer.Status != http.StatusForbidden || s.Transport == apptest.JSON && answer.JSON(t).Codes("")[0] != "invite.only" {
			t.Errorf("answered by %d %s", answer.Status, answer.Body)
		}
		if s.Transport != apptest.JSON {
			for _, path := range []string{"/login", "/", "/nowhere", "/register", "/login?next=%2Finvitation%2Fx"} {
				if n := s.Browser().Visit(path).Page().Find(`a[href^="/register"]`).Length(); n != 0 {
					t.Errorf("%s leads to registering", path)
				}
			}
		}
		s.Happened()
		// The operator invites the first, any role and all.
		s.User(apptest.Person{Roles: []string{"admin"}})
		_, err := s.App.Invite(t.Context(), app.NewInvitation{Email: ada, Role: "admin", Language: "fa"})
		must(t, err)
		if e := s.Happened(app.InvitationSent); e[0].User != nil {
			t.Errorf("told of %+v", e[0])
		}
		letter := s.Mail(ada)
		if letter.Lang != "fa" || !strings.Contains(letter.Text, "Shop") {
			t.Errorf("%+v", letter.Message)
		}
		s.Browser().Visit(letter.Link()).Fill("password", good).Submit().SignedIn(ada)
		s.Happened(app.Registered, app.EmailConfirmed, app.InvitationAccepted, app.SignedIn)
		invite(s.As(refreshed(t, s, ada)), bob)
		s.Browser().Visit(s.Mail(bob).Link()).Fill("password", good).Submit().SignedIn(bob)
		for _, wrong := range []app.NewInvitation{{}, {Email: "bob@"}, {Email: bob, Role: "unborn"}} {
			if _, err := s.App.Invite(t.Context(), wrong); err == nil {
				t.Errorf("%+v is invited", wrong)
			}
		}
	})
}
