package app_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// One sentence by its English wherever it stands, and one message by its code, in two languages.
func ExampleConfig_words() {
	shop := openShop(app.Config{
		Words: locales.Words{
			"en": {"Sign in to %s": "Enter %s", "login.failed": "No such name, or not its password."},
			"fa": {"Sign in to %s": "به %s بفرمایید"},
		},
	})
	defer shop.close()

	fmt.Println(shop.see("/login", "h1"))
	fmt.Println(shop.post("/login", "email", "ada", "password", "wrong"))
	fmt.Println(shop.see("/login?lang=fa", "h1"))
	// Output:
	// Enter Shop
	// 400 Bad Request, No such name, or not its password.
	// به Shop بفرمایید
}

// One message that is shown otherwise, one that is not shown, and the others as they are.
func ExampleConfig_flash() {
	shop := openShop(app.Config{
		Flash: func(_ context.Context, kind string, m locales.Message) (string, locales.Message) {
			switch m.Code {
			case "register.done":
				return "note", locales.Message{Code: "shop.welcome", English: "Welcome. Look into your inbox, then sign in."}
			case "error.not_signed_in":
				return kind, locales.Message{}
			}
			return kind, m
		},
	})
	defer shop.close()

	shop.send("/register", "email", "new@shop.example", "password", "seventeen green lamps")
	fmt.Println(shop.see("/login", "#flash"))
	shop.see("/account", "h1") // which leads to the sign-in page
	fmt.Printf("%q\n", shop.see("/login", "#flash"))
	// Output:
	// Welcome. Look into your inbox, then sign in.
	// ""
}

// The kit's own mail under another subject, with another foot and sender: everything else stays, and
// goes on being improved.
func ExampleConfig_mails() {
	shop := openShop(app.Config{
		Mails: app.Mails{
			Welcome: func(ctx context.Context, p props.Welcome) components.Mail {
				m := pages.DefaultMails().Welcome(ctx, p)
				m.Subject = locales.T(ctx, "Come in, %s", p.Name)
				m.Text += "\nShop Ltd, 1 High Street\n"
				m.From, m.ReplyTo = "Grace of the Shop <grace@shop.example>", "help@shop.example"
				return m
			},
		},
	})
	defer shop.close()

	shop.post("/register", "email", "new@shop.example", "password", "seventeen green lamps")
	mail := shop.sent()
	fmt.Println(mail.From, "/", mail.ReplyTo)
	fmt.Println(mail.Subject)
	fmt.Println(strings.HasSuffix(mail.Text, "Shop Ltd, 1 High Street\n"))
	// Output:
	// Grace of the Shop <grace@shop.example> / help@shop.example
	// Come in, new@shop.example
	// true
}
