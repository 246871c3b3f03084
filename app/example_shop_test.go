package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
)

// An exampleShop is a shop with a config that an example shows, and whoever comes to it.
type exampleShop struct {
	*app.App
	server *fiber.App
	mails  *mail.Mailbox
	dir    string
	jar    map[string]string
}

// openShop opens one in which ada has an account. Routes come before those of the kit.
func openShop(config app.Config, before ...fiber.Handler) *exampleShop {
	dir, err := os.MkdirTemp("", "shop")
	orPanic(err)
	s := &exampleShop{mails: mail.NewMailbox(), dir: dir, jar: map[string]string{}}
	config.URL, config.Name, config.From = "http://localhost:3000", "Shop", "Shop <no-reply@shop.example>"
	config.DB, config.Log = db.MustOpen("sqlite:"+filepath.Join(dir, "shop.db")), slog.New(slog.NewTextHandler(io.Discard, nil))
	if config.Mailer == nil {
		config.Mailer = s.mails
	}
	_, err = db.Migrate(context.Background(), config.DB)
	orPanic(err)
	s.App, err = app.New(config)
	orPanic(err)
	_, err = s.CreateUser(context.Background(), app.NewUser{Email: "ada@shop.example", Confirmed: true, Username: "ada", Password: "seventeen green lamps"})
	orPanic(err)
	s.server = fiber.New(s.FiberConfig())
	for _, handler := range before {
		s.server.Use(handler)
	}
	orPanic(s.Mount(s.server))
	return s
}

func (s *exampleShop) close() {
	orPanic(s.DB.Close())
	orPanic(os.RemoveAll(s.dir))
}

func (s *exampleShop) ask(method, path, accept, body string) *http.Response {
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	r.Host = "localhost:3000"
	var cookies []string
	for name, value := range s.jar {
		cookies = append(cookies, name+"="+value)
	}
	r.Header = http.Header{"Accept": {accept}, "Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"application/x-www-form-urlencoded"}, "Cookie": {strings.Join(cookies, "; ")}}
	answer, err := s.server.Test(r, -1)
	orPanic(err)
	for _, c := range answer.Cookies() {
		if s.jar[c.Name] = c.Value; c.Value == "" {
			delete(s.jar, c.Name)
		}
	}
	return answer
}

// send sends a form as a browser does.
func (s *exampleShop) send(path string, fields ...string) {
	s.ask(http.MethodPost, path, "text/html", formOf(fields))
}

func formOf(fields []string) string {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form.Encode()
}

// post sends a form as a program does, and says how it was answered.
func (s *exampleShop) post(path string, fields ...string) string {
	answer := s.ask(http.MethodPost, path, "application/json", formOf(fields))
	var e struct {
		Meta     struct{ Message string }
		Response struct {
			Errors map[string][]string `json:"field_errors"`
		}
	}
	orPanic(json.NewDecoder(answer.Body).Decode(&e))
	said := []string{answer.Status}
	for field, messages := range e.Response.Errors {
		for _, m := range messages {
			said = append(said, strings.TrimSpace(field+" "+m))
		}
	}
	slices.Sort(said[1:])
	if e.Meta.Message != "" {
		said = append(said, e.Meta.Message)
	}
	return strings.Join(said, ", ")
}

// see is the text of what a selector finds on a page.
func (s *exampleShop) see(path, selector string) string {
	page, err := goquery.NewDocumentFromReader(s.ask(http.MethodGet, path, "text/html", "").Body)
	orPanic(err)
	var seen []string
	page.Find(selector).Each(func(_ int, found *goquery.Selection) {
		seen = append(seen, strings.Join(strings.Fields(found.Text()), " "))
	})
	return strings.Join(seen, ", ")
}

// sent is the newest mail.
func (s *exampleShop) sent() mail.Message {
	orPanic(s.DeliverMails(context.Background()))
	return s.mails.All()[0].Message
}

func orPanic(err error) {
	if err != nil {
		panic(fmt.Sprintf("%+v", err))
	}
}
