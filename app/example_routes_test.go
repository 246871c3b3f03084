package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/locales"
)

// leads is where a browser is led that asks for path, or sends it fields.
func (s *exampleShop) leads(method, path, body string) string {
	answer := s.ask(method, path, "text/html", body)
	return answer.Status + " " + answer.Header.Get("Location")
}

const adas = "email=ada@shop.example&password=seventeen+green+lamps"

// Routes have names, and paths are settings.
func ExampleConfig_paths() {
	shop := openShop(app.Config{Prefix: "/members", Paths: map[string]string{"login": "/sign-in"}})
	defer shop.close()

	fmt.Println(shop.URL("login"), shop.URL("recover-link", "SECRET"))
	fmt.Println(shop.leads(http.MethodGet, "/members/account", ""))
	// Output:
	// /members/sign-in /members/reset/SECRET
	// 303 See Other /members/sign-in?next=%2Fmembers%2Faccount
}

func ExampleLandings() {
	shop := openShop(app.Config{Landings: app.Landings{Login: "/welcome", Logout: "/bye", RecoverError: "/help"}})
	defer shop.close()

	fmt.Println(shop.leads(http.MethodGet, "/reset/nonsense", ""))
	fmt.Println(shop.leads(http.MethodPost, "/login", adas))
	fmt.Println(shop.leads(http.MethodPost, "/logout?next=/orders", "")) // what was asked for goes before
	fmt.Println(shop.leads(http.MethodPost, "/logout", ""))
	// Output:
	// 303 See Other /help
	// 303 See Other /welcome
	// 303 See Other /orders
	// 303 See Other /bye
}

// Every customer has a name below shops.example, and some are closed.
func ExampleConfig_mayFollow() {
	shop := openShop(app.Config{
		Origins:   []string{"https://*.shops.example"},
		MayFollow: func(_ context.Context, to string) bool { return !strings.HasPrefix(to, "https://closed.") },
	})
	defer shop.close()

	for _, next := range []string{"https://flowers.shops.example/", "https://closed.shops.example/", "https://shops.example.evil.example/"} {
		fmt.Println(shop.leads(http.MethodPost, "/logout?next="+next, ""))
	}
	// Output:
	// 303 See Other https://flowers.shops.example/?message_code=logout.done
	// 303 See Other /
	// 303 See Other /
}

// Who may not come is shown the plans, who is not signed in an offer, and programs what the kit says.
func ExampleAnswers() {
	var accounts *app.App
	offer := func(c *fiber.Ctx, e *app.Error) error {
		switch app.CallerOf(c) {
		case app.JSON:
			return e // as the kit answers it
		case app.HTMX, app.HTML:
		}
		return accounts.Leave(c, "/offer", e.Say)
	}
	shop := openShop(app.Config{Answers: app.Answers{
		Unauthenticated: offer,
		Failed: func(c *fiber.Ctx, e *app.Error) error {
			return c.Status(e.Status).SendString("Sorry. " + e.Say.In(c.UserContext()) + ".")
		},
	}})
	defer shop.close()
	accounts = shop.App

	fmt.Println(shop.leads(http.MethodGet, "/account", ""))
	fmt.Println(shop.see("/nowhere", "body"))
	fmt.Println(shop.ask(http.MethodGet, "/account", "application/json", "").Status)
	// Output:
	// 303 See Other /offer
	// Sorry. There is no page here.
	// 401 Unauthorized
}

// JSON in the shape of JSON:API, say.
func ExampleEnvelope() {
	shop := openShop(app.Config{Answers: app.Answers{
		JSON: func(c *fiber.Ctx, a app.Answer) error {
			var problems []fiber.Map
			for _, wrong := range a.Errors {
				problems = append(problems, fiber.Map{"detail": wrong.Say.In(c.UserContext()), "source": wrong.Field})
			}
			if problems != nil {
				return c.Status(a.Status).JSON(fiber.Map{"errors": problems})
			}
			return c.Status(a.Status).JSON(app.Envelope(c.UserContext(), a)) // as the kit has it
		},
	}})
	defer shop.close()

	fmt.Println(shop.text(shop.ask(http.MethodPost, "/login", "application/json", "email=ada")))
	// Output:
	// {"errors":[{"detail":"Enter your password.","source":"password"}]}
}

// A handler of the shop's stands at the sign-in page: it signs in whom the company's directory knows, and
// has the kit sign in all others.
func ExampleHandler() {
	var accounts *app.App
	directory := map[string]string{"ada": "badge-1815"}
	shop := openShop(app.Config{Handlers: map[string]app.Handler{"login": {
		Act: func(c *fiber.Ctx) error {
			name, secret := strings.Clone(c.FormValue("email")), c.FormValue("password")
			if badge, known := directory[name]; known {
				if err := accounts.Charge(c, name); err != nil {
					return err
				}
				account, err := accounts.FindUser(c.UserContext(), name)
				if err != nil || badge != secret {
					return &app.Error{Status: fiber.StatusForbidden, Say: locales.Message{Code: "badge", English: "This is not your badge"}, Err: err}
				}
				return accounts.SignIn(c, account, false, "directory")
			}
			if _, err := accounts.Do(c, "login", map[string]any{"email": name, "password": secret}); err != nil {
				return err
			}
			return accounts.Leave(c, "/", locales.Message{})
		},
	}}})
	defer shop.close()
	accounts = shop.App

	fmt.Println(shop.see("/login", "h1"))
	fmt.Println(shop.post("/login", "email", "ada", "password", "seventeen green lamps"))
	fmt.Println(shop.post("/login", "email", "ada@shop.example", "password", "nonsense"))
	fmt.Println(shop.leads(http.MethodPost, "/login", "email=ada&password=badge-1815"))
	// Output:
	// Sign in to Shop
	// 403 Forbidden, This is not your badge
	// 400 Bad Request, The name or the password is wrong. Check both and try again.
	// 303 See Other /
}

// A handler of the shop's has the kit do what its routes do, and learns by types what came of it.
func ExampleApp_Do() {
	var accounts *app.App
	shop := openShop(app.Config{}, func(c *fiber.Ctx) error {
		if c.Method() != fiber.MethodPost || c.Path() != "/help" {
			return c.Next()
		}
		told, err := accounts.Do(c, "recover", map[string]any{"email": c.FormValue("name")})
		var rejected *app.Rejected
		if errors.As(err, &rejected) {
			return c.SendString("at " + rejected.Errors[0].Field + ": " + rejected.Errors[0].Say.Code)
		}
		if err != nil {
			return err
		}
		return c.SendString(told.Say.Code)
	})
	defer shop.close()
	accounts = shop.App

	fmt.Println(shop.text(shop.ask(http.MethodPost, "/help", "text/html", "name=")))
	fmt.Println(shop.text(shop.ask(http.MethodPost, "/help", "text/html", "name=ada")))
	fmt.Println(shop.sent().To)
	// Output:
	// at email: login.no_identity
	// recover.sent
	// ada@shop.example
}

func ExampleApp_LinkState() {
	shop := openShop(app.Config{})
	defer shop.close()

	shop.post("/reset", "email", "ada")
	_, link, _ := strings.Cut(shop.sent().Text, "/reset/")
	secret := strings.Fields(link)[0]
	state := func() {
		is, err := shop.LinkState(context.Background(), "recover-link", secret)
		fmt.Println(is, err)
	}
	state()
	state()
	shop.post("/reset/"+secret, "password", "eighteen green lamps")
	state()
	// Output:
	// valid <nil>
	// valid <nil>
	// used <nil>
}

// A keyed hasher adds a key to each password, so that a stolen table alone is worth nothing.
type keyed struct {
	*password.Hasher
	key string
}

func (k keyed) Hash(ctx context.Context, plain string) (string, error) {
	return k.Hasher.Hash(ctx, plain+k.key)
}

func (k keyed) Verify(ctx context.Context, plain, hash string) (bool, error) {
	return k.Hasher.Verify(ctx, plain+k.key, hash)
}

func (k keyed) VerifyAndUpdate(ctx context.Context, plain, hash string) (bool, string, error) {
	return k.Hasher.VerifyAndUpdate(ctx, plain+k.key, hash)
}

func ExampleHasher() {
	argon, err := password.New(password.Params{})
	if err != nil {
		panic(err)
	}
	shop := openShop(app.Config{Hasher: keyed{argon, "from a vault"}})
	defer shop.close()

	fmt.Println(shop.leads(http.MethodPost, "/login", adas))
	// Output:
	// 303 See Other /
}

// Customers sign in by their number, too.
func ExampleConfig_identify() {
	numbers := map[string]uuid.UUID{}
	shop := openShop(app.Config{
		Identify: func(_ context.Context, name string) (uuid.UUID, error) { return numbers[name], nil },
	})
	defer shop.close()
	account, err := shop.FindUser(context.Background(), "ada")
	if err != nil {
		panic(err)
	}
	numbers["C-1815"] = account.Account().ID

	fmt.Println(shop.post("/login", "email", "C-1852", "password", "seventeen green lamps"))
	fmt.Println(shop.leads(http.MethodPost, "/login", "email=C-1815&password=seventeen+green+lamps"))
	// Output:
	// 400 Bad Request, The name or the password is wrong. Check both and try again.
	// 303 See Other /
}
