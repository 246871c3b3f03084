package app_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// Nobody can pass for the site, nor for somebody who is there already (Unicode Technical Standard
// 39); operators may.
func TestUsernamesThatMislead(t *testing.T) {
	tell(t, registering(app.Register{Username: app.Required}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "pay@example.com", Username: "paypal"})
		s.User(apptest.Person{Email: "modern@example.com", Username: "modern"})
		s.User(apptest.Person{Email: "admin@example.com", Username: "admin"})
		const kept, alike, letters, taken = "register.username_reserved", "register.username_alike", "register.bad_username", "register.username_taken"
		codes := map[string]string{
			kept:    "This username is kept for the site itself.",
			alike:   "This username looks like another one.",
			letters: "Use letters, digits, dashes, dots and underscores.",
			taken:   "This username is taken.",
		}
		for username, want := range map[string]string{
			"root": kept, "Root": kept, "r00t": kept, "ad-min": kept, "Support": kept, "ѕуѕtеm": letters, "адмін": "",
			"PayPaI": alike, "paypa1": alike, "modem": alike, "PAYPAL": taken,
			"раураl": letters, "pay\u200bpal": letters, "\u202elapyap": letters, "pаypal": letters,
		} {
			b := s.Browser().Visit("/register").Fill("email", "new@example.com").Fill("username", username).Fill("password", good).Submit()
			if want == "" {
				b.At("/login")
				s.Happened(app.Registered)
				continue
			}
			b.SeesError("username", codes[want])
		}
		s.Happened()
	})
}

// Operators may give names that look alike, and reserved ones. The first of its looks keeps others
// away.
func TestUsernamesThatMisleadByOperators(t *testing.T) {
	t.Parallel()
	s := host(registering(app.Register{Username: app.Required})).Start(t, dbtest.SQLite(t), apptest.Plain)
	for _, username := range []string{"root", "paypal", "paypa1"} {
		account, err := s.App.CreateUser(t.Context(), app.NewUser{Username: username})
		must(t, err)
		if kept := account.Account().UsernameSkeleton != ""; kept == (username == "paypa1") {
			t.Errorf("%s keeps its looks to itself: %v", username, kept)
		}
	}
	b := s.Browser().Visit("/register").Fill("email", ada).Fill("username", "PayPaI").Fill("password", good).Submit()
	b.SeesError("username", "looks like another one")
}

// A list that is empty reserves nothing.
func TestReservedIsASetting(t *testing.T) {
	config := registering(app.Register{Username: app.Required})
	config.Reserved = []string{"boss"}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		b := s.Browser().Visit("/register").Fill("email", ada).Fill("username", "b0ss").Fill("password", good).Submit()
		b.SeesError("username", "kept for the site")
		s.Browser().Visit("/register").Fill("email", ada).Fill("username", "root").Fill("password", good).Submit().At("/login")
		s.Happened(app.Registered)
	}, apptest.Plain)
}

// Two people who choose names that look alike at the same moment do not both get theirs.
func TestUsernamesThatMisleadAtOnce(t *testing.T) {
	tell(t, registering(app.Register{Username: app.Required}), func(t *testing.T, s *apptest.Site) {
		var all sync.WaitGroup
		for i, username := range []string{"paypal", "paypa1", "PayPaI", "PAYPAL"} {
			b := s.Browser().Visit("/register").Fill("email", string(rune('a'+i))+"@example.com").Fill("username", username).Fill("password", good)
			all.Go(func() { b.Submit() })
		}
		all.Wait()
		s.Happened(app.Registered)
		if n, err := s.DB.NewSelect().Model((*db.User)(nil)).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d accounts (%v)", n, err)
		}
	}, apptest.Plain)
}

// nameServer answers for a few domains, and for silent.example not at all.
func nameServer(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		packet := make([]byte, 2048)
		for {
			n, from, err := conn.ReadFrom(packet)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if answer := nameAnswer(packet[:n]); err == nil && answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func nameAnswer(packet []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(packet) != nil || len(m.Questions) != 1 {
		return nil
	}
	asked := m.Questions[0]
	name := asked.Name.String()
	if strings.HasPrefix(name, "silent.") {
		return nil
	}
	m.Response, m.RecursionAvailable = true, true
	m.Additionals = nil
	header := dnsmessage.ResourceHeader{Name: asked.Name, Type: asked.Type, Class: asked.Class, TTL: 60}
	add := func(body dnsmessage.ResourceBody) {
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: body})
	}
	switch {
	case name == "mail.example." && asked.Type == dnsmessage.TypeMX:
		add(&dnsmessage.MXResource{Pref: 10, MX: dnsmessage.MustNewName("mx.mail.example.")})
	case name == "nomail.example." && asked.Type == dnsmessage.TypeMX:
		add(&dnsmessage.MXResource{MX: dnsmessage.MustNewName(".")})
	case name == "nomail.example." && asked.Type == dnsmessage.TypeA, name == "host.example." && asked.Type == dnsmessage.TypeA,
		name == "xn--bcher-kva.example." && asked.Type == dnsmessage.TypeA:
		add(&dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}})
	case name == "broken.example.":
		m.RCode = dnsmessage.RCodeServerFailure
	case name == "mail.example.", name == "nomail.example.", name == "host.example.", name == "xn--bcher-kva.example.":
	default:
		m.RCode = dnsmessage.RCodeNameError
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}

// An address whose domain takes no mail is refused, one of which nobody can say is not.
func TestDeliverable(t *testing.T) {
	config := registering(app.Register{})
	config.Emails = app.EmailPolicy{Deliverable: true, Resolver: nameServer(t)}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		for domain, want := range map[string]bool{
			"mail.example": true, "host.example": true, "bücher.example": true, "broken.example": true,
			"nomail.example": false, "nowhere.example": false, "mail.example.mail.example": false,
		} {
			if domain == "broken.example" {
				s.Logged()
			}
			b := s.Browser().Visit("/register").Fill("email", "ada@"+domain).Fill("password", good).Submit()
			if !want {
				b.SeesError("email", "No mail can be sent to ada@"+domain+".")
				continue
			}
			b.At("/login")
			s.Happened(app.Registered)
		}
	}, apptest.Plain, apptest.JSON)
}

func TestDeliverableWaitsALittle(t *testing.T) {
	config := registering(app.Register{})
	config.Emails = app.EmailPolicy{Deliverable: true, Resolver: nameServer(t)}
	tellOnce(t, config, func(t *testing.T, s *apptest.Site) {
		s.Logged()
		s.Browser().Visit("/register").Fill("email", "ada@silent.example").Fill("password", good).Submit().At("/login")
		s.Happened(app.Registered)
	}, apptest.Plain)
}
