package app_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A page of the host's in the place of one of the kit's, given the same props: mostly a copy that was
// ejected, here the kit's own with a word above it.
func ExampleConfig_views() {
	shop := openShop(app.Config{
		Views: app.Views{
			Login: func(p props.Login) templ.Component {
				return templ.Join(components.Alert{Text: p.AppName + " is closed on Sundays."}, pages.Login(p))
			},
		},
	})
	defer shop.close()

	fmt.Println(shop.see("/login", "main .gh-alert, h1"))
	fmt.Println(shop.see("/register", "main .gh-alert, h1"))
	// Output:
	// Shop is closed on Sundays., Sign in to Shop
	// Create your account
}

// byKind sends what is for many through a server of its own: the kit hands it each message whole.
type byKind struct {
	mail.Mailer
	invitations mail.Mailer
}

func (b byKind) Send(ctx context.Context, m mail.Message) error {
	if strings.HasPrefix(m.Kind, "invite") {
		m.From = "Shop <friends@mail.shop.example>"
		return b.invitations.Send(ctx, m)
	}
	return b.Mailer.Send(ctx, m)
}

func ExampleConfig_mailer() {
	usual, invitations := mail.NewMailbox(), mail.NewMailbox() // mail.SMTP(…) where people wait for them
	shop := openShop(app.Config{
		Mailer:   byKind{usual, invitations},
		Features: append(app.Standard(), app.Invite{}),
	})
	defer shop.close()

	shop.post("/register", "email", "new@shop.example", "password", "seventeen green lamps")
	if _, err := shop.Invite(context.Background(), app.NewInvitation{Email: "bob@home.example"}); err != nil {
		fmt.Println(err)
	}
	if err := shop.DeliverMails(context.Background()); err != nil {
		fmt.Println(err)
	}
	for _, box := range []*mail.Mailbox{usual, invitations} {
		for _, m := range box.All() {
			fmt.Println(m.Kind, "from", m.From)
		}
	}
	// Output:
	// register.welcome from Shop <no-reply@shop.example>
	// invite from Shop <friends@mail.shop.example>
}
