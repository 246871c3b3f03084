package identity

import (
	"context"
	"errors"
	"net"
)

// Deliverable reports whether a domain takes mail: it names a mail exchanger, or is a host itself
// (RFC 5321, section 5.1). A single exchanger without a name says that it takes none (RFC 7505). An
// error means that it could not be found out.
func Deliverable(ctx context.Context, resolver *net.Resolver, domain string) (bool, error) {
	// The dot at the end keeps a name server's search list out of it.
	exchangers, err := resolver.LookupMX(ctx, domain+".")
	switch {
	case len(exchangers) > 0:
		return exchangers[0].Host != ".", nil
	case missing(err):
		hosts, err := resolver.LookupHost(ctx, domain+".")
		if missing(err) {
			return false, nil
		}
		return len(hosts) > 0, err
	}
	return false, err
}

// missing tells that there is no such name from that nobody could say.
func missing(err error) bool {
	var failed *net.DNSError
	return errors.As(err, &failed) && failed.IsNotFound
}
