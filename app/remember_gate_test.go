package app_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// What has happened to the account or to the device in the meantime counts.
func TestRememberIsOverWhen(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"the password was changed":    "UPDATE users SET auth_version = auth_version + 1",
		"the account was closed":      "UPDATE users SET disabled_at = created_at",
		"the account was deleted":     "DELETE FROM users",
		"the device was forgotten":    "UPDATE remember_families SET revoked_at = created_at",
		"the device was deleted":      "DELETE FROM remember_families",
		"its time was cut":            "UPDATE remember_families SET expires_at = created_at",
		"the version was put back":    "UPDATE users SET auth_version = auth_version - 1",
		"the gate knows the methods":  "UPDATE users SET username = 'slow', username_key = 'slow'",
		"the gate refuses the person": "UPDATE users SET username = 'barred', username_key = 'barred'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
				s.User(apptest.Person{Email: ada, Username: "ada"})
				b := remembered(s, ada)
				run(t, s, change)
				s.Clock.Advance(time.Hour)
				if s.Transport == apptest.JSON {
					notRestored(t, s, b)
				} else {
					b.Visit("/orders").At("/login?next=%2Forders").SignedOut()
					notRestored(t, s, b)
				}
				s.Happened()
				if n := rows(t, s)["flows"]; n != 0 {
					t.Errorf("%d flows of nobody at the keyboard", n)
				}
				// The page for signing in is there, and the gate is asked by it.
				switch b.Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Submit(); {
				case strings.Contains(change, "'slow'"):
					b.At("/quiz").SignedOut()
				case strings.Contains(change, "'barred'"):
					b.Sees("You are barred.").SignedOut()
				}
			})
		})
	}
}

// A device that was remembered behind a gate has passed it, with the methods of then.
func TestRememberThroughDetour(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "slow"})
		b := s.Browser().Visit("/login").Fill("email", ada).Fill("password", apptest.Password).Tick("remember").Submit().At("/quiz")
		if b.Cookie("remember") != "" || len(families(t, s)) != 0 {
			t.Error("half a sign-in is remembered")
		}
		b.Press("Answer").SignedIn(ada)
		s.Happened(app.SignedIn)
		s.Clock.Advance(time.Hour)
		b.SetCookie("session", "").SignedIn(ada)
		s.Happened(app.SessionRestored)
		all := opened(t, s)
		if last := all[len(all)-1]; !slices.Equal(last.Methods.Names(), []string{app.ByPassword, "quiz"}) || !last.AuthAt.IsZero() {
			t.Errorf("%+v", last)
		}
	}, paged...)
}

// vetoed is a site whose hook says no to sign-ins that are restored, by err.
func vetoed(err error) app.Config {
	return app.Config{Hooks: app.Hooks{SigningIn: func(_ context.Context, _ bun.Tx, s *app.SignIn) error {
		if s.Restored() {
			return err
		}
		return nil
	}}}
}

// A hook inside the transaction has its say as well: a refusal leaves nothing behind.
func TestRememberVetoed(t *testing.T) {
	tell(t, vetoed(&app.Error{Status: http.StatusForbidden}), func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		before := families(t, s)[0]
		s.Clock.Advance(time.Hour)
		notRestored(t, s, b)
		s.Happened()
		if after := families(t, s)[0]; !slices.Equal(after.Hash, before.Hash) || len(opened(t, s)) != 1 {
			t.Errorf("%+v has become %+v", before, after)
		}
	})
}

// A gate that fails is not one that refuses: the visitor is told that it is our fault, and the
// device is as remembered as before.
func TestRememberGateFails(t *testing.T) {
	tell(t, vetoed(context.DeadlineExceeded), func(t *testing.T, s *apptest.Site) {
		s.Logged()
		s.User(apptest.Person{Email: ada})
		b := remembered(s, ada)
		token := b.Cookie("remember")
		s.Clock.Advance(time.Hour)
		unavailable(t, s, b.Send(apptest.Request{Path: "/orders", Header: headers(s.Transport)}))
		if b.Cookie("remember") != token || b.Cookie("session") != "" {
			t.Error("the cookies have changed")
		}
		s.Happened()
	})
}

// A device that is forgotten while it is brought back stays out: whoever signs out, changes the
// password or is robbed at that moment means all that is on its way.
func TestRememberForgottenMeanwhile(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"forgotten": "UPDATE remember_families SET revoked_at = created_at", "deleted": "DELETE FROM remember_families",
		"credentials": "UPDATE users SET auth_version = auth_version + 1", "closed": "UPDATE users SET disabled_at = created_at",
	} {
		for _, which := range []string{"current", "replaced"} {
			t.Run(name+"/"+which, func(t *testing.T) {
				armed := false
				var conn *bun.DB
				meanwhile := app.GateFunc(func(ctx context.Context, s *app.SignIn) (app.Detour, error) {
					if armed && s.Restored() {
						if _, err := conn.NewRaw(change).Exec(ctx); err != nil {
							return app.Detour{}, err
						}
					}
					return app.Detour{}, nil
				})
				conn = dbtest.SQLite(t)
				s := host(app.Config{Gates: []app.Gate{meanwhile}}).Start(t, conn, apptest.Plain)
				s.User(apptest.Person{Email: ada})
				b := remembered(s, ada)
				token := b.Cookie("remember")
				s.Clock.Advance(time.Hour)
				if which == "replaced" {
					b.SignedIn(ada)
					b = holding(s, token) // a request that was on its way
					s.Happened(app.SessionRestored)
				}
				armed = true
				b.SignedOut()
				b.SetCookie("remember", "").SignedOut()
				s.Happened()
			})
		}
	}
}

// Who signs in where somebody else is remembered is not turned into them later.
func TestRememberIsReplaced(t *testing.T) {
	t.Parallel()
	quizHost().Run(t, func(t *testing.T, s *apptest.Site) {
		s.User(apptest.Person{Email: ada, Username: "slow"})
		s.User(apptest.Person{Email: "bob@example.com"})
		b := s.Browser()
		waiting := signIn(s.Browser(), ada, apptest.Password).Cookie("pending")
		b.Visit("/login").Fill("email", "bob@example.com").Fill("password", apptest.Password).Tick("remember").Submit().SignedIn("bob@example.com")
		token := b.Cookie("remember")
		b.SetCookie("pending", waiting).Visit("/quiz").Press("Answer").SignedIn(ada)
		s.Clock.Advance(time.Hour)
		if who := b.SetCookie("session", "").Who(); who == "bob@example.com" {
			t.Error("the browser of Ada has become that of Bob")
		}
		if holding(s, token).Who() != "" {
			t.Error("the device is remembered for somebody whom it has signed out")
		}
	}, paged...)
}

func TestRememberRefusesSettings(t *testing.T) {
	t.Parallel()
	_, err := app.New(app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: []app.Feature{app.Login{}, app.Remember{TTL: -time.Hour}}})
	if err == nil || !strings.Contains(err.Error(), "Remember.TTL") {
		t.Errorf("a device that is forgotten before it is remembered: %v", err)
	}
	_, err = app.New(app.Config{URL: "http://localhost:3000", DB: dbtest.SQLite(t), Features: []app.Feature{app.Login{}, app.Remember{}}})
	must(t, err)
}
