package app

import (
	"crypto/rand"
	"crypto/subtle"
	"runtime/debug"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/session"
)

const antiForgery = "anti-forgery" // the key's purpose

// Forms carry the token under this name, in HTML and in JSON alike.
const tokenField = "csrf_token"

// sum is the length of an HMAC-SHA-256.
const sumSize = 32

// protect refuses requests for another host and requests that another site made this browser send,
// and answers for handlers that panic, which would else end the process for everybody. It stands
// before every route registered after Mount, the host's included. Browsers say where a request
// comes from; only from callers that do not is a token asked for.
//
// The attack: a page elsewhere posts a form here, and the browser adds this site's cookies.
func (a *App) protect(c *fiber.Ctx) (err error) {
	a.visit(c)
	defer func() {
		if p := recover(); p != nil {
			// The server's error handler may be the host's own, which may show what it is given.
			a.Log.ErrorContext(c.UserContext(), "panic", "path", c.Path(), "panic", p, "stack", string(debug.Stack()))
			err = fiber.ErrInternalServerError
		}
	}()
	if err := a.checkHost(c); err != nil {
		return a.request(c, &route{name: "misdirected"}).fail(err)
	}
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions, fiber.MethodTrace:
		return c.Next()
	}
	if !a.sameSite(c) {
		return a.request(c, &route{name: "forged"}).fail(errForged)
	}
	return c.Next()
}

func (a *App) sameSite(c *fiber.Ctx) bool {
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" {
		return origin == (&request{App: a, c: c}).origin()
	}
	visitor := a.read(c, visitorCookie)
	return visitor != "" && a.validToken(visitor, a.sentToken(c))
}

func (a *App) sentToken(c *fiber.Ctx) string {
	for _, header := range []string{"X-CSRF-Token", "X-CSRFToken"} {
		if token := c.Get(header); token != "" {
			return token
		}
	}
	token, _ := readInput(c)[tokenField].(string)
	return token
}

// token is the anti-forgery token of this visitor, masked anew each time so that compressing a
// page does not give it away (BREACH). The first call sets the cookie it is bound to.
func (a *App) token(c *fiber.Ctx) string {
	v := a.visit(c)
	if v.visitor == "" {
		v.visitor = a.read(c, visitorCookie)
	}
	if session.Hash(v.visitor) == nil {
		a.newVisitor(c)
	}
	mask := make([]byte, 2*sumSize)
	_, _ = rand.Read(mask[:sumSize])
	subtle.XORBytes(mask[sumSize:], mask[:sumSize], a.ring.MAC(antiForgery, []byte(v.visitor)))
	return sealed.EncodeToString(mask)
}

// newVisitor gives the browser a new identity, which ends every token of the old one. Signing in
// and out does it, so that no token crosses from one account to another.
func (a *App) newVisitor(c *fiber.Ctx) {
	v := a.visit(c)
	v.visitor, _ = session.NewValue()
	c.Cookie(a.newCookie(visitorCookie, v.visitor, 0))
}

func (a *App) validToken(visitor, token string) bool {
	raw, err := sealed.DecodeString(token)
	if err != nil || len(raw) != 2*sumSize {
		return false
	}
	sum := make([]byte, sumSize)
	subtle.XORBytes(sum, raw[:sumSize], raw[sumSize:])
	return a.ring.Verify(sum, antiForgery, []byte(visitor))
}
