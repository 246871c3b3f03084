// Package site is the application: what it is set to, who its members are, and its routes.
package site

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	kit "github.com/gatehouse-go/gatehouse/db"

	"github.com/gatehouse-go/gatehouse/scaffold/starter/db"
	"github.com/gatehouse-go/gatehouse/scaffold/starter/pages"
)

// members are the accounts. To give them columns and the registration form fields of their own,
// put a type that embeds db.User in the place of kit.User, and one that embeds app.SignUp in the
// place of app.SignUp; see app.Extend.
var members = app.Extend(func(*kit.User, *app.SignUp) error { return nil })

// A Site is the application, ready to serve.
type Site struct {
	Settings

	Accounts *app.App
	Server   *fiber.App
}

// New builds the application. It connects to nothing yet: the commands do.
func New(settings Settings) (*Site, error) {
	s := &Site{Settings: settings.withDefaults()}
	conn, err := kit.Open(s.Database)
	if err != nil {
		return nil, err
	}
	mailer, err := s.mailer()
	if err != nil {
		return nil, err
	}
	s.Accounts, err = app.New(app.Config{
		Name:    s.Name,
		URL:     s.URL,
		From:    s.From,
		Secrets: app.Secrets(s.Secrets),
		DB:      conn,
		Redis:   s.Redis,
		Mailer:  mailer,
		Users:   members,
		Views:   pages.Views(),
		Slots:   components.Slots{HeadEnd: pages.HeadEnd},
		Foot:    []app.Link{{Label: termsTitle, URL: termsPath}},
		Features: []app.Feature{
			app.Login{},
			app.Remember{},
			app.Logout{},
			app.Register{Username: app.Optional, Terms: termsPath},
			app.Confirm{},
			app.MagicLink{},
			app.Recover{},
			app.Account{},
			app.Change{},
			app.ChangeEmail{},
			app.Addresses{},
			app.ChangeUsername{},
			app.RecoverUsername{},
			app.Track{},
			app.Alert{},
		},
	})
	if err != nil {
		return nil, err
	}
	s.Server = fiber.New(s.Accounts.FiberConfig())
	// From here on every route is protected against forged requests: routes come after Mount.
	if err := s.Accounts.Mount(s.Server); err != nil {
		return nil, err
	}
	s.routes()
	return s, nil
}

// Program is what the command line works with.
func (s *Site) Program() app.Program {
	return app.Program{
		Server:     s.Server,
		Addr:       s.Addr,
		Migrations: db.Migrations(),
		Ready:      func(context.Context) error { return s.Announce(os.Stdout) },
	}
}

// Command runs the command line, serve without one, and returns the program's exit status.
func (s *Site) Command(args []string) int { return s.Accounts.Command(args, s.Program()) }

// Announce says where the application is and, in development, where its mails are.
func (s *Site) Announce(out io.Writer) error {
	if _, err := fmt.Fprintf(out, "%-16s %s\n", s.Name+" is at", s.URL); err != nil {
		return err
	}
	mailbox := s.Accounts.URL("mailbox")
	if mailbox == "" {
		return nil
	}
	_, err := fmt.Fprintf(out, "%-16s %s%s\n", "Its mails are at", s.URL, mailbox)
	return err
}
