package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
)

// parse reads a fragment: what stands in it, which must be no whole page.
func parse(t *testing.T, answer apptest.Answer) *goquery.Selection {
	t.Helper()
	if strings.Contains(answer.Body, "<html") || strings.Contains(answer.Body, "<head>") {
		t.Errorf("a whole page: %.300s", answer.Body)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Body))
	must(t, err)
	return page.Selection
}

// A page for guests is reached by a full load, so that password managers see it: htmx that asks
// for a part of it is sent to the whole.
func TestEntranceIsLoadedWhole(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.Browser()
		for _, path := range []string{"/login", "/register"} {
			for query, current := range map[string]string{
				"": "", "?next=%2Fcart": "https://shop.example/cart", "?next=%2Fcart%3Ftab%3D2": "https://shop.example/cart?tab=2",
			} {
				answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.HTMX, "HX-Current-URL", current)})
				if to := answer.Header.Get("HX-Redirect"); answer.Status != http.StatusOK || answer.Body != "" || to != path+query && to != path+"?next=%2Fcart" {
					t.Errorf("GET %s from %q: %d to %q, %q", path, current, answer.Status, to, answer.Body)
				}
				answer = b.Send(apptest.Request{Path: path + "?next=%2Forders", Header: headers(apptest.HTMX, "HX-Current-URL", current)})
				if to := answer.Header.Get("HX-Redirect"); to != path+"?next=%2Forders" {
					t.Errorf("GET %s?next=/orders from %q: to %q", path, current, to)
				}
			}
			// A boosted link asks for all of it and gets it.
			answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.HTMX, "HX-Request-Type", "full")})
			if answer.Status != http.StatusOK || !strings.Contains(answer.Body, "<html") || answer.Header.Get("HX-Redirect") != "" {
				t.Errorf("GET %s in full: %d", path, answer.Status)
			}
			// Asked for by its header, the bare form comes; the title stays the host's.
			answer = b.Send(apptest.Request{Path: path, Header: headers(apptest.HTMX, "Gatehouse-Embed", "1")})
			if part := parse(t, answer); part.Find("[data-fragment] form").Length() != 1 || part.Find("title, #flash").Length() != 0 {
				t.Errorf("GET %s embedded: %s", path, answer.Body)
			}
		}
	}, apptest.Plain)
}

// A page of the host's holds the kit's form: it is rejected in place and, once right, leads on.
func TestEmbeddedForm(t *testing.T) {
	t.Parallel()
	h := host(app.Config{})
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Get("/cart", func(c *fiber.Ctx) error {
			return accounts.Show(c, locales.Message{English: "Cart"}, templ.Join(templ.Raw("<h1>Your cart</h1>"), components.Embed(accounts.URL("login"), "Sign in")))
		})
	}
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := s.Browser().Visit("/cart")
		if s.Transport == apptest.HTMX {
			b.Embedded()
		} else {
			b.Follow("Sign in").At("/login")
		}
		b.Fill("email", ada).Fill("password", "wrong").Submit().SeesError("", saysWrong)
		if s.Transport == apptest.HTMX {
			b.Sees("Your cart").At("/cart")
		}
		b.Fill("password", apptest.Password).Submit().SignedIn(ada)
	}, paged...)
}

// What htmx asks for to restore history is what a browser would get; who is no longer signed in
// is sent away rather than shown another page under the old address.
func TestHistory(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		member, guest := s.As(s.User(apptest.Person{Email: ada})), s.Browser()
		restore := map[string]string{"HX-History-Restore-Request": "true", "HX-Request-Type": "full", "Accept": "*/*"}
		for _, path := range []string{"/account", "/orders", "/logout", "/"} {
			answer := member.Send(apptest.Request{Path: path, Header: restore})
			if answer.Status != http.StatusOK || !strings.Contains(answer.Body, "<html") {
				t.Errorf("%s: %d %.200s", path, answer.Status, answer.Body)
			}
		}
		for _, path := range []string{"/login", "/register"} {
			if answer := guest.Send(apptest.Request{Path: path, Header: restore}); answer.Status != http.StatusOK || !strings.Contains(answer.Body, "<html") {
				t.Errorf("%s: %d %.200s", path, answer.Status, answer.Body)
			}
			if answer := member.Send(apptest.Request{Path: path, Header: restore}); answer.Header.Get("HX-Redirect") != "/" || answer.Status >= 300 {
				t.Errorf("%s when signed in: %d to %q", path, answer.Status, answer.Header.Get("HX-Redirect"))
			}
		}
		for path, next := range map[string]string{"/account": "/login?next=%2Faccount", "/orders?page=2": "/login?next=%2Forders%3Fpage%3D2"} {
			answer := guest.Send(apptest.Request{Path: path, Header: restore})
			if answer.Status != http.StatusUnauthorized || answer.Header.Get("HX-Redirect") != next || answer.Body != "" || answer.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d to %q, %q", path, answer.Status, answer.Header.Get("HX-Redirect"), answer.Body)
			}
		}
	}, apptest.Plain)
}

// A session that ends while htmx is on a page leads to the page for signing in and back to that page.
func TestSessionEndsUnderHTMX(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.Browser()
		for method, path := range map[string]string{http.MethodGet: "/orders", http.MethodPost: "/orders"} {
			answer := b.Send(apptest.Request{Method: method, Path: path, Header: headers(apptest.HTMX, "HX-Current-URL", "https://shop.example/cart?x=1")})
			if to := answer.Header.Get("HX-Redirect"); answer.Status != http.StatusUnauthorized || to != "/login?next=%2Fcart%3Fx%3D1" || answer.Body != "" {
				t.Errorf("%s: %d to %q, %q", method, answer.Status, to, answer.Body)
			}
		}
	}, apptest.Plain)
}

// A member's page as a fragment: its title, its view, and the place for messages, emptied.
func TestFragment(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		for path, title := range map[string]string{"/account": "Your account", "/logout": "Sign out", "/orders": "Your orders"} {
			answer := b.Send(apptest.Request{Path: path, Header: headers(apptest.HTMX)})
			part := parse(t, answer)
			flash := part.Find("#flash")
			if got := part.Find("title").Text(); !strings.HasSuffix(got, " · Shop") || path != "/account" && got != title+" · Shop" {
				t.Errorf("%s: the title is %q", path, got)
			}
			if part.Find("[data-fragment]").Length() != 1 || flash.AttrOr("hx-swap-oob", "") != "innerHTML" || strings.TrimSpace(flash.Text()) != "" {
				t.Errorf("%s: %s", path, answer.Body)
			}
		}
	}, apptest.Plain)
}

// Who leaves to the page that htmx is on gets that page's fragment, and the message beside it.
func TestLeaveToWhereHTMXIs(t *testing.T) {
	tell(t, patient(), func(t *testing.T, s *apptest.Site) {
		b := s.Browser()
		form := func(email string) string { return url.Values{"email": {email}, "password": {good}}.Encode() }
		answer := b.Send(apptest.Request{Path: "/register?next=%2Forders", Header: headers(apptest.HTMX, "HX-Current-URL", s.URL+"/login?x=y"), Body: form(ada)})
		part := parse(t, answer)
		flash := part.Find("#flash")
		if answer.Status != http.StatusOK || answer.Header.Get("HX-Redirect") != "" || part.Find(`[data-fragment="login"] form`).Length() != 1 ||
			!strings.Contains(flash.Text(), saysDone+ada) || flash.AttrOr("hx-swap-oob", "") != "innerHTML" || part.Find("title").Text() != "Sign in · Shop" {
			t.Errorf("%d to %q: %s", answer.Status, answer.Header.Get("HX-Redirect"), answer.Body)
		}
		if action := part.Find("form").AttrOr("action", ""); action != "/login?next=%2Forders" {
			t.Errorf("the form of the fragment posts to %q", action)
		}
		if b.Cookie("flash") != "" {
			t.Error("the message would be told twice")
		}
		// The same from another page leads there, by a full load.
		for _, current := range []string{"/register", "/", "/login/", "//login", "https://evil.example/login", ""} {
			b := s.Browser()
			answer = b.Send(apptest.Request{Path: "/register", Header: headers(apptest.HTMX, "HX-Current-URL", current), Body: form("bob@example.com")})
			if answer.Header.Get("HX-Redirect") != "/login" || answer.Body != "" || b.Cookie("flash") == "" {
				t.Errorf("from %q: %d to %q", current, answer.Status, answer.Header.Get("HX-Redirect"))
			}
		}
	}, apptest.Plain)
}

// Signing in and out is always followed by a full load: what else stands on the page was drawn for
// somebody else.
func TestTurnIsLoadedWhole(t *testing.T) {
	tellOnce(t, app.Config{Home: "/account"}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		answer := b.Send(apptest.Request{Path: "/logout?next=%2Flogout", Header: headers(apptest.HTMX, "HX-Current-URL", s.URL+"/logout"), Body: "x=y"})
		if answer.Header.Get("HX-Redirect") != "/logout" || answer.Body != "" || b.Cookie("flash") == "" {
			t.Errorf("signing out: %d to %q", answer.Status, answer.Header.Get("HX-Redirect"))
		}
		form := url.Values{"email": {ada}, "password": {apptest.Password}}
		answer = b.Send(apptest.Request{Path: "/login", Header: headers(apptest.HTMX, "HX-Current-URL", s.URL+"/account"), Body: form.Encode()})
		if answer.Header.Get("HX-Redirect") != "/account" || answer.Body != "" {
			t.Errorf("signing in: %d to %q", answer.Status, answer.Header.Get("HX-Redirect"))
		}
	}, apptest.Plain)
}

// A fragment that follows signing out carries the token of the visitor that the browser is now.
func TestFragmentToken(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		answer := b.Send(apptest.Request{Path: "/logout?next=%2Flogin", Header: headers(apptest.HTMX, "HX-Current-URL", "https://shop.example/login"), Body: "x=y"})
		if answer.Header.Get("HX-Redirect") != "" {
			return // a full load, which makes a token of its own
		}
		token := parse(t, answer).Find(`input[name="csrf_token"]`).AttrOr("value", "")
		form := url.Values{"email": {ada}, "password": {apptest.Password}, "csrf_token": {token}}
		posted := b.Send(apptest.Request{Path: "/login", Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, Body: form.Encode()})
		if posted.Status == http.StatusForbidden {
			t.Error("the form in the fragment cannot be sent")
		}
	}, apptest.Plain)
}

// Signing in where htmx already is at the page to come back to works too.
func TestSignInWhereHTMXIs(t *testing.T) {
	tellOnce(t, app.Config{Home: "/account"}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		for _, next := range []string{"/account", "/logout", "/orders", ""} {
			b := s.Browser()
			form := url.Values{"email": {ada}, "password": {apptest.Password}, "next": {next}}
			answer := b.Send(apptest.Request{Path: "/login", Header: headers(apptest.HTMX, "HX-Current-URL", s.URL+next), Body: form.Encode()})
			if answer.Status != http.StatusOK {
				t.Errorf("%q: %d %.300s", next, answer.Status, answer.Body)
			}
			b.SignedIn(ada)
		}
	}, apptest.Plain)
}
