package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
)

// text is the body of an answer.
func (*exampleShop) text(answer *http.Response) string {
	body, err := io.ReadAll(answer.Body)
	orPanic(err)
	return string(body)
}

// The account pages have a host of their own, and the shop's pages on another know who is signed in.
func ExampleConfig_domain() {
	shop := openShop(app.Config{
		URL: "http://accounts.shop.localhost:3000", Hosts: []string{"shop.localhost:3000"}, Domain: "shop.localhost",
		Home: "http://shop.localhost:3000/",
	})
	defer shop.close()
	shop.server.Get("/orders", shop.Require(), func(c *fiber.Ctx) error { return c.SendString("your orders") })

	const orders = "http://shop.localhost:3000/orders"
	fmt.Println(shop.leads(http.MethodGet, orders, ""))
	fmt.Println(shop.leads(http.MethodPost, "http://accounts.shop.localhost:3000/login?next="+orders, adas))
	fmt.Println(shop.text(shop.ask(http.MethodGet, orders, "text/html", "")))
	// Output:
	// 303 See Other http://accounts.shop.localhost:3000/login?next=http%3A%2F%2Fshop.localhost%3A3000%2Forders
	// 303 See Other http://shop.localhost:3000/orders
	// your orders
}

// Two sites in one process, each with its own accounts, sessions and cookies. One server listens and hands on to
// the other, whose App is run beside.
func ExampleApp_Run() {
	shop, staff := openShop(app.Config{}), openShop(app.Config{Prefix: "/staff", Home: "/staff", Cookies: "staff-"})
	defer shop.close()
	defer staff.close()
	staff.server.Get("/staff", staff.Require(), func(c *fiber.Ctx) error { return c.SendString("the till") })

	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); staff.Run(ctx) }()
	inner, outer := staff.server.Handler(), shop.server.Handler()
	front := fiber.New()
	front.Use(func(c *fiber.Ctx) error {
		if strings.HasPrefix(c.Path(), "/staff") {
			inner(c.Context())
		} else {
			outer(c.Context())
		}
		return nil
	})
	visitor := &exampleShop{App: shop.App, server: front, jar: map[string]string{}}

	fmt.Println(visitor.leads(http.MethodPost, "/login", adas))
	fmt.Println(visitor.leads(http.MethodGet, "/staff", ""))
	fmt.Println(visitor.leads(http.MethodPost, "/staff/login", adas))
	fmt.Println(visitor.text(visitor.ask(http.MethodGet, "/staff", "text/html", "")))
	stop()
	<-ended
	// Output:
	// 303 See Other /
	// 303 See Other /staff/login?next=%2Fstaff
	// 303 See Other /staff
	// the till
}
