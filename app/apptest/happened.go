package apptest

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/mail"
	"github.com/gatehouse-go/gatehouse/db"
)

// Happened checks that since it was last asked exactly these events happened, in this order:
// told to Hooks.Happened, and written to the audit table. It returns them.
func (s *Site) Happened(want ...app.EventName) []app.Event {
	s.t.Helper()
	s.mu.Lock()
	events := s.events
	s.events = nil
	s.mu.Unlock()
	var told, written []app.EventName
	for _, e := range events {
		told = append(told, e.Name)
	}
	rows := s.Audit()[s.audit:]
	s.audit += len(rows)
	for _, row := range rows {
		written = append(written, app.EventName(row.Event))
	}
	if !slices.Equal(told, want) {
		s.t.Errorf("hooks were told of %q, not of %q", told, want)
	}
	if !slices.Equal(written, want) {
		s.t.Errorf("%q stand in the audit table, not %q", written, want)
	}
	for i := range min(len(events), len(rows)) {
		e, row := events[i], rows[i]
		whose := db.User{}
		if e.User != nil {
			whose = *e.User
		}
		if row.UserID != whose.ID || !row.CreatedAt.Equal(e.At) || row.Network != e.Network || row.UserAgent != e.UserAgent {
			s.t.Errorf("of %s, hooks were told %+v and the audit table says %+v", e.Name, e, row)
		}
	}
	return events
}

// Audit reads the whole audit table, oldest first.
func (s *Site) Audit() []db.AuditRow {
	s.t.Helper()
	var rows []db.AuditRow
	must(s.t, s.DB.NewSelect().Model(&rows).Order("created_at", "id").Scan(s.t.Context()))
	return rows
}

// A Letter is a mail that somebody got.
type Letter struct {
	mail.Message
	site *Site
}

// Mail is the newest mail that address got.
func (s *Site) Mail(address string) Letter {
	s.t.Helper()
	mails := s.Mails()
	for _, m := range slices.Backward(mails) {
		if m.To == address {
			return Letter{m, s}
		}
	}
	s.t.Fatalf("no mail to %s among %d", address, len(mails))
	return Letter{}
}

// settle waits until no mail is being sent, for as long as a mailer of a test may reasonably take.
func (s *Site) settle() {
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		sending, err := s.DB.NewSelect().Model((*db.OutboxMail)(nil)).Where("done_at IS NULL").Where("leased_until > ?", s.Clock.Now()).Exists(context.Background())
		if err != nil || !sending {
			return
		}
	}
}

// Mails are all mails that were sent, in the order in which they were written. Those still on their way
// are waited for.
func (s *Site) Mails() []mail.Message {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		must(s.t, s.App.DeliverMails(s.t.Context()))
		waiting, err := s.DB.NewSelect().Model((*db.OutboxMail)(nil)).Where("done_at IS NULL").
			Where("run_at <= ?", s.Clock.Now()).Count(s.t.Context())
		must(s.t, err)
		if waiting == 0 {
			break
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%d mails are still in the outbox", waiting)
		}
	}
	var mails []mail.Message
	for _, kept := range slices.Backward(s.box.All()) {
		mails = append(mails, kept.Message)
	}
	// Two that are sent at once may overtake each other. An ID grows with time.
	slices.SortStableFunc(mails, func(a, b mail.Message) int { return strings.Compare(a.ID, b.ID) })
	return mails
}

var (
	linkInText = regexp.MustCompile(`https?://\S+`)
	codeInText = regexp.MustCompile(`(?m)^\s*([0-9A-Z]{3,5}[ -]?[0-9A-Z]{3,5})\s*$`)
)

// Link is the first link in the text of the mail. Its host is checked: a link that leads
// anywhere but to Config.URL was made from what a request claimed.
func (l Letter) Link() string {
	l.site.t.Helper()
	link := linkInText.FindString(l.Text)
	if link == "" {
		l.site.t.Fatalf("no link in the mail %q:\n%s", l.Subject, l.Text)
	}
	if to := l.site.address(link); to.Scheme+"://"+to.Host != l.site.URL {
		l.site.t.Errorf("the mail %q links to %s", l.Subject, link)
	}
	return link
}

// Code is the short code that stands on a line of its own in the text of the mail.
func (l Letter) Code() string {
	l.site.t.Helper()
	found := codeInText.FindStringSubmatch(l.Text)
	if found == nil {
		l.site.t.Fatalf("no code in the mail %q:\n%s", l.Subject, l.Text)
	}
	return found[1]
}
