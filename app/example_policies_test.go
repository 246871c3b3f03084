package app_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/locales"
)

// One more rule for passwords, and the kit's own rules but for the length left out.
func ExampleConfig_passwords() {
	shop := openShop(app.Config{
		Passwords: password.Policy{
			Min: 10, AllowCommon: true, AllowWeak: true, AllowPersonal: true,
			Refuse: func(_ context.Context, plain string, _ ...string) locales.Message {
				if strings.Contains(strings.ToLower(plain), "shop") {
					return locales.Message{Code: "shop.password", English: "Everybody would try the name of the shop. Leave it out."}
				}
				return locales.Message{}
			},
		},
	})
	defer shop.close()

	fmt.Println(shop.post("/register", "email", "new@shop.example", "password", "short"))
	fmt.Println(shop.post("/register", "email", "new@shop.example", "password", "Workshop17"))
	fmt.Println(shop.post("/register", "email", "new@shop.example", "password", "1234567890"))
	// Output:
	// 400 Bad Request, password Use at least 10 characters. A few words in a row are easy to remember.
	// 400 Bad Request, password Everybody would try the name of the shop. Leave it out.
	// 200 OK, Thank you. We have sent a message to new@shop.example. Sign in to go on.
}

func ExampleEmailPolicy() {
	shop := openShop(app.Config{
		Emails: app.EmailPolicy{
			Refuse: func(_ context.Context, email string) locales.Message {
				if strings.HasSuffix(email, "@tenminutes.example") {
					return locales.Message{Code: "shop.email", English: "Use an address that you keep."}
				}
				return locales.Message{}
			},
		},
	})
	defer shop.close()

	fmt.Println(shop.post("/register", "email", "new@tenminutes.example", "password", "seventeen green lamps"))
	// Output:
	// 400 Bad Request, email Use an address that you keep.
}

func ExampleUsernamePolicy() {
	shop := openShop(app.Config{
		Features: []app.Feature{app.Login{}, app.Register{Username: app.Required}},
		Reserved: append(app.ReservedNames(), "cashier"),
		Usernames: app.UsernamePolicy{
			Min: 4, Max: 20,
			Refuse: func(_ context.Context, username string) locales.Message {
				if strings.ContainsAny(username, "0123456789") {
					return locales.Message{Code: "shop.username", English: "Leave digits out."}
				}
				return locales.Message{}
			},
		},
	})
	defer shop.close()

	for _, username := range []string{"bob", "cashier", "bob1815", "bobby"} {
		fmt.Println(shop.post("/register", "email", "bob@shop.example", "username", username, "password", "seventeen green lamps"))
	}
	// Output:
	// 400 Bad Request, username Use 4 to 20 characters.
	// 400 Bad Request, username This username is kept for the site itself. Choose another.
	// 400 Bad Request, username Leave digits out.
	// 200 OK, Thank you. We have sent a message to bob@shop.example. Sign in to go on.
}
