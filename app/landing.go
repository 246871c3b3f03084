package app

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Landings are where people go after a step, or when one fails, in the place of where the kit would
// lead them: a path of this application, or a URL of an origin that Config.Origins lists. The page
// that a visitor has asked for, next, goes before where the step was all that kept them from it;
// where there is another step to do first, it is handed on as ?next=. What there is to say is shown
// by the page, if the kit draws it, and told to one of another origin as ?message_code=.
// Programs are told what came of a step, and led nowhere.
//
// Where it depends on who it is, land on a route of your own that redirects.
type Landings struct {
	// Login is after signing in, and where who is signed in is sent from pages for guests. The
	// default is Config.Home.
	Login string
	// LoginError is for a mailed sign-in link that is no longer good. The default is a page that says
	// so.
	LoginError string
	// Logout is after signing out. The default is Config.Home.
	Logout string
	// Register is after registering. The default is the page to go on from: that to confirm the
	// address, to wait for the mail, or to sign in.
	Register string
	// Confirm is after confirming an address. The default is the sign-in page or, for who is signed
	// in, Config.Home.
	Confirm string
	// ConfirmError is for a confirmation link that is no longer good. The default is the page that
	// sends another.
	ConfirmError string
	// ConfirmSent is after asking for the confirmation mail. The default is the page for its code.
	ConfirmSent string
	// Unconfirmed is where who has to confirm first is sent, by the guard [Confirmed] and on the way
	// to a session. The default is the page for confirming.
	Unconfirmed string
	// Recover is after choosing a new password by mail. The default is the sign-in page.
	Recover string
	// RecoverError is for a recovery link that is no longer good. The default is the page that sends
	// another.
	RecoverError string
	// RecoverSent is after asking for the recovery mail. The default is the page for its code.
	RecoverSent string
	// RecoverUsername is after asking for a forgotten username. The default is the sign-in page.
	RecoverUsername string
	// Change is after changing, setting or removing the password. The default is the account page, or
	// Config.Home where there is none.
	Change string
	// ChangeEmail is after an address was confirmed, made the main one or removed. The default is the
	// list of addresses, the account page or Config.Home, the first that there is.
	ChangeEmail string
	// ChangeEmailError is for a link that confirms no new address any more, or undoes no change. The
	// default is a page that says so.
	ChangeEmailError string
	// ChangeUsername is after changing the username. The default is the account page, or Config.Home
	// where there is none.
	ChangeUsername string
	// Invite is after sending, repeating or revoking an invitation. The default is the page for that.
	Invite string
	// Invitation is after accepting an invitation. The default is Config.Home.
	Invitation string
	// Unauthenticated is where who has to sign in first is sent. The default is the sign-in page.
	Unauthenticated string
	// Unauthorized is where who may not open a page of the host's is sent. The default is nowhere: a
	// page of status 403.
	Unauthorized string
}

// checkLandings refuses what leads off this application, and what would send people in circles.
func (a *App) checkLandings() (errs []error) {
	lead := func(field, to string) {
		if to != "" && !local(to) && (a.follow(to) == "" || a.follow(to) != a.within(to)) {
			errs = append(errs, fmt.Errorf("app: Config.%s %q must be a path of this application, such as /welcome, or a URL of an origin that Config.Origins lists", field, to))
		}
	}
	lead("Home", a.Home)
	for all, i := reflect.ValueOf(a.Landings), 0; i < all.NumField(); i++ {
		lead("Landings."+all.Type().Field(i).Name, all.Field(i).String())
	}
	for field, to := range map[string]string{"Home": a.Home, "Landings.Login": a.Landings.Login} {
		if there, kits := a.at(path(a.within(to))); kits && there.who == guest {
			errs = append(errs, fmt.Errorf("app: Config.%s %q is route %q, which sends who is signed in there: choose a page for members", field, to, there.name))
		}
	}
	if there, kits := a.at(path(a.within(a.Landings.Unauthenticated))); kits && there.who == member {
		errs = append(errs, fmt.Errorf("app: Config.Landings.Unauthenticated %q is route %q, which sends who is not signed in there: choose a page for everybody", a.Landings.Unauthenticated, there.name))
	}
	return errs
}

// within is the path of a landing on the host of the account pages.
func (a *App) within(landing string) string { return strings.TrimPrefix(landing, a.Config.URL) }

// landed is where who is signed in arrives.
func (a *App) landed() string { return cmp.Or(a.Landings.Login, a.Home) }

// is reports whether a request asks for the page of a landing already.
func (r *request) is(landing string) bool {
	return strings.EqualFold(strings.TrimSuffix(path(r.within(landing)), "/"), strings.TrimSuffix(r.c.Path(), "/"))
}

// forbids reports whether who may not open a page of the host's is sent to another.
func (r *request) forbids(e *Error) bool {
	return e.Status == fiber.StatusForbidden && (r.route.name == hostRoute || r.route.name == errorRoute) &&
		r.Landings.Unauthorized != "" && !r.is(r.Landings.Unauthorized)
}

// abroad adds to the URL of another origin what its page cannot find in a cookie.
func (r *request) abroad(to, code string) string {
	if u, err := url.Parse(to); err != nil || u.Host == "" || code == "" || u.Host == r.host || r.sister(u.Host) {
		return to
	}
	return with(to, "message_code", code)
}

// with adds a parameter to a URL that may have others.
func with(to, name, value string) string {
	to, fragment, cut := strings.Cut(to, "#")
	join := "?"
	if strings.Contains(to, "?") {
		join = "&"
	}
	to += join + name + "=" + url.QueryEscape(value)
	if cut {
		to += "#" + fragment
	}
	return to
}
