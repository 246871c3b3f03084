// Command addresses gives people several addresses: each proves itself by a mail, each signs in, and
// mails go to the primary one.
//
//	go run ./examples/addresses
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

var home = locales.Message{Code: "home", English: "Home"}

// members tells handlers who is signed in; see the example fields for columns of one's own.
var members = app.Extend(func(*db.User, *app.SignUp) error { return nil })

func main() {
	accounts, err := app.New(app.Config{
		URL:   url,
		Name:  "Addresses",
		DB:    db.MustOpen("sqlite:addresses.db"),
		Users: members,
		Features: []app.Feature{
			app.Login{},
			app.Logout{},
			app.Register{},
			app.Confirm{}, // the first address proves itself before anybody signs in
			app.Recover{},
			app.Account{},
			app.ChangeEmail{},      // one address in the place of another
			app.Addresses{Most: 3}, // several at once
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	server := fiber.New(accounts.FiberConfig())
	if err := accounts.Mount(server); err != nil {
		log.Fatal(err)
	}

	server.Get("/", func(c *fiber.Ctx) error {
		intro := "Sign in to see where your mails go."
		if member, signedIn := members.Current(c); signedIn {
			intro = "Your mails go to " + member.Primary.Email + ". Add another address at " + accounts.URL("addresses") + "."
		}
		return accounts.Show(c, home, components.Heading("Addresses", intro))
	})

	os.Exit(accounts.Command(os.Args[1:], app.Program{Server: server, Addr: "localhost:3000", Ready: ready}))
}

func ready(context.Context) error {
	fmt.Printf("Open %s. Mails are at %s/dev/mailbox.\n", url, url)
	return nil
}
