package app_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// ids are those of rows.
var ids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// addFor adds an address by the form.
func addFor(b *apptest.Browser, email string) *apptest.Browser {
	return b.Visit("/addresses").Fill("email", email).Fill("password", apptest.Password).Submit()
}

// pageOf is the page of an account's address.
func pageOf(t *testing.T, s *apptest.Site, user *db.User, key string) string {
	t.Helper()
	return "/addresses/" + addressOf(t, s, user, key).ID.String()
}

func TestAddresses(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada, Username: "ada"})
		b := s.As(user)
		b.Visit("/account").Follow("Manage").At("/addresses").Sees(ada)
		addFor(b, fresh).At("/addresses").Sees("We have sent a message to " + fresh)
		b.Visit("/addresses").Sees(fresh)
		letter := s.Mail(fresh)
		signIn(s.Browser(), fresh, apptest.Password).SeesError("", saysWrong)
		b.Visit(letter.Link()).Submit().At("/addresses").Sees("The address is confirmed.").SignedIn(ada)
		s.Happened(app.EmailAsked, app.SignInFailed, app.EmailAdded)
		for _, told := range []string{ada, fresh} {
			if m := s.Mail(told); m.Kind != "addresses.added" || !strings.Contains(m.Text, fresh) || m.Link() != s.URL+"/addresses" {
				t.Errorf("%s is told %+v", told, m.Message)
			}
		}
		// With either, and the name.
		for _, name := range []string{ada, fresh, "ada"} {
			signIn(s.Browser(), name, apptest.Password).SignedIn(ada)
		}
		s.Happened(app.SignedIn, app.SignedIn, app.SignedIn)
		// Whatever is done is told at both.
		before := len(s.Mails())
		change(b, apptest.Password, better)
		if s.Mail(ada).Kind != "change.notice" || s.Mail(fresh).Kind != "change.notice" || len(s.Mails()) != before+2 {
			t.Error("an address is not told of the password")
		}

		other := s.As(stored(t, s, user))
		page := pageOf(t, s, user, fresh)
		b.Visit(page).In("address-primary").Fill("password", "wrong horse").Submit().SeesError("password", saysNotYours)
		b.In("address-primary").Fill("password", better).Submit().At("/addresses").Sees(saysMoved).SignedIn(fresh)
		other.SignedOut()
		s.Happened(app.PasswordChanged, app.PasswordRefused, app.EmailChanged)
		if old := addressOf(t, s, user, ada); old.IsPrimary || !old.HeldUntil.IsZero() || old.ConfirmedAt.IsZero() {
			t.Errorf("the address before is %+v", old)
		}
		undo := s.Mail(ada)
		if !strings.Contains(undo.Text, "/change-email/undo/") || strings.Contains(s.Mail(fresh).Text, "/undo/") {
			t.Errorf("told %s", undo.Text)
		}
		b.Visit(pageOf(t, s, user, ada)).Press("Remove this address").At("/addresses").Sees("The address is removed.")
		s.Happened(app.EmailRemoved)
		if s.Mail(ada).Kind != "addresses.removed" || s.Mail(fresh).Kind != "addresses.removed" {
			t.Error("an address is not told that one was removed")
		}
		// Removed, it still has its place to take back, and nobody else can have it.
		if held := addressOf(t, s, user, ada); !held.HeldUntil.Equal(s.Clock.Now().Add(7 * 24 * time.Hour)) {
			t.Errorf("the address is %+v", held)
		}
		if s.Transport != apptest.JSON {
			b.Visit("/addresses").SeesNot(ada)
		}
		s.Browser().Visit(undo.Link()).Submit().Sees(saysBack)
		s.Happened(app.EmailRestored)
		if now := stored(t, s, user); now.Primary.Key != ada || now.PasswordHash != "" {
			t.Errorf("the account is %+v", now)
		}
		// What was added lately is gone; what was there before would have stayed.
		if n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Where("user_id = ?", user.ID).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d addresses (%v)", n, err)
		}
	})
}

// An undo takes away what came within the week before, and leaves what the owner has had for long.
func TestAddressesUndoLeavesTheOld(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		addFor(b, "old@example.com")
		b.Visit(s.Mail("old@example.com").Link()).Submit()
		s.Clock.Advance(8 * 24 * time.Hour)
		b = s.As(user)
		addFor(b, "thief@example.com")
		b.Visit(s.Mail("thief@example.com").Link()).Submit()
		s.Clock.Advance(24 * time.Hour)
		b = s.As(user)
		askFor(b, fresh)
		b.Visit(s.Mail(fresh).Link()).Submit().Sees(saysMoved)
		s.Browser().Visit(s.Mail(ada).Link()).Submit().Sees(saysBack)
		var left []string
		must(t, s.DB.NewSelect().Model((*db.Address)(nil)).Column("address_key").Order("address_key").Scan(t.Context(), &left))
		if !slices.Equal(left, []string{ada, "old@example.com"}) {
			t.Errorf("left are %q", left)
		}
	})
}

func TestAddressesRefused(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		addFor(b, ada).SeesError("email", saysOwn)
		addFor(b, "ada@").SeesError("email", "This is not a full e-mail address")
		b.Visit("/addresses").Fill("email", fresh).Fill("password", "wrong").Submit().SeesError("password", saysNotYours)
		addFor(b, fresh)
		s.Happened(app.PasswordRefused, app.EmailAsked)
		waiting, main := pageOf(t, s, user, fresh), pageOf(t, s, user, ada)
		post := func(path, body string) apptest.Answer {
			return b.Send(apptest.Request{Method: http.MethodPost, Path: path, Header: headers(s.Transport), Body: body})
		}
		password := encode(s.Transport, map[string][]string{"password": {apptest.Password}})
		for path, says := range map[string]string{
			waiting + "/primary": "Confirm this address first.",
			main + "/remove":     "This is your main address.",
			main + "/send":       saysOwn,
		} {
			answer := post(path, password)
			if answer.Status != http.StatusForbidden || !strings.Contains(answer.Body, says) || strings.Contains(answer.Body, "Your account does not have access.") {
				t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
			}
		}
		for _, path := range []string{"/remove", "/primary", "/send"} {
			if answer := b.Send(apptest.Request{Path: waiting + path, Header: headers(s.Transport)}); answer.Status >= 400 {
				t.Errorf("GET %s: %d", path, answer.Status)
			}
		}
		s.Happened()
		if now := stored(t, s, user); now.Primary.Key != ada || addressOf(t, s, user, fresh).IsPrimary {
			t.Errorf("the address is %+v", now.Primary)
		}
	})
}

// Somebody else's address is answered like one that nobody has, whatever is asked of it.
func TestAddressesOfOthers(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		addFor(b, fresh)
		code := s.Mail(fresh).Code()
		theirs := addressOf(t, s, user, fresh).ID.String()
		eve := s.As(s.User(apptest.Person{Email: "eve@example.com"}))
		nobodys := db.NewID().String()
		eve.Visit("/addresses") // a visitor cookie, so that none is set
		s.Happened(app.EmailAsked)
		for _, path := range []string{"", "/code", "/send", "/remove", "/primary"} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				var answers []string
				for _, id := range []string{theirs, nobodys, "1", "%00", "..", strings.Repeat("a", 300)} {
					body := encode(s.Transport, map[string][]string{"code": {code}, "password": {apptest.Password}})
					if method == http.MethodGet {
						body = ""
					}
					answer := eve.Send(apptest.Request{Method: method, Path: "/addresses/" + id + path, Header: headers(s.Transport), Body: body})
					if id == ".." {
						continue
					}
					if answer.Status != http.StatusNotFound && (path != "" || method != http.MethodPost) {
						t.Errorf("%s %s %s: %d", method, path, id, answer.Status)
					}
					answers = append(answers, strings.ReplaceAll(ids.ReplaceAllString(mask(answer, id), "ID"), id, "ID"))
				}
				if answers[0] != answers[1] {
					t.Errorf("%s %s: somebody's is answered unlike nobody's:\n%s", method, path, difference(answers[0], answers[1]))
				}
			}
		}
		s.Happened()
		if n, err := s.DB.NewSelect().Model((*db.Address)(nil)).Where("confirmed_at IS NULL").Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d addresses wait (%v)", n, err)
		}
	})
}

// An address that waits keeps nobody from it.
func TestAddressesBlockNobody(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		addFor(b, fresh)
		link := s.Mail(fresh).Link()
		eve := s.As(s.User(apptest.Person{Email: "eve@example.com"}))
		askFor(eve, fresh)
		if letter := s.Mail(fresh); letter.Kind != "change_email" {
			t.Errorf("%+v", letter.Message)
		}
		eve.Visit(s.Mail(fresh).Link()).Submit().Sees(saysMoved).SignedIn(fresh)
		b.Visit(link).Submit().SeesError("", "This address belongs to another account by now.")
		s.Browser().Visit("/register").Fill("email", fresh).Fill("password", good).Submit()
		if letter := s.Mail(fresh); letter.Kind != "register.existing" {
			t.Errorf("%+v", letter.Message)
		}
	})
}

// Who registers with one of several is told at that one.
func TestAddressesRegisteredAgain(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		b := s.As(s.User(apptest.Person{Email: ada}))
		addFor(b, "Ada.New@example.com")
		b.Visit(s.Mail("Ada.New@example.com").Link()).Submit()
		s.Clock.Advance(time.Hour)
		s.Browser().Visit("/register").Fill("email", fresh).Fill("password", good).Submit()
		if letter := s.Mail("Ada.New@example.com"); letter.Kind != "register.existing" || strings.Contains(letter.Text, ada) || s.Mail(ada).Kind == "register.existing" {
			t.Errorf("%+v", letter.Message)
		}
	})
}

// Each that waits has a mail of its own.
func TestAddressesEachAlive(t *testing.T) {
	tell(t, several(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		b := s.As(user)
		addFor(b, fresh)
		addFor(b, third)
		b.Visit(pageOf(t, s, user, third)).In("address-code").Fill("code", s.Mail(fresh).Code()).Submit().SeesError("code", "This code is wrong")
		b.In("address-code").Fill("code", s.Mail(third).Code()).Submit().Sees("The address is confirmed.")
		for _, m := range s.Mails() {
			if m.To == fresh && m.Kind == "change_email" {
				b.Visit(linkOf(m.Text)).Submit().Sees("The address is confirmed.")
			}
		}
		s.Happened(app.EmailAsked, app.EmailAsked, app.EmailAdded, app.EmailAdded)
	})
}

func linkOf(text string) string { return regexp.MustCompile(`https?://\S+`).FindString(text) }

// If one of the two is listed, the other's pages are not there.
func TestAddressesAlone(t *testing.T) {
	for _, f := range []app.Feature{app.ChangeEmail{}, app.Addresses{}} {
		tellOnce := func(t *testing.T, story func(*testing.T, *apptest.Site)) {
			host(moving(f)).Run(t, story, plainly...)
		}
		_, change := f.(app.ChangeEmail)
		t.Run(map[bool]string{true: "change", false: "addresses"}[change], func(t *testing.T) {
			t.Parallel()
			tellOnce(t, func(t *testing.T, s *apptest.Site) {
				user := s.User(apptest.Person{Email: ada})
				b := s.As(user)
				for path, there := range map[string]bool{"/change-email": change, "/addresses": !change, pageOf(t, s, user, ada): true} {
					if b.Visit(path); (b.Status() == http.StatusOK) != there {
						t.Errorf("%s: %d", path, b.Status())
					}
				}
				if b.Visit("/account"); change {
					b.Follow("Change").At("/change-email")
				} else {
					b.Follow("Manage").At("/addresses")
					addFor(b, fresh)
					b.Visit(s.Mail(fresh).Link()).Submit().At("/addresses")
					b.Visit("/addresses").Follow("Manage").Fill("password", apptest.Password).Submit().At("/addresses").Sees(saysMoved)
				}
			})
		})
	}
}

func TestAddressesConfig(t *testing.T) {
	t.Parallel()
	for says, features := range map[string][]app.Feature{
		"Addresses.Most is -1":        {app.Addresses{Most: -1}},
		"ChangeEmail.TTL is -1h0m0s":  {app.ChangeEmail{TTL: -time.Hour}},
		"Addresses.TTL is -1h0m0s":    {app.Addresses{TTL: -time.Hour}},
		"whose settings hold for":     {app.ChangeEmail{}, app.Addresses{TTL: time.Hour}},
		"ChangeEmail.Limit holds a":   {app.ChangeEmail{Limit: app.Limit{PerNetwork: app.Quota{Most: -1}}}},
		"Addresses.Limit holds a neg": {app.Addresses{Tries: app.Limit{PerNetwork: app.Quota{Most: -1}}}},
	} {
		_, err := app.New(app.Config{URL: "http://localhost:3000", DB: dbFor(t), Features: append([]app.Feature{app.Login{}}, features...)})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is told as %v", says, err)
		}
	}
}
