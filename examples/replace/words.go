package main

import (
	"context"

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
