package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// shipped is a mail of the shop's own, of the kit's parts.
func shipped(order, link string) components.Mail {
	subject := fmt.Sprintf("Order %s is on its way", order)
	return components.Mail{
		Subject: subject,
		Text:    components.Letter("Hello,", "your order "+order+" has left our house. Follow it here:", link),
		HTML:    components.MailButton("Follow your order", link),
	}
}

func ExampleApp_Mail() {
	var accounts *app.App // as made by app.New
	ship := func(ctx context.Context) error {
		return db.InTx(ctx, accounts.DB, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.NewRaw("UPDATE orders SET shipped = true WHERE number = 17").Exec(ctx); err != nil {
				return err
			}
			ctx = accounts.Speak(ctx, "fa") // as a member's account says
			return accounts.Mail(ctx, tx, "orders.shipped", "ada@example.com", components.Mail{
				Subject: "Order 17 is on its way",
				Text:    components.Letter("Hello,", "follow it here:", "https://shop.example/orders/17"),
				HTML:    components.MailButton("Follow your order", "https://shop.example/orders/17"),
			})
		})
	}
	_ = ship
}

// A host's mail goes out with the change that it tells of, in the layout and the language of the
// kit's own mails.
func TestMailOfTheHost(t *testing.T) {
	tell(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		send := func(fail error) error {
			return db.InTx(t.Context(), s.DB, func(ctx context.Context, tx bun.Tx) error {
				ctx = s.App.Speak(ctx, "fa")
				if tag := locales.From(ctx).Tag(); tag != "fa" {
					t.Errorf("it speaks %s", tag)
				}
				return errors.Join(s.App.Mail(ctx, tx, "orders.shipped", ada, shipped("<17>", "https://shop.example/orders/17?a=1&b=2")), fail)
			})
		}
		if err := send(errors.New("out of stock")); err == nil {
			t.Error("the change was made")
		}
		must(t, send(nil))
		if got := s.Mails(); len(got) != 1 {
			t.Fatalf("%d mails", len(got))
		}
		m := s.Mail(ada)
		if m.Kind != "orders.shipped" || m.From != "Shop <no-reply@shop.example>" || m.Lang != "fa" || m.ID == "" || !m.At.Equal(s.Clock.Now()) {
			t.Errorf("sent %+v", m.Message)
		}
		if m.Subject != "Order <17> is on its way" || m.Link() != "https://shop.example/orders/17?a=1&b=2" {
			t.Errorf("subject %q, link %s", m.Subject, m.Link())
		}
		for _, part := range []string{"<title>Order &lt;17&gt; is on its way</title>", `dir="rtl"`, "orders/17?a=1&amp;b=2", "Shop"} {
			if !strings.Contains(m.HTML, part) {
				t.Errorf("the HTML part lacks %s:\n%s", part, m.HTML)
			}
		}
	}, apptest.Plain)
}

// What can be ended says how, in its foot and in its headers; the kit's own mails cannot be.
func TestMailThatCanBeEnded(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		m := shipped("17", "https://shop.example/orders/17")
		m.Unsubscribe = "https://shop.example/stop?a=1&b=2"
		must(t, s.App.Mail(t.Context(), s.DB, "news", ada, m))
		got := s.Mail(ada)
		if got.Unsubscribe != m.Unsubscribe || !strings.Contains(got.HTML, `href="https://shop.example/stop?a=1&amp;b=2"`) {
			t.Errorf("sent %q:\n%s", got.Unsubscribe, got.HTML)
		}
		s.Browser().Visit("/register").Fill("email", "bob@example.com").Fill("password", good).Submit()
		if got := s.Mail("bob@example.com"); got.Unsubscribe != "" || strings.Contains(strings.ToLower(got.HTML), "unsubscribe") {
			t.Errorf("the welcome can be ended: %q", got.Unsubscribe)
		}
	}, apptest.Plain)
}

// A mail that could not go out is refused at once, in the transaction that it would have told of.
func TestMailOfTheHostIsRefused(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		fine := shipped("17", "https://shop.example/orders/17")
		with := func(change func(m *components.Mail)) components.Mail {
			m := fine
			change(&m)
			return m
		}
		for name, c := range map[string]struct {
			kind, to string
			m        components.Mail
		}{
			"no kind":          {"", ada, fine},
			"a kind in words":  {"Order shipped", ada, fine},
			"a kind of lines":  {"orders\nshipped", ada, fine},
			"two recipients":   {"orders", ada + ", eve@evil.example", fine},
			"a name before it": {"orders", "Ada <" + ada + ">", fine},
			"a header":         {"orders", ada + "\r\nBcc: eve@evil.example", fine},
			"no subject":       {"orders", ada, with(func(m *components.Mail) { m.Subject = "" })},
			"two subjects":     {"orders", ada, with(func(m *components.Mail) { m.Subject += "\r\nBcc: eve@evil.example" })},
			"no text":          {"orders", ada, with(func(m *components.Mail) { m.Text = " \n" })},
			"no way to end it": {"orders", ada, with(func(m *components.Mail) { m.Unsubscribe = "http://shop.example/stop" })},
			"a script there":   {"orders", "", with(func(m *components.Mail) { m.Unsubscribe = "javascript:alert(1)" })},
		} {
			err := s.App.Mail(t.Context(), s.DB, c.kind, c.to, c.m)
			if err == nil || strings.Contains(err.Error(), "ada@") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := counted(t, s, "outbox")[0]; n != 0 {
			t.Errorf("%d are in the outbox", n)
		}
		must(t, s.App.Mail(t.Context(), s.DB, "orders", "", fine))
		textAlone := with(func(m *components.Mail) { m.HTML = nil })
		must(t, s.App.Mail(t.Context(), s.DB, "orders", ada, textAlone))
		if got := s.Mails(); len(got) != 1 || got[0].HTML != "" || got[0].Text != fine.Text {
			t.Errorf("sent %+v", got)
		}
	}, apptest.Plain)
}
