package app_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// A marked secret is one that can be told wherever it turns up: as it is, and as it is written in
// addresses, in hexadecimal and in base64.
func spellings(secret string) []string {
	all := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		hex.EncodeToString([]byte(secret)), fmt.Sprintf("%d", []byte(secret)), base64.RawStdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
	if raw, err := base64.RawURLEncoding.DecodeString(secret); err == nil {
		all = append(all, string(raw), hex.EncodeToString(raw), fmt.Sprintf("%d", raw))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A walk does everything there is to do with secrets that are marked, and keeps what was answered.
type walk struct {
	t *testing.T
	s *apptest.Site

	passwords []string // typed, right and wrong
	carried   []string // held by browsers: sessions, devices, visitors, waiting sign-ins
	tokens    []string // against forgery
	mailed    []string // links and codes
	exchanged []string // links that codes have led to, and that lead on
	answers   []apptest.Answer
}

func (w *walk) send(b *apptest.Browser, r apptest.Request) {
	w.t.Helper()
	answer := b.Send(r)
	w.answers = append(w.answers, answer)
	for _, name := range []string{"session", "remember", "visitor", "pending"} {
		if value := b.Cookie(name); value != "" && !slices.Contains(w.carried, value) {
			w.carried = append(w.carried, value)
		}
	}
}

// post sends a form that holds a password of its own.
func (w *walk) post(b *apptest.Browser, path, password string, more ...string) {
	w.t.Helper()
	w.passwords = append(w.passwords, password)
	form := url.Values{"password": {password}, "password_confirm": {password}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	w.send(b, apptest.Request{Path: path, Header: headers(w.s.Transport), Body: encode(w.s.Transport, form)})
}

func (w *walk) token(b *apptest.Browser) string {
	token := tokenOf(w.t, b)
	w.tokens = append(w.tokens, token)
	return token
}

// confirm spends what was mailed to an address, after everything that goes wrong with it.
func (w *walk) confirm(b *apptest.Browser, email string) {
	w.t.Helper()
	letter := w.s.Mail(email)
	link, err := url.Parse(letter.Link())
	must(w.t, err)
	w.mailed = append(w.mailed, strings.TrimPrefix(link.Path, "/confirm/"), letter.Code(), strings.ReplaceAll(letter.Code(), " ", ""))
	header := headers(w.s.Transport)
	for _, path := range []string{link.Path, link.Path + ".", "/confirm", "/confirm/address"} {
		w.send(b, apptest.Request{Path: path, Header: header})
	}
	w.post(b, "/confirm/address", "marked wrong for an address", "email", "other@example.com")
	form := url.Values{"email": {"nobody@example.com"}, "code": {letter.Code()}}
	w.send(b, apptest.Request{Path: "/confirm/code", Header: header, Body: encode(w.s.Transport, form)})
	for range 2 {
		w.send(b, apptest.Request{Path: link.Path, Header: header, Body: encode(w.s.Transport, url.Values{"x": {"y"}})})
	}
	w.send(b, apptest.Request{Path: link.Path, Header: header})
}

// recover chooses a new password by what was mailed to an address, after everything that goes wrong
// with it.
func (w *walk) recover(b *apptest.Browser, email, password string) {
	w.t.Helper()
	header := headers(w.s.Transport)
	w.send(b, apptest.Request{Path: "/reset", Header: header, Body: encode(w.s.Transport, url.Values{"email": {email}})})
	letter := w.s.Mail(email)
	link, err := url.Parse(letter.Link())
	must(w.t, err)
	w.mailed = append(w.mailed, strings.TrimPrefix(link.Path, "/reset/"), letter.Code(), strings.ReplaceAll(letter.Code(), " ", ""))
	for _, path := range []string{link.Path, link.Path + ".", "/reset", "/reset/code"} {
		w.send(b, apptest.Request{Path: path, Header: header})
	}
	w.post(b, link.Path, "marked")
	for _, name := range []string{"nobody@example.com", email} {
		form := url.Values{"email": {name}, "code": {letter.Code()}}
		w.send(b, apptest.Request{Path: "/reset/code", Header: header, Body: encode(w.s.Transport, form)})
	}
	led := w.answers[len(w.answers)-1]
	at, _ := strings.CutPrefix(led.Header.Get("Location")+led.Header.Get("HX-Redirect"), "/reset/")
	if w.s.Transport == apptest.JSON {
		at, _ = led.JSON(w.t).Response["token"].(string)
	}
	if len(at) != len(link.Path)-len("/reset/") {
		w.t.Fatalf("the code leads to %q", at)
	}
	w.exchanged = append(w.exchanged, at)
	for range 2 {
		w.post(b, link.Path, password)
	}
	w.post(b, link.Path, "marked for a used link")
	w.send(b, apptest.Request{Path: link.Path, Header: header})
}

// secretly is a walk through every flow, and through every way in which one goes wrong.
func secretly(t *testing.T, s *apptest.Site) *walk {
	t.Helper()
	const right = "marked right horse staple"
	w := &walk{t: t, s: s}
	b := s.Browser()
	w.post(b, "/register", "marked chosen by grace", "email", "grace@example.com", "username", "grace")
	w.confirm(b, "grace@example.com")
	w.byMail(s.Browser(), "grace@example.com")
	w.post(b, "/register", "marked chosen by a thief", "email", "grace@example.com")
	w.recover(s.Browser(), "grace@example.com", "marked recovered by grace")
	w.post(b, "/register", "marked", "email", "no address", "username", "-")
	w.post(b, "/register", "marked that differs", "email", "new@example.com", "password_confirm", "marked other one")
	w.passwords = append(w.passwords, "marked other one")
	w.post(b, "/login", right, "email", ada, "remember", "true", "next", "/orders?page=2")
	w.post(b, "/login", right, "email", ada) // who is signed in already
	for _, path := range []string{"/", "/orders", "/account", "/logout", "/login", "/broken", "/panic", "/nowhere", "/admin"} {
		w.send(b, apptest.Request{Path: path, Header: headers(s.Transport)})
	}
	device := b.Cookie("remember")
	w.send(b.SetCookie("session", ""), apptest.Request{Path: "/account", Header: headers(s.Transport)})
	s.Clock.Advance(time.Minute)
	w.send(s.Browser().SetCookie("remember", device), apptest.Request{Path: "/account", Header: headers(s.Transport)}) // a thief
	w.invitation("frank@example.com", right)
	b = s.Browser()
	w.post(b, "/login", right, "email", "slow") // waits at the quiz
	w.send(b, apptest.Request{Path: "/quiz", Header: headers(s.Transport)})
	w.post(b, "/login", "marked of who is closed", "email", "closed@example.com")
	b = s.Browser()
	for i, password := range []string{
		"marked wrong one", "marked\x00wrong", "marked \xff wrong", "marked <script>alert(1)</script>", "marked' OR 1=1 --", "marked " + strings.Repeat("long ", 200), "marked {{.Password}}",
	} {
		w.post(b, "/login", password, "email", fmt.Sprintf("a%d@example.com", i))
		w.post(b, "/register", password, "email", "no address")
		w.post(b, "/login", password) // and no name
	}
	member := s.Browser()
	w.post(member, "/login", right, "email", ada, "remember", "true")
	for from, to := range map[string]string{"marked guess at the old": "marked never new", right: "marked", right + " ": "marked other new one"} {
		w.passwords = append(w.passwords, to)
		w.post(member, "/change", from, "new_password", to)
	}
	w.passwords = append(w.passwords, "marked new one", "marked newer one")
	w.post(member, "/change", right, "new_password", "marked new one")
	w.send(member, apptest.Request{Path: "/account", Header: headers(s.Transport)})
	w.post(member, "/change", "marked new one", "new_password", right)
	for name, password := range map[string]string{"guessed": "marked guess for a name", "chosen.right": right, "-": "marked of no name"} {
		w.post(member, "/change-username", password, "username", name)
	}
	w.post(b, "/recover-username", "marked where none is asked for", "email", ada)
	w.passwords = append(w.passwords, "marked typed as a name")
	w.post(b, "/login", "marked behind it", "email", "marked typed as a name")
	for range 6 { // until one has to wait
		w.post(b, "/login", "marked guess", "email", "grace@example.com")
	}
	// Bodies of other kinds, and forged ones.
	w.passwords = append(w.passwords, "marked in an object", "marked in a query", "marked in a forged form")
	w.send(b, apptest.Request{Path: "/login", Header: headers(apptest.JSON), Body: `{"email":"x","password":{"a":["marked in an object"]}}`})
	w.send(b, apptest.Request{Path: "/login", Header: headers(apptest.JSON), Body: `{"email":"x","password":"marked in an object"`})
	w.send(b, apptest.Request{Path: "/login?password=marked+in+a+query", Header: headers(s.Transport), Body: "x"})
	w.send(b, apptest.Request{Path: "/login", Header: headers(s.Transport, "Sec-Fetch-Site", "cross-site"), Body: "password=marked+in+a+forged+form&csrf_token=" + w.token(b)})
	header := headers(s.Transport, "X-CSRF-Token", w.token(b))
	delete(header, "Sec-Fetch-Site")
	w.send(b, apptest.Request{Path: "/newsletter", Header: header, Body: "x"})
	w.passwords = append(w.passwords, "marked flood")
	w.send(b, apptest.Request{Path: "/login", Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"email": {ada}, "password": {"marked flood" + strings.Repeat(" flood", 40_000)}})})
	w.post(b, "/account", "marked for a page without a form", "email", ada)
	b = s.Browser()
	w.post(b, "/login", right, "email", ada)
	w.send(b, apptest.Request{Method: http.MethodPost, Path: "/logout", Header: headers(s.Transport)})
	return w
}

// failing posts secrets to a database that cannot take what follows from them.
func (w *walk) failing() {
	w.t.Helper()
	w.s.DB.SetMaxOpenConns(1)
	for w.s.DB.Stats().OpenConnections > 1 { // a worker's goes once it is given back, and must not be the one that is told
		time.Sleep(time.Millisecond)
	}
	_, err := w.s.DB.ExecContext(w.t.Context(), "PRAGMA query_only = 1")
	must(w.t, err)
	w.post(w.s.Browser(), "/login", "marked for a full disk", "email", "b@example.com")
	w.post(w.s.Browser(), "/register", "marked for a fuller disk", "email", "c@example.com", "username", "carol")
	_, err = w.s.DB.ExecContext(w.t.Context(), "PRAGMA query_only = 0")
	must(w.t, err)
	w.s.DB.SetMaxOpenConns(0)
}

// everySecret is a site where secrets have every chance to get out: hooks that are told of events,
// a gate that keeps a sign-in waiting, handlers that fail.
func everySecret() (h apptest.Host, events *strings.Builder) {
	var mu sync.Mutex
	events = new(strings.Builder)
	limit := app.Limit{PerNetwork: app.Quota{Most: 1e6, Within: time.Hour}}
	config := quizHost().Config
	config.Features = []app.Feature{app.Login{Limit: limit}, app.Remember{}, app.Logout{}, app.Register{Limit: limit, Username: app.Optional, Retype: true}, app.Confirm{}, app.Invite{}, app.Recover{}, app.MagicLink{Limit: limit, Tries: limit.PerNetwork}, app.Account{}, app.Change{}, app.ChangeUsername{Limit: limit}, app.RecoverUsername{Limit: limit}}
	config.Hooks.Happened = func(_ context.Context, e app.Event) {
		mu.Lock()
		defer mu.Unlock()
		e.User = nil // the account itself is the host's to look after
		raw, err := json.Marshal(e)
		fmt.Fprintf(events, "%s %v %+v\n", raw, err, e)
	}
	quiz := quizHost().Routes
	return apptest.Host{Config: config, Observe: watch, Routes: func(server *fiber.App, accounts *app.App) {
		quiz(server, accounts)
		server.Get("/panic", func(*fiber.Ctx) error { panic("a handler") })
	}}, events
}

// Secrets that are typed, carried or mailed turn up where they belong and nowhere else: not in the
// log, the audit, events, addresses, pages, nor anywhere in the database, a backup of which must
// open nothing (ASVS 14.2, 16.2.5).
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	for _, transport := range anyway {
		t.Run(string(transport), func(t *testing.T) {
			t.Parallel()
			h, events := everySecret()
			s := h.Start(t, dbFor(t), transport)
			s.Logged()
			s.User(apptest.Person{Email: ada, Password: "marked right horse staple"})
			s.User(apptest.Person{Username: "slow", Password: "marked right horse staple"})
			s.User(apptest.Person{Email: "closed@example.com", Disabled: true, Password: "marked of who is closed"})
			w := secretly(t, s)
			if len(w.carried) < 10 || len(w.tokens) < 2 {
				t.Fatalf("the walk led past %d secrets that browsers carry and %d tokens", len(w.carried), len(w.tokens))
			}
			stored := contents(t, s)
			s.Mails()
			w.failing()
			for _, status := range []int{200, 403, 404, 405, 429, 500, 503} {
				if !slices.ContainsFunc(w.answers, func(a apptest.Answer) bool { return a.Status == status }) {
					t.Errorf("the walk met no %d", status)
				}
			}
			w.hides("the log", s.Logged(), w.exchanged, w.passwords, w.carried, w.tokens, w.mailed, s.App.Secrets)
			w.hides("events", events.String(), w.exchanged, w.passwords, w.carried, w.tokens, w.mailed, s.App.Secrets)
			w.hides("the database", stored+contents(t, s), w.exchanged, w.passwords, w.carried, w.tokens, w.mailed, s.App.Secrets)
			for _, row := range s.Audit() {
				w.hides("the audit", fmt.Sprintf("%+v", row), w.passwords, w.carried, w.tokens, w.mailed)
			}
			for _, answer := range w.answers {
				w.hides("an address", answer.Header.Get("Location")+" "+answer.Header.Get("HX-Redirect"), w.passwords, w.carried, w.tokens, w.mailed)
				// The name that is typed is shown again to be mended, whatever was typed there.
				typed := slices.DeleteFunc(slices.Clone(w.passwords), func(p string) bool { return p == "marked typed as a name" || p == "marked" })
				w.hides("a page", answer.Body, typed, w.carried, s.App.Secrets)
				for name, values := range answer.Header {
					if name != "Set-Cookie" {
						w.hides("the header "+name, fmt.Sprint(values), w.passwords, w.carried, w.tokens, w.mailed)
					}
				}
			}
		})
	}
}

func (w *walk) hides(where, text string, secrets ...[]string) {
	w.t.Helper()
	for _, secret := range slices.Concat(secrets...) {
		for _, spelling := range spellings(secret) {
			if len(spelling) > 5 && strings.Contains(text, spelling) {
				w.t.Errorf("%s holds %.60q, a spelling of %.60q", where, spelling, secret)
			}
		}
	}
}
