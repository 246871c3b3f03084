package app_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A captcha asks its provider whether the answer is a person's. The kit knows nothing of it: middleware
// before Mount gives each request its own, and what judges the form takes it from there.
type captcha interface {
	Solved(ctx context.Context, answer string) bool
}

type captchaKey struct{}

// sevens is one that needs no network.
type sevens struct{ network string }

func (s sevens) Solved(_ context.Context, answer string) bool { return answer == "seven" }

// A Human is what the sign-in form asks for beside the name and the password.
type Human struct {
	Answer string `form:"answer,required,max=40,label=What is three and four?"`
}

func ExampleAsks() {
	shop := openShop(app.Config{
		Forms: map[string]app.Form{
			"login": app.Asks(func(ctx context.Context, in *Human) error {
				if !ctx.Value(captchaKey{}).(captcha).Solved(ctx, in.Answer) {
					return &app.FieldError{Field: "answer", Say: locales.Message{Code: "human.wrong", English: "That is not the sum. Try again."}}
				}
				return nil
			}),
		},
	}, func(c *fiber.Ctx) error {
		c.SetUserContext(context.WithValue(c.UserContext(), captchaKey{}, sevens{network: c.IP()}))
		return c.Next()
	})
	defer shop.close()

	fmt.Println(shop.see("/login", "label"))
	fmt.Println(shop.post("/login", "email", "ada@shop.example", "password", "seventeen green lamps"))
	fmt.Println(shop.post("/login", "email", "ada@shop.example", "password", "seventeen green lamps", "answer", "eight"))
	fmt.Println(shop.post("/login", "email", "ada@shop.example", "password", "seventeen green lamps", "answer", "seven"))
	// Output:
	// E-mail or username, Password, What is three and four?, Stay signed in on this device
	// 400 Bad Request, answer Fill this in.
	// 400 Bad Request, answer That is not the sum. Try again.
	// 200 OK
}

// One more rule for a field of the kit's: the option kit reads what was typed there.
func ExampleAsks_rule() {
	type Work struct {
		Email string `form:"email,kit"`
	}
	shop := openShop(app.Config{
		Forms: map[string]app.Form{
			"recover": app.Asks(func(_ context.Context, in *Work) error {
				if !strings.HasSuffix(in.Email, "@shop.example") {
					return &app.FieldError{Field: "email", Say: locales.Message{Code: "work.only", English: "Use your address at the shop."}}
				}
				return nil
			}),
		},
	})
	defer shop.close()

	fmt.Println(shop.post("/reset", "email", "ada@home.example"))
	fmt.Println(shop.post("/reset", "email", "ada@shop.example"))
	// Output:
	// 400 Bad Request, email Use your address at the shop.
	// 200 OK, If there is an account by this name, a message is on its way to its address.
}
