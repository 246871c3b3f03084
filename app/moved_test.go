package app_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app"
	"github.com/gatehouse-go/gatehouse/app/apptest"
	"github.com/gatehouse-go/gatehouse/app/password"
	"github.com/gatehouse-go/gatehouse/db"
)

// flaskUser is a row of the table that Flask-Security leaves behind.
type flaskUser struct {
	Email, Username, Password string
	Confirmed, Active         bool
}

// flaskHashes are what Flask-Security wrote for one password, by scheme, and the salt of the double
// hash; testdata/foreign.py of package password is how.
func flaskHashes(t *testing.T) (plain, salt string, hashes map[string]string) {
	t.Helper()
	text, err := os.ReadFile("password/testdata/foreign.json")
	must(t, err)
	var golden struct {
		Rows []struct{ By, Name, Plain, Hash, Salt string }
	}
	must(t, json.Unmarshal(text, &golden))
	hashes = map[string]string{}
	for _, row := range golden.Rows {
		if scheme, words := strings.CutSuffix(row.Name, ", words"); words && row.By == "Flask-Security" {
			plain, hashes[scheme] = row.Plain, row.Hash
			if row.Salt != "" {
				salt = row.Salt
			}
		}
	}
	return plain, salt, hashes
}

// A host that comes from Flask-Security copies its rows as docs/coming-from-flask.md says, and people
// sign in as before.
func TestMovedFromFlaskSecurity(t *testing.T) {
	t.Parallel()
	plain, salt, hashes := flaskHashes(t)
	config := patient()
	config.Hashing = apptest.Fast()
	config.Hashing.FlaskSecuritySalt = salt
	tagged := func(hash string) string {
		if strings.HasPrefix(hash, "$") {
			return password.FlaskSecurity + hash
		}
		return hash
	}
	apptest.Run(t, config, func(t *testing.T, s *apptest.Site) {
		for _, old := range []flaskUser{
			{ada, "ada", hashes["bcrypt"], true, true},
			{"grace@example.com", "", hashes["django_pbkdf2_sha256"], false, true},
			{"closed@example.com", "", hashes["argon2"], true, false},
			{"nothing@example.com", "", "", true, true},
		} {
			_, err := s.App.CreateUser(t.Context(), app.NewUser{
				Email: old.Email, Confirmed: old.Confirmed, Username: old.Username,
				Fill: func(a db.Account) {
					user := a.Account()
					user.PasswordHash = tagged(old.Password)
					if !old.Active {
						user.DisabledAt = s.Clock.Now()
					}
				},
			})
			must(t, err)
		}
		_, err := s.App.CreateUser(t.Context(), app.NewUser{Email: "ADA@example.com"})
		if !db.IsUnique(err) {
			t.Errorf("an address in another case is %v", err)
		}
		signIn(s.Browser(), ada, plain).SignedIn(ada)
		signIn(s.Browser(), "ada", plain).SignedIn(ada) // by the hash that has been put in its place
		signIn(s.Browser(), "grace@example.com", plain).SignedIn("grace@example.com")
		signIn(s.Browser(), "closed@example.com", plain).Sees("closed").SignedOut()
		signIn(s.Browser(), "nothing@example.com", "anything at all").SignedOut()
		left, err := s.DB.NewSelect().Model((*db.User)(nil)).Where("password_hash NOT LIKE '$argon2id$%'").Count(t.Context())
		if err != nil || left != 0 {
			t.Errorf("%d old hashes are left (%v), though their owners have typed the password", left, err)
		}
		for _, name := range []string{ada, "grace@example.com"} {
			account, err := s.App.FindUser(t.Context(), name)
			must(t, err)
			if confirmed := !account.Account().Primary.ConfirmedAt.IsZero(); confirmed != (name == ada) {
				t.Errorf("%s: confirmed is %t", name, confirmed)
			}
		}
	})
}
