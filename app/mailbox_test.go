package app_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/components"
)

// developing is a site in development, where there is a mailbox.
func developing() app.Config { return app.Config{URL: "http://localhost:3000"} }

// post has the site send a mail of the host's.
func post(t *testing.T, s *apptest.Site, to, subject, text string) {
	t.Helper()
	must(t, s.App.Mail(t.Context(), s.DB, "orders.shipped", to, components.Mail{Subject: subject, Text: text, HTML: components.MailText(text)}))
}

// A kept is one mail of the mailbox, as a program reads it.
type kept struct {
	ID, Kind, At, To, Subject, Text, HTML string
	Links, Codes                          []string
}

// messages are what a program reads at path.
func messages(t *testing.T, s *apptest.Site, path string) []kept {
	t.Helper()
	answer := s.Browser().Send(apptest.Request{Path: path, Header: headers(apptest.JSON)})
	var got struct{ Response struct{ Messages []kept } }
	must(t, json.Unmarshal([]byte(answer.Body), &got))
	if !strings.Contains(answer.Body, `"messages":[`) {
		t.Errorf("there is no list of messages in %s", answer.Body)
	}
	return got.Response.Messages
}

// A program reads the newest mail first, with its links and codes taken out.
func TestMailboxForPrograms(t *testing.T) {
	tellOnce(t, developing(), func(t *testing.T, s *apptest.Site) {
		if got := messages(t, s, "/dev/mailbox"); len(got) != 0 {
			t.Errorf("at first there are %v", got)
		}
		post(t, s, ada, "First", "Hello\n\nhttp://localhost:3000/confirm?token=a-b_c\n\nor type\n\n  4821 9037\n\nTHANKS\n\nhttp://localhost:3000/confirm?token=a-b_c\n")
		post(t, s, "bob@example.com", "Second", "No more than words & <b>.")
		got := messages(t, s, "/dev/mailbox")
		if len(got) != 2 || got[0].Subject != "Second" || got[1].Subject != "First" || got[1].To != ada || got[1].Kind != "orders.shipped" || got[1].At == "" {
			t.Fatalf("there are %+v", got)
		}
		if want := []string{"http://localhost:3000/confirm?token=a-b_c"}; !slices.Equal(got[1].Links, want) {
			t.Errorf("links %q", got[1].Links)
		}
		if want := []string{"4821 9037"}; !slices.Equal(got[1].Codes, want) {
			t.Errorf("codes %q", got[1].Codes)
		}
		if got[0].Links == nil || got[0].Codes == nil || len(got[0].Links)+len(got[0].Codes) != 0 {
			t.Errorf("a mail without any has the links %v and the codes %v", got[0].Links, got[0].Codes)
		}
		if got[0].Text != "No more than words & <b>." || !strings.Contains(got[0].HTML, "No more than words &amp; &lt;b&gt;.") {
			t.Errorf("the parts are %q and %q", got[0].Text, got[0].HTML)
		}
		for filter, want := range map[string]int{"ada%40example.com": 1, "BOB@": 1, "example.com": 2, "": 2, "nobody": 0, "%25": 0, "%00": 0} {
			if got := messages(t, s, "/dev/mailbox?to="+filter); len(got) != want {
				t.Errorf("to %s there are %d, not %d", filter, len(got), want)
			}
		}
	}, apptest.JSON)
}

// The list asks for itself, filter included, and what it takes over is there in the answer.
func TestMailboxIsLive(t *testing.T) {
	tellOnce(t, developing(), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/dev/mailbox?to=ada%40example.com")
		live := func() *goquery.Selection { return b.Page().Find("[hx-trigger^=every]") }
		id, from := live().AttrOr("id", ""), live().AttrOr("hx-get", "")
		if id == "" || live().AttrOr("hx-select", "") != "#"+id {
			t.Fatalf("the list replaces itself by %q of %q", live().AttrOr("hx-select", ""), from)
		}
		b.Sees("No mail to " + ada)
		post(t, s, ada, "For Ada", "Hello.")
		post(t, s, "bob@example.com", "For Bob", "Hello.")
		b.Visit(from).Sees("For Ada").SeesNot("For Bob")
		if live().Length() != 1 || live().AttrOr("id", "") != id || live().AttrOr("hx-get", "") != from {
			t.Errorf("the answer holds no such list")
		}
		b.Visit("/dev/mailbox").Sees("For Ada").Sees("For Bob")
		b.Send(apptest.Request{Method: http.MethodPost, Path: "/dev/mailbox", Header: headers(apptest.Plain)})
		b.Visit("/dev/mailbox").Sees("No mail yet")
	}, apptest.Plain, apptest.HTMX)
}

// A mail is shown as it looks, as text and as it travels; links can be followed and codes copied.
func TestMailboxShowsAMail(t *testing.T) {
	tellOnce(t, developing(), func(t *testing.T, s *apptest.Site) {
		post(t, s, ada, "Your <code>", "Type\n\n12345678\n\nor follow http://localhost:3000/account?a=1&b=2\n")
		must(t, s.App.DeliverMails(t.Context()))
		b := s.Browser().Visit("/dev/mailbox/1").Sees("Your <code>").Sees("orders.shipped").Sees("Subject: Your <code>").Sees("Auto-Submitted: auto-generated")
		page := b.Page()
		if n := page.Find(`a[href="http://localhost:3000/account?a=1&b=2"]`).Length(); n != 1 {
			t.Errorf("%d links lead there", n)
		}
		id := page.Find("[data-gh-copy]").AttrOr("data-gh-copy", "none")
		if code := page.Find("#" + id).Text(); code != "12345678" {
			t.Errorf("the button copies %q", code)
		}
		frame := page.Find("iframe")
		if sandbox := frame.AttrOr("sandbox", "none"); strings.Contains(sandbox, "allow-scripts") || strings.Contains(sandbox, "allow-same-origin") || sandbox == "none" {
			t.Errorf("the frame is kept in by %q", sandbox)
		}
		answer := b.Send(apptest.Request{Path: frame.AttrOr("src", "")})
		if answer.Status != http.StatusOK || !strings.Contains(answer.Body, "12345678") || !strings.HasPrefix(answer.Header.Get("Content-Security-Policy"), "sandbox ") {
			t.Errorf("the frame holds %d %.200s", answer.Status, answer.Body)
		}
		b.Visit("/dev/mailbox/2")
		if b.Status() != http.StatusNotFound {
			t.Errorf("a mail that is not there is answered by %d", b.Status())
		}
	}, apptest.Plain)
}

// Outside development there is no mailbox, even where the mailer is one.
func TestMailboxInDevelopmentAlone(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		post(t, s, ada, "For Ada", "Hello.")
		must(t, s.App.DeliverMails(t.Context()))
		for _, path := range []string{"/dev/mailbox", "/dev/mailbox/1", "/dev/mailbox/1/html"} {
			if answer := s.Browser().Send(apptest.Request{Path: path}); answer.Status != http.StatusNotFound || strings.Contains(answer.Body, ada) {
				t.Errorf("%s is answered by %d %.200s", path, answer.Status, answer.Body)
			}
		}
		config := s.App.Config
		config.Mailer = mail.NewMailbox()
		kept, err := app.New(config)
		must(t, err)
		for _, name := range []string{"mailbox", "mailbox.mail", "mailbox.html"} {
			if at := kept.URL(name); at != "" {
				t.Errorf("%s is at %s", name, at)
			}
		}
	}, apptest.Plain)
}
