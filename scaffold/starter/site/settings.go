package site

import (
	"cmp"
	"net"
	"strings"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
)

// Settings are what differs between the places where the application runs.
type Settings struct {
	// Name is what the application is called in pages and mails.
	Name string
	// URL is where people reach the application. The default is http://localhost at the port of
	// Addr, which makes it development.
	URL string
	// Addr is where the server listens. The default is Port at every interface; without a Port,
	// localhost:3000 in development, so that no other machine sees what is being worked on, and
	// :3000 elsewhere.
	Addr string
	// Port is for platforms that choose a port and say so.
	Port string
	// Database is postgres://… or sqlite:….
	Database string
	// Redis is redis://…, which several machines share. The default is none.
	Redis string
	// Secrets sign and encrypt, newest first, separated by commas. Development needs none.
	Secrets string
	// SMTP is smtps://user:password@host or smtp://…; see mail.SMTP. The default is, in
	// development alone, to keep mails at /dev/mailbox.
	SMTP string
	// From is the sender of mails.
	From string
}

func (s Settings) withDefaults() Settings {
	if s.Addr == "" {
		switch development := s.URL == "" || (app.Config{URL: s.URL}).Development(); {
		case s.Port != "":
			s.Addr = ":" + s.Port
		case development:
			s.Addr = "localhost:3000"
		default:
			s.Addr = ":3000"
		}
	}
	s.URL = cmp.Or(strings.TrimSuffix(s.URL, "/"), "http://localhost:"+port(s.Addr))
	return s
}

func port(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "3000" // serve says what is wrong with the address
	}
	return port
}

func (s Settings) mailer() (mail.Mailer, error) {
	if s.SMTP == "" {
		return nil, nil
	}
	return mail.SMTP(s.SMTP)
}
