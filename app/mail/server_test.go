package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// certificates are what the tests' servers show: the first is trusted, the others are not.
var certificates struct{ good, otherName, otherAuthority tls.Certificate }

// trustOnly makes an authority and has this process trust it alone.
func trustOnly(folder string) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	authority := func(name string) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(err)
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		must(err)
		made, err := x509.ParseCertificate(der)
		must(err)
		return made, key
	}
	leaf := func(issuer *x509.Certificate, key *ecdsa.PrivateKey, ip net.IP) tls.Certificate {
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(err)
		template := &x509.Certificate{
			SerialNumber: big.NewInt(2), IPAddresses: []net.IP{ip},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
		der, err := x509.CreateCertificate(rand.Reader, template, issuer, own.Public(), key)
		must(err)
		return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: own}
	}
	trusted, key := authority("trusted")
	stranger, strangerKey := authority("stranger")
	certificates.good = leaf(trusted, key, net.IPv4(127, 0, 0, 1))
	certificates.otherName = leaf(trusted, key, net.IPv4(10, 0, 0, 1))
	certificates.otherAuthority = leaf(stranger, strangerKey, net.IPv4(127, 0, 0, 1))
	file := filepath.Join(folder, "authority.pem")
	must(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: trusted.Raw}), 0o600))
	must(os.Setenv("SSL_CERT_FILE", file))
	must(os.Setenv("SSL_CERT_DIR", folder))
}

// A server is a mail server in this process, and what it was told.
type server struct {
	*smtp.Server
	address string

	mu       sync.Mutex
	heard    bytes.Buffer // every byte, decrypted
	got      []received
	signedIn []string
	// refuse answers a recipient; nil takes any.
	refuse func(to string) error
	// during is called once the content begins to come; an error is the answer, and errHangUp the
	// end of the connection.
	during func() error
}

// errHangUp has the server drop the connection in the middle of a mail.
var errHangUp = errors.New("hanging up")

type received struct {
	from      string
	to        []string
	data      string
	encrypted bool
}

const (
	smtpUser     = "shop"
	smtpPassword = "hunter2-and-more"
)

// serve starts a server; one with certificate offers STARTTLS, or speaks TLS at once.
func serve(t testing.TB, certificate *tls.Certificate, atOnce bool) *server {
	t.Helper()
	s := new(server)
	s.Server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &dialogue{s: s, conn: c}, nil
	}))
	s.Domain, s.AllowInsecureAuth = "mail.shop.example", true
	s.Debug = writer(func(p []byte) (int, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.heard.Write(p)
	})
	s.ErrorLog = log.New(io.Discard, "", 0)
	s.ReadTimeout, s.WriteTimeout = 20*time.Second, 20*time.Second
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a listener has no request to end with
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	if certificate != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
	}
	if atOnce {
		listener = tls.NewListener(listener, s.TLSConfig)
	}
	ended := make(chan struct{})
	go func() { _ = s.Serve(listener); close(ended) }()
	t.Cleanup(func() {
		_ = s.Close()
		_ = listener.Close() // which Close does not know if Serve has not begun
		<-ended
	})
	return s
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func (s *server) inbox() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

func (s *server) transcript() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard.String()
}

// A dialogue is one connection to a server.
type dialogue struct {
	s    *server
	conn *smtp.Conn
	mail received
}

func (d *dialogue) AuthMechanisms() []string { return []string{sasl.Plain} }

func (d *dialogue) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != smtpUser || password != smtpPassword {
			return errors.New("these credentials are wrong")
		}
		d.s.mu.Lock()
		defer d.s.mu.Unlock()
		d.s.signedIn = append(d.s.signedIn, user)
		return nil
	}), nil
}

func (d *dialogue) Mail(from string, _ *smtp.MailOptions) error {
	_, encrypted := d.conn.TLSConnectionState()
	d.mail = received{from: from, encrypted: encrypted}
	return nil
}

func (d *dialogue) Rcpt(to string, _ *smtp.RcptOptions) error {
	if d.s.refuse != nil {
		if err := d.s.refuse(to); err != nil {
			return err
		}
	}
	d.mail.to = append(d.mail.to, to)
	return nil
}

func (d *dialogue) Data(r io.Reader) error {
	if d.s.during != nil {
		err := d.s.during()
		if errors.Is(err, errHangUp) {
			return errors.Join(err, d.conn.Conn().Close())
		}
		if err != nil {
			return err
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d.mail.data = string(data)
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	d.s.got = append(d.s.got, d.mail)
	return nil
}

func (d *dialogue) Reset() {}

func (d *dialogue) Logout() error { return nil }
