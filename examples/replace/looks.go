package main

import (
	"context"

	"github.com/a-h/templ"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/mails"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// leaving is the page for signing out: the kit's, with a line before it.
func leaving(p props.Logout) templ.Component {
	return templ.Join(templ.Raw(`<p>Leaving so soon?</p>`), pages.Logout(p))
}

// welcome is the kit's mail with a subject of the shop's.
func welcome(ctx context.Context, p props.Welcome) components.Mail {
	m := mails.Welcome(ctx, p)
	m.Subject = "Your key to " + p.AppName
	return m
}

func brand(b components.Brand) templ.Component {
	return templ.Raw(`<a class="shop-brand" href="` + templ.EscapeString(b.URL) + `">` + templ.EscapeString(b.Name) + `, since 1815</a>`)
}

func helpLine(f form.Form) templ.Component {
	return templ.Raw(`<p data-help="` + templ.EscapeString(f.Name) + `">Stuck? Call 1815.</p>`)
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
