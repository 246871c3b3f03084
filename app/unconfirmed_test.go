package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// Who signs in before their address is confirmed is told so where their addresses stand, and led to where it
// is done; one more address is asked for afterwards.
func TestUnconfirmedIsLedToConfirming(t *testing.T) {
	config := confirming(app.Confirm{SignInUnconfirmed: true}, app.Register{})
	config.Features = append(config.Features, app.Addresses{}, app.ChangeEmail{})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		b := enroll(s.Browser(), ada)
		signIn(b, ada, good).SignedIn(ada)
		b.Visit("/addresses")
		ask := apptest.Request{
			Method: http.MethodPost, Path: "/addresses", Header: headers(s.Transport, "HX-Current-URL", s.URL+"/addresses"),
			Body: encode(s.Transport, url.Values{"email": {fresh}, "password": {good}}),
		}
		answer := b.Send(ask)
		led := answer.Header.Get("Location") + answer.Header.Get("HX-Redirect")
		if s.Transport == apptest.JSON {
			if answer.Status != http.StatusForbidden || !strings.Contains(answer.Body, "confirm.first") {
				t.Errorf("asking for one more is answered by %d %s", answer.Status, answer.Body)
			}
			return
		}
		if led != "/confirm?next=%2Faddresses" {
			t.Errorf("asking for one more is answered by %d and leads to %q", answer.Status, led)
		}
		b.Visit("/account").Sees("Not confirmed").Follow("Confirm").At("/confirm?next=%2Faccount")
		b.Visit("/addresses").Sees("Not confirmed").Sees("Confirm your main address first.")
		if n := b.Page().Find(`input[name="email"]`).Length(); n != 0 {
			t.Error("the page asks for one more address")
		}
		b.Follow("Confirm").At("/confirm?next=%2Faddresses").In("confirm-code").Fill("code", s.Mail(ada).Code()).Submit()
		b.At("/addresses").SeesNot("Not confirmed").Fill("email", fresh).Fill("password", good).Submit().Sees("We have sent a message to " + fresh)
		b.Visit("/account").SeesNot("Not confirmed")
	})
}
