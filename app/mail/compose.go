package mail

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

// Source is a message as it travels (RFC 5322).
func Source(m Message) (string, error) {
	letter, err := compose(m)
	if err != nil {
		return "", err
	}
	var all bytes.Buffer
	if _, err := letter.WriteTo(&all); err != nil {
		return "", fmt.Errorf("mail: %w", err)
	}
	return all.String(), nil
}

// compose writes a message with the headers of a mail that no person has sent. There is no
// Precedence among them: mails to one person are not bulk, and no RFC defines it.
func compose(m Message) (*gomail.Msg, error) {
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := letter.From(asciiDomain(m.From)); err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	if err := letter.To(asciiDomain(m.To)); err != nil {
		return nil, fmt.Errorf("mail: recipient: %w", err)
	}
	if m.ReplyTo != "" {
		if err := letter.ReplyTo(asciiDomain(m.ReplyTo)); err != nil {
			return nil, fmt.Errorf("mail: reply to: %w", err)
		}
	}
	letter.Subject(m.Subject)
	letter.SetDateWithValue(m.At)
	if err := identify(letter, m.ID); err != nil {
		return nil, err
	}
	// Keeps out-of-office replies from answering a machine (RFC 3834), Exchange's too.
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	if m.Lang != "" {
		letter.SetGenHeader("Content-Language", m.Lang)
	}
	if err := unsubscribe(letter, m.Unsubscribe); err != nil {
		return nil, err
	}
	letter.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		letter.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return letter, nil
}

// identify makes an ID the Message-ID, in the sender's domain (RFC 5322, section 3.6.4).
func identify(letter *gomail.Msg, id string) error {
	if id == "" {
		letter.SetMessageID()
		return nil
	}
	sender, err := letter.GetSender(false)
	if err != nil {
		return fmt.Errorf("mail: sender: %w", err)
	}
	if strings.ContainsFunc(id, func(r rune) bool { return r != '-' && r != '.' && !letterOrDigit(r) }) {
		return fmt.Errorf("mail: %q is no ID: use letters, digits, dashes and dots", id)
	}
	letter.SetMessageIDWithValue(id + strings.TrimSuffix(sender[strings.LastIndexByte(sender, '@'):], ">"))
	return nil
}

func letterOrDigit(r rune) bool {
	return r <= unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// unsubscribe names where mails like this one are ended (RFC 2369; RFC 8058 for the button that
// mail readers draw).
func unsubscribe(letter *gomail.Msg, where string) error {
	if where == "" {
		return nil
	}
	if err := CheckUnsubscribe(where); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	letter.SetGenHeaderPreformatted("List-Unsubscribe", "<"+where+">")
	if strings.HasPrefix(strings.ToLower(where), "https:") {
		letter.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	return nil
}

// CheckUnsubscribe says why mails cannot be ended at a URL: a message with such a one never travels.
func CheckUnsubscribe(where string) error {
	u, err := url.Parse(where)
	const longest = 900 // in one line (RFC 5322, section 2.1.1)
	odd := func(r rune) bool { return r <= ' ' || r >= unicode.MaxASCII || strings.ContainsRune(`<>,"`, r) }
	if err != nil || len(where) > longest || strings.ContainsFunc(where, odd) || u.Scheme != "mailto" && (u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("%q is no https or mailto URL to unsubscribe at", where)
	}
	return nil
}

// asciiDomain writes a domain in its own script as DNS does, so that any server takes it: those
// that know SMTPUTF8 (RFC 6531) are few.
func asciiDomain(address string) string {
	at := strings.LastIndexByte(address, '@')
	domain, after, named := strings.Cut(address[at+1:], ">")
	ascii, err := idna.Lookup.ToASCII(domain)
	if at < 0 || err != nil {
		return address
	}
	if named {
		ascii += ">"
	}
	return address[:at+1] + ascii + after
}
