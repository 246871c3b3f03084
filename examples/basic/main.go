// Command basic is the least there is: people register, sign in and out, recover and change their
// password and their address, and one page is for members alone.
//
//	go run ./examples/basic
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

var (
	home   = locales.Message{Code: "home", English: "Home"}
	orders = locales.Message{Code: "orders", English: "Orders"}
)

func main() {
	accounts, err := app.New(app.Config{
		URL:  url,
		Name: "Basic",
		DB:   db.MustOpen("sqlite:basic.db"),
	})
	if err != nil {
		log.Fatal(err)
	}
	server := fiber.New(accounts.FiberConfig())
	if err := accounts.Mount(server); err != nil {
		log.Fatal(err)
	}

	// Routes come after Mount, which protects them from forged requests.
	server.Get("/", func(c *fiber.Ctx) error {
		return accounts.Show(c, home, components.Heading("Basic", "Everybody sees this page. /orders is for members."))
	})
	server.Get("/orders", accounts.Require(), func(c *fiber.Ctx) error {
		return accounts.Show(c, orders, components.Heading("Your orders", "Only who is signed in sees this page."))
	})

	os.Exit(accounts.Command(os.Args[1:], app.Program{Server: server, Addr: "localhost:3000", Ready: ready}))
}

func ready(context.Context) error {
	fmt.Printf("Open %s. Mails are at %s/dev/mailbox.\n", url, url)
	return nil
}
