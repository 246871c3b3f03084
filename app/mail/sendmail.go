package mail

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// Sendmail returns a Mailer that hands mails to a program of this machine which takes them as
// sendmail does: Postfix, Exim, OpenSMTPD, msmtp and others bring one. An empty path stands for
// /usr/sbin/sendmail.
func Sendmail(path string) (Mailer, error) {
	program, err := exec.LookPath(cmp.Or(path, "/usr/sbin/sendmail"))
	if err != nil {
		return nil, fmt.Errorf("mail: no sendmail program: %w", err)
	}
	return sendmail(program), nil
}

type sendmail string

// Send delivers one mail by a process of its own. The recipient is named to the program, which is
// not to look for others in the mail.
func (s sendmail) Send(ctx context.Context, m Message) error {
	letter, err := compose(m)
	if err != nil {
		return err
	}
	from, err := letter.GetSender(false)
	if err != nil {
		return fmt.Errorf("mail: sender: %w", err)
	}
	to, err := letter.GetRecipients()
	if err != nil {
		return fmt.Errorf("mail: recipient: %w", err)
	}
	var source, said bytes.Buffer
	if _, err := letter.WriteTo(&source); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	// -i: a line with a dot alone is no end. Behind -- nothing is an option, whatever it begins with.
	command := exec.CommandContext(ctx, string(s), append([]string{"-i", "-f", bare(from), "--"}, bareAll(to)...)...)
	command.WaitDelay = time.Second
	// Such programs take the lines of this machine, and double an end of line that is SMTP's.
	command.Stdin = bytes.NewReader(bytes.ReplaceAll(source.Bytes(), []byte("\r\n"), []byte("\n")))
	command.Stdout, command.Stderr = &said, &said
	if err := command.Run(); err != nil {
		return fmt.Errorf("mail: sendmail: %w", errors.Join(err, told(said.String())))
	}
	return nil
}

// told is what a program said of its failure, if it said anything.
func told(said string) error {
	if said = strings.TrimSpace(said); said != "" {
		return errors.New(said)
	}
	return nil
}

// bare is an address without the angle brackets around it.
func bare(address string) string { return strings.Trim(address, "<>") }

func bareAll(addresses []string) []string {
	all := make([]string, len(addresses))
	for i, address := range addresses {
		all[i] = bare(address)
	}
	return all
}
