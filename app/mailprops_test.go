package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
	"github.com/gatehouse-go/gatehouse/pages/props"
)

// A mailer that leaves the writing to a provider gets what a mail is about beside its parts, the
// host's own mails included.
func TestMailProps(t *testing.T) {
	tell(t, confirming(app.Confirm{}, app.Register{}), func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), ada)
		s.Happened(app.Registered)
		letter := s.Mail(ada)
		var about props.ConfirmMail
		must(t, json.Unmarshal(letter.Props, &about))
		if about.AppName != "Shop" || about.Email != ada || about.Link != letter.Link() || about.Code != letter.Code() || about.TTL != 24*time.Hour {
			t.Errorf("%s is about %s", letter.Kind, letter.Props)
		}
		user, err := s.App.FindUser(t.Context(), ada)
		must(t, err)
		must(t, s.App.SetPassword(t.Context(), user, better))
		s.Happened(app.PasswordChanged)
		var notice props.Notice
		must(t, json.Unmarshal(s.Mail(ada).Props, &notice))
		if notice.Subject.Code != "change.notice.subject" || !notice.At.Equal(s.Clock.Now()) {
			t.Errorf("the notice is about %+v", notice)
		}
		own := shipped("17", "https://shop.example/orders/17")
		own.Props = map[string]int{"order": 17}
		must(t, db.InTx(t.Context(), s.DB, func(ctx context.Context, tx bun.Tx) error {
			return s.App.Mail(ctx, tx, "orders.shipped", "bob@example.com", own)
		}))
		if got := string(s.Mail("bob@example.com").Props); got != `{"order":17}` {
			t.Errorf("the host's mail is about %s", got)
		}
		own.Props = func() {}
		err = db.InTx(t.Context(), s.DB, func(ctx context.Context, tx bun.Tx) error {
			return s.App.Mail(ctx, tx, "orders.shipped", "bob@example.com", own)
		})
		var cannot *json.UnsupportedTypeError
		if !errors.As(err, &cannot) || !strings.Contains(err.Error(), "orders.shipped") {
			t.Errorf("what is no JSON is taken: %v", err)
		}
	})
}
