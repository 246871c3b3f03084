package app_test

import (
	"context"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// Each mail may come from somebody else, and have its answers go elsewhere; one that would come from
// nobody undoes what it tells of.
func TestSenders(t *testing.T) {
	var from string
	config := patient()
	config.ReplyTo = "Help <help@shop.example>"
	config.Mails.Welcome = func(ctx context.Context, p props.Welcome) components.Mail {
		m := pages.DefaultMails().Welcome(ctx, p)
		m.From = from
		return m
	}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		from = "Grace <grace@shop.example>"
		enroll(s.Browser(), ada)
		if m := s.Mail(ada); m.From != from || m.ReplyTo != "Help <help@shop.example>" {
			t.Errorf("from %q, answers to %q", m.From, m.ReplyTo)
		}
		s.Happened(app.Registered)
		err := db.InTx(t.Context(), s.DB, func(ctx context.Context, tx bun.Tx) error {
			return s.App.Mail(ctx, tx, "orders.shipped", ada, components.Mail{Subject: "Yours", Text: "It comes.", ReplyTo: "orders@shop.example"})
		})
		must(t, err)
		if m := s.Mail(ada); m.From != "Shop <no-reply@shop.example>" || m.ReplyTo != "orders@shop.example" {
			t.Errorf("from %q, answers to %q", m.From, m.ReplyTo)
		}
		before := len(s.Mails())
		from = "a@b.example\r\nBcc: eve@evil.example"
		b := s.Browser()
		b.Send(apptest.Request{Path: "/register", Header: headers(apptest.Plain), Body: "email=bob@example.com&password=seventeen+green+lamps"})
		s.Happened()
		if len(s.Mails()) != before || !strings.Contains(s.Logged(), "mail register.welcome") {
			t.Errorf("a mail is on its way, or nobody was told: %s", s.Logged())
		}
	}, apptest.Plain)
}
