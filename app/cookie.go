package app

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// The cookies that the kit sets, every one of them. Under https each name gets the prefix
// __Host-, which keeps other hosts of the same domain from setting them (RFC 6265bis, 4.1.3.2), unless
// Config.Domain has them share it.
const (
	sessionCookie  = "session"  // opens a session
	visitorCookie  = "visitor"  // what anti-forgery tokens are bound to
	flashCookie    = "flash"    // a message for the next page, signed
	pendingCookie  = "pending"  // a sign-in that waits for its other half
	rememberCookie = "remember" // brings a remembered device back, replaced at each use
	languageCookie = "language" // a language chosen by hand
	inboxCookie    = "inbox"    // where a mail is waited for, sealed
	deviceCookie   = "device"   // by which accounts know a browser again
)

// sealed is how bytes are written in cookies and tokens. Strict, so that a value has one spelling.
var sealed = base64.RawURLEncoding.Strict()

// languageAge is how long a language chosen by hand is kept for.
const languageAge = 365 * 24 * time.Hour

// cookie is the name of a cookie as it is sent.
func (a *App) cookie(name string) string {
	switch sent := a.Cookies + name; {
	case !a.secure:
		return sent
	case a.shares(name):
		return "__Secure-" + sent
	default:
		return "__Host-" + sent
	}
}

// newCookie makes a cookie as all of them are: for this host, all paths, no script, and sent when
// a person follows a link from elsewhere. Lax, since a Strict cookie would be missing on the way
// back from a mail or from another site's sign-in. An age of 0 lets it go with the browser.
func (a *App) newCookie(name, value string, age time.Duration) *fiber.Cookie {
	c := &fiber.Cookie{
		Name: a.cookie(name), Value: value, Path: "/",
		HTTPOnly: true, Secure: a.secure, SameSite: fiber.CookieSameSiteLaxMode,
		SessionOnly: age == 0,
	}
	if a.shares(name) {
		c.Domain = a.Domain
	}
	if age > 0 {
		c.MaxAge = int(age / time.Second)
	}
	return c
}

// noCookie takes a cookie away.
func (a *App) noCookie(name string) *fiber.Cookie {
	c := a.newCookie(name, "", 0)
	c.SessionOnly, c.Expires = false, time.Unix(0, 0)
	return c
}

// read returns the value of one of the kit's cookies.
func (a *App) read(c *fiber.Ctx, name string) string {
	return strings.Clone(c.Cookies(a.cookie(name)))
}
