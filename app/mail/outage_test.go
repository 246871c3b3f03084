package mail_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
)

// Whatever a mail server does, over TLS and by its own words, its mails arrive, each once, as soon
// as it behaves; until then they wait, and what it has said can be read.
func TestMailServerInTrouble(t *testing.T) {
	t.Parallel()
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, come again"}
	for about, trouble := range map[string]struct {
		begin func(s *server, well *atomic.Bool)
		says  string
	}{
		"refuses the recipient": {func(s *server, well *atomic.Bool) {
			s.refuse = func(string) error {
				if well.Load() {
					return nil
				}
				return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "relaying denied"}
			}
		}, "relaying denied"},
		"greylists": {func(s *server, well *atomic.Bool) {
			s.refuse = func(string) error {
				if well.Load() {
					return nil
				}
				return busy
			}
		}, "greylisted"},
		"refuses the content": {func(s *server, well *atomic.Bool) {
			s.during = func() error {
				if well.Load() {
					return nil
				}
				return &smtp.SMTPError{Code: 554, Message: "looks like spam"}
			}
		}, "looks like spam"},
		"drops the connection mid-message": {func(s *server, well *atomic.Bool) {
			s.during = func() error {
				if well.Load() {
					return nil
				}
				return errHangUp
			}
		}, ""},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, w world) {
				s := serve(t, &certificates.good, false)
				var well atomic.Bool
				trouble.begin(s, &well)
				w.Mailer = mailer(t, "smtp://"+smtpUser+":"+smtpPassword+"@"+s.address)
				w.put(letter(1), letter(2), letter(3))
				w.flush()
				w.waits(3, trouble.says)
				if got := s.inbox(); len(got) != 0 {
					t.Fatalf("%d got there", len(got))
				}
				well.Store(true)
				w.pass(time.Minute)
				w.flush()
				w.arrived(s, 3)
			})
		})
	}
}

// A mailbox that is not there is not tried again by itself, and by an operator it is.
func TestMailToNobody(t *testing.T) {
	t.Parallel()
	for code, final := range map[smtp.EnhancedCode]bool{
		{5, 1, 1}: true, {5, 1, 2}: true, {5, 1, 3}: true, {5, 1, 6}: true, {5, 1, 10}: true,
		{5, 1, 8}: false, {5, 2, 2}: false, {5, 7, 1}: false, {5, 0, 0}: false, smtp.EnhancedCodeNotSet: false,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, w world) {
				s := serve(t, &certificates.good, false)
				var well atomic.Bool
				s.refuse = func(string) error {
					if well.Load() {
						return nil
					}
					return &smtp.SMTPError{Code: 550, EnhancedCode: code, Message: "not here"}
				}
				w.Mailer = mailer(t, "smtp://"+smtpUser+":"+smtpPassword+"@"+s.address)
				w.put(letter(1))
				w.flush()
				row := w.rows()[0]
				if given := !row.DoneAt.IsZero(); given != final || row.Sealed == nil || !strings.Contains(row.Failure, "not here") {
					t.Fatalf("row %+v", row)
				}
				well.Store(true)
				if final {
					if n, err := w.Retry(t.Context()); n != 1 || err != nil {
						t.Fatalf("%d to be sent again (%v)", n, err)
					}
				}
				w.pass(time.Minute)
				w.flush()
				w.arrived(s, 1)
			})
		})
	}
}

// waits checks that so many mails wait for another attempt, and why.
func (w world) waits(want int, reason string) {
	w.t.Helper()
	rows := w.rows()
	if len(rows) != want {
		w.t.Errorf("%d mails, not %d", len(rows), want)
	}
	for _, row := range rows {
		if row.Sealed == nil || !row.DoneAt.IsZero() || row.Failure == "" || !strings.Contains(row.Failure, reason) || strings.Contains(row.Failure, smtpPassword) {
			w.t.Errorf("row %+v", row)
		}
	}
}

// arrived checks that every mail is there once, under the ID of its row, and that nothing is left.
func (w world) arrived(s *server, want int) {
	w.t.Helper()
	var ids, expected []string
	for _, got := range s.inbox() {
		header, _ := read(w.t, got.data)
		ids = append(ids, header.Get("Message-Id"))
		if !got.encrypted {
			w.t.Error("a mail came in the open")
		}
	}
	for _, row := range w.rows() {
		expected = append(expected, "<"+row.ID.String()+"@shop.example>")
		if row.Sealed != nil || row.Failure != "" || row.DoneAt.IsZero() {
			w.t.Errorf("row %+v", row)
		}
	}
	slices.Sort(ids)
	if len(ids) != want || !slices.Equal(ids, expected) {
		w.t.Errorf("%q arrived, not %q", ids, expected)
	}
}

// A server whose certificate is another's gets nothing; once it has its own, everything.
func TestMailServerWithAWrongCertificate(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		wrong, right := serve(t, &certificates.otherName, false), serve(t, &certificates.good, false)
		w.Mailer = mailer(t, "smtp://"+wrong.address)
		w.put(letter(1), letter(2))
		w.flush()
		w.waits(2, "certificate")
		w.Mailer = mailer(t, "smtp://"+right.address)
		w.pass(time.Minute)
		w.flush()
		w.arrived(right, 2)
		if len(wrong.inbox()) != 0 {
			t.Error("the other one got mail")
		}
	})
}

// A server that takes the mail, then dies before saying so, gets it again under the same ID: by
// that its reader is spared the second one.
func TestMailServerThatDiesAfterwards(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		s := serve(t, &certificates.good, false)
		works := mailer(t, "smtp://"+s.address)
		var tries atomic.Int64
		w.Mailer = sender(func(ctx context.Context, m mail.Message) error {
			err := works.Send(ctx, m)
			if tries.Add(1) == 1 {
				return errors.Join(err, errDown)
			}
			return err
		})
		w.put(letter(1))
		w.flush()
		w.pass(time.Minute)
		w.flush()
		got := s.inbox()
		if len(got) != 2 {
			t.Fatalf("%d arrived", len(got))
		}
		first, _ := read(t, got[0].data)
		second, _ := read(t, got[1].data)
		for _, name := range []string{"Message-Id", "Date", "Subject"} {
			if first.Get(name) != second.Get(name) || first.Get(name) == "" {
				t.Errorf("%s is %q, then %q", name, first.Get(name), second.Get(name))
			}
		}
	})
}

// A server that takes its time keeps nobody waiting but the worker: what is promised meanwhile is
// committed at once, and goes out in its turn.
func TestMailServerThatIsSlow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w world) {
		s := serve(t, &certificates.good, false)
		held, release := make(chan struct{}, 100), make(chan struct{})
		s.during = func() error {
			held <- struct{}{}
			<-release
			return nil
		}
		w.Mailer = mailer(t, "smtp://"+s.address)
		w.put(letter(0))
		flushed := make(chan error, 1)
		go func() { flushed <- w.Flush(t.Context()) }()
		<-held
		for i := range 20 {
			w.put(letter(i + 1)) // would hang here, were a row or the database held meanwhile
		}
		if n, err := w.DB.NewSelect().Model((*db.OutboxMail)(nil)).Where("done_at IS NULL").Count(t.Context()); n != 21 || err != nil {
			t.Errorf("%d wait, %v", n, err)
		}
		close(release)
		if err := <-flushed; err != nil {
			t.Fatal(err)
		}
		w.flush()
		w.arrived(s, 21)
	})
}
