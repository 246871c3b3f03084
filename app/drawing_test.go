package app_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// drawn writes down what was drawn.
type drawn struct {
	mu    sync.Mutex
	about []string
}

type drawnKey struct{}

func (d *drawn) drawing(ctx context.Context, about any) context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.about = append(d.about, fmt.Sprintf("%T", about))
	return context.WithValue(ctx, drawnKey{}, fmt.Sprintf("for %T", about))
}

// begin forgets what was drawn while the site began.
func (d *drawn) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.about = nil
}

func (d *drawn) were(t *testing.T, want ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.about, want) {
		t.Errorf("drawn were %q, want %q", d.about, want)
	}
	d.about = nil
}

func said(ctx context.Context, w io.Writer) error {
	about, _ := ctx.Value(drawnKey{}).(string)
	_, err := io.WriteString(w, "<p>"+about+"</p>")
	return err
}

// Once for every view and every mail, as a whole page and as a fragment, and never for a program.
func TestDrawing(t *testing.T) {
	t.Parallel()
	for _, by := range []apptest.Transport{apptest.Plain, apptest.HTMX, apptest.JSON} {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			var d drawn
			config := patient()
			config.Hooks.Drawing = d.drawing
			config.Slots.AboveForm = func(form.Form) templ.Component { return templ.ComponentFunc(said) }
			config.Mails.Welcome = func(ctx context.Context, p props.Welcome) components.Mail {
				m := pages.DefaultMails().Welcome(ctx, p)
				m.Text += ctx.Value(drawnKey{}).(string) + "\n"
				return m
			}
			s := host(config).Start(t, dbtest.SQLite(t), apptest.Plain)
			d.begin()
			ask := func(path, body string) string {
				if by == apptest.JSON && body != "" {
					body = `{"email":"` + ada + `","password":"` + good + `"}`
				}
				return s.Browser().Send(apptest.Request{Path: path, Header: headers(by), Body: body}).Body
			}
			views := func(want ...string) {
				t.Helper()
				if by == apptest.JSON {
					want = slices.DeleteFunc(want, func(about string) bool { return about != "props.Welcome" })
				}
				d.were(t, want...)
			}
			if page := ask("/login", "email=x"); by != apptest.JSON && !strings.Contains(page, "<p>for props.Login</p>") {
				t.Errorf("the slot stands without its value:\n%s", page)
			}
			views("props.Login")
			ask("/nowhere", "")
			views("props.Error")
			ask("/register", "email="+ada+"&password=seventeen+green+lamps")
			views("props.Welcome")
			if text := s.Mail(ada).Text; !strings.Contains(text, "for props.Welcome\n") {
				t.Errorf("the mail stands without its value:\n%s", text)
			}
			if by == apptest.Plain {
				ask("/", "")
				views("<nil>")
			}
		})
	}
}

// Two views on one page, each with what is its own.
func TestDrawingBeside(t *testing.T) {
	t.Parallel()
	var d drawn
	config := app.Config{Features: []app.Feature{app.Login{WithRegister: true}, app.Register{}}}
	config.Hooks.Drawing = d.drawing
	config.Slots.AboveForm = func(form.Form) templ.Component { return templ.ComponentFunc(said) }
	s := host(config).Start(t, dbtest.SQLite(t), apptest.Plain)
	d.begin()
	page := s.Browser().Send(apptest.Request{Path: "/login"}).Body
	if !strings.Contains(page, "<p>for props.Login</p>") || !strings.Contains(page, "<p>for props.Register</p>") {
		t.Errorf("the views stand without their values:\n%s", page)
	}
	d.were(t, "props.Login", "props.Register")
}

// A template knows who is signed in and where things are: in a slot of the kit's pages, in a page of the
// host's, and in what a host draws by itself behind a guard; elsewhere nobody is.
func TestFrom(t *testing.T) {
	t.Parallel()
	members := app.Extend(func(*db.User, *app.SignUp) error { return nil })
	who := func(ctx context.Context, w io.Writer) error {
		name := "nobody"
		if m, ok := members.From(ctx); ok {
			name = m.Primary.Email
		}
		where := "nowhere"
		if accounts := app.From(ctx); accounts != nil {
			where = accounts.URL("account") + " " + accounts.AbsURL("invitation", "a b") + accounts.AbsURL("login")
		}
		_, err := fmt.Fprintf(w, "<i>%s %s</i>", name, where)
		return err
	}
	config := patient()
	config.Users = members
	config.Slots.AboveForm = func(form.Form) templ.Component { return templ.ComponentFunc(who) }
	h := host(config)
	h.Routes = func(server *fiber.App, accounts *app.App) {
		shop(server, accounts)
		server.Get("/guarded", accounts.Require(), func(c *fiber.Ctx) error {
			return who(c.UserContext(), c.Type("html").Response().BodyWriter())
		})
		server.Get("/open", func(c *fiber.Ctx) error {
			return who(c.UserContext(), c.Type("html").Response().BodyWriter())
		})
	}
	s := h.Start(t, dbtest.SQLite(t), apptest.Plain)
	b := s.As(s.User(apptest.Person{Email: ada}))
	at := " /account " + s.URL + "/login</i>"
	for path, want := range map[string]string{"/change": "<i>" + ada + at, "/guarded": "<i>" + ada + at, "/open": "<i>nobody nowhere</i>"} {
		if page := b.Send(apptest.Request{Path: path}).Body; !strings.Contains(page, want) {
			t.Errorf("%s is without %q:\n%s", path, want, page)
		}
	}
	if page := s.Browser().Send(apptest.Request{Path: "/login"}).Body; !strings.Contains(page, "<i>nobody"+at) {
		t.Errorf("a stranger sees\n%s", page)
	}
}
