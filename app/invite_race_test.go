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

// invitationOf is the path of an invitation's link, and that of registering with it.
func invitationOf(t *testing.T, letter apptest.Letter) (link, register string) {
	t.Helper()
	to, err := url.Parse(letter.Link())
	must(t, err)
	return to.Path, "/register?next=" + url.QueryEscape(to.Path)
}

// allAtOnce sends requests, each from a browser, all at once.
func allAtOnce(browsers []*apptest.Browser, request func(i int) apptest.Request) []apptest.Answer {
	answers := make([]apptest.Answer, len(browsers))
	var all sync.WaitGroup
	for i, b := range browsers {
		all.Go(func() { answers[i] = b.Send(request(i)) })
	}
	all.Wait()
	return answers
}

func accountsOf(t *testing.T, s *apptest.Site, key string) int64 {
	t.Helper()
	n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Where("address_key = ?", key).Count(t.Context())
	must(t, err)
	return n
}

// R30: an invitation that is accepted by many at once is accepted once, by whom it may be.
func TestInvitationAtOnce(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		// By members, each with an account of their own.
		link, _ := invitationOf(t, invited(t, s, bob, "editor"))
		var browsers []*apptest.Browser
		for i := range 32 {
			browsers = append(browsers, s.As(s.User(apptest.Person{Email: fmt.Sprintf("u%d@example.com", i)})))
		}
		won := 0
		for i, answer := range allAtOnce(browsers, func(int) apptest.Request {
			return apptest.Request{Method: http.MethodPost, Path: link, Header: headers(apptest.Plain)}
		}) {
			got := rolesOf(t, s, fmt.Sprintf("u%d@example.com", i)) == "editor"
			switch {
			case answer.Status == http.StatusSeeOther && got:
				won++
			case answer.Status != http.StatusGone || got || !strings.Contains(answer.Body, "This invitation has been accepted"):
				t.Errorf("u%d is answered by %d, is editor: %v", i, answer.Status, got)
			}
		}
		if won != 1 {
			t.Errorf("%d have accepted", won)
		}
		s.Happened(app.InvitationSent, app.InvitationAccepted)

		// By visitors who register: with one password, since it is one person with a nervous finger, or
		// with others, who only hold the link.
		_, register := invitationOf(t, invited(t, s, "cara@example.com", "editor"))
		browsers = nil
		for range 16 {
			browsers = append(browsers, s.Browser())
		}
		in, out := 0, 0
		passwords := []string{good, "eighteen green lamps"}
		for i, answer := range allAtOnce(browsers, func(i int) apptest.Request {
			return apptest.Request{Path: register, Header: headers(apptest.Plain), Body: url.Values{"password": {passwords[i%2]}}.Encode()}
		}) {
			switch who := browsers[i].Who(); {
			case answer.Status == http.StatusSeeOther && who == "cara@example.com":
				in++
			case answer.Status == http.StatusGone && who == "":
				out++
			default:
				t.Errorf("%d, %q is signed in: %.300s", answer.Status, who, answer.Body)
			}
		}
		if in != 8 || out != 8 || accountsOf(t, s, "cara@example.com") != 1 || rolesOf(t, s, "cara@example.com") != "editor" {
			t.Errorf("%d are in, %d out, with %d accounts", in, out, accountsOf(t, s, "cara@example.com"))
		}
	}, plainly...)
}

// R30: an invitation that is revoked while it is accepted is the one or the other.
func TestInvitationRevokedWhileAccepted(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		for i := range 6 {
			email := fmt.Sprintf("u%d@example.com", i)
			link, register := invitationOf(t, invited(t, s, email, "editor"))
			row := mustInvitation(t, s, email)
			other := s.As(s.User(apptest.Person{Email: "member-" + email}))
			answers := allAtOnce([]*apptest.Browser{s.As(refreshed(t, s, ada)), s.Browser(), other}, func(i int) apptest.Request {
				return []apptest.Request{
					{Method: http.MethodPost, Path: "/invite/" + row.ID.String() + "/revoke", Header: headers(apptest.Plain)},
					{Path: register, Header: headers(apptest.Plain), Body: url.Values{"password": {good}}.Encode()},
					{Method: http.MethodPost, Path: link, Header: headers(apptest.Plain)},
				}[i]
			})
			var statuses []int
			for _, answer := range answers {
				statuses = append(statuses, answer.Status)
			}
			row = mustInvitation(t, s, email)
			opened, given := accountsOf(t, s, email) == 1, rolesOf(t, s, "member-"+email) == "editor"
			want := []int{http.StatusUnprocessableEntity, http.StatusGone, http.StatusGone}
			done := 0
			for i, happened := range []bool{!row.RevokedAt.IsZero(), opened, given} {
				if happened {
					want[i] = http.StatusSeeOther
					done++
				}
			}
			if done != 1 || row.RevokedAt.IsZero() == row.AcceptedAt.IsZero() || !slices.Equal(statuses, want) {
				t.Errorf("answered by %v, and not by %v: %+v", statuses, want, row)
			}
		}
	}, plainly...)
}

// R8: registering and accepting an invitation, with one address at once, is one account.
func TestInvitationAndRegistrationAtOnce(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		for i := range 6 {
			email := fmt.Sprintf("u%d@example.com", i)
			_, register := invitationOf(t, invited(t, s, email, "editor"))
			var browsers []*apptest.Browser
			for range 8 {
				browsers = append(browsers, s.Browser())
			}
			answers := allAtOnce(browsers, func(i int) apptest.Request {
				if i%4 == 0 {
					return apptest.Request{Path: register, Header: headers(apptest.Plain), Body: url.Values{"password": {good}}.Encode()}
				}
				return apptest.Request{Path: "/register", Header: headers(apptest.Plain), Body: url.Values{"email": {strings.ToUpper(email)}, "password": {"eighteen green lamps"}}.Encode()}
			})
			if n := accountsOf(t, s, email); n != 1 {
				t.Fatalf("%d accounts", n)
			}
			row := mustInvitation(t, s, email)
			for i, answer := range answers {
				switch byInvitation, who := i%4 == 0, browsers[i].Who(); {
				case !byInvitation && answer.Status == http.StatusSeeOther && who == "":
				case byInvitation && !row.AcceptedAt.IsZero() && answer.Status == http.StatusSeeOther && who == email:
				case byInvitation && row.AcceptedAt.IsZero() && answer.Status == http.StatusUnprocessableEntity && who == "":
				default:
					t.Errorf("%d: answered by %d, %q is signed in", i, answer.Status, who)
				}
			}
			if accepted := !row.AcceptedAt.IsZero(); accepted != isConfirmed(t, s, email) || accepted != (rolesOf(t, s, email) == "editor") {
				t.Errorf("accepted %v, confirmed %v, roles %q", accepted, isConfirmed(t, s, email), rolesOf(t, s, email))
			}
		}
	}, plainly...)
}

// A form that was sent twice is answered as if it had been once: the second answer signs in too, if it
// knows the password. Later, or with another, the invitation is used up.
func TestInvitationClickedTwice(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		_, register := invitationOf(t, invited(t, s, bob, "editor"))
		send := func(password string) (*apptest.Browser, apptest.Answer) {
			b := s.Browser()
			return b, b.Send(apptest.Request{Path: register, Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"password": {password}})})
		}
		for range 2 {
			b, answer := send(good)
			if answer.Status >= http.StatusBadRequest {
				t.Errorf("%d %s", answer.Status, answer.Body)
			}
			b.SignedIn(bob)
			s.Clock.Advance(3 * time.Second)
		}
		s.Happened(app.InvitationSent, app.Registered, app.EmailConfirmed, app.InvitationAccepted, app.SignedIn, app.SignedIn)
		if b, answer := send("eighteen green lamps"); answer.Status != http.StatusGone {
			t.Errorf("%d", answer.Status)
		} else {
			b.SignedOut()
		}
		s.Clock.Advance(time.Minute)
		if b, answer := send(good); answer.Status != http.StatusGone {
			t.Errorf("%d", answer.Status)
		} else {
			b.SignedOut()
		}
		if n := len(s.Mails()); n != 3 {
			t.Errorf("%d mails", n)
		}
		s.Happened()
	})
}

// Somebody closes the account that was opened a moment ago: the second click opens nothing.
func TestInvitationClickedTwiceAndClosed(t *testing.T) {
	tell(t, guests(app.Invite{}), func(t *testing.T, s *apptest.Site) {
		_, register := invitationOf(t, invited(t, s, bob, "editor"))
		form := apptest.Request{Path: register, Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"password": {good}})}
		s.Browser().Send(form)
		run(t, s, "UPDATE users SET disabled_at = created_at WHERE id IN (SELECT user_id FROM addresses WHERE address_key = 'bob@example.com')")
		b := s.Browser()
		if answer := b.Send(form); answer.Status < http.StatusBadRequest || !strings.Contains(answer.Body, saysClosed) {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		b.SignedOut()
	})
}
