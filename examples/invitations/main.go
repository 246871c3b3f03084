// Command invitations lets in who is invited, and nobody else. Whoever is in may invite others.
//
//	go run ./examples/invitations
//	go run ./examples/invitations invitations send ada@example.com
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

const url = "http://localhost:3000"

var club = locales.Message{Code: "club", English: "The club"}

func main() {
	accounts, err := app.New(app.Config{
		URL:  url,
		Name: "The club",
		DB:   db.MustOpen("sqlite:invitations.db"),
		Features: []app.Feature{
			app.Login{},
			app.Logout{},
			app.Register{Username: app.Required},
			app.Recover{},
			app.Account{},
			app.Invite{Only: true, Most: 5}, // By says who may invite, if not everybody
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	server := fiber.New(accounts.FiberConfig())
	if err := accounts.Mount(server); err != nil {
		log.Fatal(err)
	}

	server.Get("/", accounts.Require(), func(c *fiber.Ctx) error {
		return accounts.Show(c, club, components.Heading("Welcome to the club", "Bring somebody along: "+accounts.URL("invite")))
	})

	os.Exit(accounts.Command(os.Args[1:], app.Program{Server: server, Addr: "localhost:3000", Ready: ready}))
}

func ready(context.Context) error {
	fmt.Printf("Open %s. Mails are at %s/dev/mailbox.\n", url, url)
	fmt.Println("Invite yourself first, in another terminal: go run ./examples/invitations invitations send ada@example.com")
	return nil
}
