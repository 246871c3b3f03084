package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/elements"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/components/theme"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

func ExampleTheme() {
	fmt.Println(app.Theme{Accent: "#0a7d5a", Radius: "4px"}.Check())

	for _, wrong := range (app.Theme{Accent: "#39c2a0", OnAccent: "#ffffff"}).Check() {
		fmt.Println(wrong)
	}
	// Output:
	// []
	// OnAccent #ffffff on Accent #39c2a0 has a contrast of 2.2:1, and words need 4.5:1: make Accent #24846c, or OnAccent #000000, or leave OnAccent out and the kit sees to it
}

// The entrance split in two, with words of the host's beside the form.
func ExampleTheme_split() {
	shop := openShop(app.Config{
		Theme: app.Theme{Entrance: theme.Split},
		Slots: app.Slots{Aside: func(props.Page) templ.Component { return templ.Raw("<h2>Clocks that last.</h2>") }},
	})
	defer shop.close()

	fmt.Println(shop.see("/login", ".gh-entrance--split .gh-card h1, .gh-entrance--split .gh-aside"))
	// Output:
	// Sign in to Shop, Clocks that last.
}

func ExampleSlots() {
	text := func(text string) templ.Component { return templ.Raw("<p class=own>" + text + "</p>") }
	shop := openShop(app.Config{
		Slots: app.Slots{
			HeadEnd: func(props.Page) templ.Component { return templ.Raw(`<link rel="stylesheet" href="/shop.css">`) },
			Header:  func(p props.Page) templ.Component { return text("News for " + p.View) },
			AboveForm: func(p props.Page, f form.Form) templ.Component {
				if f.Name != "login" {
					return templ.NopComponent
				}
				return text("Dealers sign in with the number of their shop.")
			},
			AfterSubmit: func(_ props.Page, f form.Form) templ.Component { return text("Within " + f.Name) },
			BelowForm:   func(_ props.Page, f form.Form) templ.Component { return text("Below " + f.Name) },
			Foot: func(p props.Page) templ.Component {
				if p.Who == nil {
					return text("Come in")
				}
				return text("Good to see you, " + p.Who.Name)
			},
		},
	})
	defer shop.close()

	fmt.Println(shop.see("/login", ".own"))
	fmt.Println(shop.see("/register", "form .own"))
	fmt.Println(shop.post("/login", "email", "ada", "password", "seventeen green lamps"))
	fmt.Println(shop.see("/account", "footer .own"))
	// Output:
	// News for login, Dealers sign in with the number of their shop., Within login, Below login, Come in
	// Within register
	// 200 OK
	// Good to see you, ada
}

func ExampleConfig_nav() {
	link := func(label, url string) app.Link { return app.Link{Label: locales.Message{English: label}, URL: url} }
	shop := openShop(app.Config{
		Nav: func(p props.Page) []app.Link {
			switch {
			case p.Who == nil:
				return []app.Link{link("Prices", "/prices")}
			case slices.Contains(p.Who.Roles, "admin"):
				return []app.Link{link("Orders", "/orders"), link("Everything", "/admin")}
			}
			return []app.Link{link("Orders", "/orders")}
		},
	})
	defer shop.close()

	shop.server.Get("/prices", func(c *fiber.Ctx) error {
		return shop.Show(c, locales.Message{English: "Prices"}, templ.Raw("<h1>Prices</h1>"))
	})
	fmt.Println(shop.see("/prices", ".gh-guest a"))
	fmt.Println(shop.post("/login", "email", "ada", "password", "seventeen green lamps"))
	fmt.Println(shop.see("/account", ".gh-nav a"))
	// Output:
	// Prices, Sign in, Create an account
	// 200 OK
	// Account, Orders
}

// A brand of one's own, and the kit's button with something added.
func ExampleConfig_elements() {
	shop := openShop(app.Config{
		Elements: components.Elements{
			Brand: func(b components.Brand) templ.Component {
				return templ.Raw(`<a class=brand href="/">The ` + b.Name + `</a>`)
			},
			Button: func(b components.Button) templ.Component {
				b.Label += " →"
				return elements.Button(b)
			},
		},
	})
	defer shop.close()

	fmt.Println(shop.see("/login", ".brand, .gh-button"))
	// Output:
	// The Shop, Sign in →
}

func ExampleViews_layout() {
	frame := func(name string) func(props.Page, templ.Component) templ.Component {
		return func(p props.Page, view templ.Component) templ.Component {
			return templ.Join(
				templ.Raw("<!DOCTYPE html><html lang="+p.Lang+"><head>"), components.Head(p.Title), templ.Raw("</head><body class=gh><header>"+name+"</header><main id=main>"),
				components.FlashRegion(components.Alert{Kind: p.Flash.Kind, Text: p.Flash.Message.English}), view, templ.Raw("</main></body></html>"),
			)
		}
	}
	shop := openShop(app.Config{Views: app.Views{Layout: frame("For all"), PublicLayout: frame("For guests")}})
	defer shop.close()

	fmt.Println(shop.see("/login", "body > header, h1"))
	fmt.Println(shop.post("/login", "email", "ada", "password", "seventeen green lamps"))
	fmt.Println(shop.see("/account", "body > header, h1"))
	// Output:
	// For guests, Sign in to Shop
	// 200 OK
	// For all, Your account
}

func ExampleLetter() {
	shop := openShop(app.Config{
		Letter: app.Letter{
			SubjectPrefix: "[Shop] ", Greeting: locales.Message{English: "Hello,"}, Signature: locales.Message{English: "Grace\nwho keeps the shop"},
		},
	})
	defer shop.close()

	orPanic(shop.Mail(context.Background(), shop.DB, "order", "ada@shop.example", components.Mail{Subject: "Your order", Text: "It is on its way."}))
	fmt.Println(shop.sent().Subject)
	fmt.Println(shop.sent().Text)
	// Output:
	// [Shop] Your order
	// Hello,
	//
	// It is on its way.
	//
	// Grace
	// who keeps the shop
}

// Where more is wanted of a mail than a greeting: a frame around each part.
func ExampleMails_layout() {
	shop := openShop(app.Config{
		Mails: app.Mails{
			Text: func(_ context.Context, p props.Envelope, text string) string {
				return strings.ToUpper(p.AppName) + "\n\n" + text
			},
			Layout: func(p props.Envelope, body templ.Component) templ.Component {
				return templ.Join(templ.Raw("<h1>"+p.AppName+"</h1>"), body)
			},
		},
	})
	defer shop.close()

	orPanic(shop.Mail(context.Background(), shop.DB, "order", "ada@shop.example", components.Mail{
		Subject: "Your order", Text: "It is on its way.", HTML: templ.Raw("<p>It is on its way.</p>"),
	}))
	fmt.Println(shop.sent().Text)
	fmt.Println(shop.sent().HTML)
	// Output:
	// SHOP
	//
	// It is on its way.
	// <h1>Shop</h1><p>It is on its way.</p>
}

func ExampleApp_Fragment() {
	shop := openShop(app.Config{})
	defer shop.close()

	shop.server.Get("/cart", func(c *fiber.Ctx) error {
		signIn, err := shop.Fragment(c, "login")
		if err != nil {
			return err
		}
		return shop.Show(c, locales.Message{English: "Cart"}, templ.Join(templ.Raw("<h1>Cart</h1>"), signIn))
	})
	fmt.Println(shop.see("/cart", "h1, h2, label"))
	fmt.Println(shop.post("/login?next=/cart", "email", "ada", "password", "seventeen green lamps"))
	fmt.Println(shop.see("/cart", "h1, h2, label"))
	// Output:
	// Cart, Sign in to Shop, E-mail or username, Password, Stay signed in on this device
	// 200 OK
	// Cart
}

func ExampleApp_Context() {
	shop := openShop(app.Config{Theme: app.Theme{Accent: "#0a7d5a"}})
	defer shop.close()

	shop.server.Get("/cart", func(c *fiber.Ctx) error {
		page := templ.Join(templ.Raw("<!DOCTYPE html><html lang=en><head>"), components.Head("Cart"), templ.Raw("</head><body class=gh><h1>Cart</h1>"),
			components.Button{Label: "Pay", URL: "/pay"}, templ.Raw("</body></html>"))
		return page.Render(shop.Context(c), c.Type("html", "utf-8").Response().BodyWriter())
	})
	fmt.Println(shop.see("/cart", "title, h1, .gh-button"))
	// Output:
	// Cart, Cart, Pay
}
