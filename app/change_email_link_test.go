package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
)

// A link is for the account that asked, in a browser that is signed in to it. The attack: ask for
// your address on an account of mine, and have you confirm it.
func TestChangeEmailLinkIsTheAskers(t *testing.T) {
	tell(t, moving(app.ChangeEmail{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		askFor(b, fresh)
		link := s.Mail(fresh).Link()
		victim := s.As(s.User(apptest.Person{Email: "victim@example.com"}))
		victim.Visit(link).SeesError("", "This link is not complete, or not for the account")
		post := apptest.Request{Method: http.MethodPost, Path: link, Header: headers(s.Transport)}
		if answer := victim.Send(post); answer.Status != http.StatusUnprocessableEntity && answer.Status != http.StatusBadRequest {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		s.Browser().Visit(link).At("/login?next=" + url.QueryEscape(strings.TrimPrefix(link, s.URL)))
		if answer := s.Browser().Send(post); answer.Status != http.StatusUnauthorized && ledTo(t, answer) == "" {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		s.Happened(app.EmailAsked)
		if now := stored(t, s, user); now.Primary.Key != ada {
			t.Errorf("the address is %+v", now.Primary)
		}
	})
}

// What ends a link: its time, another password, another purpose.
func TestChangeEmailLinkOver(t *testing.T) {
	config := moving(app.ChangeEmail{})
	config.Features = append(config.Features, app.Confirm{SignInUnconfirmed: true})
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		askFor(b, fresh)
		late := s.Mail(fresh).Link()
		s.Clock.Advance(time.Hour)
		b.Visit(late).SeesError("", "This message has expired")
		b.Visit("/change-email").Press("Send it again")
		change(b, apptest.Password, better)
		b.Visit(s.Mail(fresh).Link()).SeesError("", "This message has expired")
		s.Happened(app.EmailAsked, app.EmailAsked, app.PasswordChanged)

		s.Clock.Advance(time.Hour)
		b.Visit("/change-email").Press("Keep the address that I have").Visit("/change-email").Fill("email", fresh).Fill("password", better).Submit()
		secret := s.Mail(fresh).Link()[len(s.URL+"/change-email/"):]
		for _, path := range []string{"/confirm/", "/change-email/undo/"} {
			if answer := b.Send(apptest.Request{Method: http.MethodPost, Path: path + secret, Header: headers(s.Transport)}); answer.Status < 400 {
				t.Errorf("%s takes it: %d", path, answer.Status)
			}
		}
		b.Visit("/change-email/" + secret).Submit().Sees(saysMoved)
		undo := s.Mail(ada).Link()[len(s.URL+"/change-email/undo/"):]
		for _, path := range []string{"/confirm/", "/change-email/"} {
			if answer := b.Send(apptest.Request{Method: http.MethodPost, Path: path + undo, Header: headers(s.Transport)}); answer.Status < 400 {
				t.Errorf("%s takes the undo: %d", path, answer.Status)
			}
		}
		s.Happened(app.EmailRemoved, app.EmailAsked, app.EmailChanged)
	})
}
