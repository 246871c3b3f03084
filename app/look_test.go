package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A theme is a file of its own: pinned by its checksum, kept for ever under its hash, and the host's
// alone, though another App in the process has another.
func TestThemeIsServed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, config := range map[string]app.Config{
		"green": {Theme: app.Theme{Accent: "#0a7d5a"}}, "red": {Theme: app.Theme{Accent: "#b3261e", Radius: "0"}}, "none": {},
	} {
		t.Run(name, func(t *testing.T) {
			b := host(config).Start(t, dbtest.SQLite(t), apptest.Plain).Browser()
			sheets := b.Visit("/login").Page().Find(`link[rel=stylesheet][integrity]`)
			if name == "none" {
				if sheets.Length() != 1 {
					t.Errorf("%d style sheets", sheets.Length())
				}
				return
			}
			last := sheets.Last()
			href := last.AttrOr("href", "")
			answer := b.Send(apptest.Request{Path: href})
			if sheets.Length() != 2 || answer.Status != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/css") ||
				!strings.Contains(answer.Header.Get("Cache-Control"), "immutable") || !strings.Contains(answer.Body, "--accent: "+config.Theme.Accent) {
				t.Errorf("%s: %d %v %s", href, answer.Status, answer.Header, answer.Body)
			}
			seen[last.AttrOr("integrity", "")] = true
			other := strings.Replace(href, ".css", "0.css", 1)
			if answer := b.Send(apptest.Request{Path: other}); answer.Status != http.StatusNotFound {
				t.Errorf("%s: %d", other, answer.Status)
			}
		})
	}
	if len(seen) != 2 {
		t.Errorf("the checksums are %v", seen)
	}
}

// Each slot is told where it is and who reads it, on pages of the kit's and of the host's, and in the
// fragment of a form that was rejected.
func TestSlots(t *testing.T) {
	t.Parallel()
	told := func(name string) func(props.Page) templ.Component {
		return func(p props.Page) templ.Component { return templ.Raw(tells(name, p, "")) }
	}
	around := func(name string) func(props.Page, form.Form) templ.Component {
		return func(p props.Page, f form.Form) templ.Component { return templ.Raw(tells(name, p, f.Name)) }
	}
	h := host(app.Config{Slots: app.Slots{
		HeadEnd: func(p props.Page) templ.Component { return templ.Raw(`<meta name="slot" content="` + p.View + `">`) },
		Header:  told("header"), Foot: told("foot"), Aside: told("aside"),
		AboveForm: around("above"), BelowForm: around("below"), AfterSubmit: around("after"),
	}})
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/login")
		if s.Transport == apptest.Plain {
			b.Sees("[header login nobody]").Sees("[foot login nobody]").SeesNot("[aside")
			if got := b.Page().Find(`meta[name=slot]`).AttrOr("content", ""); got != "login" {
				t.Errorf("the head is told %q", got)
			}
		}
		b.Sees("[above login login nobody]").Sees("[below login login nobody]").Sees("[after login login nobody]")
		if b.Page().Find("form#login").Find("*:contains('[after login')").Length() == 0 {
			t.Error("what is to stand behind the button stands outside the form")
		}
		b.Fill("email", ada).Submit().Sees("[above login login nobody]").Sees("[after login login nobody]")
		b = s.As(s.User(apptest.Person{Email: ada, Username: "ada"}), "admin").Visit("/account")
		b.Sees("[header account ada admin]").Sees("[foot account ada admin]")
	}, paged...)
}

func tells(slot string, p props.Page, form string) string {
	who := "nobody"
	if p.Who != nil {
		who = p.Who.Name + " " + strings.Join(p.Who.Roles, " ")
	}
	return "<p>[" + strings.Join(strings.Fields(slot+" "+p.View+" "+form+" "+who), " ") + "]</p>"
}

func TestOwnNavigation(t *testing.T) {
	t.Parallel()
	h := host(app.Config{Nav: func(p props.Page) []app.Link {
		if p.Who == nil {
			return []app.Link{{Label: locales.Message{English: "Prices"}, URL: "/prices"}}
		}
		return []app.Link{{Label: locales.Message{English: "Orders"}, URL: "/orders?sort=new"}}
	}})
	h.Routes = func(server *fiber.App, accounts *app.App) {
		for _, path := range []string{"/prices", "/orders"} {
			server.Get(path, func(c *fiber.Ctx) error {
				return accounts.Show(c, locales.Message{English: "Own"}, templ.Raw(`<div data-fragment="own"><h1>Own</h1></div>`))
			})
		}
	}
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		guest := s.Browser().Visit("/prices").Page()
		if got := strings.Join(guest.Find(".gh-guest a").Map(label), ", "); got != "Prices, Sign in, Create an account" {
			t.Errorf("guests are led to %q", got)
		}
		if n := s.Browser().Visit("/login").Page().Find("a[href='/prices']").Length(); n != 0 {
			t.Error("a page that stands alone has the host's navigation")
		}
		member := s.As(s.User(apptest.Person{Email: ada})).Visit("/orders").Page()
		if got := strings.Join(member.Find(".gh-nav a").Map(label), ", "); got != "Account, Orders" || member.Find(".gh-nav [aria-current]").Length() != 1 {
			t.Errorf("members are led to %q", got)
		}
		if got := words(member.Find(".gh-nav [aria-current]").Text()); got != "Orders" {
			t.Errorf("this is %q", got)
		}
	}, apptest.Plain)
}

func label(_ int, a *goquery.Selection) string { return words(a.Text()) }

func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// Who has a layout for one kind of pages has the kit's, or their own for all, for the other.
func TestLayoutsFallBack(t *testing.T) {
	t.Parallel()
	layout := func(name string) func(props.Page, templ.Component) templ.Component {
		return func(_ props.Page, view templ.Component) templ.Component {
			return templ.Join(templ.Raw("<!DOCTYPE html><html lang=en><title>x</title><body><p>"+name+" layout</p><main>"), view, templ.Raw("</main></body></html>"))
		}
	}
	for _, c := range []struct {
		views           app.Views
		public, members string
	}{
		{app.Views{}, "", ""},
		{app.Views{Layout: layout("own")}, "own", "own"},
		{app.Views{PublicLayout: layout("public")}, "public", ""},
		{app.Views{MemberLayout: layout("member"), Layout: layout("own")}, "own", "member"},
	} {
		s := host(app.Config{Views: c.views}).Start(t, dbtest.SQLite(t), apptest.Plain)
		for path, want := range map[string]string{"/login": c.public, "/account": c.members} {
			b := s.Browser()
			if path == "/account" {
				b = s.As(s.User(apptest.Person{Email: ada}))
			}
			got, _, _ := strings.Cut(words(b.Visit(path).Page().Find("body > p").First().Text()), " ")
			if got != want {
				t.Errorf("%s is laid out by %q, want %q", path, got, want)
			}
		}
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	h := host(app.Config{
		Theme: app.Theme{Accent: "#0a7d5a"},
		Letter: app.Letter{
			Logo: "/logo.png", SubjectPrefix: "[Shop] ", Greeting: locales.Message{English: "Hello,"},
			Signature: locales.Message{English: "Grace & Ada\nwho keep the shop"},
		},
	})
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		must(t, s.App.Mail(t.Context(), s.DB, "host.order", ada, components.Mail{
			Subject: "Your order", Text: "It is on its way.", HTML: components.MailButton("Follow it", "https://shop.example/orders/1"),
		}))
		m := s.Mail(ada)
		if m.Subject != "[Shop] Your order" || m.Text != "Hello,\n\nIt is on its way.\n\nGrace & Ada\nwho keep the shop\n" {
			t.Errorf("%q: %q", m.Subject, m.Text)
		}
		for _, want := range []string{
			`<img src="` + s.URL + `/logo.png" alt="`, ">Hello,<", "Grace &amp; Ada", "<br>", "<title>[Shop] Your order</title>", `bgcolor="#0a7d5a"`,
		} {
			if !strings.Contains(m.HTML, want) {
				t.Errorf("no %s in %s", want, m.HTML)
			}
		}
		if strings.Contains(m.HTML, "#4a48c8") {
			t.Error("a button has the kit's colour")
		}
	}, apptest.Plain)
}
