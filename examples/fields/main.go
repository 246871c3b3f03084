// Command fields asks for more than an address and a password when people register, and keeps it in
// columns of its own.
//
//	go run ./examples/fields
package main

import (
	"context"
	"embed"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

const url = "http://localhost:3000"

var (
	home     = locales.Message{Code: "home", English: "Home"}
	noRivals = locales.Message{Code: "company.rival", English: "We sell nothing to Acme."}
)

// A Member is an account, with a column more.
type Member struct {
	db.User `bun:",extend"`
	Company string `bun:"company,notnull"`
}

// A SignUp is the registration form, with a field more.
type SignUp struct {
	app.SignUp
	Company string `form:"company,required,max=80,label=Company"`
}

// members carries what was typed over to the account, and nothing else: a request sets no other column.
var members = app.Extend(func(m *Member, f *SignUp) error {
	if strings.EqualFold(f.Company, "Acme") {
		return &app.FieldError{Field: "company", Say: noRivals}
	}
	m.Company = f.Company
	return nil
})

//go:embed *.sql
var migrations embed.FS

func main() {
	accounts, err := app.New(app.Config{URL: url, Name: "Fields", DB: db.MustOpen("sqlite:fields.db"), Users: members})
	if err != nil {
		log.Fatal(err)
	}
	server := fiber.New(accounts.FiberConfig())
	if err := accounts.Mount(server); err != nil {
		log.Fatal(err)
	}
	server.Get("/", func(c *fiber.Ctx) error {
		intro := "Register, and say where you work."
		if member, signedIn := members.Current(c); signedIn {
			intro = "You work at " + member.Company + "."
		}
		return accounts.Show(c, home, components.Heading("Fields", intro))
	})
	program := app.Program{Server: server, Addr: "localhost:3000", Migrations: migrations, Ready: ready}
	os.Exit(accounts.Command(os.Args[1:], program))
}

func ready(context.Context) error {
	fmt.Printf("Open %s. Mails are at %s/dev/mailbox.\n", url, url)
	return nil
}
