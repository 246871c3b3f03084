package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Every mail can be looked at in every language, the host's own among them, and looking sends
// nothing.
func TestGallery(t *testing.T) {
	config := developing()
	config.Mails.Welcome = func(_ context.Context, p props.Welcome) components.Mail {
		return components.Mail{Subject: "Ahoy from " + p.AppName, Text: "Ahoy.", HTML: components.MailText("Ahoy.")}
	}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/dev/mails").Sees("welcome").Sees("Ahoy from Shop").SeesNot("Welcome to Shop")
		var versions []string
		b.Page().Find(".gh-letter").Each(func(_ int, a *goquery.Selection) { versions = append(versions, a.AttrOr("href", "")) })
		if len(versions) < 8 {
			t.Errorf("the gallery leads to %q", versions)
		}
		for _, version := range versions {
			b.Visit(version).Sees("To: <ada@example.com>")
			frame := b.Page().Find("iframe").AttrOr("src", "")
			answer := b.Send(apptest.Request{Path: frame})
			language := version[strings.LastIndexByte(version, '=')+1:]
			if answer.Status != http.StatusOK || !strings.Contains(answer.Body, `lang="`+language+`"`) || !strings.HasPrefix(answer.Header.Get("Content-Security-Policy"), "sandbox ") {
				t.Errorf("%s is shown by %q, %d %.200s", version, frame, answer.Status, answer.Body)
			}
		}
		b.Visit("/dev/mails/nothing")
		if b.Status() != http.StatusNotFound {
			t.Errorf("a mail that is none is answered by %d", b.Status())
		}
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails were sent", n)
		}
	}, apptest.Plain)
}

func TestGalleryInDevelopmentAlone(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		for _, path := range []string{"/dev/mails", "/dev/mails/welcome", "/dev/mails/welcome/html"} {
			if answer := s.Browser().Send(apptest.Request{Path: path}); answer.Status != http.StatusNotFound {
				t.Errorf("%s is answered by %d", path, answer.Status)
			}
		}
	}, apptest.Plain)
}
