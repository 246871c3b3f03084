package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/password"
)

// However often a button is clicked while the answer is on its way, and while the next page loads,
// the form is sent once: by htmx and, on pages that leave by themselves, by the browser.
func TestSentOnce(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(p *tab, button point){
		"two clicks":       func(p *tab, button point) { p.mouse(button, 2) },
		"three clicks":     func(p *tab, button point) { p.mouse(button, 3) },
		"the Enter key":    func(p *tab, _ point) { p.keys("\r\r\r") },
		"key, then button": func(p *tab, button point) { p.keys("\r").mouse(button, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.person("ada@example.com")
			answer, next := s.hold("POST /login"), s.hold("GET /")
			p := open(t, s)
			p.visit("/login").fill("email", "ada@example.com").fill("password", secret)
			button := p.where(`document.querySelector('main form button[type=submit]')`)
			send(p, button)
			s.arrived("POST /login")
			answer()
			s.arrived("GET /") // the answer is in, the next page is not
			p.mouse(button, 1)
			next()
			p.at("/").has("Home")
			if n := s.requests("POST /login"); n != 1 {
				t.Errorf("%d posts", n)
			}
		})
	}
}

func TestPlainFormClickedTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	answer := s.hold("POST /logout")
	p := open(t, s).as("ada@example.com")
	p.visit("/account").press(".gh-menu summary")
	p.click(`document.querySelector('.gh-menu button')`, 3)
	s.arrived("POST /logout")
	answer()
	p.at("/").has("You are signed out.")
	if n := s.requests("POST /logout"); n != 1 {
		t.Errorf("3 clicks made %d posts", n)
	}
}

// A page that the browser kept in memory, as it was in the middle of being sent, works again.
func TestBackToBusyForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := open(t, s)
	for i := 1; i <= 2; i++ {
		if i == 1 {
			p.visit("/kept")
		} else {
			p.back().at("/kept")
			if !value[bool](p, `() => window.fromMemory`) {
				t.Fatal("the browser did not keep the page: this test shows nothing")
			}
		}
		p.button("Go").at("/tour/1").has("Tour one")
		if n := s.requests("POST /kept"); n != i {
			t.Fatalf("%d posts after %d clicks", n, i)
		}
	}
}

// When every place for hashing is taken the form comes back with what was typed in it and says so.
func TestBusyServer(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *app.Config) {
		c.Hashing = password.Params{Memory: 64 << 10, Time: 10, Slots: 1, Queue: 1, Wait: time.Millisecond} // most of a second
	})
	p := open(t, s)
	p.visit("/login?next=/orders").mark().fill("email", "ada@example.com").fill("password", "typed with care")
	button := p.where(`document.querySelector('main form button[type=submit]')`)
	// On a machine with much to do the click may come once the one place is free again.
	for try, busy := 1, false; !busy; try++ {
		if try > 4 {
			t.Fatalf("the server was never busy\n%s", p.describe())
		}
		done, sent := make(chan error, 1), s.requests("POST /login")
		go func() {
			_, err := s.post("/login", url.Values{"email": {"grace@example.com"}, "password": {"whatever it is"}})
			done <- err
		}()
		p.wait("the other request", func() (bool, error) { return s.requests("POST /login") > sent, nil })
		p.mouse(button, 1)
		must(t, <-done)
		p.until("an answer", `() => !!document.querySelector('[role=alert]') && !document.querySelector('.htmx-request')`)
		busy = value[bool](p, `() => document.body.innerText.includes('We are very busy right now')`)
		button = p.where(`document.querySelector('main form button[type=submit]')`)
	}
	p.stayed().at("/login?next=/orders")
	p.announced("We are very busy right now").titled("Error: Sign in · Shop")
	if email, typed := p.field("email"), p.field("password"); email != "ada@example.com" || typed != "typed with care" {
		t.Errorf("the fields hold %q and %q", email, typed)
	}
	s.person("ada@example.com")
	p.fill("password", secret).button("Sign in").left().at("/orders")
}

// A failure says so in the page, which stays as it was, and a later success takes the words away.
func TestFailures(t *testing.T) {
	t.Parallel()
	const ours, network = "Something went wrong on our side", "We could not reach the server"
	stranger := func(status int) fiber.Handler {
		return func(c *fiber.Ctx) error {
			return c.Status(status).Type("html").SendString("<!DOCTYPE html><html><body><h1>upstream is away</h1></body></html>")
		}
	}
	for name, test := range map[string]struct {
		answer fiber.Handler
		says   string
	}{
		"500 of a handler": {func(*fiber.Ctx) error { return fiber.ErrInternalServerError }, ours},
		"502 of a proxy":   {stranger(502), ours},
		"503 of a proxy":   {stranger(503), ours},
		"no answer":        {func(c *fiber.Ctx) error { return c.Context().Conn().Close() }, network},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.person("ada@example.com")
			p := open(t, s)
			p.visit("/login").mark().fill("email", "ada@example.com").fill("password", secret)
			s.on("POST /login", test.answer)
			p.button("Sign in").has(test.says).stayed().titled("Sign in · Shop").announced(test.says)
			p.lacks("upstream is away")
			if email, typed := p.field("email"), p.field("password"); email != "ada@example.com" || typed != secret {
				t.Errorf("the fields hold %q and %q", email, typed)
			}
			if test.says == network {
				p.expect("net::ERR_", "htmx")
			}
			s.errs()

			s.on("POST /login", nil)
			p.fill("password", "wrong horse").button("Sign in").has("The name or the password is wrong").lacks(test.says)
			p.fill("password", secret).button("Sign in").left().at("/")
		})
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ada@example.com")
	p := open(t, s)
	p.visit("/login").mark().fill("email", "ada@example.com").fill("password", secret)
	p.offline(true).button("Sign in").has("We could not reach the server").stayed()
	p.expect("net::ERR_", "htmx")
	p.offline(false).button("Sign in").left().at("/")
}

func (p *tab) offline(off bool) *tab {
	p.t.Helper()
	call(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
	})
	return p
}

// post is a program that posts a form.
func (s *site) post(path string, fields url.Values) (status int, err error) {
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", s.url)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}
