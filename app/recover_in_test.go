package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// sendChoice posts a new password to a mailed link, and follows nothing.
func sendChoice(s *apptest.Site, b *apptest.Browser, link, password string) apptest.Answer {
	at := strings.TrimPrefix(link, s.URL)
	return b.Send(apptest.Request{Path: at, Header: headers(s.Transport), Body: encode(s.Transport, url.Values{"password": {password}})})
}

// R2: many passwords at once, by the link and by what the code leads to. One becomes the password,
// its sender alone is told so, and nothing that was open before is open after.
func TestRecoverAtOnce(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		open := s.As(user)
		forget(s.Browser(), ada)
		letter := s.Mail(ada)
		form := url.Values{"email": {ada}, "code": {letter.Code()}}
		links := []string{letter.Link(), s.URL + ledTo(t, s.Browser().Send(apptest.Request{Path: "/reset/code", Header: headers(apptest.Plain), Body: form.Encode()}))}
		answers := make([]apptest.Answer, 32)
		var all sync.WaitGroup
		for i := range answers {
			b := s.Browser()
			all.Go(func() { answers[i] = sendChoice(s, b, links[i%2], fmt.Sprint("forty quiet harbours ", i)) })
		}
		all.Wait()
		won := -1
		for i, answer := range answers {
			switch {
			case answer.Status == http.StatusSeeOther && won < 0:
				won = i
			case answer.Status != http.StatusUnprocessableEntity:
				t.Errorf("%d is answered by %d", i, answer.Status)
			}
		}
		s.Happened(app.RecoverSent, app.PasswordRecovered)
		if now := refreshed(t, s, ada); now.AuthVersion != user.AuthVersion+1 || len(s.Mails()) != 2 || won < 0 {
			t.Fatalf("%d has won; auth version %d, %d mails", won, now.AuthVersion, len(s.Mails()))
		}
		open.SignedOut()
		signIn(s.Browser(), ada, fmt.Sprint("forty quiet harbours ", (won+1)%32)).SignedOut()
		signIn(s.Browser(), ada, fmt.Sprint("forty quiet harbours ", won)).SignedIn(ada)
	}, apptest.Plain)
}

// Two clicks are one password, and both are answered so. Another password, or later, is told.
func TestRecoverClickedTwice(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		forget(s.Browser(), ada)
		link := s.Mail(ada).Link()
		b := s.Browser()
		first := sendChoice(s, b, link, better)
		s.Clock.Advance(3 * time.Second)
		if second := sendChoice(s, b, link, better); second.Status != first.Status || ledTo(t, second) != ledTo(t, first) || first.Status >= 400 {
			t.Errorf("%d and %d", first.Status, second.Status)
		}
		if other := sendChoice(s, b, link, best); other.Status < 400 {
			t.Errorf("another password is answered by %d", other.Status)
		}
		s.Clock.Advance(30 * time.Second)
		if late := sendChoice(s, b, link, better); late.Status < 400 {
			t.Errorf("later it is answered by %d", late.Status)
		}
		s.Happened(app.RecoverSent, app.PasswordRecovered)
		signIn(s.Browser(), ada, better).SignedIn(ada)
	})
}

// Where a site signs in at once, every gate is asked first: the password alone opens nothing.
func TestRecoverSignsIn(t *testing.T) {
	t.Parallel()
	h := quizHost()
	h.Config.Features = recovering(app.Recover{SignIn: true}).Features
	h.Run(t, func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		s.User(apptest.Person{Email: "slow@example.com", Username: "slow"})
		b := forget(s.Browser().Visit("/reset?next=%2Forders"), ada)
		b.Visit(s.Mail(ada).Link()+"?next=%2Forders").Fill("password", better).Submit().At("/orders").SignedIn(ada)
		s.Happened(app.RecoverSent, app.PasswordRecovered, app.SignedIn)
		if names := sessionOf(t, s, user, true).Methods.Names(); len(names) != 1 || names[0] != app.ByRecover {
			t.Errorf("the session was opened by %q", names)
		}
		slow := forget(s.Browser(), "slow@example.com")
		choose(slow, s.Mail("slow@example.com").Link(), better).SignedOut()
		s.Happened(app.RecoverSent, app.PasswordRecovered)
		if s.Transport != apptest.JSON {
			slow.Visit("/quiz").Press("Answer").SignedIn("slow@example.com")
		}
	})
}

// A link that is opened in a browser of somebody else's says so, and leaves their account. In one's
// own it ends this session with all others.
func TestRecoverSignedIn(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		b.Visit("/reset").In("recover").Holds("email", ada).Submit().Sees(saysOnItsWay).SignedIn(ada)
		link := s.Mail(ada).Link()
		bob := s.As(s.User(apptest.Person{Email: "bob@example.com"})).Visit(link)
		if s.Transport != apptest.JSON {
			bob.Sees("You are signed in as bob@example.com, which is another account.")
		}
		bob.SignedIn("bob@example.com")
		bob.Fill("password", better).Submit().At("/login").Sees(saysRecover).SignedOut()
		s.Happened(app.RecoverSent, app.PasswordRecovered, app.SignedOut)
		b.SignedOut()
		b = signIn(s.Browser(), ada, better)
		s.Clock.Advance(time.Hour)
		forget(b, ada)
		choose(b, s.Mail(ada).Link(), best).At("/login").Sees(saysRecover).SignedOut()
		s.Happened(app.SignedIn, app.RecoverSent, app.PasswordRecovered)
		signIn(b, ada, best).SignedIn(ada)
	})
}

// Who has no password sets one; who is closed stays closed, also if it was open when the mail went
// out.
func TestRecoverOpensNothing(t *testing.T) {
	tell(t, recovering(app.Recover{SignIn: true}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: "new@example.com", NoPassword: true})
		choose(forget(s.Browser(), "new@example.com"), s.Mail("new@example.com").Link(), better).SignedIn("new@example.com")
		s.User(apptest.Person{Email: ada})
		b := forget(s.Browser(), ada)
		letter := s.Mail(ada)
		run(t, s, "UPDATE users SET disabled_at = created_at")
		b.Visit(letter.Link()).SeesError("", saysLinkOver)
		if answer := sendChoice(s, b, letter.Link(), better); answer.Status < 400 {
			t.Errorf("answered by %d", answer.Status)
		}
		b.Visit("/reset").In("recover-code").Fill("code", letter.Code()).Submit().SeesError("code", "This code is wrong")
		run(t, s, "UPDATE users SET disabled_at = NULL")
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
	})
}

// Whoever had to wait because somebody guessed their password need not, with a new one.
func TestRecoverEndsTheWait(t *testing.T) {
	tellOnce(t, app.Config{}, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		for range 6 {
			try(s, ada, "wrong")
			try(s, "ada", "wrong")
		}
		signIn(s.Browser(), ada, apptest.Password).SeesError("", saysTooMany)
		choose(forget(s.Browser(), ada), s.Mail(ada).Link(), better).Sees(saysRecover)
		signIn(s.Browser(), ada, better).SignedIn(ada)
		signIn(s.Browser(), "ada", better).SignedIn(ada)
	}, plainly...)
}

// A hash for which there is no time loses nothing: the link is as good as before.
func TestRecoverBusy(t *testing.T) {
	t.Parallel()
	config, one := oneSlot(recovering(app.Recover{}))
	s := host(config).Start(t, dbtest.SQLite(t), apptest.Plain)
	s.User(apptest.Person{Email: ada})
	forget(s.Browser(), ada)
	link := s.Mail(ada).Link()
	free := one.take(t, s)
	b := choose(s.Browser(), link, better).SeesError("", "We are very busy right now")
	free()
	b.Fill("password", better).Submit().At("/login").Sees(saysRecover)
}

// Programs find the names that they know from Flask-Security.
func TestRecoverForPrograms(t *testing.T) {
	tell(t, recovering(app.Recover{}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "ada"})
		get := map[string]string{"Accept": "application/json"}
		if e := s.Browser().Send(apptest.Request{Path: "/reset", Header: get}).JSON(t); fmt.Sprint(e.Response["identity_attributes"]) != "[email username]" {
			t.Errorf("GET tells %v", e.Response)
		}
		post := func(path, body string) apptest.Answer {
			return s.Browser().Send(apptest.Request{Path: path, Header: headers(apptest.JSON), Body: body})
		}
		answer := post("/reset", `{"username":"ada"}`)
		if e := answer.JSON(t); answer.Status != 200 || e.Meta.MessageCode != "recover.sent" || e.Response["user"] != nil || len(e.Response) != 1 {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		if answer := post("/reset", `{}`); answer.Status != 400 || answer.JSON(t).Codes("email")[0] != "login.no_identity" {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		link := strings.TrimPrefix(s.Mail(ada).Link(), s.URL)
		for _, body := range []string{`{}`, `{"password":7}`, `{"password":"short"}`, `{"password":null}`} {
			if answer := post(link, body); answer.Status != 400 || len(answer.JSON(t).Codes("password")) != 1 {
				t.Errorf("%s: %d %s", body, answer.Status, answer.Body)
			}
		}
		for path, want := range map[string]int{link: 200, "/reset/x": 400} {
			if answer := s.Browser().Send(apptest.Request{Path: path, Header: get}); answer.Status != want {
				t.Errorf("GET %s: %d", path, answer.Status)
			}
		}
		if answer := post("/reset/x", `{"password":"`+better+`"}`); answer.Status != 400 || answer.JSON(t).Codes("")[0] != "recover.unknown" {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		answer = post(link, `{"password":"`+better+`","password_confirm":"`+better+`"}`)
		if e := answer.JSON(t); answer.Status != 200 || e.Meta.MessageCode != "recover.done" || len(e.Response) != 1 {
			t.Errorf("%d %s", answer.Status, answer.Body)
		}
		// Compatibility characters are one password in either spelling.
		s.Clock.Advance(time.Hour)
		post("/reset", `{"email":"`+ada+`"}`)
		post(strings.TrimPrefix(s.Mail(ada).Link(), s.URL), `{"password":"ｆorty quiet harbours"}`)
		signIn(s.Browser(), ada, best).SignedIn(ada)
	}, wired...)
}
