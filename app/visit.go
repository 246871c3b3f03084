package app

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/session"
	"github.com/gatehouse-go/gatehouse/components"
	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// A visit is what is known of one HTTP request wherever it ends up, in a route of the kit or in
// one of the host's: who is signed in, and how to speak to them.
type visit struct {
	app     *App
	id      string
	account db.Account
	session *db.Session
	// err is why it could not be found out who is signed in.
	err    error
	looked bool
	// turned is set once somebody else is signed in than when the request came.
	turned bool
	// visitor is the value of the visitor cookie, once it is known.
	visitor string
	// knownAs says of names whether their accounts know the visitor's browser, once they are asked.
	knownAs map[string]bool
	// inbox is where the visitor waits for a mail, once awaits says that it is known.
	inbox  inbox
	awaits bool
	// waits is the pending cookie that this answer sets, for what is read by it in the same answer.
	waits string
	ctx   context.Context
	// extras are the host's own fields of the forms that this answer has, by the forms' names.
	extras map[string][]form.Field
	// invited is the invitation that the visitor comes with, once invitedKnown is set; invitedErr is what
	// is wrong with it.
	invited      *invited
	invitedErr   error
	invitedKnown bool
}

type visitKey struct{}

// visit returns the visit that c belongs to; the first call begins it.
func (a *App) visit(c *fiber.Ctx) *visit {
	if v, ok := c.Locals(visitKey{}).(*visit); ok {
		return v
	}
	v := &visit{app: a, extras: map[string][]form.Field{}}
	c.Locals(visitKey{}, v)
	return v
}

// lookUpWithin is how long finding out who is signed in may take: a host's page that waits longer
// for a database in trouble had better say so.
const lookUpWithin = 3 * time.Second

// identify finds out who is signed in, once a request. A cookie that opens nothing means nobody.
func (a *App) identify(c *fiber.Ctx) *visit {
	v := a.visit(c)
	if v.looked {
		return v
	}
	v.looked = true
	a.recognise(c, v)
	if v.account == nil && v.err == nil && a.remember != nil && a.read(c, rememberCookie) != "" {
		ctx, cancel := context.WithTimeout(c.UserContext(), lookUpWithin)
		defer cancel()
		r := &request{App: a, c: c, ctx: ctx, visit: v, route: &route{name: "remember"}}
		v.err = r.restore()
	}
	return v
}

// recognise reads the session that the request brings.
func (a *App) recognise(c *fiber.Ctx, v *visit) {
	value := a.read(c, sessionCookie)
	if value == "" {
		return
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), lookUpWithin)
	defer cancel()
	account := a.Users.blank()
	switch err := a.sessions.Load(ctx, a.DB, account, value); {
	case errors.Is(err, session.ErrNone):
	case err != nil:
		v.err = err
	default:
		v.account, v.session = account, account.Account().Session
		if a.sessions.Stale(v.session) {
			a.touch(v.session.ID)
		}
	}
}

// turn makes the rest of the request that of another account, or of nobody. What a page shows
// around its view changes with it, and tokens from before end.
func (r *request) turn(account db.Account, s *db.Session) {
	r.visit.account, r.visit.session, r.visit.turned = account, s, true
	r.newVisitor(r.c)
}

// speak settles the language of a request and gives components what they need.
func (a *App) speak(r *request) context.Context {
	if r.visit.ctx != nil {
		return r.visit.ctx
	}
	c := r.c
	var chosen string
	if account := r.account(); account != nil {
		chosen = account.Language
	}
	asked := c.Query("lang")
	locale := a.catalogues.Match(asked, chosen, a.read(c, languageCookie), c.Get(fiber.HeaderAcceptLanguage))
	if asked != "" && asked == locale.Tag() {
		// The pages that follow speak it too.
		c.Cookie(a.newCookie(languageCookie, asked, languageAge))
	}
	ctx := locales.With(context.WithValue(c.UserContext(), visitKey{}, r.visit), locale)
	r.visit.ctx = components.With(ctx, components.Scope{
		Static:   a.URL("static"),
		Token:    func() string { return a.token(c) },
		Elements: a.Elements,
		Slots:    a.Slots,
	})
	return r.visit.ctx
}
