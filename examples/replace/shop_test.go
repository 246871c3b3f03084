package main

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// A visitor goes through the shop as with a browser.
type visitor struct {
	t      *testing.T
	shop   *shop
	box    *mail.Mailbox
	jar    http.CookieJar
	at     *url.URL
	status int
	text   string
}

const right = "seventeen green lamps"

func visit(t *testing.T) *visitor {
	t.Helper()
	v := &visitor{t: t, box: mail.NewMailbox()}
	var err error
	v.shop, err = open(dbtest.SQLite(t), dbtest.SQLite(t), v.box)
	must(t, err)
	v.jar, err = cookiejar.New(nil)
	must(t, err)
	for name, a := range map[string]*app.App{"ada": v.shop.accounts, "grace": v.shop.staff, "nightowl": v.shop.accounts} {
		_, err := a.CreateUser(t.Context(), app.NewUser{Email: name + "@shop.example", Confirmed: true, Username: name, Password: right})
		must(t, err)
	}
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (v *visitor) ask(method, to, body, accept string) *visitor {
	v.t.Helper()
	for range 5 {
		u, err := url.Parse(to)
		must(v.t, err)
		if v.at != nil {
			u = v.at.ResolveReference(u)
		}
		r := httptest.NewRequestWithContext(v.t.Context(), method, u.String(), strings.NewReader(body))
		r.RequestURI, r.Host = u.RequestURI(), u.Host
		r.Header = http.Header{"Accept": {accept}, "Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"application/x-www-form-urlencoded"}}
		for _, c := range v.jar.Cookies(u) {
			r.AddCookie(c)
		}
		answer, err := v.shop.front.Test(r, -1)
		must(v.t, err)
		content, err := io.ReadAll(answer.Body)
		must(v.t, err)
		v.jar.SetCookies(u, answer.Cookies())
		v.at, v.status, v.text = u, answer.StatusCode, string(content)
		if to = answer.Header.Get("Location"); to == "" || strings.Contains(to, "partners.example") {
			return v
		}
		method, body = http.MethodGet, ""
	}
	v.t.Fatalf("led in circles at %s", v.at)
	return v
}

func (v *visitor) see(to string) *visitor { v.t.Helper(); return v.ask("GET", to, "", "text/html") }

func (v *visitor) send(to string, fields ...string) *visitor {
	v.t.Helper()
	return v.ask("POST", to, encoded(fields), "text/html")
}

func encoded(fields []string) string {
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return values.Encode()
}

func (v *visitor) is(at string, status int, words ...string) {
	v.t.Helper()
	if v.at.String() != at || v.status != status {
		v.t.Errorf("at %s with %d, not at %s with %d: %.500s", v.at, v.status, at, status, v.text)
	}
	for _, w := range words {
		if !strings.Contains(v.text, w) {
			v.t.Errorf("%s does not say %q: %.5000s", v.at, w, v.text)
		}
	}
}

// Everything that is replaced is met on one way through the shop.
func TestEverythingReplaced(t *testing.T) {
	t.Parallel()
	v := visit(t)
	const in = accountsURL + "/me/in"
	v.see(shopURL+"/orders").is(accountsURL+"/me/register", 200, "Sign in to see this page.", "since 1815", `data-help="register"`, "ask for Grace", `href="`+accountsURL+`/me/reset"`)
	v.see(accountsURL+"/me/account").is(in+"?next=%2Fme%2Faccount", 200, "What is three and four?", "Lost your key?")
	v.see("/nowhere").is(accountsURL+"/nowhere", 404, "Sorry. There is no page here.")
	v.send(in, "email", "ada", "password", right, "sum", "8").is(in, 200, "That is not the sum.")
	v.ask("POST", in, encoded([]string{"email", "ada", "password", "nonsense", "sum", "7"}), "application/json").is(in, 400, `{"problems":[{"at":"","code":"confirm.later"`)
	v.send(in, "email", "ada", "password", right, "sum", "7").is(shopURL+"/orders", 200, "Your orders")
	v.see("/key").is(shopURL+"/key", 200, "Another key", `name="new_password"`, `href="/orders"`, "/theme.")
	v.see("/office").is(shopURL+"/plans", 200, "You cannot open this page")
	v.see(accountsURL+"/me/logout").is(accountsURL+"/me/logout", 200, "Leaving so soon?", "Say that you are ada.")
	v.send("/me/logout").is(accountsURL+"/bye", 200, "See you soon.")

	v.send(in, "email", "nightowl", "password", right, "sum", "7").is(in, 200, "Come back in the morning")
	v.send(in, "email", "ada", "card", "forged").is(in, 403, "This card opens nothing")
	account, err := v.shop.accounts.FindUser(t.Context(), "ada")
	must(t, err)
	v.send(in, "email", "C-"+account.Account().ID.String(), "card", "read by the till").is(shopURL+"/", 200, "Welcome")
	if hash := account.Account().PasswordHash; !strings.HasPrefix(hash, "$argon2id$") {
		t.Errorf("%s is stored", hash)
	}
	v.send(shopURL+"/close").is(shopURL+"/bye", 200, "The till is closed.")
	v.send(shopURL+"/me/logout?next=https://old.partners.example/").is(shopURL+"/bye", 200)
	if v.send("/me/logout?next=https://our.partners.example/"); v.status != http.StatusSeeOther {
		t.Errorf("led to %s", v.at)
	}

	v.send(accountsURL+"/me/reset", "email", "ada").is(accountsURL+"/help", 200, "Look into your inbox.")
	must(t, v.shop.accounts.DeliverMails(t.Context()))
	if text := v.box.All()[0].Text; !strings.Contains(text, "The people at the counter") {
		t.Errorf("the mail is not signed: %s", text)
	}
	secret := regexp.MustCompile(`/me/reset/(\S+)`).FindStringSubmatch(v.box.All()[0].Text)[1]
	if state, err := v.shop.accounts.LinkState(t.Context(), "recover-link", secret); state != app.LinkValid || err != nil {
		t.Errorf("the link is %s (%v)", state, err)
	}
	v.see("/me/reset/nonsense").is(accountsURL+"/help", 200)
	v.send("/me/reset/"+secret, "password", "too short").is(accountsURL+"/me/reset/"+secret, 422, "10")

	v.see(shopURL+"/staff").is(shopURL+"/staff/login?next=%2Fstaff", 200, "· Staff</title>")
	v.send("/staff/login", "email", "grace", "password", right).is(shopURL+"/staff", 200, "the till")

	v.send(accountsURL+"/me/register", "email", "bob@shop.example", "username", "shopkeeper", "password", "eighteen green lamps").is(accountsURL+"/me/register", 422, "kept for the site")
	v.send("/me/register", "email", "bob@shop.example", "username", "bob", "password", "eighteen green lamps").is(accountsURL+"/me/register", 422, "Use 4 to 32 characters.")
	v.send("/me/register", "email", "bob@trash.example", "password", "eighteen green lamps").is(accountsURL+"/me/register", 422, "We write to addresses that last.")
	v.send("/me/register", "email", "bob@shop.example", "password", "eighteen green lamps")
	must(t, v.shop.accounts.DeliverMails(t.Context()))
	link := regexp.MustCompile(`\S+/me/confirm/\S+`).FindString(v.box.All()[0].Text)
	if v.send(link); !strings.Contains(v.text, "We know your address now.") {
		t.Errorf("after confirming: %.3000s", v.text)
	}
	must(t, v.shop.accounts.DeliverMails(t.Context()))
	if to := v.box.All()[0].ReplyTo; to != "people@shop.localhost" {
		t.Errorf("answers go to %q", to)
	}
	if subject := v.box.All()[0].Subject; subject != "Your key to The Shop" {
		t.Errorf("the welcome is called %q", subject)
	}
	v.shop.mu.Lock()
	defer v.shop.mu.Unlock()
	if len(v.shop.events) < 5 {
		t.Errorf("the shop has heard of %v", v.shop.events)
	}
}

// What docs/replacing.md lists is replaced here, each thing.
func TestNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, name := range []string{"shop.go", "answers.go", "words.go", "main.go", "shop_test.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok {
					used[key.Name] = true
				}
			case *ast.SelectorExpr:
				used[n.Sel.Name] = true
			}
			return true
		})
	}
	text, err := os.ReadFile("../../docs/replacing.md")
	must(t, err)
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[3], "`Example") && !strings.Contains(cells[3], "`Test") {
			continue
		}
		rows++
		for _, name := range regexp.MustCompile("`([A-Za-z.]+)`").FindAllStringSubmatch(cells[2], -1) {
			last := name[1][strings.LastIndex(name[1], ".")+1:]
			if !used[last] {
				t.Errorf("%s is not replaced here (%s)", name[1], strings.TrimSpace(cells[1]))
			}
		}
	}
	if rows < 10 {
		t.Errorf("only %d rows were found", rows)
	}
}

// The program starts, listens and stops.
func TestRun(t *testing.T) {
	t.Chdir(t.TempDir())
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	at := free.Addr().String()
	must(t, free.Close())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, at) }()
	answered := false
	for range 300 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+at+"/", nil)
		must(t, err)
		r.Host = "shop.localhost:3000"
		if answer, err := http.DefaultClient.Do(r); err == nil {
			_ = answer.Body.Close()
			answered = answer.StatusCode == http.StatusOK
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil || !answered {
		t.Errorf("answered: %t (%v)", answered, err)
	}
}
