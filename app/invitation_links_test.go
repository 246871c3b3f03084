package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// Every spelling of an address is one mailbox, and one account.
func TestInvitationSpelt(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		for typed, key := range map[string]string{"Bob@BÜCHER.example": "bob@xn--bcher-kva.example", "ｃara@example.com": "cara@example.com", "DORA@Example.com": "dora@example.com"} {
			s.User(apptest.Person{Roles: []string{"editor"}})
			if _, err := s.App.FindUser(t.Context(), ada); err != nil {
				s.User(apptest.Person{Email: ada, Roles: []string{"admin"}})
			}
			invite(s.As(refreshed(t, s, ada)), typed)
			s.Mails()
			mails := s.Mails()
			var row db.Invitation
			must(t, s.DB.NewSelect().Model(&row).Where("address_key = ?", key).Scan(t.Context()))
			b := s.Browser().Visit(s.Mail(mails[len(mails)-1].To).Link()).Fill("password", good).Submit().At("/")
			b.SignedIn(row.Email)
			if !isConfirmed(t, s, key) {
				t.Errorf("%s is not confirmed", key)
			}
			// Whichever way it is written.
			invite(s.As(refreshed(t, s, ada)), key)
			b.Visit(s.Mail(mustInvitation(t, s, key).Email).Link()).SeesNot("another address")
		}
	})
}

func mustInvitation(t *testing.T, s *apptest.Site, key string) (row db.Invitation) {
	t.Helper()
	must(t, s.DB.NewSelect().Model(&row).Where("address_key = ?", key).Order("id DESC").Limit(1).Scan(t.Context()))
	return row
}

// The host's own fields are asked for as ever, and its hooks are called.
func TestInvitationToAHostOfItsOwn(t *testing.T) {
	t.Parallel()
	h := memberHost()
	h.Config.Features = append(h.Config.Features, app.Invite{})
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		_, err := s.App.Invite(t.Context(), app.NewInvitation{Email: bob})
		must(t, err)
		b := s.Browser().Visit(s.Mail(bob).Link())
		b.Fill("password", good).Submit().SeesError("company", "Say where you work.")
		b.Fill("password", good).Fill("company", "Evil Inc").Submit().SeesError("company", "Not them.")
		b.Fill("password", good).Fill("company", "Engines").Submit().At("/").SignedIn(bob)
		account, err := s.App.FindUser(t.Context(), bob)
		must(t, err)
		if account.(*Member).Company != "Engines" {
			t.Errorf("%+v", account)
		}
	})
}

// Mail programs, and the machines that check links, follow one before its reader does, and mangle it.
func TestInvitationPrefetched(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		link := invited(t, s, bob, "editor").Link()
		for range 10 {
			for _, method := range []string{"GET", "HEAD"} {
				answer := s.Browser().Send(apptest.Request{Method: method, Path: link, Header: map[string]string{"User-Agent": "Scanner", "Accept": "text/html", "Sec-Purpose": "prefetch"}})
				if to := ledTo(t, answer); !strings.HasPrefix(to, "/register?next=%2Finvitation%2F") {
					t.Errorf("%s leads to %q", method, to)
				}
				if answer = s.Browser().Send(apptest.Request{Method: method, Path: ledTo(t, answer), Header: map[string]string{"Accept": "text/html"}}); answer.Status != http.StatusOK {
					t.Errorf("%s is answered by %d", method, answer.Status)
				}
			}
		}
		s.Happened(app.InvitationSent)
		for i, mangled := range []string{link + ".", link + "%3E", link + "=3D", link + ")", link + "?utm_source=mail", link[:len(link)-9] + "%0D%0A" + link[len(link)-9:]} {
			s.As(s.User(apptest.Person{Email: fmt.Sprintf("u%d@example.com", i)})).Visit(mangled).Sees(bob)
			if s.Transport != apptest.JSON {
				s.Browser().Visit(mangled).Sees("Your account will have the address " + bob)
			}
		}
		b := s.Browser().Visit(link+".").Fill("password", good).Submit().SignedIn(bob)
		b.Visit(link).At("/")
		for _, wrong := range []string{"/invitation/x", "/invitation/%25", "/invitation/%00", "/invitation/" + strings.Repeat("A", 43)} {
			if b := s.Browser().Visit(wrong).Sees("This invitation is not known here"); b.Status() != http.StatusNotFound {
				t.Errorf("%s: %d", wrong, b.Status())
			}
		}
	})
}

// invitation follows an invitation every way that it leads: to the page for registering, through a
// sign-in that waits at a gate, and to who is signed in.
func (w *walk) invitation(email, password string) {
	w.t.Helper()
	_, err := w.s.App.Invite(w.t.Context(), app.NewInvitation{Email: email})
	must(w.t, err)
	link, err := url.Parse(w.s.Mail(email).Link())
	must(w.t, err)
	w.exchanged = append(w.exchanged, strings.TrimPrefix(link.Path, "/invitation/"))
	b, header := w.s.Browser(), headers(w.s.Transport)
	w.send(b, apptest.Request{Path: link.Path, Header: header})
	w.post(b, "/login", password, "email", "slow", "next", link.Path)
	w.send(b, apptest.Request{Path: "/quiz", Header: header})
	register := "/register?next=" + url.QueryEscape(link.Path)
	w.send(b, apptest.Request{Path: register, Header: header})
	w.post(b, register, "marked")
	w.post(b, register, "marked by who is invited")
	for _, path := range []string{link.Path, register, "/invite"} {
		w.send(b, apptest.Request{Path: path, Header: header})
		w.send(w.s.Browser(), apptest.Request{Path: path, Header: header})
	}
	w.send(b, apptest.Request{Method: http.MethodPost, Path: link.Path, Header: header})
}

// The site's own paths lead the same way, and the invitation survives a sign-in that waits at a gate.
func TestInvitationUnderOtherPaths(t *testing.T) {
	config := inviting(patient(), app.Invite{Only: true})
	config.Prefix, config.Paths = "/auth", map[string]string{"invitation": "/join/:token/now", "register": "/sign-up"}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		for _, email := range []string{bob, "cara@example.com"} {
			_, err := s.App.Invite(t.Context(), app.NewInvitation{Email: email})
			must(t, err)
			link := s.Mail(email).Link()
			if !strings.HasPrefix(link, s.URL+"/auth/join/") || !strings.HasSuffix(link, "/now") {
				t.Errorf("the link is %s", link)
			}
			s.Browser().Visit(link).Fill("password", good).Submit().At("/").SignedIn(email)
		}
	})
}

func TestInvitationBehindAGate(t *testing.T) {
	h := quizHost()
	h.Config.Features = append(patient().Features, app.Invite{})
	t.Parallel()
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: bob, Username: "slow"})
		_, err := s.App.Invite(t.Context(), app.NewInvitation{Email: bob})
		must(t, err)
		b := s.Browser().Visit(s.Mail(bob).Link()).Fill("email", bob).Fill("password", apptest.Password).Submit().At("/quiz")
		b.Press("Answer").Press("Accept as slow").At("/").SignedIn(bob)
		s.Happened(app.InvitationSent, app.SignedIn, app.InvitationAccepted)
	}, paged...)
}
