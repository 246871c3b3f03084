package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// An exhibit is one state as a program reads it.
type exhibit struct {
	Name, Group, View, URL string
	Own                    bool
}

func exhibits(t *testing.T, s *apptest.Site) (all []exhibit, languages []string) {
	t.Helper()
	answer := s.Browser().Send(apptest.Request{Path: "/dev/gallery", Header: headers(apptest.JSON)})
	var got struct {
		Response struct {
			States    []exhibit
			Languages []string
		}
	}
	must(t, json.Unmarshal([]byte(answer.Body), &got))
	return got.Response.States, got.Response.Languages
}

// frame is one state alone.
func frame(t *testing.T, s *apptest.Site, state string, query ...string) (apptest.Answer, *goquery.Document) {
	t.Helper()
	answer := s.Browser().Send(apptest.Request{Path: "/dev/gallery/" + state + "?" + strings.Join(query, "&")})
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Body))
	must(t, err)
	return answer, doc
}

// Every state stands alone in every language, does nothing, leaves nothing, and may be framed by
// this site and no other.
func TestGalleryShowsEveryState(t *testing.T) {
	tellOnce(t, developing(), func(t *testing.T, s *apptest.Site) {
		all, languages := exhibits(t, s)
		if len(all) < 100 || !slices.Equal(languages, []string{"en", "fa"}) {
			t.Fatalf("there are %d states in %q", len(all), languages)
		}
		for _, e := range all {
			for _, language := range languages {
				answer, doc := frame(t, s, e.Name, "in="+language)
				if answer.Status != http.StatusOK || doc.Find("html").AttrOr("lang", "") != language {
					t.Errorf("%s in %s: %d %.200s", e.Name, language, answer.Status, answer.Body)
				}
				policy := answer.Header.Get("Content-Security-Policy")
				inert := strings.Contains(policy, "default-src 'none'") && strings.Contains(policy, "form-action 'none'") && !strings.Contains(policy, "connect-src")
				if !inert || e.Group == "mails" && strings.Contains(policy, "script-src") || !strings.Contains(policy, "frame-ancestors 'self'") || answer.Header.Get("X-Frame-Options") != "SAMEORIGIN" {
					t.Errorf("%s is kept in by %q", e.Name, policy)
				}
				if n := doc.Find(`[method=post], [method=get], [hx-post], [hx-get], [autofocus]`).Length(); n != 0 {
					t.Errorf("%s: %d elements do something", e.Name, n)
				}
				if n := doc.Find(`body:not(.ground) a`).FilterFunction(func(_ int, a *goquery.Selection) bool { return !strings.HasPrefix(a.AttrOr("href", ""), "#") }).Length(); n != 0 {
					t.Errorf("%s: %d links lead away", e.Name, n)
				}
				if set := answer.Header.Values("Set-Cookie"); len(set) != 0 {
					t.Errorf("%s leaves %q", e.Name, set)
				}
			}
		}
		if n := len(s.Mails()); n != 0 {
			t.Errorf("%d mails were sent", n)
		}
	}, apptest.Plain)
}

// What the host has of its own is what is shown: pages, mails, elements, layouts and words.
func TestGalleryShowsTheHostsOwn(t *testing.T) {
	config := developing()
	config.Name = "Sprocket"
	config.Mails.Welcome = func(_ context.Context, p props.Welcome) components.Mail {
		return components.Mail{Subject: "Ahoy from " + p.AppName, Text: "Ahoy in text.", HTML: components.MailText("Ahoy.")}
	}
	config.Views.Logout = func(props.Logout) templ.Component { return templ.Raw(`<p>Our own way out</p>`) }
	config.Views.Layout = func(p props.Page, view templ.Component) templ.Component {
		return pages.Layout(p, templ.Join(templ.Raw("<p>Our own frame</p>"), view))
	}
	config.Elements.Button = func(b components.Button) templ.Component {
		b.Label += " now"
		return elements.Button(b)
	}
	config.Locales = fstest.MapFS{"en.po": {Data: []byte("msgid \"\"\nmsgstr \"Language: en\\n\"\n\nmsgid \"Forgot it?\"\nmsgstr \"Slipped your mind?\"\n")}}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		all, _ := exhibits(t, s)
		var own []string
		for _, e := range all {
			if e.Own && !slices.Contains(own, e.View) {
				own = append(own, e.View)
			}
		}
		if want := []string{"Views.Logout", "Elements.Button", "Mails.Welcome"}; !slices.Equal(own, want) {
			t.Errorf("the host's own are %q, want %q", own, want)
		}
		for state, wants := range map[string][]string{
			"login":        {"Our own frame", "Sign in to Sprocket", "Sign in now", "Slipped your mind?"},
			"logout":       {"Our own frame", "Our own way out"},
			"mail-welcome": {"Ahoy."},
		} {
			_, doc := frame(t, s, state, "in=en")
			for _, want := range wants {
				if !strings.Contains(doc.Text(), want) {
					t.Errorf("%s does not say %q: %s", state, want, doc.Text())
				}
			}
		}
		b := s.Browser().Visit("/dev/gallery?group=mails&in=en").Sees("Ahoy from Sprocket").Sees("Ahoy in text.").Sees("To: <ada@example.com>")
		if tag := b.Page().Find("#state-mail-welcome .gh-tag").Length(); tag != 1 {
			t.Errorf("%d tags say that it is the host's", tag)
		}
	}, apptest.Plain)
}

// A state is drawn in the theme and the direction that are asked for, and in no other way.
func TestGalleryLooks(t *testing.T) {
	tellOnce(t, developing(), func(t *testing.T, s *apptest.Site) {
		for query, want := range map[string]string{
			"": "en ltr ", "theme=system": "en ltr ", "theme=dark": "en ltr dark", "theme=light&in=fa": "fa rtl light", "in=fa&dir=ltr": "fa ltr ",
			"dir=rtl": "en rtl ", "in=tlh&theme=%22%3E%3Cscript%3E&dir=up": "en ltr ", "theme=dark%00": "en ltr ",
		} {
			answer, doc := frame(t, s, "login", query)
			html := doc.Find("html")
			if got := html.AttrOr("lang", "") + " " + html.AttrOr("dir", "") + " " + html.AttrOr("data-theme", ""); answer.Status != http.StatusOK || got != want {
				t.Errorf("%q: %d %q, want %q", query, answer.Status, got, want)
			}
		}
		for theme, want := range map[string]string{"system": "@media (prefers-color-scheme: dark)", "light": "@media not all", "dark": "@media all"} {
			if answer, _ := frame(t, s, "mail-welcome", "theme="+theme); !strings.Contains(answer.Body, want) {
				t.Errorf("a mail in the theme %s: %.900s", theme, answer.Body)
			}
		}
		if answer, doc := frame(t, s, "mail-welcome", "in=en", "dir=rtl"); doc.Find("html").AttrOr("dir", "") != "rtl" || answer.Status != http.StatusOK {
			t.Errorf("a mail runs %s", doc.Find("html").AttrOr("dir", ""))
		}
		for _, state := range []string{"nothing", "mail-nothing", "mail-", "..%2flogin", "%00"} {
			if answer, _ := frame(t, s, state); answer.Status != http.StatusNotFound {
				t.Errorf("a state %q that is none is answered by %d", state, answer.Status)
			}
		}
	}, apptest.Plain)
}

// What is chosen stands in the address: it survives a change of group, of anything else, and a
// reload, without script too.
func TestGalleryKeepsWhatIsChosen(t *testing.T) {
	tellOnce(t, developing(), func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/dev/gallery?group=change&theme=dark&width=768&in=fa&dir=ltr")
		chosen := map[string]string{}
		b.Page().Find("form.gh-choosers select").Each(func(_ int, e *goquery.Selection) {
			chosen[e.AttrOr("name", "")] = e.Find("option[selected]").AttrOr("value", "")
		})
		for name, want := range map[string]string{"theme": "dark", "width": "768", "in": "fa", "dir": "ltr"} {
			if chosen[name] != want {
				t.Errorf("%s is %q, want %q", name, chosen[name], want)
			}
		}
		if got := b.Page().Find("form.gh-choosers [name=group]").AttrOr("value", ""); got != "change" {
			t.Errorf("the form asks for the group %q", got)
		}
		frames := b.Page().Find("iframe")
		if frames.Length() < 5 || frames.AttrOr("width", "") != "768" {
			t.Errorf("%d frames, of the width %s", frames.Length(), frames.AttrOr("width", ""))
		}
		frames.Each(func(_ int, e *goquery.Selection) {
			at, err := url.Parse(e.AttrOr("src", ""))
			must(t, err)
			if q := at.Query(); !strings.HasPrefix(at.Path, "/dev/gallery/change") || q.Get("theme") != "dark" || q.Get("in") != "fa" || q.Get("dir") != "ltr" {
				t.Errorf("a frame shows %s", at)
			}
		})
		b.Page().Find(".gh-gallery .gh-nav a").Each(func(_ int, a *goquery.Selection) {
			at, err := url.Parse(a.AttrOr("href", ""))
			must(t, err)
			if q := at.Query(); q.Get("theme") != "dark" || q.Get("width") != "768" || q.Get("group") == "" {
				t.Errorf("a group leads to %s", at)
			}
		})
		b.Visit("/dev/gallery?group=none&theme=none&width=9999999&in=none&dir=none")
		if got := b.Page().Find("iframe").AttrOr("src", ""); b.Status() != http.StatusOK || !strings.HasPrefix(got, "/dev/gallery/login?") {
			t.Errorf("what is not offered is answered by %d and %s", b.Status(), got)
		}
		if policy := b.Send(apptest.Request{Path: "/dev/gallery"}).Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("the gallery is kept in by %q", policy)
		}
	}, apptest.Plain, apptest.HTMX)
}

// Both lead there, from wherever one is.
func TestGalleryIsFound(t *testing.T) {
	tellOnce(t, developing(), func(t *testing.T, s *apptest.Site) {
		if n := s.Browser().Visit("/login").Page().Find(`.gh-dev a[href="/dev/gallery"]`).Length(); n != 1 {
			t.Errorf("%d links of the bar lead to the gallery", n)
		}
		if n := s.Browser().Visit("/dev/mailbox").Page().Find(`main a[href="/dev/gallery?group=mails"]`).Length(); n != 1 {
			t.Errorf("%d links of the mailbox lead to the mails", n)
		}
	}, apptest.Plain)
}

// Outside development there is no gallery, whatever name a request comes by: the attack is to say
// that it is localhost that one has asked for.
func TestGalleryInDevelopmentAlone(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		for _, name := range []string{"gallery", "gallery.state"} {
			if at := s.App.URL(name); at != "" {
				t.Errorf("%s is at %s", name, at)
			}
		}
		for _, path := range []string{"/dev/gallery", "/dev/gallery/login", "/dev/gallery/mail-welcome", "/dev/mails"} {
			for host, want := range map[string]int{"shop.example": 404, "localhost": 421, "localhost:3000": 421, "127.0.0.1": 421} {
				status, body := knock(t, s, "GET "+path+" HTTP/1.1\nHost: "+host+"\nX-Forwarded-Host: localhost\nConnection: close\n\n")
				if status != want || strings.Contains(body, "iframe") {
					t.Errorf("%s of %s is answered by %d, not %d", path, host, status, want)
				}
			}
		}
		if n := s.Browser().Visit("/login").Page().Find(".gh-dev").Length(); n != 0 {
			t.Error("a page leads to what there is in development alone")
		}
	}, apptest.Plain)
}
