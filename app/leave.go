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
	if r.partial() && (r.here() == path(to) || r.embedded() && r.goesOn(to)) && !r.visit.turned {
		return r.stay(to, told)
	}
	r.hand(told)
	return r.to(fiber.StatusOK, r.abroad(to, m.Code))
}

// to sends a browser to another page: by 303, and htmx, which would follow that by itself and
// swap the page in, by its own header on an answer of the given status.
func (r *request) to(status int, to string) error {
	if r.inset != nil {
		return nil // there is nothing to show in a page of the host's
	}
	r.headers()
	if r.htmx() || r.restoring() {
		r.c.Status(status).Set("HX-Redirect", to)
		return nil
	}
	return r.c.Redirect(to, fiber.StatusSeeOther)
}

// stay answers with the fragment of the page that htmx is on already, or of the next step of a form that stands in a page of the
// host's, and with the message.
func (r *request) stay(to string, f props.Flash) error {
	there, shown := r.at(path(to))
	if !shown || r.atSister() || there.host.Show != nil || !there.who.admits(r.account()) {
		r.hand(f)
		return r.to(fiber.StatusOK, to)
	}
	r.flash, r.route = f, &there
	return there.show(r)
}

// goesOn reports whether a page is the next step of a form rather than where one is once it is done.
func (r *request) goesOn(to string) bool {
	there, shown := r.at(path(to))
	return shown && (there.who != member || strings.HasPrefix(r.route.path, there.path))
}

// anew names a form after the last thing that was sent by it. What is typed outlives the page that htmx puts
// in its place, passwords too, as long as the form is the same: once something was sent, it is another.
func anew[T any](form string, sent []T, at func(*T) time.Time) string {
	var last time.Time
	for i := range sent {
		if when := at(&sent[i]); when.After(last) {
			last = when
		}
	}
	return form + "-" + strconv.FormatInt(last.UnixMilli(), 36)
}

func path(to string) string {
	path, _, _ := strings.Cut(to, "?")
	return path
}
