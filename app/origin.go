package app

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/locales"
)

// trusted reads Config.Proxies.
func (c Config) trusted() (proxies []netip.Prefix, errs []error) {
	for i, listed := range c.Proxies {
		proxy, err := netip.ParsePrefix(listed)
		if err != nil {
			var single netip.Addr
			single, err = netip.ParseAddr(listed)
			proxy = netip.PrefixFrom(single, single.BitLen())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("app: Config.Proxies[%d] %q must be an address or a network, such as 10.0.0.0/8", i, listed))
			continue
		}
		if proxy.Addr().Is4In6() {
			proxy = netip.PrefixFrom(proxy.Addr().Unmap(), max(0, proxy.Bits()-96))
		}
		proxies = append(proxies, proxy.Masked())
	}
	return proxies, errs
}

// address is where the request came from. A proxy that is trusted says from whom it had it: the
// last entry of X-Forwarded-For. What stands before that was sent by whoever the entry names, and
// counts only if that is a trusted proxy again.
//
// The attack: send X-Forwarded-For along, and be somebody else for each guess.
func (r *request) address() string {
	from, ok := netip.AddrFromSlice(r.c.Context().RemoteIP())
	if !ok {
		return ""
	}
	from = from.Unmap()
	said := r.c.Request().Header.PeekAll(fiber.HeaderXForwardedFor)
	for _, header := range slices.Backward(said) {
		for _, entry := range slices.Backward(strings.Split(string(header), ",")) {
			if !r.proxied(from) {
				return from.String()
			}
			if entry = strings.TrimSpace(entry); entry == "" {
				continue
			}
			before, err := netip.ParseAddr(entry)
			if withPort, failed := netip.ParseAddrPort(entry); failed == nil {
				before, err = withPort.Addr(), nil
			}
			if err != nil {
				return from.String()
			}
			from = before.Unmap()
		}
	}
	return from.String()
}

func (a *App) proxied(from netip.Addr) bool {
	return slices.ContainsFunc(a.proxies, func(p netip.Prefix) bool { return p.Contains(from.WithZone("")) })
}

var (
	errNoHost      = &Error{Status: fiber.StatusBadRequest}
	errMisdirected = &Error{
		Status: fiber.StatusMisdirectedRequest,
		Say:    locales.Message{Code: "error.misdirected", English: "This site has another address"},
		Advice: locales.Message{Code: "error.misdirected.advice", English: "Go on from its start page."},
	}
)

// checkHost refuses requests for a name that is not the application's own: that of Config.URL, or
// one of Config.Hosts. In development each name of this machine will do, at any port.
//
// The attack: a page whose own name is made to resolve to this server reads what it answers (DNS
// rebinding), or has the name written into links and caches (ASVS 4.1.3).
func (a *App) checkHost(c *fiber.Ctx) error {
	sent := c.Request().Host()
	if string(sent) == a.host {
		return nil
	}
	host := string(sent)
	switch {
	case host == "":
		return errNoHost
	case a.atHome(host):
		return nil
	}
	a.Log.WarnContext(c.UserContext(), "a request for another host was refused: if a proxy sends it, list the name in Config.Hosts", "host", host)
	return errMisdirected
}

func (a *App) atHome(host string) bool {
	if a.Development() && loopback((&url.URL{Host: host}).Hostname()) {
		return true
	}
	own := func(name string) bool { return strings.EqualFold(a.plainHost(name), a.plainHost(host)) }
	return slices.ContainsFunc(a.Hosts, own) || own(a.host)
}

// plainHost leaves out the port that goes without saying.
func (a *App) plainHost(host string) string {
	if a.secure {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// loopback reports whether a name can only be this machine's own.
func loopback(name string) bool {
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && ip.IsLoopback()
}
