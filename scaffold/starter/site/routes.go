package site

import (
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/locales"

	"github.com/gatehouse-go/gatehouse/scaffold/starter/pages"
	"github.com/gatehouse-go/gatehouse/scaffold/starter/static"
)

// Other pages lead there too.
const (
	termsPath   = "/terms"
	membersPath = "/members"
)

var (
	homeTitle    = locales.Message{Code: "home.title", English: "Home"}
	termsTitle   = locales.Message{Code: "terms.title", English: "Terms"}
	membersTitle = locales.Message{Code: "members.title", English: "Members only"}
)

// routes are the application's own. The routes command lists the kit's.
func (s *Site) routes() {
	s.Server.Get("/", s.home)
	s.Server.Get(termsPath, s.terms)
	s.Server.Get(membersPath, s.Accounts.Require(), s.membersOnly)

	s.Server.Get("/static/:name", s.Accounts.Headers(), static.Serve)
	s.Server.Get("/robots.txt", s.Accounts.Headers(), static.Serve)
}

func (s *Site) home(c *fiber.Ctx) error {
	p := pages.HomePage{
		AppName: s.Name,
		Members: membersPath,
	}
	if member, signedIn := members.Current(c); signedIn {
		p.SignedIn, p.Who = true, member.Username
	}
	return s.Accounts.Show(c, homeTitle, pages.Home(p))
}

func (s *Site) terms(c *fiber.Ctx) error {
	return s.Accounts.Show(c, termsTitle, pages.Terms(s.Name))
}

// membersOnly stands behind Require, so somebody is signed in.
func (s *Site) membersOnly(c *fiber.Ctx) error {
	member, _ := members.Current(c)
	return s.Accounts.Show(c, membersTitle, pages.Members(pages.MembersPage{
		AppName: s.Name,
		Joined:  member.CreatedAt,
	}))
}
