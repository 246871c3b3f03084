package app_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// Where usernames are nobody's business, a name that is taken, or looks like one that is, is
// answered as one that is not, and only the mailbox learns of it.
func TestRegisterHideUsernames(t *testing.T) {
	tell(t, registering(app.Register{Username: app.Required, HideUsernames: true}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "bob@example.com", Username: "paypal"})
		open := func(email, username string) *apptest.Browser {
			return s.Browser().Visit("/register").Fill("email", email).Fill("username", username).Fill("password", good).Submit()
		}
		free := open("eve@example.com", "evelyn").At("/login").Sees(saysDone + "eve@example.com.")
		s.Happened(app.Registered)
		for i, name := range []string{"paypal", "PayPal", "paypa1"} {
			b := open(ada, name).At("/login").Sees(saysDone + ada + ".")
			if b.Status() != free.Status() {
				t.Errorf("%s: status %d, not %d", name, b.Status(), free.Status())
			}
			if e := s.Happened(app.RegisterTaken)[0]; e.User != nil {
				t.Errorf("%s: the event is of %+v", name, e.User)
			}
			letter := s.Mail(ada)
			if letter.Subject != "Choose another username at Shop" || letter.Link() != s.URL+"/register" || strings.Contains(letter.Text+letter.HTML, name) || len(s.Mails()) != i+2 {
				t.Errorf("%s: the mail is %+v", name, letter.Message)
			}
		}
		// An address that has an account is told so, and nothing of the name.
		open("bob@example.com", "paypal").At("/login").Sees(saysDone + "bob@example.com.")
		s.Happened(app.RegisterExisting)
		if letter := s.Mail("bob@example.com"); letter.Subject != "You already have an account at Shop" {
			t.Errorf("the mail is %+v", letter.Message)
		}
		if n, err := s.DB.NewSelect().Table("users").Count(t.Context()); n != 2 || err != nil {
			t.Errorf("%d accounts (%v)", n, err)
		}
	})
}
