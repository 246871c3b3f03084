package app

import (
	"errors"
	"fmt"

	"github.com/gatehouse-go/gatehouse/components/theme"
	"github.com/gatehouse-go/gatehouse/pages"
	"github.com/gatehouse-go/gatehouse/pages/props"
	"github.com/gatehouse-go/gatehouse/static"
)

// Views are the pages; see pages.Views.
type Views = pages.Views

// Mails are the mails; see pages.Mails.
type Mails = pages.Mails

// Slots are what the host adds to pages; see pages.Slots.
type Slots = pages.Slots

// A Theme is how pages look; see package theme.
type Theme = theme.Theme

// A Link is a way to another page.
type Link = props.Link

// checkLook returns what is wrong with how the host wants pages and mails to look.
func (c Config) checkLook() (errs []error) {
	for _, err := range c.Theme.Check() {
		errs = append(errs, fmt.Errorf("app: Config.Theme.%w", err))
	}
	if c.Theme.Entrance == theme.Split && c.Slots.Aside == nil {
		errs = append(errs, errors.New("app: Config.Theme.Entrance is split and Config.Slots.Aside is nil: say what stands beside the card, or leave the entrance as it is"))
	}
	return append(errs, c.Letter.check()...)
}

// theme makes a file of what the host decides about colour and shape; nil if that is nothing.
func (c Config) theme() *static.File {
	css := c.Theme.CSS()
	if css == "" {
		return nil
	}
	file := static.Make("theme.css", []byte(css))
	return &file
}

// addNav puts the host's pages into the navigation: behind the kit's own, but before the ways in of a
// guest, the last of which stands out.
func (r *request) addNav(p *props.Page) {
	if r.Nav == nil {
		return
	}
	own := r.Nav(*p)
	for i := range own {
		own[i].Current = path(own[i].URL) == r.c.Path()
	}
	if p.Who != nil {
		p.Nav = append(p.Nav, own...)
	} else if !p.Entrance {
		p.Guest = append(own, p.Guest...)
	}
}
