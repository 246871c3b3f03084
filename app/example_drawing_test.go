package app_test

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

type offerKey struct{}

// What the sign-in page needs beside what the kit tells it is looked up when that page is drawn, and
// found by whatever of the host's stands there: here a slot, as well a page that was ejected.
func ExampleHooks_drawing() {
	shop := openShop(app.Config{
		Hooks: app.Hooks{
			Drawing: func(ctx context.Context, about any) context.Context {
				if _, is := about.(props.Login); is {
					ctx = context.WithValue(ctx, offerKey{}, "Teapots at half their price")
				}
				return ctx
			},
		},
		Slots: components.Slots{
			AboveForm: func(form.Form) templ.Component {
				return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
					offer, _ := ctx.Value(offerKey{}).(string)
					_, err := io.WriteString(w, `<p class="offer">`+templ.EscapeString(offer)+`</p>`)
					return err
				})
			},
		},
	})
	defer shop.close()

	fmt.Printf("%q\n", shop.see("/login", ".offer"))
	fmt.Printf("%q\n", shop.see("/register", ".offer"))
	// Output:
	// "Teapots at half their price"
	// ""
}

// A template of the host's knows who is signed in and where the kit's pages are, and speaks the
// reader's language, with the kit's words or its own.
func ExampleUsers_From() {
	members := app.Extend(func(*db.User, *app.SignUp) error { return nil })
	greeting := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		accounts := app.From(ctx)
		if member, ok := members.From(ctx); ok {
			_, err := fmt.Fprintf(w, "<p>%s %s</p>", locales.T(ctx, "Good to see you, %s.", member.Username), accounts.URL("account"))
			return err
		}
		_, err := fmt.Fprintf(w, "<p>%s %s</p>", locales.T(ctx, "Sign in"), accounts.AbsURL("login"))
		return err
	})
	shop := openShop(app.Config{Users: members})
	defer shop.close()
	shop.server.Get("/", func(c *fiber.Ctx) error {
		return shop.Show(c, locales.Message{Code: "home.title", English: "Home"}, greeting)
	})

	fmt.Println(shop.see("/", "main p"))
	fmt.Println(shop.post("/login", "email", "ada", "password", "seventeen green lamps"))
	fmt.Println(shop.see("/", "main p"))
	// Output:
	// Sign in http://localhost:3000/login
	// 200 OK
	// Good to see you, ada. /account
}
