package mail_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app/mail"
)

// program writes a sendmail of a few lines of shell. It runs in a folder of its own.
func program(t *testing.T, lines string) (path, folder string) {
	t.Helper()
	folder = t.TempDir()
	path = filepath.Join(folder, "sendmail")
	script := "#!/bin/sh\ncd '" + folder + "'\n" + lines + "\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, folder
}

func TestSendmailDelivers(t *testing.T) {
	t.Parallel()
	path, folder := program(t, `printf '%s\n' "$@" > args; cat > mail`)
	m := letter(1)
	m.To, m.From, m.Text = "-oQ/tmp@bücher.example", "Shop & Söhne <no-reply@shop.example>", "Hello\n.\n.dot\n-- \n"
	send, err := mail.Sendmail(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := send.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	args, err := os.ReadFile(filepath.Join(folder, "args"))
	if want := "-i\n-f\nno-reply@shop.example\n--\n-oQ/tmp@xn--bcher-kva.example\n"; err != nil || string(args) != want {
		t.Errorf("it was called with %q, %v", args, err)
	}
	source, err := os.ReadFile(filepath.Join(folder, "mail"))
	if err != nil || strings.Contains(string(source), "\r") {
		t.Errorf("%v, lines end as on the wire: %q", err, source)
	}
	header, parts := read(t, strings.ReplaceAll(string(source), "\n", "\r\n"))
	if want := []part{{"text/plain", m.Text}, {"text/html", m.HTML}}; !slices.Equal(parts, want) {
		t.Errorf("parts %q", parts)
	}
	if header.Get("Auto-Submitted") != "auto-generated" || header.Get("Subject") != m.Subject {
		t.Errorf("header %v", header)
	}
}

// What fails is said in the program's own words, by an error that the outbox tries again on.
func TestSendmailFails(t *testing.T) {
	t.Parallel()
	path, _ := program(t, `cat > /dev/null; echo 'postdrop: queue is full' >&2; exit 75`)
	send, err := mail.Sendmail(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := send.Send(t.Context(), letter(1)); err == nil || !strings.Contains(err.Error(), "queue is full") || !strings.Contains(err.Error(), "75") {
		t.Errorf("it says %v", err)
	}
	m := letter(1)
	m.To = "ann@shop.example, eve@evil.example"
	if err := send.Send(t.Context(), m); err == nil || strings.Contains(err.Error(), "queue is full") {
		t.Errorf("two recipients: %v", err)
	}
}

// A program that never ends is ended, with whatever it has started.
func TestSendmailHangs(t *testing.T) {
	t.Parallel()
	path, _ := program(t, `sleep 60`)
	send, err := mail.Sendmail(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := send.Send(ctx, letter(1)); err == nil || time.Since(began) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestSendmailIsMissing(t *testing.T) {
	t.Parallel()
	path, folder := program(t, "")
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, missing := range []string{path, folder, filepath.Join(folder, "nothing")} {
		if send, err := mail.Sendmail(missing); err == nil || send != nil {
			t.Errorf("%s is taken", missing)
		}
	}
}
