package app

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// checkDomain refuses a domain that shares the session with nobody, or with strangers.
func (c Config) checkDomain() error {
	_, host, _ := strings.Cut(c.URL, "://")
	host = plainName(host)
	suffix, _ := publicsuffix.PublicSuffix(c.Domain)
	switch {
	case c.Domain == "":
		return nil
	case c.Domain != strings.ToLower(c.Domain) || !aName.MatchString(c.Domain) || suffix == c.Domain:
		return fmt.Errorf("app: Config.Domain %q must be a domain that is yours, such as shop.example: browsers keep no cookie for anything wider", c.Domain)
	case !c.below(host):
		return fmt.Errorf("app: Config.Domain %q does not hold the host of Config.URL, %s: use the part that the two hosts share", c.Domain, host)
	case !slices.ContainsFunc(c.Hosts, func(h string) bool { return c.below(plainName(h)) && plainName(h) != host }):
		return errors.New("app: Config.Domain is set and Config.Hosts lists no other host below it: list the hosts whose pages know who is signed in, or leave it out, which is safer")
	}
	return nil
}

// below reports whether a host, without its port, is one of Config.Domain.
func (c Config) below(host string) bool {
	return host == c.Domain || strings.HasSuffix(host, "."+c.Domain)
}

// shares reports whether a cookie is sent to every host below Config.Domain: the session, and the
// message for the next page. What brings a device back, or belongs to a half-done sign-in, stays
// where the account pages are.
func (a *App) shares(cookie string) bool {
	return a.Domain != "" && (cookie == sessionCookie || cookie == flashCookie)
}

// sister reports whether host is one of the hosts below Config.Domain whose pages know who is signed in,
// and not that of the account pages.
func (a *App) sister(host string) bool {
	if a.Domain == "" || strings.EqualFold(a.plainHost(host), a.plainHost(a.host)) {
		return false
	}
	return a.below(plainName(host)) &&
		slices.ContainsFunc(a.Hosts, func(listed string) bool { return strings.EqualFold(a.plainHost(listed), a.plainHost(host)) })
}

func (r *request) atSister() bool { return r.c != nil && r.sister(string(r.c.Request().Host())) }

// origin is where the request was sent, as browsers write it.
func (r *request) origin() string {
	if !r.atSister() {
		return r.Config.URL
	}
	return r.scheme() + r.plainHost(string(r.c.Request().Host()))
}

func (a *App) scheme() string {
	if a.secure {
		return "https://"
	}
	return "http://"
}

// everywhere reports whether a route answers at every host below Config.Domain: signing out has to be
// posted to the page's own origin.
func (r route) everywhere() bool { return r.files || r.name == "logout" }

// URL is [App.URL], and a whole one where the route is on another host than the request.
func (r *request) URL(name string, params ...string) string {
	to := r.App.URL(name, params...)
	if to == "" || !r.atSister() || r.routeCalled(name).everywhere() {
		return to
	}
	return r.Config.URL + to
}

// home is Config.Home as a whole URL.
func (a *App) home() string {
	if local(a.Home) {
		return a.Config.URL + a.Home
	}
	return a.Home
}

// plainName is a host without its port.
func plainName(host string) string { return strings.ToLower((&url.URL{Host: host}).Hostname()) }
