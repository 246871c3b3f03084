package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/gatehouse-go/gatehouse/components/form"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A request is one visit to one of the kit's routes, or a change that an operator makes.
type request struct {
	*App
	c     *fiber.Ctx // nil where an operator asks
	ctx   context.Context
	route *route
	visit *visit
	// flash is what an answer of this same request has to tell, out of band.
	flash props.Flash
	// answered is set by a step before the handler that has answered already.
	answered bool

	// wrong is set when the answer is a form that has to be looked at again.
	wrong bool

	sent form.Input
	// halted is why the host takes a form from nobody, where that is not for the visitor to mend.
	halted error
}

func (a *App) request(c *fiber.Ctx, rt *route) *request {
	r := &request{App: a, c: c, route: rt, visit: a.identify(c)}
	r.ctx = a.speak(r)
	return r
}

// operator is what the host's own code asks for, without a visitor.
func (a *App) operator(ctx context.Context) *request {
	return &request{App: a, ctx: ctx, route: &route{name: "operator"}, visit: &visit{app: a}}
}

// wantsJSON reports whether the caller is a program: it sent JSON, or likes JSON best.
func wantsJSON(c *fiber.Ctx) bool {
	if isJSON(c) {
		return true
	}
	accept := c.Request().Header.Peek(fiber.HeaderAccept)
	named := bytes.Contains(accept, []byte("json")) || bytes.Contains(accept, []byte("application/*"))
	return named && c.Get("HX-Request") == "" && c.Accepts(fiber.MIMETextHTML, fiber.MIMEApplicationJSON) == fiber.MIMEApplicationJSON
}

func isJSON(c *fiber.Ctx) bool {
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	return strings.EqualFold(strings.TrimSpace(kind), fiber.MIMEApplicationJSON)
}

func (r *request) json() bool { return wantsJSON(r.c) }

// htmx reports whether htmx asks. When it restores history it wants what a browser would get.
func (r *request) htmx() bool { return r.c.Get("HX-Request") == "true" && !r.restoring() }

func (r *request) restoring() bool { return r.c.Get("HX-History-Restore-Request") == "true" }

// partial reports whether htmx will put the answer inside the page that it is on.
func (r *request) partial() bool { return r.htmx() && r.c.Get("HX-Request-Type") != "full" }

// here is the path of the page that htmx is on.
func (r *request) here() string {
	path, _, _ := strings.Cut(r.follow(r.c.Get("HX-Current-URL")), "?")
	return path
}

// input is the request's body, read once: text from a form, anything at all from JSON. A body
// that cannot be read is empty, so that every field is reported missing. A GET has none, whatever
// it sends.
func (r *request) input() form.Input {
	if r.sent == nil && r.c.Method() != fiber.MethodGet {
		r.sent = readInput(r.c)
	}
	return r.sent
}

func readInput(c *fiber.Ctx) form.Input {
	sent := form.Input{}
	// What is compressed is never unpacked: a few hundred bytes can hold gigabytes.
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return sent
	}
	if isJSON(c) {
		body := c.Request().Body()
		if !utf8.Valid(body) {
			return form.Input{}
		}
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		err := decoder.Decode(&sent)
		if _, after := decoder.Token(); err != nil || sent == nil || !errors.Is(after, io.EOF) {
			return form.Input{}
		}
		return sent
	}
	// A field sent twice counts once, as what it was first.
	for key, value := range c.Context().PostArgs().All() {
		if _, twice := sent[string(key)]; !twice {
			sent[string(key)] = string(value)
		}
	}
	if multipart, err := c.MultipartForm(); err == nil {
		for key, values := range multipart.Value {
			if len(values) > 0 {
				sent[key] = values[0]
			}
		}
	}
	return sent
}

// action is where the route's form posts: to itself, the way back kept.
func (r *request) action() string {
	next, _ := r.next()
	return withNext(r.path(), next)
}

// path is the route's own, its parameters as requested.
func (r *request) path() string {
	if !strings.Contains(r.route.path, ":") {
		return r.route.path
	}
	return strings.Clone(r.c.Path())
}

// account is who is signed in, or nil.
func (r *request) account() *db.User {
	if r.visit.account == nil {
		return nil
	}
	return r.visit.account.Account()
}

// id names the request in the log and on the page for an error.
func (r *request) id() string {
	if r.visit.id == "" {
		r.visit.id = uuid.NewString()[:8]
	}
	return r.visit.id
}

// agent is the browser's name for itself, cut to what is worth keeping.
func (r *request) agent() string {
	if r.c == nil {
		return ""
	}
	const enough = 255
	agent := strings.ToValidUTF8(r.c.Get(fiber.HeaderUserAgent), "")
	return strings.Clone(strings.ToValidUTF8(agent[:min(len(agent), enough)], ""))
}
