package app

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/locales"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// leave answers that it is done: on to another page, which says m. Programs get wire.
func (r *request) leave(to string, m locales.Message, wire any) error {
	return r.leaveSaying(to, good, m, wire)
}

func (r *request) leaveSaying(to, kind string, m locales.Message, wire any) error {
	if r.json() {
		return r.replySaying(m, wire)
	}
	told := r.flashing(kind, m)
	if r.partial() && r.here() == path(to) && !r.visit.turned {
		return r.stay(to, told)
	}
	r.hand(told)
	return r.to(fiber.StatusOK, to)
}

// to sends a browser to another page: by 303, and htmx, which would follow that by itself and
// swap the page in, by its own header on an answer of the given status.
func (r *request) to(status int, to string) error {
	r.headers()
	if r.htmx() || r.restoring() {
		r.c.Status(status).Set("HX-Redirect", to)
		return nil
	}
	return r.c.Redirect(to, fiber.StatusSeeOther)
}

// stay answers with the fragment of the page that htmx is on already, and the message beside it.
func (r *request) stay(to string, f props.Flash) error {
	there, shown := r.at(path(to))
	if !shown || !there.who.admits(r.account()) {
		r.hand(f)
		return r.to(fiber.StatusOK, to)
	}
	r.flash, r.route = f, &there
	return there.show(r)
}

// anew names a form after the last thing that was sent by it. What is typed outlives the page that htmx puts
// in its place, passwords too, as long as the form is the same: once something was sent, it is another.
func anew(form string, last time.Time) string {
	return form + "-" + strconv.FormatInt(last.UnixMilli(), 36)
}

func path(to string) string {
	path, _, _ := strings.Cut(to, "?")
	return path
}
