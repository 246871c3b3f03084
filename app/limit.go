package app

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
	"github.com/gatehouse-go/gatehouse/app/internal/limit"
)

// A Limit says how often something may be tried on one account and from one network. The numbers
// of each feature are the defaults of its Limit.
type Limit struct {
	// PerAccount slows down who guesses at one account: after Free failures within Within, each
	// try waits twice as long as the last. A try that succeeds clears it. The default is the feature's.
	PerAccount Delay
	// PerNetwork bounds who tries many accounts: so many tries from one address, or from one /64
	// of IPv6. Tries that succeed do not count. The default is
	// the feature's.
	PerNetwork Quota
}

// A Delay makes each try after some failures wait longer; see [Limit].
type Delay = limit.Delay

// A Quota is how often something may be done within a span of time.
type Quota = limit.Quota

func (l Limit) or(usual Limit) Limit {
	return Limit{PerAccount: l.PerAccount.Or(usual.PerAccount), PerNetwork: l.PerNetwork.Or(usual.PerNetwork)}
}

// check refuses what would bound nothing.
func (l Limit) check(feature string) error {
	if l.PerAccount.Negative() || l.PerNetwork.Negative() {
		return fmt.Errorf("app: %s.Limit holds a negative number: use numbers and spans above zero", feature)
	}
	if longest := l.PerAccount.Longest; longest != 0 && l.PerAccount.First > longest || longest > 365*24*time.Hour {
		return fmt.Errorf("app: %s.Limit.PerAccount waits %v at first and %v at longest: let the first be shorter, and the longest a year at most", feature, l.PerAccount.First, longest)
	}
	return nil
}

// The keys' purposes.
const (
	tries    = "tries"
	networks = "networks"
)

// charge counts a try on the account that was named, whether it exists or not, before the try is
// judged. It fails when one has to wait.
func (r *request) charge(name string) error {
	l := r.route.limit
	wait, err := r.networks.Take(r.ctx, r.networkKey(), l.PerNetwork)
	if err == nil && wait == 0 && name != "" {
		wait, err = r.attempts.Take(r.ctx, r.accountKey(name), r.route.name, l.PerAccount)
	}
	switch {
	case err != nil:
		return err
	case wait > 0:
		return &Error{Status: fiber.StatusTooManyRequests, RetryAfter: wait}
	}
	return nil
}

// refund takes a charge back: there was no time to judge the try.
func (r *request) refund(name string) error {
	// The request may have run out of time, which is why there is something to take back.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), lookUpWithin)
	defer cancel()
	err := r.networks.Give(ctx, r.networkKey(), r.route.limit.PerNetwork)
	if err == nil && name != "" {
		err = r.attempts.Give(ctx, r.accountKey(name))
	}
	return err
}

// acquit takes the try off its network: it succeeded. The account's failures are forgiven with
// what comes of it; see [SignIn].
func (r *request) acquit() error {
	return r.networks.Give(r.ctx, r.networkKey(), r.route.limit.PerNetwork)
}

// networkKey stands for where a request comes from. It may leave this process, and addresses are
// personal data: so it is no address.
func (r *request) networkKey() string {
	sum := r.ring.MAC(networks, []byte(r.route.name), []byte(limit.Network(r.address())))
	return sealed.EncodeToString(sum)
}

// accountKey stands for an identity as typed. Spellings that name the same account share a key;
// what is no identity at all is taken as it stands. A browser that the account knows has a key of
// its own, so that a stranger who goes on guessing keeps strangers waiting, and not the owner.
func (r *request) accountKey(name string) []byte {
	return r.keyOf(name, r.knownAs(name))
}

// strangersKey is the accountKey of browsers that the account does not know.
func (r *request) strangersKey(name string) []byte { return r.keyOf(name, nil) }

func (r *request) keyOf(name string, device []byte) []byte {
	email, username := identity.Key(name)
	folded := cmp.Or(email, username, strings.ToLower(name))
	return r.ring.MAC(tries, []byte(r.route.name), []byte(folded), device)
}

var (
	loginLimit = Limit{
		PerAccount: Delay{Free: 5, Within: 15 * time.Minute, First: 30 * time.Second, Longest: time.Hour},
		PerNetwork: Quota{Most: 20, Within: 15 * time.Minute},
	}
	changeLimit   = loginLimit
	recoverLimit  = confirmLimit
	registerLimit = Limit{PerNetwork: Quota{Most: 10, Within: time.Hour}}
)
