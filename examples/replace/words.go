package main

import (
	"context"
	"strings"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/mails"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// welcome is the kit's mail with a subject of the shop's.
func welcome(ctx context.Context, p props.Welcome) components.Mail {
	m := mails.Welcome(ctx, p)
	m.Subject = "Your key to " + p.AppName
	return m
}

// told has the shop's words for a confirmed address.
func told(_ context.Context, kind string, m locales.Message) (string, locales.Message) {
	if m.Code == "confirm.done" {
		m = locales.Message{Code: "shop.confirmed", English: "We know your address now."}
	}
	return kind, m
}

func noTrash(_ context.Context, email string) locales.Message {
	if strings.HasSuffix(email, "@trash.example") {
		return locales.Message{Code: "shop.trash", English: "We write to addresses that last."}
	}
	return locales.Message{}
}

type clerkKey struct{}

// clerk has every page and mail know who is at the till.
func (*shop) clerk(ctx context.Context, _ any) context.Context {
	return context.WithValue(ctx, clerkKey{}, "Grace")
}

func clerkOf(ctx context.Context) string {
	clerk, _ := ctx.Value(clerkKey{}).(string)
	return clerk
}

// A Sum is what the form for signing in asks for beside the kit's fields.
type Sum struct {
	Sum string `form:"sum,required,max=40,label=What is three and four?"`
}

func sum(_ context.Context, in *Sum) error {
	if in.Sum != "7" {
		return &app.FieldError{Field: "sum", Say: locales.Message{Code: "sum.wrong", English: "That is not the sum."}}
	}
	return nil
}
