package app_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// confirmed is a site on which addresses are confirmed, as often as one likes.
func confirming(c app.Confirm, r app.Register) app.Config {
	config := registering(r)
	patience := config.Features[2].(app.Register).Limit
	c.Limit.PerNetwork, c.Tries = patience.PerNetwork, patience
	config.Features = append(config.Features, c, app.Recover{Limit: c.Limit, Tries: patience})
	return config
}

const (
	saysAsked   = "Thank you. We have sent a message to "
	saysDoneNow = "Your address is confirmed."
	saysLater   = "or the address is not confirmed yet."
)

// enroll registers by the form.
func enroll(b *apptest.Browser, email string) *apptest.Browser {
	return b.Visit("/register").Fill("email", email).Fill("password", good).Submit()
}

func isConfirmed(t *testing.T, s *apptest.Site, email string) bool {
	t.Helper()
	row := new(db.Address)
	must(t, s.DB.NewSelect().Model(row).Where("address_key = ?", email).Scan(t.Context()))
	return !row.ConfirmedAt.IsZero()
}

func TestConfirm(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		b := enroll(s.Browser(), ada).At("/confirm").Sees(saysAsked + ada).SignedOut()
		s.Happened(app.Registered)
		letter := s.Mail(ada)
		if letter.Subject != "Confirm your address at Shop" || !strings.HasPrefix(letter.Link(), s.URL+"/confirm/") || letter.Kind != "confirm" ||
			!strings.Contains(letter.HTML, letter.Link()) || !strings.Contains(letter.HTML, letter.Code()) || !strings.Contains(letter.Text, "1 day") || len(s.Mails()) != 1 {
			t.Errorf("the mail is %+v", letter.Message)
		}
		signIn(s.Browser(), ada, good).SeesError("", saysLater).SignedOut()
		s.Happened(app.SignInFailed)

		b.Visit(letter.Link())
		if s.Transport != apptest.JSON {
			b.Sees("Confirm your address").Sees(ada)
		}
		if isConfirmed(t, s, ada) {
			t.Error("looking at the link has confirmed the address")
		}
		b.Submit().At("/login").Sees(saysDoneNow).SignedOut()
		if events := s.Happened(app.EmailConfirmed); events[0].User.Primary.Email != ada || !isConfirmed(t, s, ada) {
			t.Errorf("told of %+v", events[0])
		}
		if welcome := s.Mail(ada); welcome.Subject != "Welcome to Shop" || len(s.Mails()) != 2 {
			t.Errorf("the mail is %+v", welcome.Message)
		}
		signIn(b, ada, good).At("/").SignedIn(ada)
		s.Happened(app.SignedIn)
		b.Visit("/confirm").At("/").Sees("Your address is confirmed already.")
	})
}

func TestConfirmByCode(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register?next=%2Forders").Fill("email", ada).Fill("password", good).Submit().At("/confirm?next=%2Forders")
		code := s.Mail(ada).Code()
		b = b.Visit("/confirm?next=%2Forders").In("confirm-code")
		if b.Page().Find(`#confirm-code [name="email"]`).Length() != 0 && s.Transport != apptest.JSON {
			t.Error("the page asks for an address that it knows")
		}
		b.Fill("code", "1").Submit().SeesError("code", "This code is wrong or no longer good.")
		b.In("confirm-code").Fill("code", "").Submit().SeesError("code", "Type the code from the message.")
		b.In("confirm-code").Fill("code", code).Submit().At("/login?next=%2Forders").Sees(saysDoneNow)
		s.Happened(app.Registered, app.EmailConfirmed)
		signIn(b, ada, good).SignedIn(ada)
	})
}

// The mail is sent again to whoever waits for one, after a minute, and the answer does not tell
// who does. Sent twice by one click, it is one mail.
func TestConfirmAgain(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), ada)
		first := s.Mail(ada)
		s.Clock.Advance(10 * time.Second)
		b := s.Browser()
		again := func() *apptest.Browser {
			return b.Visit("/confirm?email="+ada).In("confirm").Fill("email", "ADA@example.com").Submit()
		}
		again().SeesError("", saysSoon)
		if s.Transport == apptest.Plain {
			b.Sees("0:50") // counting down
		}
		s.Clock.Advance(50 * time.Second)
		again().Sees("If ADA@example.com is waiting to be confirmed")
		again().Sees("If ADA@example.com is waiting to be confirmed")
		s.Happened(app.Registered, app.ConfirmSent)
		second := s.Mail(ada)
		if second.Link() == first.Link() || len(s.Mails()) != 2 {
			t.Error("no new link")
		}
		b.Visit(first.Link()).SeesError("", "This link has expired, or a newer one was sent.")
		b.Visit(second.Link()).Submit().At("/login").Sees(saysDoneNow)
		// Whoever has nothing to confirm gets nothing, and the same answer.
		s.Mails()
		s.Happened(app.EmailConfirmed)
		s.Clock.Advance(time.Hour)
		again().Sees("If ADA@example.com is waiting to be confirmed")
		if e := s.Happened(app.ConfirmSent); e[0].User != nil || len(s.Mails()) != 3 {
			t.Errorf("told of %+v; %d mails", e[0], len(s.Mails()))
		}
	})
}

// Nobody learns from signing in what became of an address.
func TestConfirmAnswersAlike(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "known@example.com"})
		s.User(apptest.Person{Email: "owned@example.com"})
		for email, disabled := range map[string]bool{"waits@example.com": false, "shuts@example.com": true} {
			s.User(apptest.Person{Email: email, Disabled: disabled, Unconfirmed: true})
		}
		names := []string{"known@example.com", "waits@example.com", "shuts@example.com", "other@example.com"}
		alike(t, s, "/login", names, url.Values{"password": {"wrong"}})
		alike(t, s, "/login", names[1:], url.Values{"password": {apptest.Password}}) // right for two of them
		// What one registers, one cannot sign in to: whether the address was new, nobody is told.
		s.Clock.Advance(time.Hour)
		alike(t, s, "/register", []string{"owned@example.com", "third@example.com"}, url.Values{"password": {good}})
		alike(t, s, "/login", []string{"owned@example.com", "third@example.com"}, url.Values{"password": {good}})
		alike(t, s, "/confirm", []string{"owned@example.com", "third@example.com"}, url.Values{})
	})
}

// Somebody's mail program, the one that checks links for it, and a preview: each follows a link
// before its reader does, from elsewhere, and spends nothing.
func TestConfirmPrefetched(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), ada)
		link := s.Mail(ada).Link()
		for i := range 10 {
			for _, method := range []string{"GET", "HEAD"} {
				answer := s.Browser().Send(apptest.Request{Method: method, Path: link, Header: map[string]string{
					"User-Agent": fmt.Sprint("Scanner/", i), "X-Forwarded-For": fmt.Sprint("203.0.113.", i), "Accept": "text/html", "Sec-Purpose": "prefetch",
				}})
				if answer.Status != 200 || strings.Contains(answer.Body, "<script>") {
					t.Errorf("%s is answered by %d", method, answer.Status)
				}
			}
		}
		s.Happened(app.Registered)
		s.Browser().Visit(link).Submit().At("/login").Sees(saysDoneNow)
		s.Happened(app.EmailConfirmed)
	})
}

// What mail programs, quoting and hands make of a link still works, or is told for what it is.
func TestConfirmMangled(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		for i, mangle := range []func(link string) string{
			func(link string) string { return link + "." },
			func(link string) string { return link + "%3E" },
			func(link string) string { return link + ">" },
			func(link string) string { return link + ")," },
			func(link string) string { return link + "=3D" },
			func(link string) string { return link + "/" },
			func(link string) string { return link + "%20" },
			func(link string) string { return link + "%0D%0A" },
			func(link string) string { return link + "?utm_source=mail" },
			func(link string) string { return link + "?next=3D%2Forders" },
			func(link string) string { return link[:len(link)-20] + "%0D%0A" + link[len(link)-20:] },
			func(link string) string { return link[:len(link)-20] + "=%0A" + link[len(link)-20:] },
			func(link string) string { return link[:len(link)-20] + "%20" + link[len(link)-20:] },
		} {
			email := fmt.Sprintf("u%d@example.com", i)
			enroll(s.Browser(), email)
			mangled := mangle(s.Mail(email).Link())
			s.Browser().Visit(mangled).Submit().Sees(saysDoneNow)
			if !isConfirmed(t, s, email) {
				t.Errorf("%s confirms nothing", mangled)
			}
		}
		enroll(s.Browser(), ada)
		link := s.Mail(ada).Link()
		for _, mangled := range []string{link[:len(link)-1], s.URL + "/confirm/x", s.URL + "/confirm/%25", s.URL + "/confirm/%00", strings.ToLower(link), s.URL + "/confirm/" + strings.Repeat("A", 43)} {
			b := s.Browser().Visit(mangled).SeesError("", "This link is not complete, or not one of ours.")
			if b.Status() >= 500 {
				t.Errorf("%s: %d", mangled, b.Status())
			}
		}
		if isConfirmed(t, s, ada) {
			t.Error("a mangled link has confirmed the address")
		}
	})
}
