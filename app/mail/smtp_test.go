package mail_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/gatehouse-go/gatehouse/app/mail"
)

func mailer(t testing.TB, url string) mail.Mailer {
	t.Helper()
	m, err := mail.SMTP(url)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Without TLS nothing is said to a server, neither a mail nor a password (RFC 8314; ASVS 12.3.1).
func TestSMTPDemandsTLS(t *testing.T) {
	t.Parallel()
	for about, s := range map[string]*server{
		"no STARTTLS":             serve(t, nil, false),
		"unknown authority":       serve(t, &certificates.otherAuthority, false),
		"another's name":          serve(t, &certificates.otherName, false),
		"smtps unknown authority": serve(t, &certificates.otherAuthority, true),
		"smtps another's name":    serve(t, &certificates.otherName, true),
		"smtps without any TLS":   serve(t, nil, false),
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			scheme := "smtp"
			if strings.HasPrefix(about, "smtps") {
				scheme = "smtps"
			}
			for _, login := range []string{smtpUser + ":" + smtpPassword + "@", ""} {
				err := mailer(t, scheme+"://"+login+s.address).Send(t.Context(), letter(1))
				if err == nil || len(s.inbox()) != 0 {
					t.Fatalf("error %v, received %v", err, s.inbox())
				}
				said := s.transcript()
				for _, never := range []string{"\nAUTH", "MAIL FROM", "RCPT", letter(1).To, smtpPassword, encoded()} {
					if strings.Contains(said, never) || strings.Contains(err.Error(), smtpPassword) {
						t.Errorf("%q was said in\n%s\n%v", never, said, err)
					}
				}
			}
		})
	}
}

// encoded is the password as AUTH PLAIN says it.
func encoded() string {
	return base64.StdEncoding.EncodeToString([]byte("\x00" + smtpUser + "\x00" + smtpPassword))
}

func TestSMTPDelivers(t *testing.T) {
	t.Parallel()
	for about, c := range map[string]struct {
		server           *server
		before, after    string
		encrypted, named bool
	}{
		"STARTTLS":                   {serve(t, &certificates.good, false), "smtp://", "", true, false},
		"STARTTLS with password":     {serve(t, &certificates.good, false), "smtp://" + smtpUser + ":" + smtpPassword + "@", "", true, true},
		"TLS at once":                {serve(t, &certificates.good, true), "smtps://", "/", true, false},
		"TLS at once, password":      {serve(t, &certificates.good, true), "SMTPS://" + smtpUser + ":" + smtpPassword + "@", "", true, true},
		"in the open, loopback":      {serve(t, nil, false), "smtp://", "?tls=none", false, false},
		"in the open, with password": {serve(t, nil, false), "smtp://" + smtpUser + ":" + smtpPassword + "@", "?tls=none", false, true},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			m := mailer(t, c.before+c.server.address+c.after)
			for range 2 {
				if err := m.Send(t.Context(), letter(1)); err != nil {
					t.Fatal(err)
				}
			}
			got := c.server.inbox()
			if len(got) != 2 || got[0].encrypted != c.encrypted || got[0].from != "no-reply@shop.example" || len(got[0].to) != 1 || got[0].to[0] != letter(1).To {
				t.Errorf("received %+v", got)
			}
			if named := len(c.server.signedIn) == 2; named != c.named {
				t.Errorf("signed in as %v", c.server.signedIn)
			}
		})
	}
}

func TestSMTPRefusesURLs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "smtp://", "smtp:", "hunter2", "smtp://user:hunter2@", "user:hunter2@smtp.shop.example", "//user:hunter2@smtp.shop.example",
		"http://user:hunter2@smtp.shop.example", "smtp+tls://user:hunter2@smtp.shop.example",
		"smtp://user:hunter2@smtp.shop.example:port", "smtp://user:hunter2@smtp.shop.example:99999",
		"smtp://user:hunter2@smtp.shop.example:0", "smtp://user:hunter2@smtp.shop.example:-1",
		"smtp://user:hunter2%zz@smtp.shop.example", "smtp://user:hunter2\n@smtp.shop.example",
		// A password that is not percent-encoded would be dialled, and told to whoever reads the error.
		"smtp://user:25/hunter2@smtp.shop.example", "smtp://user:25?hunter2@smtp.shop.example", "smtp://user:25#hunter2@smtp.shop.example",
		// In the open only on this machine.
		"smtp://user:hunter2@smtp.shop.example?tls=none", "smtp://127.0.0.1.shop.example?tls=none", "smtp://localhost.shop.example?tls=none",
		"smtp://localhost.?tls=none", "smtp://0.0.0.0?tls=none", "smtp://10.0.0.1?tls=none", "smtp://[::]?tls=none", "smtp://mailpit?tls=none",
		"smtps://localhost?tls=none",
		// A setting that is misspelt must not pass for one that is not there.
		"smtp://localhost?tls=off", "smtp://localhost?tls=None", "smtp://localhost?TLS=none", "smtp://localhost?tls=none&tls=yes", "smtp://localhost?starttls=false",
	} {
		m, err := mail.SMTP(url)
		if err == nil || m != nil {
			t.Errorf("%q is accepted", url)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error tells the password: %v", url, err)
		}
	}
}

// What the server thinks of a password is told without the password.
func TestSMTPWrongPassword(t *testing.T) {
	t.Parallel()
	s := serve(t, &certificates.good, false)
	m := mailer(t, "smtp://"+smtpUser+":wr%2Fng%3Fhunter2@"+s.address)
	err := m.Send(t.Context(), letter(1))
	if err == nil || len(s.inbox()) != 0 {
		t.Fatalf("%v, received %v", err, s.inbox())
	}
	for _, secret := range []string{"hunter2", base64.StdEncoding.EncodeToString([]byte("\x00" + smtpUser + "\x00wr/ng?hunter2"))} {
		if strings.Contains(err.Error(), secret) || strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret) {
			t.Errorf("the error tells the password: %v", err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v", m, m), secret) {
			t.Error("printing a mailer tells its password")
		}
	}
}

func TestSMTPRefusedRecipient(t *testing.T) {
	t.Parallel()
	s := serve(t, &certificates.good, false)
	s.refuse = func(string) error {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, come again"}
	}
	err := mailer(t, "smtp://"+s.address).Send(t.Context(), letter(1))
	if err == nil || !strings.Contains(err.Error(), "greylisted") || len(s.inbox()) != 0 {
		t.Errorf("%v, received %v", err, s.inbox())
	}
}

func TestSMTPNobodyThere(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a listener has no request to end with
	if err != nil {
		t.Fatal(err)
	}
	silent := listener.Addr().String()
	defer listener.Close()
	m := mailer(t, "smtp://"+silent+"?tls=none")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Send(gone, letter(1)); err == nil {
		t.Error("sent after its context")
	}
	_ = listener.Close()
	if err := m.Send(t.Context(), letter(1)); err == nil {
		t.Error("sent to nobody")
	}
}

// One mailer serves every worker.
func TestSMTPManyAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, &certificates.good, false)
	m := mailer(t, "smtp://"+smtpUser+":"+smtpPassword+"@"+s.address)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if err := m.Send(t.Context(), letter(i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := s.inbox(); len(got) != 8 {
		t.Errorf("%d mails", len(got))
	}
}

// A server that has taken the mail and hangs up without a word has taken the mail: to call that a
// failure would send it again.
func TestSMTPServerHangsUpAfterDelivery(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a listener has no request to end with
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := make(chan bool, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprint(conn, "220 hello\r\n")
		data := false
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			switch line := lines.Text(); {
			case data && line == ".":
				fmt.Fprint(conn, "250 taken\r\n")
				taken <- true
				return
			case data:
			case strings.HasPrefix(line, "DATA"):
				data = true
				fmt.Fprint(conn, "354 go on\r\n")
			default:
				fmt.Fprint(conn, "250 fine\r\n")
			}
		}
	}()
	if err := mailer(t, "smtp://"+listener.Addr().String()+"?tls=none").Send(t.Context(), letter(1)); err != nil {
		t.Error(err)
	}
	if !<-taken {
		t.Error("not taken")
	}
}
