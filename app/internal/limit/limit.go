// Package limit says how often something may be tried: by whom it is tried from, and on which
// account.
package limit

import (
	"cmp"
	"context"
	"net/netip"
	"time"
)

// A Quota is how often something may be done within a span of time. The zero Quota is no limit.
type Quota struct {
	// Most is how often. The default is the feature's.
	Most int64
	// Within is the span of time, from the first of them. The default is the feature's.
	Within time.Duration
}

// Or fills what q leaves open.
func (q Quota) Or(usual Quota) Quota {
	return Quota{Most: cmp.Or(q.Most, usual.Most), Within: cmp.Or(q.Within, usual.Within)}
}

// Negative reports whether any part of q is below zero.
func (q Quota) Negative() bool { return q.Most < 0 || q.Within < 0 }

// A Counter counts what each key has used of a quota.
type Counter interface {
	// Take uses one of key's quota. If nothing is left, it says how long until there is.
	Take(ctx context.Context, key string, q Quota) (wait time.Duration, err error)
	// Give takes one back: it turned out not to count.
	Give(ctx context.Context, key string, q Quota) error
}

// Network is what an address is counted as. One customer commonly has a whole /64 of IPv6
// addresses and can use a new one each time.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	ip = ip.Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}
