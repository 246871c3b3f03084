package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// An address is shown as its owner writes it wherever a link leads, not as it is compared.
func TestAddressesShowAsWritten(t *testing.T) {
	const was, is, odd = "Ada@bücher.example", "Neu@bücher.example", "xn--"
	config := confirming(app.Confirm{}, app.Register{})
	config.Features = append(config.Features, app.ChangeEmail{})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		enroll(s.Browser(), was)
		first := s.Mail(was).Link()
		s.Browser().Visit(first).Sees(was).SeesNot(odd)
		s.Clock.Advance(2 * time.Minute)
		s.Browser().Visit("/confirm").In("confirm").Fill("email", was).Submit()
		s.Browser().Visit(first).In("confirm").Holds("email", was)
		b := s.Browser()
		b.Visit(s.Mail(was).Link()).Submit()

		signIn(b, was, good).Visit("/change-email").Fill("email", is).Fill("password", good).Submit()
		b.Visit(s.Mail(is).Link()).Sees(is).SeesNot(odd).Submit()
		undo := s.Mail(was).Link()
		forget(s.Browser(), is)
		choose(s.Browser(), s.Mail(is).Link(), better)
		if told := s.Mail(is); told.Kind != "recover.notice" || !strings.Contains(told.Text, is) {
			t.Errorf("the notice is\n%s", told.Text)
		}
		s.Browser().Visit(undo).Sees(was).SeesNot(odd)
	}, apptest.Plain)
}
