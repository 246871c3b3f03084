package mail

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// SMTP returns a Mailer that hands mails to a server (RFC 5321), named by a URL:
//
//	smtps://user:password@smtp.shop.example        TLS from the start, port 465
//	smtp://user:password@smtp.shop.example:587     STARTTLS demanded, port 587
//	smtp://localhost:1025?tls=none                 in the open, for a server on this machine alone
//
// It opens no connection yet.
func SMTP(address string) (Mailer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		// The text may hold a password: it is not repeated.
		return nil, errors.New("mail: the SMTP URL cannot be read; it is like smtps://user:password@smtp.shop.example, with %2F for a slash in the password and so on")
	}
	if u.RawQuery != "" && u.RawQuery != "tls=none" {
		return nil, errors.New("mail: the only setting that the SMTP URL takes behind a question mark is tls=none; write %3F for one in the password")
	}
	options := []gomail.Option{gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithPort(587)}
	switch {
	case u.Scheme == "smtps" && u.RawQuery != "":
		return nil, errors.New("mail: the SMTP URL asks for TLS by smtps and forbids it by tls=none: leave one out")
	case u.Scheme == "smtps":
		options = []gomail.Option{gomail.WithSSL(), gomail.WithPort(465)}
	case u.Scheme != "smtp":
		return nil, fmt.Errorf("mail: the SMTP URL begins with %q; it must begin with smtp or smtps", u.Scheme)
	case u.RawQuery != "":
		if host := u.Hostname(); host != "localhost" && host != "127.0.0.1" && host != "::1" {
			return nil, fmt.Errorf("mail: tls=none is for a server on this machine, and %s is not", host)
		}
		options[0] = gomail.WithTLSPolicy(gomail.NoTLS)
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return nil, errors.New("mail: the port of the SMTP URL is no number")
		}
		options = append(options, gomail.WithPort(port))
	}
	if name := u.User.Username(); name != "" {
		secret, _ := u.User.Password()
		how := gomail.SMTPAuthAutoDiscover
		if u.RawQuery != "" {
			how = gomail.SMTPAuthPlainNoEnc // discovery takes nothing that shows the password to the wire, which here is none
		}
		options = append(options, gomail.WithSMTPAuth(how), gomail.WithUsername(name), gomail.WithPassword(secret))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &smtp{client}, nil
}

type smtp struct {
	client *gomail.Client
}

// Send delivers one mail over a connection of its own.
func (s *smtp) Send(ctx context.Context, m Message) error {
	letter, err := compose(m)
	if err != nil {
		return err
	}
	conn, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	err = s.client.SendWithSMTPClient(conn, letter)
	if s.client.CloseWithSMTPClient(conn) != nil {
		_ = conn.Close() // a server that hangs up first
	}
	if letter.IsDelivered() {
		return nil // however the server took its leave: to fail now would send the mail twice
	}
	switch {
	case nowhere(err):
		return fmt.Errorf("mail: %w: %w", ErrNoMailbox, err)
	case err != nil:
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

// nowhere reports whether a server knows for good that there is no such address (RFC 3463, section 3.2; RFC
// 7505). Any other refusal may be of this server's settings or of its mood.
func nowhere(err error) bool {
	var refused *gomail.SendError
	return errors.As(err, &refused) && slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}, refused.EnhancedStatusCode())
}
