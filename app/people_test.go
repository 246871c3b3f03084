package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// A site that tells says who is unknown wherever it is asked, and warns of it when it starts.
func TestTellUnknown(t *testing.T) {
	config := recovering(app.Recover{}, app.Confirm{Limit: app.Limit{PerNetwork: app.Quota{Most: 1000, Within: time.Hour}}})
	config.TellUnknown = true
	const says = "Nobody has an account by this name."
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		s.User(apptest.Person{Email: "waits@example.com", Unconfirmed: true})
		if log := s.Logged(); !strings.Contains(log, "Config.TellUnknown is set") {
			t.Errorf("the log says %s", log)
		}
		for _, nobody := range []string{"other@example.com", "nobody"} {
			forget(s.Browser(), nobody).SeesError("email", says)
			signIn(s.Browser(), nobody, "wrong").SeesError("email", says)
		}
		again := func(email string) *apptest.Browser {
			return s.Browser().Visit("/confirm").In("confirm").Fill("email", email).Submit()
		}
		again("other@example.com").SeesError("email", says)
		again("waits@example.com").Sees("If waits@example.com is waiting to be confirmed")
		forget(s.Browser(), ada).Sees(saysOnItsWay)
		signIn(s.Browser(), ada, "wrong").SeesError("", saysLater)
		s.Mails()
		s.Clock.Advance(time.Hour)
		enroll(s.Browser(), ada).SeesError("email", "This address has an account. Sign in instead.")
		if s.Mail(ada).Kind != "recover" || len(s.Mails()) != 2 {
			t.Errorf("%d mails", len(s.Mails()))
		}
		for range 2 { // clicked twice
			enroll(s.Browser(), "new@example.com").At("/confirm").Sees(saysAsked)
		}
	})
}
