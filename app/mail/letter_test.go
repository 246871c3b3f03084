package mail_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gatehouse-go/gatehouse/app/mail"
)

// part is one half of a mail, decoded.
type part struct{ kind, text string }

func read(t testing.TB, data string) (netmail.Header, []part) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	decode := func(encoding string, body io.Reader) string {
		if encoding == "quoted-printable" {
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return m.Header, []part{{kind, decode(m.Header.Get("Content-Transfer-Encoding"), m.Body)}}
	}
	if kind != "multipart/alternative" {
		t.Errorf("the mail is %s", kind)
	}
	var parts []part
	for reader := multipart.NewReader(m.Body, params["boundary"]); ; {
		next, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return m.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, params, err := mime.ParseMediaType(next.Header.Get("Content-Type"))
		if err != nil || !strings.EqualFold(params["charset"], "utf-8") {
			t.Errorf("part %s, %v, %v", kind, params, err)
		}
		parts = append(parts, part{kind, decode(next.Header.Get("Content-Transfer-Encoding"), next)})
	}
}

func TestSMTPLetter(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, false)
	m := mail.Message{
		ID: "01890a5d-ac96-774b-bcce-b302099a8057", Kind: "register.welcome", From: "Bücher & „Shop“ <no-reply@bücher.example>", To: "ann@例え.jp",
		Subject: "Grüße, 田中さん 😀 — " + strings.Repeat("very long ", 20) + "end",
		Text:    "Hello\n.\n.dot at the start\nFrom here =3D\n" + strings.Repeat("ä", 2000) + "\nhttps://shop.example/confirm?token=a=b&c=d\n",
		HTML:    "<p>Grüße &amp; „Küsse“</p>\n<a href=\"https://shop.example/confirm?token=a=b&amp;c=d\">confirm</a>\n",
		Lang:    "fa", At: start,
	}
	if err := mailer(t, "smtp://"+s.address+"?tls=none").Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := s.inbox()[0]
	// In ASCII, so that servers without SMTPUTF8 take it.
	if !slices.Equal(got.to, []string{"ann@xn--r8jz45g.jp"}) || got.from != "no-reply@xn--bcher-kva.example" {
		t.Errorf("envelope: from %q to %q", got.from, got.to)
	}
	head, body, _ := strings.Cut(got.data, "\r\n\r\n")
	if strings.ContainsFunc(head, func(r rune) bool { return r > unicode.MaxASCII }) {
		t.Errorf("head is not ASCII:\n%s", head)
	}
	for line := range strings.SplitSeq(head+"\r\n"+body, "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("line of %d bytes (RFC 5322, section 2.1.1): %.100q", len(line), line)
		}
	}
	header, parts := read(t, got.data)
	if want := []part{{"text/plain", m.Text}, {"text/html", m.HTML}}; !slices.Equal(parts, want) {
		t.Errorf("parts %q\nwant %q", parts, want)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	if from, err := header.AddressList("From"); err != nil || len(from) != 1 || from[0].Name != "Bücher & „Shop“" || from[0].Address != got.from {
		t.Errorf("from %v, %v", from, err)
	}
	if to, err := header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != got.to[0] {
		t.Errorf("to %v, %v", to, err)
	}
	if at, err := header.Date(); err != nil || at.Unix() != start.Unix() {
		t.Errorf("date %v, %v", at, err)
	}
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Content-Language": "fa",
		"Message-Id": "<01890a5d-ac96-774b-bcce-b302099a8057@xn--bcher-kva.example>",
		"Bcc":        "", "Cc": "", "User-Agent": "", "X-Mailer": "", "Precedence": "", "List-Unsubscribe": "", "List-Unsubscribe-Post": "",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// A message that no outbox has named gets a name all the same.
func TestSMTPNamesWhatHasNoName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2 {
		source, err := mail.Source(letter(1))
		if err != nil {
			t.Fatal(err)
		}
		header, _ := read(t, source)
		if id := header.Get("Message-Id"); len(id) < 20 || !strings.HasPrefix(id, "<") || !strings.Contains(id, "@") || seen[id] {
			t.Errorf("message id %q", id)
		}
		seen[header.Get("Message-Id")] = true
	}
}

func TestReplyTo(t *testing.T) {
	t.Parallel()
	for _, replyTo := range []string{"", "help@shop.example", "Hilfe für alle <help@bücher.example>"} {
		m := letter(1)
		m.ReplyTo = replyTo
		source, err := mail.Source(m)
		if err != nil {
			t.Fatal(err)
		}
		header, _ := read(t, source)
		got, want := header.Get("Reply-To"), map[string]string{"": "", "help@shop.example": "<help@shop.example>"}[replyTo]
		if strings.Contains(replyTo, " ") {
			want = "=?utf-8?q?Hilfe_f=C3=BCr_alle?= <help@xn--bcher-kva.example>"
		}
		if !strings.EqualFold(got, want) {
			t.Errorf("answers to %q go to %q, want %q", replyTo, got, want)
		}
	}
	m := letter(1)
	m.ReplyTo = "nobody"
	if source, err := mail.Source(m); err == nil {
		t.Errorf("%q is taken:\n%s", m.ReplyTo, source)
	}
}

// Where a mail can be ended, mail readers are told how (RFC 2369, RFC 8058); what is no address for
// that is refused rather than sent.
func TestUnsubscribe(t *testing.T) {
	t.Parallel()
	for where, button := range map[string]string{
		"https://shop.example/news/stop?token=a-b_c&x=%20": "List-Unsubscribe=One-Click",
		"mailto:stop@shop.example?subject=stop":            "",
	} {
		m := letter(1)
		m.Unsubscribe = where
		source, err := mail.Source(m)
		if err != nil {
			t.Fatal(err)
		}
		if header, _ := read(t, source); header.Get("List-Unsubscribe") != "<"+where+">" || header.Get("List-Unsubscribe-Post") != button {
			t.Errorf("%s: %v", where, header)
		}
	}
	for _, where := range []string{
		"http://shop.example/stop", "/stop", "javascript:alert(1)", "https:stop", "https://shop.example/>,<mailto:eve@evil.example",
		"https://shop.example/\r\nBcc: eve@evil.example", "https://shop.example/a b", "https://shop.example/ä", "https://shop.example/" + strings.Repeat("a", 1000),
	} {
		m := letter(1)
		m.Unsubscribe = where
		if source, err := mail.Source(m); err == nil {
			t.Errorf("%q is taken:\n%s", where, source)
		}
	}
}

func TestSMTPTextAlone(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, false)
	m := letter(1)
	m.HTML, m.Lang = "", ""
	if err := mailer(t, "smtp://"+s.address+"?tls=none").Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	header, parts := read(t, s.inbox()[0].data)
	if len(parts) != 1 || parts[0].kind != "text/plain" || strings.TrimRight(parts[0].text, "\n") != m.Text || header.Get("Content-Language") != "" {
		t.Errorf("parts %q, header %v", parts, header)
	}
}

// Whatever stands in a message, it makes neither a header nor a recipient nor a command of its
// own (ASVS 1.3.11; CVE-2022-35924, CVE-2025-59937).
func TestSMTPHeaderInjection(t *testing.T) {
	t.Parallel()
	injections := []string{
		"\r\nBcc: eve@evil.example", "\nBcc: eve@evil.example", "\rBcc: eve@evil.example", "\r\n\r\n<p>body", "\x00", "\r\n.\r\nRCPT TO:<eve@evil.example>",
		"\u2028Bcc: eve@evil.example", "\u0085Bcc: eve@evil.example", "\x0bBcc: eve@evil.example", " =?utf-8?q?=0D=0ABcc:_eve@evil.example?=",
	}
	fields := map[string]func(m *mail.Message, bad string){
		"subject":     func(m *mail.Message, bad string) { m.Subject = "Hello" + bad },
		"subject UTF": func(m *mail.Message, bad string) { m.Subject = "Grüße" + bad },
		"to":          func(m *mail.Message, bad string) { m.To += bad },
		"to before":   func(m *mail.Message, bad string) { m.To = bad + m.To },
		"to inside":   func(m *mail.Message, bad string) { m.To = strings.Replace(m.To, "@", bad+"@", 1) },
		"to quoted":   func(m *mail.Message, bad string) { m.To = `"ann` + bad + `"@shop.example` },
		"from":        func(m *mail.Message, bad string) { m.From = "Shop" + bad + " <no-reply@shop.example>" },
		"from quoted": func(m *mail.Message, bad string) { m.From = `"Shop` + bad + `" <no-reply@shop.example>` },
		"reply to":    func(m *mail.Message, bad string) { m.ReplyTo = "Help" + bad + " <help@shop.example>" },
		"language":    func(m *mail.Message, bad string) { m.Lang += bad },
		"text":        func(m *mail.Message, bad string) { m.Text += bad },
		"kind":        func(m *mail.Message, bad string) { m.Kind += bad },
		"id":          func(m *mail.Message, bad string) { m.ID = "1" + bad },
		"unsubscribe": func(m *mail.Message, bad string) { m.Unsubscribe = "https://shop.example/stop" + bad },
	}
	for name, put := range fields {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil, false)
			send := mailer(t, "smtp://"+s.address+"?tls=none")
			for _, bad := range injections {
				m := letter(1)
				put(&m, bad)
				before := len(s.inbox())
				if err := send.Send(t.Context(), m); err != nil {
					if len(s.inbox()) != before {
						t.Errorf("%q: %v, and sent all the same", bad, err)
					}
					continue
				}
				for _, got := range s.inbox()[before:] {
					header, parts := read(t, got.data)
					if header.Get("Bcc") != "" || len(got.to) != 1 || strings.HasSuffix(got.to[0], "evil.example") || len(parts) != 2 {
						t.Errorf("%q: to %v, %d parts, mail\n%s", bad, got.to, len(parts), got.data)
					}
				}
			}
			if n := strings.Count(s.transcript(), "I'll make sure"); n != len(s.inbox()) {
				t.Errorf("%d recipients taken for %d mails:\n%s", n, len(s.inbox()), s.transcript())
			}
		})
	}
}

// A message goes to one mailbox, whatever its address looks like.
func TestSMTPOneRecipient(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, false)
	send := mailer(t, "smtp://"+s.address+"?tls=none")
	for _, to := range []string{
		"ann@shop.example, eve@evil.example", "ann@shop.example;eve@evil.example", "ann@shop.example eve@evil.example",
		"<ann@shop.example> <eve@evil.example>", "group:ann@shop.example,eve@evil.example;", "ann", "@shop.example", "",
		"ann@shop.example> BODY=8BITMIME\r\nRCPT TO:<eve@evil.example", "ann@", "ann@shop.example\x00",
		`"ann@shop.example, eve@evil.example"@shop.example`, `"ann@shop.example> <eve@evil.example"@shop.example`,
	} {
		m := letter(1)
		m.To = to
		if err := send.Send(t.Context(), m); err == nil {
			got := s.inbox()[len(s.inbox())-1]
			if len(got.to) != 1 || !strings.HasSuffix(got.to[0], "@shop.example") {
				t.Errorf("%q: sent to %q", to, got.to)
			}
		}
	}
	for _, got := range s.inbox() {
		if len(got.to) != 1 {
			t.Errorf("sent to %q", got.to)
		}
	}
}
