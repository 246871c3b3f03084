package app_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/db/dbtest"
)

// People sign in, and recover their account, by a name that the host alone knows them by. The kit's own names go
// before, and the host is asked about every name, so that no answer comes sooner.
func TestIdentify(t *testing.T) {
	t.Parallel()
	for _, by := range []apptest.Transport{apptest.Plain, apptest.JSON} {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, conn *bun.DB) {
				number, eve := uuid.Nil, uuid.Nil
				var asked []string
				config := app.Config{Features: []app.Feature{app.Login{}, app.Logout{}, app.Recover{}, app.Account{}}}
				config.Identify = func(_ context.Context, name string) (uuid.UUID, error) {
					asked = append(asked, name)
					switch name {
					case "C-1815":
						return number, nil
					case ada, "ada":
						return eve, nil // which would be somebody else's
					case "broken":
						return uuid.Nil, errors.New("the secret cause")
					}
					return uuid.Nil, nil
				}
				s := host(config).Start(t, conn, by)
				number, eve = s.User(apptest.Person{Email: ada, Username: "ada"}).ID, s.User(apptest.Person{Email: "eve@example.com"}).ID
				for _, name := range []string{"C-1815", ada, "ada"} {
					signIn(s.Browser(), name, apptest.Password).SignedIn(ada)
				}
				signIn(s.Browser(), "C-1816", apptest.Password).SeesError("", saysWrong).SignedOut()
				if got := strings.Join(slices.Compact(asked), " "); got != "C-1815 "+ada+" ada C-1816" {
					t.Errorf("asked about %s", got)
				}
				s.Happened(app.SignedIn, app.SignedIn, app.SignedIn, app.SignInFailed)
				s.Browser().Visit("/reset").In("recover").Fill("email", "C-1815").Submit()
				if to := s.Mail(ada); !strings.Contains(to.Text, "/reset/") {
					t.Errorf("the mail says %s", to.Text)
				}
				s.Happened(app.RecoverSent)
				if b := signIn(s.Browser(), "broken", apptest.Password); b.Status() != 500 || !strings.Contains(s.Logged(), "the secret cause") {
					t.Errorf("a look-up that fails is answered by %d", b.Status())
				}
			})
		})
	}
}

// A peppered hasher keys what it stores, which is the kit's hash.
type peppered struct {
	app.Hasher
	pepper string
}

func (p peppered) Hash(ctx context.Context, plain string) (string, error) {
	hash, err := p.Hasher.Hash(ctx, plain+p.pepper)
	return "p1" + hash, err
}

func (p peppered) Verify(ctx context.Context, plain, hash string) (bool, error) {
	return p.Hasher.Verify(ctx, plain+p.pepper, strings.TrimPrefix(hash, "p1"))
}

func (p peppered) VerifyAndUpdate(ctx context.Context, plain, hash string) (bool, string, error) {
	ok, err := p.Verify(ctx, plain, hash)
	return ok, "", err
}

func quick(t *testing.T) app.Hasher {
	t.Helper()
	hasher, err := password.New(apptest.Fast())
	must(t, err)
	return hasher
}

// Passwords are stored and checked by the host's hasher, wherever there is one to store or to check.
func TestHasher(t *testing.T) {
	config := app.Config{Features: []app.Feature{app.Login{}, app.Logout{}, app.Register{}, app.Recover{}, app.Account{}, app.Change{}}}
	config.Hasher = peppered{quick(t), "salt of the earth"}
	tell(t, config, func(t *testing.T, s *apptest.Site) {
		b := s.Browser()
		b.Visit("/register").Fill("email", ada).Fill("password", good).Submit()
		signIn(b, ada, good).SignedIn(ada)
		b.Visit("/change").Fill("password", good).Fill("new_password", "eighteen green lamps").Submit()
		account, err := s.App.FindUser(t.Context(), ada)
		must(t, err)
		right, err := s.App.CheckPassword(t.Context(), account, "eighteen green lamps")
		if hash := account.Account().PasswordHash; !right || err != nil || !strings.HasPrefix(hash, "p1$argon2id$") {
			t.Errorf("%s is stored, and right is %t (%v)", hash, right, err)
		}
		signIn(s.Browser(), ada, good).SignedOut()
		signIn(s.Browser(), "nobody@example.com", good).SeesError("", saysWrong).SignedOut()
		s.Happened(app.Registered, app.SignedIn, app.PasswordChanged, app.SignInFailed, app.SignInFailed)
	})
}

// A lenient hasher lets in who should not be.
type lenient struct {
	app.Hasher
	to func(plain, hash string) bool
}

func (l lenient) Verify(_ context.Context, plain, hash string) (bool, error) {
	return l.to(plain, hash), nil
}

func (l lenient) VerifyAndUpdate(_ context.Context, plain, hash string) (bool, string, error) {
	return l.to(plain, hash), "", nil
}

// A hasher that lets everybody in, or who has no password, is refused before somebody comes.
func TestHasherIsTried(t *testing.T) {
	t.Parallel()
	for about, to := range map[string]func(plain, hash string) bool{
		"everybody":           func(string, string) bool { return true },
		"nobody":              func(string, string) bool { return false },
		"who has no password": func(plain, hash string) bool { return hash == "" || strings.HasPrefix(plain, "a password to") },
		"who types none": func(plain, hash string) bool {
			return plain == "" || hash != "" && strings.HasPrefix(plain, "a password to")
		},
	} {
		_, err := app.New(app.Config{Hasher: lenient{quick(t), to}})
		if err == nil || !strings.Contains(err.Error(), "Config.Hasher: its Verify says") {
			t.Errorf("one that lets in %s is taken: %v", about, err)
		}
	}
	_, err := app.New(app.Config{Hasher: quick(t), Hashing: apptest.Fast()})
	if want := "Config.Hasher and Config.Hashing are both set"; err == nil || !strings.Contains(fmt.Sprint(err), want) {
		t.Errorf("both are taken: %v", err)
	}
}
