package app

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/internal/token"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/locales"
)

// who may come to a route.
type who uint8

const (
	anyone who = iota
	guest      // nobody who is signed in
	member     // only who is signed in
)

func (w who) String() string { return [...]string{"anyone", "guest", "member"}[w] }

// admits reports whether an account, or nil for nobody, may come.
func (w who) admits(account *db.User) bool {
	return w == anyone || (w == member) == (account != nil)
}

// A handler answers a request by show, reject, leave, or by the error it returns.
type handler func(*request) error

// A route is one name, path and pair of handlers of a feature: GET shows, POST acts.
type route struct {
	name string
	path string
	who  who
	show handler
	act  handler
	// asks is a pointer to the form that act reads; nil where there is but a button.
	asks any
	// fresh draws the view for whoever comes to it first, or is nil for who may not; with names the route whose view shares the
	// page with this one.
	fresh func(*request) templ.Component
	with  string
	// limit bounds how often act may be tried; harmless marks the few acts that need no bound.
	limit    Limit
	harmless bool
	// state says how the link stands whose secret is in the path, where mails lead here.
	state func(r *request, secret string) (token.State, error)
	// host is what the host answers with in the place of show and act.
	host Handler
	// form marks pages that fill in passwords and keys, which must be reached by a full load.
	form bool
	// files marks the folder of embedded files.
	files bool
	// wide pages have the frame of the hub around them, whoever comes.
	wide bool
	// nav and icon put the page into the navigation of the hub.
	nav  locales.Message
	icon string
}

// add puts a route on the map; its path is the default that Config.Paths may replace.
func (a *App) add(r route) {
	a.routes = append(a.routes, r)
}

// placeRoutes settles every path, once all features have spoken.
func (a *App) placeRoutes() (errs []error) {
	for name := range a.Paths {
		if a.routeCalled(name) == nil {
			errs = append(errs, fmt.Errorf("app: Config.Paths names %q, which is no route of the features listed; see the routes command", name))
		}
	}
	seen := map[string]string{}
	for i := range a.routes {
		r := &a.routes[i]
		path := cmp.Or(a.Paths[r.name], r.path)
		if !sameParameters(path, r.path) {
			errs = append(errs, fmt.Errorf("app: Config.Paths[%q] %q must begin with one slash, hold letters, digits and dashes, and the parameters of %q", r.name, path, r.path))
		}
		r.path = a.Prefix + path
		// Fiber takes a path in other letters, or with a slash behind it, for the same.
		spelt := strings.ToLower(strings.TrimSuffix(r.path, "/"))
		if other, taken := seen[spelt]; taken {
			errs = append(errs, fmt.Errorf("app: routes %q and %q share the path %s: move one by Config.Paths", other, r.name, r.path))
		}
		seen[spelt] = r.name
	}
	errs = append(errs, a.placeHandlers()...)
	return append(errs, a.checkLandings()...)
}

// sameParameters reports whether path is one that routes can have, with the parameters of another.
func sameParameters(path, other string) bool {
	split := func(path string) (plain string, parameters []string) {
		for part := range strings.SplitSeq(path, "/") {
			if strings.HasPrefix(part, ":") {
				parameters = append(parameters, part)
				part = "x"
			}
			plain += "/" + part
		}
		return plain[1:], parameters
	}
	plain, has := split(path)
	_, wants := split(other)
	return plainPath(plain) && slices.Equal(has, wants)
}

// URL returns the path of a route, with its parameters filled in order. Handlers and host code
// name routes; paths are settings. A name that no listed feature has gives "".
func (a *App) URL(name string, params ...string) string {
	if r := a.routeCalled(name); r != nil {
		return fill(r.path, params)
	}
	return ""
}

// routeCalled is the route of a name, or nil.
func (a *App) routeCalled(name string) *route {
	for i := range a.routes {
		if a.routes[i].name == name {
			return &a.routes[i]
		}
	}
	return nil
}

func fillNamed(path string, params map[string]string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if name, is := strings.CutPrefix(part, ":"); is {
			parts[i] = url.PathEscape(params[name])
		}
	}
	return strings.Join(parts, "/")
}

// AbsURL is [App.URL] with Config.URL before it, for what is read elsewhere: mails, feeds, other sites.
func (a *App) AbsURL(name string, params ...string) string {
	if path := a.URL(name, params...); path != "" {
		return a.Config.URL + path
	}
	return ""
}

func fill(path string, params []string) string {
	if len(params) == 0 {
		return path
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ":") && len(params) > 0 {
			parts[i], params = url.PathEscape(params[0]), params[1:]
		}
	}
	return strings.Join(parts, "/")
}

// at finds the route that shows path.
func (a *App) at(path string) (route, bool) {
	for i := range a.routes {
		if r := &a.routes[i]; r.path == path && r.show != nil {
			return *r, true
		}
	}
	return route{}, false
}

// other is the same request at another route.
func (r *request) other(name string) *request {
	there := *r
	if rt := r.routeCalled(name); rt != nil {
		there.route = rt
	}
	return &there
}

// register gives the routes to Fiber.
func (a *App) register(server fiber.Router) {
	for _, r := range a.routes {
		if r.files {
			server.Get(r.path+"/:name", a.serve).Name(r.name)
		}
		show, act := r.handlers()
		if show != nil {
			server.Get(r.path, a.adapt(r, show)).Name(r.name)
		}
		if act != nil {
			server.Post(r.path, a.adapt(r, act)).Name(r.name + ".post")
		}
	}
}

// patience is how long a request may wait for a database or a hash, before it is told that there
// is no time for it.
const patience = 10 * time.Second

// adapt turns a handler into Fiber's, with everything that stands before and behind each of them.
func (a *App) adapt(rt route, do handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !rt.everywhere() && a.sister(string(c.Request().Host())) {
			return c.Next() // the host's own route, if there is one
		}
		ctx, cancel := context.WithTimeout(c.UserContext(), patience)
		defer cancel()
		c.SetUserContext(ctx)
		r := a.request(c, &rt)
		r.headers()
		if err := r.admitted(); err != nil {
			return r.fail(err)
		}
		if r.answered {
			return nil
		}
		if err := do(r); err != nil {
			return r.fail(err)
		}
		return nil
	}
}
