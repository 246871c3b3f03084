package mails_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/mails"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

var update = flag.Bool("update", false, "write what the mails look like now to testdata")

func letters(t *testing.T) map[string]components.Mail {
	ctx := t.Context()
	at := time.Date(2026, 3, 4, 10, 4, 0, 0, time.UTC)
	return map[string]components.Mail{
		"welcome": mails.Welcome(ctx, props.Welcome{AppName: "Fish & Chips", Name: "Ada <ada@example.com>", Login: "https://shop.example/login"}),
		"confirm": mails.Confirm(ctx, props.ConfirmMail{
			AppName: "Fish & Chips", Email: "ada@example.com", Link: "https://shop.example/confirm/x?next=%2Forders", Code: "1234 5678", TTL: 24 * time.Hour,
		}),
		"register-existing": mails.RegisterExisting(ctx, props.RegisterExisting{AppName: "Fish & Chips", Email: "ada@example.com", Login: "https://shop.example/login", Recover: "https://shop.example/recover"}),
		"change-notice":     mails.ChangeNotice(ctx, props.ChangeNotice{AppName: "Fish & Chips", At: at, Home: "https://shop.example/", Network: "192.0.2.7", Recover: "https://shop.example/recover"}),
		"change-bare":       mails.ChangeNotice(ctx, props.ChangeNotice{AppName: "Fish & Chips", At: at, Home: "https://shop.example/"}),
		"register-bare":     mails.RegisterExisting(ctx, props.RegisterExisting{AppName: "Fish & Chips", Email: "ada@example.com", Login: "https://shop.example/login"}),
	}
}

func html(t *testing.T, m components.Mail) string {
	t.Helper()
	var b strings.Builder
	envelope := props.Envelope{
		Subject: m.Subject, AppName: "Fish & Chips", Home: "https://shop.example/", Lang: "en", Dir: "ltr",
		Reason: locales.Message{Code: "test", English: "You have an account here."},
	}
	if err := mails.Layout(envelope, m.HTML).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMailsLookAsTheyDid(t *testing.T) {
	t.Parallel()
	for name, m := range letters(t) {
		got := "Subject: " + m.Subject + "\n\n" + m.Text + "\n" + strings.ReplaceAll(html(t, m), "><", ">\n<") + "\n"
		path := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not what it was; look at it, then run with -update:\n%s", path, got)
		}
	}
}

// Both parts say the same: whoever reads only one misses nothing to do.
func TestBothPartsLeadToTheSamePlaces(t *testing.T) {
	t.Parallel()
	for name, m := range letters(t) {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(html(t, m)))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		doc.Find(".paper a").Each(func(_ int, a *goquery.Selection) {
			n++
			if !strings.Contains(m.Text, a.AttrOr("href", "")) {
				t.Errorf("%s: the text part lacks %s", name, a.AttrOr("href", ""))
			}
		})
		if n == 0 {
			t.Errorf("%s leads nowhere", name)
		}
		if strings.Contains(m.Text, "&amp;") || strings.Contains(m.Subject, "&amp;") {
			t.Errorf("%s: text is escaped as if it were HTML: %s", name, m.Text)
		}
		if strings.ContainsAny(m.Subject, "\r\n") {
			t.Errorf("%s: the subject has more than one line", name)
		}
	}
}

// What a reader would block or fetch: nothing may tell the sender that a mail was opened.
func TestMailsFetchNothing(t *testing.T) {
	t.Parallel()
	for name, m := range letters(t) {
		for _, banned := range []string{"<img", "<script", "<link", "url(", "@import", "javascript:"} {
			if strings.Contains(html(t, m), banned) {
				t.Errorf("%s holds %s", name, banned)
			}
		}
	}
}
