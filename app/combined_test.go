package app_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db"
)

// mailing is a site with all that deals with mail, from one network as often as one likes.
func mailing(more ...app.Feature) app.Config {
	config := recovering(app.Recover{})
	patience := config.Features[0].(app.Login).Limit
	config.Features = append(config.Features,
		app.ChangeEmail{Limit: app.Limit{PerNetwork: patience.PerNetwork}, Tries: patience}, app.Addresses{},
		app.MagicLink{Limit: app.Limit{PerNetwork: patience.PerNetwork}, Tries: patience.PerNetwork},
	)
	config.Features = append(config.Features, more...)
	return config
}

// emails are all the addresses of an account, the primary one first.
func emails(t *testing.T, s *apptest.Site, user *db.User) (all []string) {
	t.Helper()
	must(t, s.DB.NewSelect().Model((*db.Address)(nil)).Column("address_key").Where("user_id = ?", user.ID).
		Order("is_primary DESC", "address_key").Scan(t.Context(), &all))
	return all
}

// has demands that these are the addresses of an account, the first of them the primary one.
func has(t *testing.T, s *apptest.Site, user *db.User, want ...string) {
	t.Helper()
	now := stored(t, s, user)
	if all := emails(t, s, user); !slices.Equal(all, want) || now.Primary == nil || now.Primary.Key != want[0] {
		t.Errorf("the addresses are %q, of which %+v is the primary one", all, now.Primary)
	}
}

// only is the one account that there is.
func only(t *testing.T, s *apptest.Site) *db.User {
	t.Helper()
	user := new(db.User)
	must(t, s.DB.NewSelect().Model(user).Scan(t.Context()))
	return user
}

// second gives an account one more address, confirmed.
func second(t *testing.T, s *apptest.Site, user *db.User, email string) {
	t.Helper()
	row := &db.Address{ID: db.NewID(), UserID: user.ID, Email: email, Key: email, ConfirmedAt: s.Clock.Now(), CreatedAt: s.Clock.Now()}
	_, err := s.DB.NewInsert().Model(row).Exec(t.Context())
	must(t, err)
}

// Whoever is in an account adds an address, has a mail to recover by sent there, takes it off and asks
// for it anew: that is not the account's first address to be confirmed, and throws no other out.
func TestRecoverByAnAddressAskedForAnew(t *testing.T) {
	tell(t, mailing(), func(t *testing.T, s *apptest.Site) {
		user := s.User(apptest.Person{Email: ada})
		thief := s.As(user)
		second(t, s, user, fresh)
		forget(s.Browser(), fresh)
		link := s.Mail(fresh).Link()
		thief.Visit(pageOf(t, s, user, fresh)).Press("Remove this address")
		choose(s.Browser(), link, better).SeesError("", saysLinkOver)
		addFor(thief, fresh)
		choose(s.Browser(), link, better).SeesError("", saysLinkOver)
		has(t, s, user, ada, fresh)
		signIn(s.Browser(), ada, apptest.Password).SignedIn(ada)
	})
}

// Somebody opened an account with an address that is not theirs, without a password, and was signed in
// by that. Its owner comes by mail.
func TestMagicLinkTakesBackWithoutPassword(t *testing.T) {
	config := byMail(app.MagicLink{}, app.Alert{})
	register := config.Features[2].(app.Register)
	register.Password, register.SignIn = app.Optional, true
	config.Features[2] = register
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		thief := s.Browser().Visit("/register").Fill("email", ada).Submit().SignedIn(ada)
		s.Clock.Advance(time.Hour)
		b := ask(s.Browser(), ada)
		typeCode(b, s.Mail(ada).Code()).SignedIn(ada)
		thief.SignedOut()
		s.Happened(app.Registered, app.SignedIn, app.MagicLinkSent, app.EmailConfirmed, app.SignedIn, app.NewBrowser)
	})
}

// A mail that was to confirm the first address confirms none that is the account's second by now.
func TestConfirmThePrimaryAlone(t *testing.T) {
	tell(t, mailing(app.Confirm{SignInUnconfirmed: true}), func(t *testing.T, s *apptest.Site) {
		thief := signIn(enroll(s.Browser(), ada), ada, good).SignedIn(ada)
		link, user := s.Mail(ada).Link(), only(t, s)
		second(t, s, user, fresh)
		thief.Visit(pageOf(t, s, user, fresh)).In("address-primary").Fill("password", good).Submit().Sees(saysMoved)
		s.Browser().Visit(link).Submit().SeesError("", "This link has expired")
		if row := addressOf(t, s, user, ada); !row.ConfirmedAt.IsZero() {
			t.Errorf("the address is %+v", row)
		}
		// And so its owner can have it.
		enroll(s.Browser(), ada).Visit(s.Mail(ada).Link()).Submit().Sees("Your address is confirmed.")
	})
}

// Whoever opened an account with an address that is not theirs leaves none of their own behind for when
// its owner has confirmed it.
func TestAddressesWaitForTheFirst(t *testing.T) {
	tell(t, mailing(app.Confirm{SignInUnconfirmed: true}), func(t *testing.T, s *apptest.Site) {
		b := signIn(enroll(s.Browser(), ada), ada, good)
		letter := s.Mail(ada)
		b.Send(apptest.Request{
			Method: http.MethodPost, Path: "/addresses", Header: headers(s.Transport),
			Body: encode(s.Transport, url.Values{"email": {fresh}, "password": {good}}),
		})
		has(t, s, only(t, s), ada)
		b.Visit(letter.Link()).Submit().Sees("Your address is confirmed.")
		b.Visit("/addresses").Fill("email", fresh).Fill("password", good).Submit().Sees("We have sent a message to " + fresh)
	})
}

// An address that was mistyped is corrected to one that was asked for meanwhile, or that the account has.
func TestMistypedToOnesOwn(t *testing.T) {
	tell(t, mailing(app.Confirm{SignInUnconfirmed: true}), func(t *testing.T, s *apptest.Site) {
		b := signIn(enroll(s.Browser(), ada), ada, good)
		user := only(t, s)
		b.Visit("/change-email").Fill("email", fresh).Fill("password", good).Submit().Sees("We have sent a message to " + fresh)
		second(t, s, user, third)
		for _, to := range []string{fresh, third} {
			s.Clock.Advance(time.Minute)
			b.Visit("/confirm/address").Fill("email", to).Fill("password", good).Submit().Sees("We have sent a message to " + to)
		}
		has(t, s, user, third)
		s.Browser().Visit(s.Mail(third).Link()).Submit().Sees("Your address is confirmed.")
	})
}

// The address of an account that was closed is corrected by nobody, which nothing tells.
func TestMistypedClosed(t *testing.T) {
	tell(t, mailing(app.Confirm{}), func(t *testing.T, s *apptest.Site) {
		b := enroll(s.Browser(), ada)
		must(t, s.App.CloseAccount(t.Context(), only(t, s)))
		before := len(s.Mails())
		b.Visit("/confirm/address").Fill("email", fresh).Fill("password", good).Submit().At("/confirm").Sees("We have sent a message to " + fresh)
		if len(s.Mails()) != before {
			t.Errorf("%s was sent a mail", fresh)
		}
		has(t, s, only(t, s), ada)
	})
}

// Whoever opens an account with a stranger's address sends them no words of their choice, by a username.
func TestChangeUsernameTellsNoStranger(t *testing.T) {
	tell(t, mailing(app.Confirm{SignInUnconfirmed: true}, app.ChangeUsername{}), func(t *testing.T, s *apptest.Site) {
		b := signIn(enroll(s.Browser(), ada), ada, good)
		letter := s.Mail(ada)
		b.Visit("/change-username").Fill("username", "visit.evil.example").Fill("password", good).Submit().Sees("Your username is visit.evil.example now.")
		if n := len(s.Mails()); n != 1 {
			t.Errorf("%d mails went out", n)
		}
		b.Visit(letter.Link()).Submit()
		b.Visit("/change-username").Fill("username", "ada").Fill("password", good).Submit().Sees("Your username is ada now.")
		if told := s.Mail(ada); told.Kind != "change_username.notice" {
			t.Errorf("told %+v", told.Message)
		}
	})
}
