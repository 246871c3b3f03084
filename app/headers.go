package app

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// csp lets a page load what its own origin serves and nothing else: no inline script or style, no
// plug-ins, no frames, forms that post home (OWASP ASVS 3.4.3).
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// permissions leaves to a page what signing in can need.
const permissions = "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), geolocation=(), microphone=(), payment=(), usb=()"

// vary names every header on which the kind of answer depends.
const vary = "HX-Request, HX-Request-Type, HX-History-Restore-Request, Accept"

// Headers returns middleware that gives the host's own routes the security headers that the
// kit's routes have: content security policy, no framing, no sniffing, no caching.
func (a *App) Headers() fiber.Handler {
	return func(c *fiber.Ctx) error {
		a.secureHeaders(c)
		return c.Next()
	}
}

func (r *request) headers() {
	r.secureHeaders(r.c)
	if h := &r.c.Response().Header; len(h.Peek(fiber.HeaderVary)) == 0 {
		h.Set(fiber.HeaderVary, vary)
		return
	}
	r.c.Vary(strings.Split(vary, ", ")...)
}

func (a *App) secureHeaders(c *fiber.Ctx) {
	h := &c.Response().Header
	for _, header := range a.safety {
		h.SetCanonical(header.name, header.value)
	}
}

// A header as it is written to every answer, so that it need not be made of strings each time.
type header struct{ name, value []byte }

func securityHeaders(secure bool) (list []header) {
	add := func(name, value string) { list = append(list, header{[]byte(name), []byte(value)}) }
	add("Content-Security-Policy", csp)
	add("X-Content-Type-Options", "nosniff")
	add("X-Frame-Options", "DENY")
	add("Referrer-Policy", "same-origin")
	add("Cross-Origin-Opener-Policy", "same-origin")
	add("Cross-Origin-Resource-Policy", "same-origin")
	add("Permissions-Policy", permissions)
	add("Cache-Control", "no-store")
	if secure {
		add("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
	return list
}
