package app_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A surfer goes from host to host, with the cookies that a browser would send to each.
type surfer struct {
	t      *testing.T
	server *fiber.App
	jar    http.CookieJar
	at     *url.URL
	text   string
	status int
}

func newSurfer(t *testing.T, server *fiber.App) *surfer {
	t.Helper()
	jar, err := cookiejar.New(nil) // which knows no public suffixes, so that the kit has to
	must(t, err)
	return &surfer{t: t, server: server, jar: jar}
}

// ask asks as a browser does, and follows where it is led.
func (s *surfer) ask(method, to, body string, header ...string) *surfer {
	s.t.Helper()
	for range 5 {
		u, err := url.Parse(to)
		must(s.t, err)
		if s.at != nil {
			u = s.at.ResolveReference(u)
		}
		r := httptest.NewRequestWithContext(s.t.Context(), method, u.String(), strings.NewReader(body))
		r.RequestURI, r.Host = u.RequestURI(), u.Host
		r.Header = http.Header{"Accept": {"text/html"}, "Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"application/x-www-form-urlencoded"}}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		for _, c := range s.jar.Cookies(u) {
			r.AddCookie(c)
		}
		answer, err := s.server.Test(r, -1)
		must(s.t, err)
		content, err := io.ReadAll(answer.Body)
		must(s.t, err)
		s.jar.SetCookies(u, answer.Cookies())
		for _, c := range answer.Cookies() {
			host := strings.HasPrefix(c.Name, "__Host-")
			if shared := strings.HasSuffix(c.Name, "session") || strings.HasSuffix(c.Name, "flash"); host == shared || shared != (c.Domain == "shop.example") {
				s.t.Errorf("%s set %s", u, c.Raw)
			}
		}
		s.at, s.text, s.status = u, string(content), answer.StatusCode
		if to = answer.Header.Get("Location"); to == "" {
			return s
		}
		method, body = http.MethodGet, ""
	}
	s.t.Fatalf("led in circles at %s", s.at)
	return s
}

func (s *surfer) is(at string, status int, words string) {
	s.t.Helper()
	if s.at.String() != at || s.status != status || !strings.Contains(s.text, words) {
		s.t.Errorf("at %s with %d, not at %s with %d and %q: %.3000s", s.at, s.status, at, status, words, s.text)
	}
}

// twoHosts makes a site have a host of its own for the account pages.
func twoHosts(config *app.Config) {
	config.URL, config.Domain, config.Hosts, config.Home = "https://accounts.shop.example", "shop.example", []string{"shop.example", "proxy.internal"}, "https://shop.example/"
}

func newApart(t *testing.T, tune func(*app.Config)) (*app.App, *fiber.App) {
	t.Helper()
	config := app.Config{
		From: "shop@shop.example", Mailer: mail.NewMailbox(), Secrets: []string{strings.Repeat("s", 32)}, DB: dbtest.SQLite(t), Hashing: apptest.Fast(),
		Features: []app.Feature{app.Login{}, app.Remember{}, app.Logout{}, app.Account{}, app.Recover{}},
	}
	twoHosts(&config)
	tune(&config)
	accounts, err := app.New(config)
	must(t, err)
	_, err = accounts.CreateUser(t.Context(), app.NewUser{Email: ada, Confirmed: true, Password: good})
	must(t, err)
	server := fiber.New(accounts.FiberConfig())
	must(t, accounts.Mount(server))
	title := locales.Message{English: "The shop"}
	server.Get("/", func(c *fiber.Ctx) error { return accounts.Show(c, title, templ.Raw("<p>Welcome</p>")) })
	server.Get("/orders", accounts.Require(), func(c *fiber.Ctx) error { return accounts.Show(c, title, templ.Raw("<p>Your orders</p>")) })
	server.Post("/orders", accounts.Require(), func(c *fiber.Ctx) error { return c.SendString("ordered") })
	server.Get("/login", func(c *fiber.Ctx) error { return c.SendString("the shop's own") })
	return accounts, server
}

// The account pages have a host of their own, and the shop's pages on another know who is signed in.
func TestAccountsOnAHostOfTheirOwn(t *testing.T) {
	t.Parallel()
	_, server := newApart(t, func(*app.Config) {})
	s := newSurfer(t, server)
	const in, orders = "https://accounts.shop.example/login?next=https%3A%2F%2Fshop.example%2Forders%3Fpage%3D2", "https://shop.example/orders?page=2"
	s.ask("GET", orders, "").is(in, 200, "Sign in to see this page.")
	s.ask("POST", in, "email="+url.QueryEscape(ada)+"&password="+url.QueryEscape(good)+"&remember=true").is(orders, 200, "Your orders")
	for _, want := range []string{`href="https://accounts.shop.example/account"`, `action="/logout"`, `"/static/gatehouse/`} {
		if !strings.Contains(s.text, want) {
			t.Errorf("the shop's page has no %s", want)
		}
	}
	s.ask("POST", "/orders", "").is("https://shop.example/orders", 200, "ordered")
	s.ask("POST", "/orders", "", "Sec-Fetch-Site", "", "Origin", "https://shop.example").is("https://shop.example/orders", 200, "ordered")
	for _, origin := range []string{"https://accounts.shop.example", "https://evil.shop.example", "http://shop.example"} {
		s.ask("POST", "/orders", "", "Sec-Fetch-Site", "", "Origin", origin).is("https://shop.example/orders", 403, "")
	}
	s.ask("GET", "https://shop.example/login", "").is("https://shop.example/login", 200, "the shop's own")
	s.ask("GET", "https://shop.example/account", "").is("https://shop.example/account", 404, "There is no page here")
	s.ask("GET", "https://accounts.shop.example/account", "").is("https://accounts.shop.example/account", 200, ada)
	s.ask("GET", "https://accounts.shop.example/login", "").is("https://shop.example/", 200, "Welcome")
	s.ask("GET", "https://evil.shop.example/orders", "").is("https://evil.shop.example/orders", 421, "")
	s.ask("POST", "https://shop.example/logout", "").is("https://shop.example/", 200, saysSignedOut)
	s.ask("GET", orders, "").is(in, 200, "Sign in to see this page.")
}

// Where the account pages have a host of their own, a landing is a whole URL.
func TestLandingsAcrossHosts(t *testing.T) {
	t.Parallel()
	_, server := newApart(t, func(c *app.Config) { c.Landings.Logout = "https://accounts.shop.example/login" })
	s := newSurfer(t, server)
	s.ask("POST", "https://shop.example/logout", "").is("https://accounts.shop.example/login", 200, saysSignedOut)
	config := app.Config{Landings: app.Landings{Login: "https://accounts.shop.example/login", Unauthenticated: "https://accounts.shop.example/account", Change: "https://evil.shop.example/"}}
	twoHosts(&config)
	_, err := app.New(config)
	for _, field := range []string{"Login", "Unauthenticated", "Change"} {
		if err == nil || !strings.Contains(err.Error(), "Config.Landings."+field) {
			t.Errorf("%s is taken: %v", field, err)
		}
	}
}

// A remembered device comes back to the page that it asked for, at whichever host that is.
func TestRememberedAcrossHosts(t *testing.T) {
	t.Parallel()
	accounts, server := newApart(t, func(*app.Config) {})
	s := newSurfer(t, server)
	s.ask("POST", "https://accounts.shop.example/login", "email="+url.QueryEscape(ada)+"&password="+url.QueryEscape(good)+"&remember=true").is("https://shop.example/", 200, "Welcome")
	_, err := accounts.DB.NewDelete().Model((*db.Session)(nil)).Where("1 = 1").Exec(t.Context())
	must(t, err)
	s.ask("GET", "https://shop.example/orders", "").is("https://shop.example/orders", 200, "Your orders")
}

// A domain that reaches strangers, or nobody, is refused.
func TestDomainRefused(t *testing.T) {
	t.Parallel()
	for domain, says := range map[string]string{
		"co.uk": "must be a domain that is yours", "example": "must be a domain that is yours", ".shop.example": "must be a domain that is yours",
		"Shop.example": "must be a domain that is yours", "shop.example:8443": "must be a domain that is yours",
		"other.example": "does not hold the host of Config.URL", "op.example": "does not hold the host of Config.URL",
		"accounts.shop.example": "lists no other host below it",
	} {
		config := app.Config{}
		twoHosts(&config)
		if config.Domain = domain; domain == "co.uk" {
			config.URL, config.Hosts = "https://accounts.co.uk", []string{"shop.co.uk"}
		}
		if _, err := app.New(config); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", domain, err)
		}
	}
}
