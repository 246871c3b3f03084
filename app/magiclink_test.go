package app_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// byMail is a site that signs in by mail, too, as often as one likes.
func byMail(m app.MagicLink, more ...app.Feature) app.Config {
	config := patient()
	patience := config.Features[0].(app.Login).Limit
	m.Limit.PerNetwork, m.Tries = patience.PerNetwork, patience.PerNetwork
	config.Features = append(config.Features, append([]app.Feature{m}, more...)...)
	return config
}

// mailOnly is a site without any password.
func mailOnly(more ...app.Feature) app.Config {
	config := byMail(app.MagicLink{}, more...)
	config.Features = config.Features[1:]
	return config
}

const (
	saysMailed    = " has an account, a message is "
	saysBadCode   = "This code is wrong or no longer good."
	saysMailOver  = "This link has expired, was used, or a newer one was sent."
	saysBadNumber = "This is not the number."
	saysNotMe     = "Nobody was signed in, and the link is no longer good."
	saysApproved  = "Go on in the browser in which you asked."
	saysGone      = "There is no sign-in waiting in this browser any more."
)

// ask asks for the mail.
func ask(b *apptest.Browser, email string) *apptest.Browser {
	return b.Visit("/login/email").Fill("email", email).Submit()
}

// typeCode types the code on the page where one waits.
func typeCode(b *apptest.Browser, code string) *apptest.Browser {
	return b.Visit("/login/wait").In("magic-link-code").Fill("code", code).Submit()
}

// numberOf is the number that the waiting page shows.
func numberOf(b *apptest.Browser) string {
	return b.Visit("/login/wait").Page().Find(".gh-number strong").Text()
}

// poll sends what the waiting page sends by itself.
func poll(s *apptest.Site, b *apptest.Browser) apptest.Answer {
	if s.Transport == apptest.JSON {
		return b.Send(apptest.Request{Path: "/login/wait", Header: headers(apptest.JSON), Body: "{}"})
	}
	return b.Send(apptest.Request{Path: "/login/wait", Header: headers(apptest.HTMX, "HX-Current-URL", s.URL+"/login/wait"), Body: "x="})
}

// methodsOf are the names of the methods of the one session that lives.
func methodsOf(t *testing.T, s *apptest.Site) string {
	t.Helper()
	var rows []db.Session
	must(t, s.DB.NewSelect().Model(&rows).Where("revoked_at IS NULL").Scan(t.Context()))
	if len(rows) != 1 {
		t.Fatalf("%d sessions live", len(rows))
	}
	return strings.Join(rows[0].Methods.Names(), " ")
}

func TestMagicLink(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/login?next=%2Forders")
		if s.Transport != apptest.JSON {
			b.Follow("Sign in by e-mail").At("/login/email?next=%2Forders")
		} else {
			b.Visit("/login/email?next=%2Forders")
		}
		b.Fill("email", "ADA@example.com").Submit().At("/login/wait?next=%2Forders").Sees("If ADA@example.com" + saysMailed).SignedOut()
		letter := s.Mail(ada)
		if letter.Subject != "Sign in to Shop" || letter.Kind != "magic_link" || !strings.HasPrefix(letter.Link(), s.URL+"/login/") || !strings.HasSuffix(letter.Link(), "?next=%2Forders") ||
			!strings.Contains(letter.HTML, letter.Code()) || !strings.Contains(letter.Text, "10 minutes") || len(s.Mails()) != 1 {
			t.Errorf("the mail is %+v", letter.Message)
		}
		if s.Happened(app.MagicLinkSent)[0].User.Primary.Email != ada {
			t.Error("told of somebody else")
		}
		b.Visit(letter.Link()).SignedOut()
		if s.Transport != apptest.JSON {
			b.Sees("You asked for this in this browser.")
		}
		b.Submit().At("/orders").SignedIn(ada)
		s.Happened(app.SignedIn)
		if got := methodsOf(t, s); got != app.ByEmail {
			t.Errorf("the session was opened by %q", got)
		}
		// Used up, it opens nothing, here or elsewhere.
		s.Clock.Advance(time.Minute)
		s.Browser().Visit(letter.Link()).SeesError("", saysMailOver).SignedOut()
		b.Visit("/login/wait").At("/").SignedIn(ada)
	})
}

func TestMagicLinkByCode(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := ask(s.Browser(), ada).At("/login/wait")
		letter := s.Mail(ada)
		typeCode(b, "").SeesError("code", "Type the code from the message.")
		typeCode(b, "1").SeesError("code", saysBadCode).SignedOut()
		typeCode(b, letter.Code()).At("/").SignedIn(ada)
		s.Happened(app.MagicLinkSent, app.SignInFailed, app.SignedIn)
		s.Clock.Advance(time.Minute)
		s.Browser().Visit(letter.Link()).SeesError("", saysMailOver)
	})
}

// The link is opened on another device: it shows who asks, wants the number that the first page
// shows, and signs in there and not here.
func TestMagicLinkElsewhere(t *testing.T) {
	tell(t, byMail(app.MagicLink{}, app.Track{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := ask(s.Browser().Header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), ada)
		letter := s.Mail(ada)
		if !strings.Contains(letter.Text, "Firefox on Linux") {
			t.Errorf("the mail does not say who asks: %s", letter.Text)
		}
		number := numberOf(b)
		other := s.Browser().Visit(letter.Link())
		if s.Transport != apptest.JSON {
			other.Sees("Firefox on Linux").Sees("127.0.0.1").SeesNot(" " + number + " ")
		}
		if answer := poll(s, b); s.Transport != apptest.JSON && (answer.Status != http.StatusNoContent || answer.Body != "") ||
			s.Transport == apptest.JSON && answer.JSON(t).Response["state"] != "waiting" {
			t.Errorf("who waits is answered %d %s", answer.Status, answer.Body)
		}
		b.Visit("/login/wait").Press("I have approved it").SignedOut()
		if s.Transport != apptest.JSON {
			b.At("/login/wait").Sees("The link has not been opened and approved yet.")
		}
		other.Visit(letter.Link()).Fill("number", "").Submit().SeesError("number", "Type the number that the other page shows.")
		other.Visit(letter.Link()).Fill("number", " "+number+" ").Submit()
		if s.Transport == apptest.JSON {
			other.Sees("approved")
		} else {
			other.Sees(saysApproved)
		}
		other.SignedOut()
		s.Happened(app.MagicLinkSent)
		answer := poll(s, b)
		switch {
		case s.Transport == apptest.JSON && answer.JSON(t).Response["tf_required"] != false:
			t.Errorf("a program is answered %s", answer.Body)
		case s.Transport != apptest.JSON && (answer.Status != 200 || answer.Header.Get("HX-Redirect") != "/"):
			t.Errorf("the page is answered %d %v", answer.Status, answer.Header)
		}
		b.SignedIn(ada)
		other.SignedOut()
		if methodsOf(t, s) != app.ByEmail {
			t.Error("by something else")
		}
		s.Happened(app.SignedIn)
	})
}

// One wrong number, or one word, ends it, and who waits learns nothing.
func TestMagicLinkRefused(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		for _, why := range []string{"number", "owner"} {
			s.Clock.Advance(time.Hour)
			b := ask(s.Browser(), ada)
			number := numberOf(b)
			before := poll(s, b)
			letter := s.Mail(ada)
			other := s.Browser().Visit(letter.Link())
			if n, err := strconv.Atoi(number); why == "number" {
				must(t, err)
				other.Fill("number", strconv.Itoa(10+(n-9)%90)).Submit().SeesError("", saysBadNumber)
			} else if s.Transport == apptest.JSON {
				answer := other.Send(apptest.Request{Path: letter.Link(), Header: headers(apptest.JSON), Body: `{"refuse":"1"}`})
				if answer.JSON(t).Response["state"] != "refused" {
					t.Errorf("answered %s", answer.Body)
				}
			} else {
				other.Press("It was not me").Sees(saysNotMe)
			}
			e := s.Happened(app.MagicLinkSent, app.MagicLinkRefused)[1]
			if e.User.ID != user.ID || e.Details["why"] != why {
				t.Errorf("told of %+v", e)
			}
			s.Browser().Visit(letter.Link()).SeesError("", saysMailOver)
			other.Send(apptest.Request{Path: letter.Link(), Header: headers(apptest.Plain), Body: "number=" + number})
			if after := poll(s, b); mask(after, ada) != mask(before, ada) {
				t.Errorf("who waits is told: %s", difference(mask(after, ada), mask(before, ada)))
			}
			typeCode(b, letter.Code()).SeesError("code", saysBadCode).SignedOut()
			other.SignedOut()
			s.Happened(app.SignInFailed)
		}
	})
}

// A code is good in the browser that asked, for the newest mail, and for nothing else.
func TestMagicLinkIsBound(t *testing.T) {
	tell(t, byMail(app.MagicLink{}, app.Confirm{SignInUnconfirmed: true}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		s.User(apptest.Person{Email: "bob@example.com"})
		a := ask(s.Browser(), ada)
		first := s.Mail(ada)
		s.Clock.Advance(20 * time.Minute)
		b := ask(s.Browser(), ada)
		second := s.Mail(ada)
		c := ask(s.Browser(), "bob@example.com")
		// Another browser's, another person's, another purpose's.
		typeCode(b, s.Mail("bob@example.com").Code()).SeesError("code", saysBadCode)
		typeCode(c, second.Code()).SeesError("code", saysBadCode)
		s.Browser().Visit("/login/wait").SeesNot(ada)
		confirm := strings.Replace(second.Link(), "/login/", "/confirm/", 1)
		s.Browser().Visit(confirm).SeesError("", "This link is not complete")
		a.Visit("/login/wait").SignedOut() // ten minutes are over
		a.Visit(first.Link()).SeesError("", saysMailOver)
		// A newer one asked for in this browser ends the one before; the page keeps its number.
		number := numberOf(b)
		s.Clock.Advance(2 * time.Minute)
		b.Visit("/login/wait").Press("Send it again").Sees("If " + ada + saysMailed)
		third := s.Mail(ada)
		if third.Code() == second.Code() || third.Link() == second.Link() || s.Transport != apptest.JSON && numberOf(b) != number {
			t.Error("it is no other mail, or another number")
		}
		typeCode(b, second.Code()).SeesError("code", saysBadCode)
		b.Visit(second.Link()).SeesError("", saysMailOver)
		// One asked for elsewhere meanwhile ends nothing here.
		s.Clock.Advance(8 * time.Minute)
		ask(s.Browser(), ada)
		typeCode(b, third.Code()).At("/").SignedIn(ada)
	})
}

func TestMagicLinkOver(t *testing.T) {
	tell(t, byMail(app.MagicLink{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := ask(s.Browser(), ada)
		letter := s.Mail(ada)
		b.Visit(letter.Link())
		other := s.Browser().Visit(letter.Link())
		b.Visit("/login/wait")
		s.Clock.Advance(10 * time.Minute)
		other.Fill("number", "42").Submit().SeesError("", saysMailOver)
		b.In("magic-link-code").Fill("code", letter.Code()).Submit().Sees(saysGone).SignedOut()
		s.Happened(app.MagicLinkSent)
	})
}
