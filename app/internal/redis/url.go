package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	client "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Check says in a sentence what is wrong with a URL. It repeats nothing of it but its scheme, for
// there may be a password in it.
func Check(url string) error {
	_, err := parse(url)
	return err
}

func parse(text string) (*client.Options, error) {
	const accepted = "it is redis://user:password@host:6379/0, or rediss://… for TLS"
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("it cannot be read as a URL: " + accepted)
	case u.Scheme != "redis" && u.Scheme != "rediss":
		return nil, fmt.Errorf("its scheme is %q: %s", u.Scheme, accepted)
	case u.Hostname() == "":
		return nil, errors.New("it names no host: " + accepted)
	}
	options, err := client.ParseURL(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, accepted)
	}
	budget := options.ReadTimeout
	if budget <= 0 { // it is not given, or wants to wait for ever
		budget = usual
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = budget, budget, budget, budget
	options.ContextTimeoutEnabled = true
	options.Dialer = dialer(options.TLSConfig, budget)
	// A command whose reply is lost may have been carried out: counting twice is not for us to choose.
	options.MaxRetries = -1
	// Nothing is sent on connecting that an old or a small server might stumble over.
	options.Protocol, options.DisableIdentity = 2, true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return options, nil
}

// dialer connects, and hides that it could not: the connection that it returns then fails at the
// first use. The client would print each failure to standard error, and go on trying by itself.
func dialer(secure *tls.Config, budget time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, budget)
		defer cancel()
		var plain net.Dialer
		dial := plain.DialContext
		if secure != nil {
			dial = (&tls.Dialer{NetDialer: &plain, Config: secure}).DialContext
		}
		conn, err := dial(ctx, network, address)
		if err != nil {
			return unreached{err}, nil
		}
		return conn, nil
	}
}

// unreached is a connection that there is none of.
type unreached struct{ err error }

func (u unreached) Read([]byte) (int, error)         { return 0, u.err }
func (u unreached) Write([]byte) (int, error)        { return 0, u.err }
func (u unreached) Close() error                     { return nil }
func (u unreached) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (u unreached) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (u unreached) SetDeadline(time.Time) error      { return nil }
func (u unreached) SetReadDeadline(time.Time) error  { return nil }
func (u unreached) SetWriteDeadline(time.Time) error { return nil }
